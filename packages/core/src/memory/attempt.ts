import { type Address, formatAddress, type IpAddress, type UnixAddress } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { StreamConnectOptions } from "../network.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import type { Route } from "./medium.ts";
import type { WireSegment } from "./wire.ts";
import { WireLink } from "./wire-link.ts";
import type { WiredNetwork } from "./wired-network.ts";
import { refuse } from "./wired-port.ts";

/**
 * One attempt to connect: `open` travels there, and `opened` or a reset comes back.
 *
 * @param release gives the local port and the descriptor back: when the attempt fails, or when the connection is gone
 */
export function attemptConnection(
  network: WiredNetwork,
  local: Address,
  peer: IpAddress | UnixAddress,
  options: StreamConnectOptions,
  release: () => void,
): Promise<Transport> {
  const { signal } = options;
  const route = network.host.medium.route(network, local, peer);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal?.removeEventListener("abort", giveUp);
      release();
      reject(error);
    };
    const giveUp = () => {
      route!.back.receiver = (segment) => abandon(route!, segment);
      fail(signal!.reason);
    };
    if (route === undefined) return fail(connectError("unreachable", peer));
    signal?.addEventListener("abort", giveUp, { once: true });
    route.there.receiver = (segment) => knock(route, local, peer, segment);
    route.back.receiver = (segment) => {
      if (segment.type === "lost") return fail(connectError(segment.code === "reset" ? "refused" : "timed-out", peer));
      if (segment.type !== "opened") return;
      signal?.removeEventListener("abort", giveUp);
      resolve(openClient(network, local, peer, options, route, release));
    };
    route.there.send({ type: "open" });
  });
}

/** What happens to an `open` that arrives at the other host. */
function knock(route: Route, client: Address, server: IpAddress | UnixAddress, segment: WireSegment): void {
  if (segment.type !== "open") return;
  const port = route.network.portAt(server);
  if (port === undefined) refuse(route);
  else port.knocked(client, server, route);
}

/** An answer to an attempt that was given up meanwhile. */
function abandon(route: Route, segment: WireSegment): void {
  if (segment.type === "opened") route.there.send({ type: "lost", code: "reset" });
}

function openClient(
  network: WiredNetwork,
  local: Address,
  peer: Address,
  options: StreamConnectOptions,
  route: Route,
  release: () => void,
): StreamTransport {
  const { reactor, secure } = network.host;
  const closed = () => {
    release();
    route.closed?.("client");
  };
  const link = new WireLink({ local, peer, out: route.there, marks: options, secure, closed });
  const transport = new StreamTransport(reactor, link, options);
  route.back.receiver = link.arrived;
  route.opened?.("client", link, transport);
  return transport;
}

const reasons = {
  refused: "connection refused",
  "timed-out": "timed out",
  unreachable: "address unreachable",
} as const;

function connectError(code: keyof typeof reasons, peer: Address): ConnectionError {
  const endpoint = formatAddress(peer);
  return new ConnectionError(code, `Cannot connect to ${endpoint}: ${reasons[code]}`, { endpoint });
}
