import type { Address } from "../address.ts";
import type { Factory } from "../factory.ts";
import { parseIp, unmappedIp } from "../ip.ts";
import { wrapFactory } from "./wrap-factory.ts";

/**
 * Refuses a peer's connections while it has `connectionsMax` open. A peer is an IPv4 address, or an IPv6 network of 64
 * bits, because that is what one subscriber is given (RFC 6177 §2). Peers without an IP address are not limited.
 */
export function limitPerPeer(connectionsMax: number, factory: Factory): Factory {
  const open = new Map<string, number>();
  const add = (key: string, change: 1 | -1) => {
    const count = (open.get(key) ?? 0) + change;
    if (count === 0) open.delete(key);
    else open.set(key, count);
  };
  return wrapFactory(factory, (transport, accept) => {
    const key = peerKey(transport.peer);
    if (key === undefined) return accept(transport);
    if ((open.get(key) ?? 0) >= connectionsMax) return undefined;
    const protocol = accept(transport);
    if (protocol === undefined) return undefined;
    add(key, 1);
    transport.whenClosed(() => add(key, -1));
    return protocol;
  });
}

function peerKey(peer: Address): string | undefined {
  if (peer.family === "ipv4") return peer.host;
  if (peer.family !== "ipv6") return undefined;
  const octets = parseIp(peer.host);
  if (octets === undefined) return peer.host;
  const own = unmappedIp(octets); // a proxy may say ::ffff:10.0.0.1, whose first 64 bits are everybody's
  return own.subarray(0, 8).join(".");
}
