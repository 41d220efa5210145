import { type Address, formatIp, type IpNetwork, networkHolds, parseIp, unmappedIp } from "@hawser/core";

/**
 * Whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64, which is what one household or one
 * machine is given (RFC 6177 §2). `undefined` for peers that have no address on a network.
 */
export function addressKey(peer: Address | undefined): string | undefined {
  const octets = octetsOf(peer);
  if (octets === undefined) return undefined;
  return octets.length === 4
    ? formatIp(octets)
    : `${formatIp(Uint8Array.from(octets, (octet, at) => (at < 8 ? octet : 0)))}/64`;
}

/** Tells whether a peer belongs to one of some networks. */
export function isWithin(networks: readonly IpNetwork[], peer: Address | undefined): boolean {
  const octets = octetsOf(peer);
  return octets !== undefined && networks.some((network) => networkHolds(network, octets));
}

function octetsOf(peer: Address | undefined): Uint8Array | undefined {
  if (peer?.family !== "ipv4" && peer?.family !== "ipv6") return undefined;
  const octets = parseIp(peer.host);
  return octets === undefined ? undefined : unmappedIp(octets);
}
