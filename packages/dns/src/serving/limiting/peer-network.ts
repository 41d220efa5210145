import { type Address, type IpNetwork, networkHolds, parseIp, parseIpNetwork, unmappedIp } from "@hawser/core";
import { latin1Of } from "../../name/octets.ts";

/** The octets of a peer's address, IPv4 ones as such (RFC 4291 §2.5.5.2); none for peers without an IP address. */
export function peerOctets(peer: Address): Uint8Array {
  const octets = peer.family === "ipv4" || peer.family === "ipv6" ? parseIp(peer.host) : undefined;
  return octets === undefined ? noOctets : unmappedIp(octets);
}

/** How much of an address counts. */
export interface PeerPrefixes {
  readonly ipv4PrefixBits: number;
  readonly ipv6PrefixBits: number;
}

/** The network that an address belongs to, as a key: 4 or 16 octets, those behind the prefix 0. */
export function networkKey(octets: Uint8Array, { ipv4PrefixBits, ipv6PrefixBits }: PeerPrefixes): string {
  const bits = octets.length === 4 ? ipv4PrefixBits : ipv6PrefixBits;
  const masked = Uint8Array.from(octets);
  const whole = bits >> 3;
  if (whole < masked.length) {
    masked[whole]! &= 0xff00 >> (bits & 7);
    masked.fill(0, whole + 1);
  }
  return latin1Of(masked);
}

/** Makes the test whether an address belongs to one of the networks. @throws {RangeError} for what is no network */
export function networkTest(networks: readonly string[]): (octets: Uint8Array) => boolean {
  const parsed: readonly IpNetwork[] = networks.map(parseIpNetwork);
  return (octets) => parsed.some((network) => networkHolds(network, octets));
}

const noOctets = new Uint8Array(0);
