import { type Address, type IpNetwork, networkHolds, parseIp, parseIpNetwork, unmappedIp } from "@hawser/core";
import type { AuthorizedKeyOptions } from "./key-options.ts";

/** Tells whether a key may be used by this peer at this time: its options `from` and `expiry-time`. */
export function keyMayBeUsed(options: AuthorizedKeyOptions, peer: Address | undefined, wallMs: number): boolean {
  const from = options["from"] ?? [];
  const expiry = options["expiry-time"] ?? [];
  return from.every((patterns) => isFrom(patterns, peer)) && expiry.every((text) => wallMs < expiryOf(text));
}

/**
 * Reads `YYYYMMDD[HHMM[SS]]`, in the time zone of this machine, or of UTC with a `Z` behind it (sshd(8)).
 * @throws {RangeError} for what is no time
 */
export function expiryOf(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text);
  if (parts === null) throw new RangeError(`the time "${text}" is no YYYYMMDD[HHMM[SS]][Z]`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = [year, month - 1, day, hour, minute, second] as const;
  const ms = parts[7] === "Z" ? Date.UTC(...date) : new Date(...date).getTime();
  const isReal =
    month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month) && hour < 24 && minute < 60 && second < 60;
  if (!isReal) throw new RangeError(`the time "${text}" does not exist`);
  return ms;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * A list of patterns, of which one must match and none with a `!` may: networks, and addresses with `*` and `?`. Names of
 * hosts match nothing, since an address is all that is known; so a list of names lets nobody in.
 */
function isFrom(patterns: string, peer: Address | undefined): boolean {
  if (peer?.family !== "ipv4" && peer?.family !== "ipv6") return false;
  const octets = parseIp(peer.host);
  if (octets === undefined) return false;
  let isMeant = false;
  for (const pattern of patterns.split(",")) {
    const isNegated = pattern.startsWith("!");
    if (!matches(isNegated ? pattern.slice(1) : pattern, peer.host, unmappedIp(octets))) continue;
    if (isNegated) return false;
    isMeant = true;
  }
  return isMeant;
}

function matches(pattern: string, host: string, octets: Uint8Array): boolean {
  const network = asNetwork(pattern);
  return network === undefined ? wildcard(pattern).test(host) : networkHolds(network, octets);
}

function asNetwork(pattern: string): IpNetwork | undefined {
  try {
    return parseIpNetwork(pattern);
  } catch {
    return undefined;
  }
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}
