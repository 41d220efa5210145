import { parseIp } from "@hawser/core";

/**
 * The name that an address is found under (RFC 1035 §3.5, RFC 3596 §2.5), also for the beginning of an IPv4 address:
 * `192.0.2` is `2.0.192.in-addr.arpa`. `undefined` for what is none.
 */
export function reverseText(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){0,3}\.?$/.test(address)) {
    const labels = address.replace(/\.$/, "").split(".");
    return labels.every((label) => Number(label) < 256) ? `${labels.reverse().join(".")}.in-addr.arpa` : undefined;
  }
  const octets = parseIp(address);
  if (octets?.length !== 16) return undefined;
  return `${[...Buffer.from(octets).toString("hex")].reverse().join(".")}.ip6.arpa`;
}
