import { formatIp, parseIp } from "@hawser/core";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";

const localhost = parseDomainName("localhost");
const loopbackNames = [
  parseDomainName("127.in-addr.arpa"),
  reverseName(Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0))),
];
/** Names that the DNS must not be asked for (RFC 6761 §6.4, RFC 7686 §2), and those of multicast DNS (RFC 6762 §22.1). */
const neverAsked = [parseDomainName("invalid"), parseDomainName("onion")];
const local = parseDomainName("local");

/**
 * What is known of a name without asking: its records; `unknown` when there is no such name; `undefined` when it is a name
 * like others.
 */
export function specialAnswer(
  name: DomainName,
  type: string,
  asksLocal: boolean,
): readonly DnsRecord[] | "unknown" | undefined {
  if (name.isWithin(localhost)) return loopback(name, type);
  if (loopbackNames.some((one) => name.isWithin(one)) && type === "PTR")
    return [record(name, "PTR", { target: localhost })];
  const isUnknown = neverAsked.some((one) => name.isWithin(one)) || (!asksLocal && name.isWithin(local));
  return isUnknown ? "unknown" : undefined;
}

/** RFC 6761 §6.3 */
function loopback(name: DomainName, type: string): readonly DnsRecord[] {
  if (type === "A") return [record(name, "A", { address: "127.0.0.1" })];
  if (type === "AAAA") return [record(name, "AAAA", { address: "::1" })];
  return [];
}

function record(name: DomainName, type: string, data: unknown): DnsRecord {
  return { name, type, class: 1, ttl: 0, data } as DnsRecord;
}

/** The name below which an address has its names: `1.2.0.192.in-addr.arpa.` (RFC 1035 §3.5), nibbles below `ip6.arpa.` (RFC 3596 §2.5). */
export function reverseName(address: Uint8Array): DomainName {
  if (address.length === 4) return parseDomainName(`${[...address].reverse().join(".")}.in-addr.arpa`);
  const nibbles = [...address].reverse().flatMap((octet) => [octet & 15, octet >> 4]);
  return parseDomainName(`${nibbles.map((nibble) => nibble.toString(16)).join(".")}.ip6.arpa`);
}

/** The address that such a name stands for, spelled as `formatIp` does; `undefined` for every other name. */
export function addressOfReverseName(name: DomainName): string | undefined {
  const labels = [...name.labels()].reverse().map((label) => label.toLowerCase());
  if (labels[0] !== "arpa") return undefined;
  const parts = labels.slice(2);
  if (labels[1] === "in-addr" && parts.length === 4) {
    const octets = parseIp(parts.join("."));
    return octets === undefined ? undefined : formatIp(octets);
  }
  if (labels[1] !== "ip6" || parts.length !== 32 || !parts.every((part) => /^[0-9a-f]$/.test(part))) return undefined;
  return formatIp(Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(parts[2 * i]! + parts[2 * i + 1]!, 16)));
}
