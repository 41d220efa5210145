import { decodeDnsMessage } from "../../message/decode.ts";
import { DnsRcode } from "../../words.ts";

/**
 * For how long caches of HTTP may keep an answer: the least TTL of its answer section, or of a denial what its SOA says
 * (RFC 8484 §5.1, RFC 2308 §5). Failures: 0.
 */
export function freshnessSeconds(octets: Uint8Array): number {
  const { rcode, truncated, answers, authorities } = decodeDnsMessage(octets);
  if ((rcode !== DnsRcode.noError && rcode !== DnsRcode.nxDomain) || truncated) return 0;
  const ttls = answers.map(({ ttl }) => ttl);
  if (rcode === DnsRcode.noError && ttls.length > 0) return Math.min(...ttls);
  for (const { type, ttl, data } of authorities) if (type === "SOA") ttls.push(ttl, data.minimumSeconds);
  return ttls.length > 0 ? Math.min(...ttls) : 0;
}
