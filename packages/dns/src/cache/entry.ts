import { ExtendedDnsError, extendedError } from "../edns/options/extended-error.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import { DnsType } from "../records/types.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import { countedTtl, type DnsLifetimeLimits } from "./lifetime.ts";
import type { SieveItem } from "./sieve-queue.ts";

/** What a cache knows of a question. The same object is given until a second has passed. */
export interface DnsCacheHit {
  /** The answer, its TTLs counted down. */
  readonly response: DnsResponse;
  /** Its time is over: it is for when nothing better is to be had (RFC 8767 §4). */
  readonly isStale: boolean;
  /** The question should be asked again now: it is stale, or soon will be and is popular. Never shortly after a failure. */
  readonly refresh: boolean;
}

/** Hits that make an answer worth being asked for again before its time is over. */
const popularHits = 3;

/** The part of its time that is left then. */
const refreshPart = 0.1;

/** The TTL of what is over: soon there may be better (RFC 8767 §4). */
const staleTtlSeconds = 30;

/** An answer in a {@link DnsCache}: what it is now, and when it ends. */
export class DnsCacheEntry implements SieveItem {
  newer: SieveItem | undefined;
  older: SieveItem | undefined;
  used = false;
  readonly octets: number;
  readonly key: string;
  readonly kind: number;
  readonly storedAt: number;
  readonly expiresAt: number;
  readonly staleUntil: number;
  /** Until then, {@link sameHit} gives what {@link hit} gave. */
  sameUntil: number;
  readonly #refreshFrom: number;
  readonly #response: DnsResponse;
  #second = 0;
  #hits = 0;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #hit: DnsCacheHit;

  /** @param response as it is kept: see {@link keptResponse} */
  constructor(
    key: string,
    kind: number,
    response: DnsResponse,
    time: { readonly storedAt: number; readonly lifetimeMs: number; readonly staleMs: number },
  ) {
    this.key = key;
    this.kind = kind;
    this.storedAt = time.storedAt;
    this.expiresAt = time.storedAt + time.lifetimeMs;
    this.staleUntil = this.expiresAt + time.staleMs;
    this.#refreshFrom = this.expiresAt - time.lifetimeMs * refreshPart;
    this.sameUntil = Math.min(this.storedAt + 1000, this.#refreshFrom);
    this.octets = octetsOf(key, response);
    this.#response = response;
    this.#hit = { response, isStale: false, refresh: false };
  }

  isFresh(now: number): boolean {
    return now < this.expiresAt;
  }

  /** Whether not even a stale answer is left. */
  isDead(now: number): boolean {
    return now >= this.staleUntil;
  }

  /** Asked again in vain: it is not worth trying until then. */
  quiet(until: number): void {
    this.#quietUntil = until;
  }

  /** The answer of this second again, for nearly nothing. */
  sameHit(): DnsCacheHit {
    this.used = true;
    this.#hits++;
    return this.#hit;
  }

  /** The answer of this second. */
  hit(now: number): DnsCacheHit {
    this.used = true;
    this.#hits++;
    return now < this.expiresAt ? this.#freshHit(now) : this.#staleHit(now);
  }

  #freshHit(now: number): DnsCacheHit {
    const second = Math.max(0, Math.trunc((now - this.storedAt) / 1000));
    if (second !== this.#second) {
      this.#second = second;
      this.sameUntil = Math.min(this.storedAt + (second + 1) * 1000, this.#refreshFrom);
      this.#hit = { response: agedBy(second, this.#response), isStale: false, refresh: false };
    }
    const refresh = this.#isWorthRefreshing(now);
    if (refresh !== this.#hit.refresh) this.#hit = { ...this.#hit, refresh };
    return this.#hit;
  }

  #staleHit(now: number): DnsCacheHit {
    const refresh = now >= this.#quietUntil;
    if (!this.#hit.isStale) this.#hit = { response: staleOf(this.#response), isStale: true, refresh };
    if (refresh !== this.#hit.refresh) this.#hit = { ...this.#hit, refresh };
    return this.#hit;
  }

  #isWorthRefreshing(now: number): boolean {
    return now > this.#refreshFrom && this.#hits >= popularHits && now >= this.#quietUntil;
  }
}

/**
 * An answer as a cache keeps it: without authority over it, its TTLs within limits (a SOA record's TTL tells others for how
 * long to believe a denial, RFC 2308 §5), its data apart from the packet in which they came, and of the options those that
 * are about the answer and not about who asked.
 */
export function keptResponse(response: DnsResponse, lifetimeSeconds: number, limits: DnsLifetimeLimits): DnsResponse {
  const ttlOf = ({ type, ttl }: DnsEncodedSet): number =>
    Math.min(countedTtl(ttl, limits), type === DnsType.SOA ? lifetimeSeconds : limits.ttlSecondsMax);
  const keep = (set: DnsEncodedSet): DnsEncodedSet => ({
    ...set,
    ttl: ttlOf(set),
    data: set.data.map((octets) => octets.slice()),
  });
  return dnsResponse({
    ...response,
    authoritative: false,
    answers: response.answers.map(keep),
    authorities: response.authorities.map(keep),
    additionals: response.additionals.map(keep),
    options: keptOptions(response),
  });
}

/** A failure that is remembered says so (RFC 8914 §4.14). */
function keptOptions({ options, rcode }: DnsResponse): readonly EdnsOption[] {
  const kept = options.filter(({ type }) => type === "extended-error");
  return rcode === DnsRcode.servFail ? [...kept, extendedError(ExtendedDnsError.cachedError)] : kept;
}

function agedBy(seconds: number, response: DnsResponse): DnsResponse {
  return withTtls(response, (ttl) => Math.max(0, ttl - seconds));
}

/** Nobody vouches for what is over, so AD is not set. */
function staleOf(response: DnsResponse): DnsResponse {
  const { staleAnswer, staleNxdomainAnswer } = ExtendedDnsError;
  const why = response.rcode === DnsRcode.nxDomain ? staleNxdomainAnswer : staleAnswer;
  const aged = withTtls(response, () => staleTtlSeconds);
  return { ...aged, authenticData: false, options: [...response.options, extendedError(why)] };
}

function withTtls(response: DnsResponse, ttlOf: (ttl: number) => number): DnsResponse {
  const aged = (sets: readonly DnsEncodedSet[]): readonly DnsEncodedSet[] =>
    sets.length === 0 ? sets : sets.map((set) => ({ ...set, ttl: ttlOf(set.ttl) }));
  const { answers, authorities, additionals } = response;
  return dnsResponse({
    ...response,
    answers: aged(answers),
    authorities: aged(authorities),
    additionals: aged(additionals),
  });
}

/** What an entry takes on the heap of V8, roughly: itself, its place in the maps, this second's copy, and that as it was written. */
function octetsOf(key: string, { answers, authorities, additionals, options }: DnsResponse): number {
  let octets = entryOctets + 2 * key.length + options.length * optionOctets;
  for (const sets of [answers, authorities, additionals])
    for (const { name, data } of sets) {
      octets += setOctets + 2 * name.octetCount;
      for (const { length } of data) octets += length + (length > onHeapMax ? farDataOctets : dataOctets);
    }
  return octets;
}

const entryOctets = 1_000;
const setOctets = 400;
const dataOctets = 200;
const farDataOctets = 400;
const optionOctets = 300;

/** Longer arrays lie outside of the heap, and have a part in it. */
const onHeapMax = 64;
