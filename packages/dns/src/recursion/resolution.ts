import type { Instant } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { DnsMessage } from "../message/message.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { addressesIn, type RecursionEntry } from "./entries.ts";
import type { ExchangeFailure, ResolutionAsk } from "./exchange.ts";
import type { RecursionInfrastructure } from "./infrastructure.ts";
import { staleResult } from "./known.ts";
import { type RecursionBounds, type RecursionLimits, recursionBounds } from "./limits.ts";
import { Lookup, type LookupContext, type LookupNeed, type LookupOutcome } from "./lookup.ts";
import { questionKey, type RecursionQuestion } from "./question.ts";
import { type RecursionResult, responseOf } from "./response.ts";

/** What a resolution wants done. */
export type ResolutionStep =
  /** Put this question, and tell {@link Resolution.answered} what became of it. */
  | { readonly type: "ask"; readonly ask: ResolutionAsk }
  /** Nothing until an answer comes, or the {@link Resolution.deadline}. */
  | { readonly type: "wait" }
  | { readonly type: "done"; readonly result: RecursionResult };

/**
 * Resolves one question, from the root down: tells what to ask whom, is told what they say, and ends with a result before its
 * deadline, whatever they say. Time is an argument; it knows no sockets, timers or promises.
 *
 * ```ts no-run
 * const resolution = new Resolution({ name, type: DnsType.A }, infrastructure, clock.now());
 * for (let step = resolution.next(now); step.type !== "done"; step = resolution.next(now)) …
 * ```
 */
export class Resolution {
  readonly question: RecursionQuestion;
  readonly deadline: Instant;
  readonly #shared: RecursionInfrastructure;
  readonly #bounds: RecursionBounds;
  readonly #startedAt: Instant;
  readonly #random: (below: number) => number;
  readonly #isRefused: LookupContext["isRefused"];
  readonly #lookups = new Map<string, Lookup>();
  readonly #primary: Lookup;
  readonly #underWay = new Map<ResolutionAsk, Lookup>();
  readonly #addresses = new Map<string, string[]>();
  #ready: Lookup[];
  #exchanges = 0;
  #result: RecursionResult | undefined;

  constructor(
    question: RecursionQuestion,
    infrastructure: RecursionInfrastructure,
    startedAt: Instant,
    options: { readonly limits?: RecursionLimits | undefined } = {},
  ) {
    this.question = question;
    this.#shared = infrastructure;
    this.#bounds = options.limits === undefined ? infrastructure.bounds : recursionBounds(options.limits);
    this.#startedAt = startedAt;
    this.deadline = startedAt + this.#bounds.deadlineMs;
    this.#random = (below) => infrastructure.random.integer(0, below);
    this.#isRefused = (name, entry) => infrastructure.isRefused(name, entry);
    this.#primary = this.#lookup(question.name, question.type, 0);
    this.#ready = [this.#primary];
  }

  /** Questions put so far. */
  get exchanges(): number {
    return this.#exchanges;
  }

  /** Tells what to do next; to be called again after each step and each answer. */
  next(now: Instant): ResolutionStep {
    if (this.#result === undefined && now >= this.deadline) this.#giveUp("It took too long", now);
    while (this.#result === undefined && this.#underWay.size < this.#bounds.exchangesAtOnceMax) {
      const lookup = this.#ready.shift();
      if (lookup === undefined) break;
      if (!this.#isWanted(lookup)) continue;
      const ask = this.#advance(lookup, lookup.step(now), now);
      if (ask !== undefined) return { type: "ask", ask };
    }
    return this.#result === undefined ? { type: "wait" } : { type: "done", result: this.#result };
  }

  /** Tells what became of a question: an answer, whatever it says, or that there is none. */
  answered(ask: ResolutionAsk, reply: DnsMessage | ExchangeFailure, now: Instant): void {
    const lookup = this.#underWay.get(ask);
    if (lookup === undefined) return;
    this.#underWay.delete(ask);
    lookup.answered(ask, reply, now);
    this.#ready.push(lookup);
  }

  /** The answer for a client; `undefined` before there is one. */
  response(now: Instant, options: { readonly dnssecOk?: boolean | undefined } = {}): DnsResponse | undefined {
    return this.#result && responseOf(this.#result, now, options);
  }

  #lookup(name: DomainName, type: number, depth: number): Lookup {
    const context: LookupContext = {
      shared: this.#shared,
      random: this.#random,
      depth,
      startedAt: this.#startedAt,
      addressesOf: (server, now) => this.#addressesOf(server, now),
      isRefused: this.#isRefused,
    };
    const lookup = new Lookup(name, type, context, { refresh: depth === 0 && (this.question.refresh ?? false) });
    this.#lookups.set(questionKey(name, type), lookup);
    return lookup;
  }

  #advance(lookup: Lookup, need: LookupNeed, now: Instant): ResolutionAsk | undefined {
    switch (need.type) {
      case "ask":
        return this.#ask(lookup, need.ask, now);
      case "addresses":
        for (const name of need.names) this.#seekAddresses(lookup, name);
        this.#ready.push(lookup);
        return undefined;
      case "done":
        this.#finish(lookup, need.outcome, now);
        return undefined;
      case "wait":
        return undefined;
      default:
        return need satisfies never;
    }
  }

  /** Addresses that nobody waits for any more, since another server answered, are not looked for. */
  #isWanted(lookup: Lookup): boolean {
    if (lookup === this.#primary) return true;
    for (const other of this.#lookups.values()) if (other.waitsFor.has(lookup)) return true;
    return false;
  }

  #ask(lookup: Lookup, ask: ResolutionAsk, now: Instant): ResolutionAsk | undefined {
    if (this.#exchanges >= this.#bounds.exchangesMax) {
      this.#giveUp(`It takes more than ${this.#bounds.exchangesMax} questions`, now);
      return undefined;
    }
    this.#exchanges++;
    this.#underWay.set(ask, lookup);
    return ask;
  }

  #seekAddresses(lookup: Lookup, name: DomainName): void {
    const { families } = this.#shared;
    if (families !== "ipv6") this.#seek(lookup, name, DnsType.A);
    if (families !== "ipv4") this.#seek(lookup, name, DnsType.AAAA);
  }

  /** Lets a lookup wait for another, unless that other waits for it: zones whose servers are in each other lead nowhere (TsuNAME). */
  #seek(lookup: Lookup, name: DomainName, type: number): void {
    const known = this.#lookups.get(questionKey(name, type));
    if (known?.outcome !== undefined) {
      lookup.isHampered ||= known.isHampered;
      return;
    }
    const depth = lookup.context.depth + 1;
    const isTooMuch = depth > this.#bounds.depthMax || this.#lookups.size > this.#bounds.addressLookupsMax;
    if (known === undefined ? isTooMuch : reaches(known, lookup)) {
      lookup.isHampered = true;
      return;
    }
    const other = known ?? this.#lookup(name, type, depth);
    lookup.waitsFor.add(other);
    this.#ready.push(other);
  }

  #finish(lookup: Lookup, outcome: LookupOutcome, now: Instant): void {
    if (lookup === this.#primary) return this.#end(outcome, now);
    lookup.waitsFor.clear();
    if (outcome.type === "found") this.#learnAddresses(lookup.name, outcome.entry);
    else if (!outcome.failure.isCircumstantial)
      this.#shared.failures.note(lookup.name, lookup.type, outcome.failure, now);
    for (const waiting of this.#lookups.values()) {
      if (!waiting.waitsFor.delete(lookup)) continue;
      if (outcome.type === "failed" && outcome.failure.isCircumstantial) waiting.isHampered = true;
      this.#ready.push(waiting);
    }
  }

  #end(outcome: LookupOutcome, now: Instant): void {
    const { name, type } = this.question;
    if (outcome.type === "found") {
      this.#shared.failures.forget(name, type);
      this.#result = outcome;
      return;
    }
    if (outcome.failure.isMomentary !== true) this.#shared.failures.note(name, type, outcome.failure, now);
    this.#result = staleResult(this.#shared, this.question, now) ?? outcome;
  }

  #giveUp(text: string, now: Instant): void {
    const infoCodes = [ExtendedDnsError.noReachableAuthority];
    this.#end({ type: "failed", failure: { infoCodes, text, isCircumstantial: true } }, now);
  }

  #learnAddresses(name: DomainName, entry: RecursionEntry): void {
    const known = this.#addresses.get(name.key) ?? [];
    this.#addresses.set(name.key, [...known, ...addressesIn(entry)]);
  }

  #addressesOf(name: DomainName, now: Instant): readonly string[] {
    const { cache } = this.#shared;
    const cached = [DnsType.A, DnsType.AAAA].flatMap((type) => addressesIn(cache.find(name, type, now)));
    return [...(this.#addresses.get(name.key) ?? []), ...cached];
  }
}

/** Whether a lookup waits for another, be it through others still. */
function reaches(from: Lookup, to: Lookup, seen: Set<Lookup> = new Set()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  for (const next of from.waitsFor) if (reaches(next, to, seen)) return true;
  return false;
}
