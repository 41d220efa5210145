import { type Address, formatAddress } from "../address.ts";
import { type IpNetwork, networkHolds, parseIp, parseIpNetwork } from "../ip.ts";
import type { Transport } from "../transport.ts";
import { ProxyProtocolError } from "./errors.ts";
import { ProxiedTransport, type ProxyHeaderOptions } from "./proxied-transport.ts";

/** Whose headers are believed, and how they are awaited. */
export interface ProxyProtocolOptions extends ProxyHeaderOptions {
  /**
   * The networks whose headers are believed, such as `["10.0.0.0/8"]`; connections from elsewhere are refused, because
   * whoever may send a header may claim any address. Default: this machine (`127.0.0.0/8` and `::1`). Peers without an
   * IP address (UNIX sockets) are always believed: file permissions guard those.
   */
  readonly from?: readonly string[] | undefined;
}

const thisMachine = ["127.0.0.0/8", "::1"];

/** Makes the test whether a peer may send a PROXY header. */
export function proxyTrust(from: readonly string[] = thisMachine): (peer: Address) => boolean {
  const networks: IpNetwork[] = from.map(parseIpNetwork);
  return (peer) => {
    if (peer.family === "unix" || peer.family === "opaque") return true;
    const octets = parseIp(peer.host);
    return octets !== undefined && networks.some((network) => networkHolds(network, octets));
  };
}

/**
 * Reads the PROXY header of a connection that has not been started.
 * @throws {ProxyProtocolError} `not-trusted`, `bad-header`, `bad-checksum`, `header-too-long`, `timed-out`
 */
export function acceptProxied(
  transport: Transport,
  isTrusted: (peer: Address) => boolean,
  options: ProxyHeaderOptions = {},
): Promise<ProxiedTransport> {
  if (!isTrusted(transport.peer)) return Promise.reject(notTrusted(transport.peer));
  return new Promise((ready, failed) => {
    transport.start(new ProxiedTransport(transport, options, { ready, failed }).below);
  });
}

function notTrusted(peer: Address): ProxyProtocolError {
  const from = formatAddress(peer);
  return new ProxyProtocolError("not-trusted", `Cannot take a PROXY header from ${from}: it is not a trusted proxy`);
}
