import type { DomainName } from "../name/domain-name.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import { DnsCacheEntry, type DnsCacheHit, keptResponse } from "./entry.ts";
import {
  checkedSeconds,
  type DnsLifetimeLimits,
  type DnsLifetimeOptions,
  dnsLifetime,
  lifetimeLimits,
} from "./lifetime.ts";
import { SieveQueue } from "./sieve-queue.ts";

/** What an answer is kept for: those who differ in one of these may be given different answers. */
export interface DnsCacheQuestion {
  readonly name: DomainName;
  /** The type's number. */
  readonly type: number;
  readonly class: number;
  /** DO: with signatures (RFC 4035 §3.2.1). Default false. */
  readonly dnssecOk?: boolean | undefined;
  /** CD: not validated (RFC 4035 §3.2.2). Default false. */
  readonly checkingDisabled?: boolean | undefined;
}

/** What a {@link DnsCache} keeps, and for how long. */
export interface DnsCacheOptions extends DnsLifetimeOptions {
  /** Default 100,000 answers. */
  readonly entriesMax?: number | undefined;
  /** What all answers may take in memory, by a rough count. Default 64 MiB. */
  readonly octetsMax?: number | undefined;
  /** How long what is over may still be given. 0: not at all. Default 86,400 s (RFC 8767 §5 says 1 to 3 days). */
  readonly staleSecondsMax?: number | undefined;
  /** How long a failure without a better answer is remembered. Default 5 s; at most 300 s (RFC 9520 §3.2). */
  readonly failureSeconds?: number | undefined;
  /** How long nothing is asked anew after a failure for which there is a stale answer. Default 30 s (RFC 8767 §5). */
  readonly recheckSeconds?: number | undefined;
  /** Whether a name that does not exist has none below it (RFC 8020 §2). Default false: some servers deny names that have. */
  readonly denyBelow?: boolean | undefined;
}

/** What a {@link DnsCache} has done. */
export interface DnsCacheStatistics {
  readonly entries: number;
  readonly octets: number;
  /** Answers within their time. */
  readonly hits: number;
  /** Answers past it. */
  readonly staleHits: number;
  readonly misses: number;
  readonly stored: number;
  /** Answers thrown out to make room. */
  readonly evicted: number;
}

/** The most that RFC 9520 §3.2 allows. */
const failureSecondsMax = 300;

/** Stands in the place of a type: the whole name does not exist. */
const everyType = 0x10000;

/**
 * Answers that were given before (RFC 1034 §4.3.2, RFC 2308). Time is an argument, in milliseconds on any clock that
 * does not go back. A hit gives the same object for a whole second, so that it costs no more than finding it.
 *
 * ```ts
 * import { DnsCache, dnsResponse, encodeDnsSets, parseDnsRecord, parseDomainName } from "@hawser/dns";
 *
 * const cache = new DnsCache();
 * const question = { name: parseDomainName("www.example"), type: 1, class: 1 };
 * cache.put(question, dnsResponse({ answers: encodeDnsSets([parseDnsRecord("www.example. 60 A 192.0.2.1")]) }), 0);
 * cache.get(question, 20_000)?.response.answers[0]?.ttl; // 40
 * ```
 */
export class DnsCache {
  readonly #limits: DnsLifetimeLimits;
  readonly #entriesMax: number;
  readonly #octetsMax: number;
  readonly #staleMs: number;
  readonly #failureMs: number;
  readonly #recheckMs: number;
  readonly #denyBelow: boolean;
  /** By kind of question, then by the name's key: so nobody puts strings together to find an answer. */
  readonly #kinds = new Map<number, Map<string, DnsCacheEntry>>();
  readonly #queue = new SieveQueue<DnsCacheEntry>();
  readonly #counts = { hits: 0, staleHits: 0, misses: 0, stored: 0, evicted: 0 };

  /** @throws {RangeError} when it could hold nothing */
  constructor(options: DnsCacheOptions = {}) {
    const { entriesMax = 100_000, octetsMax = 67_108_864 } = options;
    if (!(entriesMax >= 1) || !(octetsMax >= 1))
      throw new RangeError(`Cannot make a cache of ${entriesMax} entries and ${octetsMax} octets`);
    this.#limits = lifetimeLimits(options);
    this.#entriesMax = entriesMax;
    this.#octetsMax = octetsMax;
    this.#staleMs = checkedSeconds(options.staleSecondsMax ?? 86_400) * 1000;
    this.#failureMs = Math.min(checkedSeconds(options.failureSeconds ?? 5), failureSecondsMax) * 1000;
    this.#recheckMs = checkedSeconds(options.recheckSeconds ?? 30) * 1000;
    this.#denyBelow = options.denyBelow ?? false;
  }

  get statistics(): DnsCacheStatistics {
    return { entries: this.#queue.size, octets: this.#queue.octets, ...this.#counts };
  }

  /** What is known of a question: an answer within its time, else one past it, else `undefined`. */
  get(question: DnsCacheQuestion, now: number): DnsCacheHit | undefined {
    const kind = kindOf(question);
    const { key } = question.name;
    const own = this.#kinds.get(kind)?.get(key);
    if (own !== undefined && now < own.sameUntil) {
      this.#counts.hits++;
      return own.sameHit();
    }
    const entry = own?.isFresh(now) ? own : this.#findElse(kind, key, now);
    if (entry === undefined) {
      this.#counts.misses++;
      return undefined;
    }
    const hit = entry.hit(now);
    if (hit.isStale) this.#counts.staleHits++;
    else this.#counts.hits++;
    return hit;
  }

  /**
   * Keeps an answer, if it may be kept; one that was cut may not. A failure never takes the place of an answer, not even of
   * a stale one.
   *
   * @returns whether it was kept
   */
  put(question: DnsCacheQuestion, response: DnsResponse, now: number): boolean {
    const { rcode, answers, truncated = false } = response;
    if (truncated) return false;
    const isFailure = rcode !== DnsRcode.noError && rcode !== DnsRcode.nxDomain;
    if (isFailure) return this.#putFailure(question, response, now);
    const kind = kindOf(question);
    if (rcode === DnsRcode.noError) this.#dropDenials(question.name.key, denialKindOf(kind));
    this.#dropAt(kind, question.name.key); // whatever was known is known better now
    const isNoName = rcode === DnsRcode.nxDomain && answers.length === 0;
    const place = isNoName ? denialKindOf(kind) : kind;
    const seconds = dnsLifetime(question, response, this.#limits);
    return seconds > 0 && this.#store(question.name.key, place, response, now, seconds * 1000, this.#staleMs);
  }

  /** Forgets all that is known of a name, and with `below` of all names below it. @returns how many answers that were */
  forget(name: DomainName, { below = false }: { readonly below?: boolean | undefined } = {}): number {
    const gone: DnsCacheEntry[] = [];
    for (const entries of this.#kinds.values()) {
      const entry = entries.get(name.key);
      if (entry !== undefined) gone.push(entry);
      if (below) for (const one of entries.values()) if (isKeyBelow(one.key, name.key)) gone.push(one);
    }
    for (const entry of gone) this.#drop(entry);
    return gone.length;
  }

  clear(): void {
    this.#kinds.clear();
    this.#queue.clear();
  }

  #find(question: DnsCacheQuestion, now: number): DnsCacheEntry | undefined {
    const kind = kindOf(question);
    const { key } = question.name;
    const own = this.#kinds.get(kind)?.get(key);
    return own?.isFresh(now) ? own : this.#findElse(kind, key, now);
  }

  /** A denial of the whole name, or what is stale. */
  #findElse(kind: number, key: string, now: number): DnsCacheEntry | undefined {
    const entry = this.#at(kind, key, now);
    const denial = this.#denial(denialKindOf(kind), key, now);
    if (entry === undefined || denial === undefined) return entry ?? denial;
    return denial.isFresh(now) || denial.storedAt > entry.storedAt ? denial : entry;
  }

  /** That the name does not exist; or one above it, while that is certain. */
  #denial(kind: number, key: string, now: number): DnsCacheEntry | undefined {
    const entry = this.#at(kind, key, now);
    if (!this.#denyBelow || entry?.isFresh(now)) return entry;
    for (let above = parentKey(key); above !== undefined; above = parentKey(above)) {
      const denial = this.#at(kind, above, now);
      if (denial?.isFresh(now)) return denial;
    }
    return entry;
  }

  #at(kind: number, key: string, now: number): DnsCacheEntry | undefined {
    const entry = this.#kinds.get(kind)?.get(key);
    if (!entry?.isDead(now)) return entry;
    this.#drop(entry);
    return undefined;
  }

  #putFailure(question: DnsCacheQuestion, response: DnsResponse, now: number): boolean {
    const better = this.#find(question, now);
    if (better !== undefined) better.quiet(now + this.#recheckMs);
    if (better !== undefined || response.rcode !== DnsRcode.servFail || this.#failureMs <= 0) return false;
    return this.#store(question.name.key, kindOf(question), response, now, this.#failureMs, 0);
  }

  #store(
    key: string,
    kind: number,
    response: DnsResponse,
    storedAt: number,
    lifetimeMs: number,
    staleMs: number,
  ): boolean {
    this.#dropAt(kind, key);
    const kept = keptResponse(response, lifetimeMs / 1000, this.#limits);
    const entry = new DnsCacheEntry(key, kind, kept, { storedAt, lifetimeMs, staleMs });
    if (entry.octets > this.#octetsMax) return false;
    this.#makeRoom(entry.octets);
    const entries = this.#kinds.get(kind) ?? new Map<string, DnsCacheEntry>();
    this.#kinds.set(kind, entries.set(key, entry));
    this.#queue.add(entry);
    this.#counts.stored++;
    return true;
  }

  #makeRoom(octets: number): void {
    while (this.#queue.size >= this.#entriesMax || this.#queue.octets + octets > this.#octetsMax) {
      this.#unlist(this.#queue.evict()!);
      this.#counts.evicted++;
    }
  }

  /** A name that answers exists, and so do those above it. */
  #dropDenials(key: string, kind: number): void {
    if (!this.#kinds.has(kind)) return;
    this.#dropAt(kind, key);
    if (!this.#denyBelow) return;
    for (let above = parentKey(key); above !== undefined; above = parentKey(above)) this.#dropAt(kind, above);
  }

  #dropAt(kind: number, key: string): void {
    const entry = this.#kinds.get(kind)?.get(key);
    if (entry !== undefined) this.#drop(entry);
  }

  #drop(entry: DnsCacheEntry): void {
    this.#queue.remove(entry);
    this.#unlist(entry);
  }

  #unlist({ kind, key }: DnsCacheEntry): void {
    const entries = this.#kinds.get(kind)!;
    entries.delete(key);
    if (entries.size === 0) this.#kinds.delete(kind);
  }
}

/** Type, class and flags in one number, which is small for every class that is in use. */
function kindOf({ type, class: of, dnssecOk, checkingDisabled }: DnsCacheQuestion): number {
  return (of * 4 + (dnssecOk ? 2 : 0) + (checkingDisabled ? 1 : 0)) * (2 * everyType) + type;
}

/** The same with {@link everyType} in the place of the type. */
function denialKindOf(kind: number): number {
  return kind - (kind % (2 * everyType)) + everyType;
}

/** The key of the name above, found in the string itself. */
function parentKey(key: string): string | undefined {
  return key.length === 1 ? undefined : key.slice(1 + key.charCodeAt(0));
}

function isKeyBelow(key: string, ancestor: string): boolean {
  const cut = key.length - ancestor.length;
  if (cut <= 0 || !key.endsWith(ancestor)) return false;
  let at = 0;
  while (at < cut) at += key.charCodeAt(at) + 1;
  return at === cut;
}
