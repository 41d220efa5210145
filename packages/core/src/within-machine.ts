import type { Address } from "./address.ts";
import { networkHolds, parseIp, parseIpNetwork } from "./ip.ts";
import type { Security } from "./security.ts";

/**
 * Whether an end of a connection is on this machine: a loopback address or a UNIX socket. Nobody reads along there but the
 * machine's owner. A proxy on this machine passes for its clients unless it tells of them (PROXY protocol).
 */
export function isWithinMachine(end: Address | undefined): boolean {
  if (end?.family === "unix") return true;
  const host = end?.family === "ipv4" || end?.family === "ipv6" ? parseIp(end.host) : undefined;
  return host !== undefined && loopback.some((network) => networkHolds(network, host));
}

/** Whether nobody reads along: TLS protects a connection, or it stays {@link isWithinMachine | within this machine}. */
export function isConfidential(connection: {
  readonly security?: Security | undefined;
  readonly peer?: Address | undefined;
}): boolean {
  return connection.security !== undefined || isWithinMachine(connection.peer);
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const loopback = ["127.0.0.0/8", "::1"].map(parseIpNetwork);
