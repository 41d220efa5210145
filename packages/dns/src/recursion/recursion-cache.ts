import type { Instant } from "@hawser/core";
import { SieveMap } from "../cache/sieve-map.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { DnsRcode } from "../words.ts";
import type { NegativeEntry, PositiveEntry, RecursionEntry } from "./entries.ts";
import { questionKey } from "./question.ts";

/** How much is remembered, and how. */
export interface RecursionCacheOptions {
  /** Default 200,000 sets. */
  readonly entriesMax?: number | undefined;
  /** Default 128 MiB, by a rough count. */
  readonly octetsMax?: number | undefined;
  /** How long what is out of date may still be given when servers do not answer. 0: not at all. Default: a day. */
  readonly staleMs?: number | undefined;
  /**
   * Whether what does not exist has nothing below it (RFC 8020 §2). Default false: servers that deny names with others below
   * them are many, and without validation nobody can tell.
   */
  readonly nxdomainCut?: boolean | undefined;
}

/** Stands in the place of a type: the name does not exist, whatever is asked about it. */
const everyType = 0x10000;

/** Answers by name and type, as servers gave them (RFC 2181 §5.4, RFC 2308). */
export class RecursionCache {
  readonly #entries: SieveMap<string, RecursionEntry>;
  readonly #staleMs: number;
  readonly #nxdomainCut: boolean;

  constructor(options: RecursionCacheOptions = {}) {
    const { entriesMax = 200_000, octetsMax = 134_217_728, staleMs = 86_400_000, nxdomainCut = false } = options;
    this.#entries = new SieveMap({ entriesMax, octetsMax });
    this.#staleMs = staleMs;
    this.#nxdomainCut = nxdomainCut;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known of a question, and not out of date: its answer, that it has none, or an alias. */
  find(name: DomainName, type: number, now: Instant): RecursionEntry | undefined {
    return this.#find(name, type, (key) => {
      const entry = this.#entry(key, now);
      return entry !== undefined && entry.expiresAt > now ? entry : undefined;
    });
  }

  /** The same, however old. */
  stale(name: DomainName, type: number, now: Instant): RecursionEntry | undefined {
    return this.#find(name, type, (key) => this.#entry(key, now));
  }

  /** The name above that is known not to exist; `undefined` unless that is believed of all below it (RFC 8020). */
  denialAbove(name: DomainName, now: Instant): NegativeEntry | undefined {
    if (!this.#nxdomainCut) return undefined;
    for (let at = name.parent(); at !== undefined; at = at.parent()) {
      const entry = this.#entry(questionKey(at, everyType), now);
      if (entry?.type === "negative" && entry.expiresAt > now) return entry;
    }
    return undefined;
  }

  /** Keeps an answer, unless a more credible one is known (RFC 2181 §5.4.1). */
  put(name: DomainName, type: number, entry: RecursionEntry, now: Instant): void {
    const isNoName = entry.type === "negative" && entry.rcode === DnsRcode.nxDomain;
    const key = questionKey(name, isNoName ? everyType : type);
    const before = this.#entries.peek(key);
    if (before !== undefined && before.expiresAt > now && before.credibility > entry.credibility) return;
    if (!isNoName) this.#entries.delete(questionKey(name, everyType));
    if (entry.expiresAt > now) this.#entries.set(key, entry, octetsOf(name, entry));
  }

  /** Forgets all that is known. */
  clear(): void {
    this.#entries.clear();
  }

  #find(name: DomainName, type: number, at: (key: string) => RecursionEntry | undefined): RecursionEntry | undefined {
    const found = at(questionKey(name, type)) ?? at(questionKey(name, everyType));
    return found ?? (type === DnsType.CNAME ? undefined : positive(at(questionKey(name, DnsType.CNAME))));
  }

  #entry(key: string, now: Instant): RecursionEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt + this.#staleMs > now) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}

function positive(entry: RecursionEntry | undefined): PositiveEntry | undefined {
  return entry?.type === "positive" ? entry : undefined;
}

/** What an entry takes in memory, roughly. */
function octetsOf(name: DomainName, entry: RecursionEntry): number {
  const sets = entry.type === "negative" ? entry.authorities : [entry.set, ...entry.moved, ...entry.proofs];
  const signatures = entry.type === "positive" && entry.signatures !== undefined ? [entry.signatures] : [];
  return [...sets, ...signatures].reduce((sum, set) => sum + setOctets(set), 300 + 2 * name.octetCount);
}

function setOctets({ name, data }: DnsEncodedSet): number {
  return data.reduce((sum, octets) => sum + 112 + octets.length, 250 + 2 * name.octetCount);
}
