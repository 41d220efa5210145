import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";

/** How long answers are kept. */
export interface DnsLifetimeOptions {
  /** The most that a TTL counts. Default 86,400 s, a day (RFC 8767 §4 advises no more than seven). */
  readonly ttlSecondsMax?: number | undefined;
  /** The least that a TTL counts; more than 0 breaks what zones ask for. Default 0. */
  readonly ttlSecondsMin?: number | undefined;
  /** The most that a denial counts. Default 10,800 s, 3 hours (RFC 2308 §5). */
  readonly negativeSecondsMax?: number | undefined;
}

/** The same, complete. */
export type DnsLifetimeLimits = { readonly [Key in keyof DnsLifetimeOptions]-?: number };

/** @throws {RangeError} for what are no seconds */
export function lifetimeLimits(options: DnsLifetimeOptions): DnsLifetimeLimits {
  return {
    ttlSecondsMax: checkedSeconds(options.ttlSecondsMax ?? 86_400),
    ttlSecondsMin: checkedSeconds(options.ttlSecondsMin ?? 0),
    negativeSecondsMax: checkedSeconds(options.negativeSecondsMax ?? 10_800),
  };
}

/** @throws {RangeError} for a number below 0, and for none at all */
export function checkedSeconds(seconds: number): number {
  if (seconds >= 0) return seconds;
  throw new RangeError(`Cannot keep anything for ${seconds} s`);
}

const defaults = lifetimeLimits({});

/**
 * Seconds for which an answer may be given again; 0 for what must not be kept. An answer lives as long as the first of its
 * sets to expire; a denial as long as its SOA record says (RFC 2308 §5), and without one not at all.
 */
export function dnsLifetime(
  question: { readonly name: DomainName; readonly type: number },
  response: DnsResponse,
  limits: DnsLifetimeLimits = defaults,
): number {
  const { rcode, answers, authorities, additionals } = response;
  if (rcode !== DnsRcode.noError && rcode !== DnsRcode.nxDomain) return 0;
  let seconds = limits.ttlSecondsMax;
  for (const set of answers) seconds = Math.min(seconds, countedTtl(set.ttl, limits));
  for (const set of authorities) seconds = Math.min(seconds, countedTtl(set.ttl, limits));
  for (const set of additionals) seconds = Math.min(seconds, countedTtl(set.ttl, limits));
  return isDenial(question.type, response)
    ? Math.min(seconds, denialSeconds(question.name, response, limits))
    : seconds;
}

/** The TTL that counts. One with its first bit set is 0 (RFC 2181 §8). */
export function countedTtl(ttl: number, { ttlSecondsMin, ttlSecondsMax }: DnsLifetimeLimits): number {
  return Math.min(Math.max(ttl > 0x7fffffff ? 0 : ttl, ttlSecondsMin), ttlSecondsMax);
}

/** Whether an answer says that there is nothing: no name, no data, or no more than aliases that lead to neither. */
function isDenial(type: number, { rcode, answers, authorities }: DnsResponse): boolean {
  if (rcode === DnsRcode.nxDomain || answers.length === 0) return true;
  if (type === DnsType.ANY || answers.some((set) => set.type === type)) return false;
  return authorities.some((set) => set.type === DnsType.SOA);
}

/** The lesser of the SOA record's TTL and its last field, when it stands above the name, or where an alias led. */
function denialSeconds(name: DomainName, { answers, authorities }: DnsResponse, limits: DnsLifetimeLimits): number {
  const soa = authorities.find((set) => set.type === DnsType.SOA);
  if (soa === undefined || (answers.length === 0 && !name.isWithin(soa.name))) return 0;
  return Math.min(countedTtl(soa.ttl, limits), soaMinimum(soa), limits.negativeSecondsMax);
}

/** The last four octets of an SOA record's data (RFC 1035 §3.3.13). */
function soaMinimum({ data }: DnsEncodedSet): number {
  const octets = data[0];
  if (octets === undefined || octets.length < soaOctetsMin) return 0;
  const at = octets.length - 4;
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
}

/** Two names of the root and five numbers. */
const soaOctetsMin = 22;
