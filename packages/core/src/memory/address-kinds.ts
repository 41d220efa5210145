import type { IpAddress } from "../address.ts";

/** Where a datagram for every host of the network is sent (RFC 919 §7). */
export const broadcastHost = "255.255.255.255";

/** True for `0.0.0.0` and `::`, which stand for all addresses of a host. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** True for the addresses by which a host reaches itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}

/** True for multicast (RFC 1112 §4, RFC 4291 §2.7) and the limited broadcast address. */
export function isGroupOrBroadcast({ family, host }: IpAddress): boolean {
  if (family === "ipv6") return /^ff/i.test(host);
  const first = Number.parseInt(host, 10);
  return (first >= 224 && first <= 239) || host === broadcastHost;
}
