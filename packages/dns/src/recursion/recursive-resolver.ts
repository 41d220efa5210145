import { type Instant, type Reactor, reportFault, StateError } from "@hawser/core";
import type { DnsExchanger } from "../client/exchanger.ts";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { rootName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { DnsResponse } from "../serving/reply.ts";
import type { RecursionEntry } from "./entries.ts";
import type { RecursionExchange } from "./exchange.ts";
import { type InfrastructureOptions, RecursionInfrastructure } from "./infrastructure.ts";
import { knownResult, staleResult } from "./known.ts";
import { exchangesUnderWayMax } from "./limits.ts";
import { questionKey, type RecursionQuestion } from "./question.ts";
import { newRecursionCounts, type RecursionStatistics } from "./recursion-statistics.ts";
import { Resolution } from "./resolution.ts";
import { ResolutionRunner } from "./resolution-runner.ts";
import { type RecursionResponseOptions, type RecursionResult, responseOf } from "./response.ts";

import type { RecursionValidator } from "./validator.ts";
import { ZoneQuota } from "./zone-quota.ts";

/** How a resolver works; see {@link InfrastructureOptions} for the rest. */
export interface RecursiveResolverOptions extends Omit<InfrastructureOptions, "random"> {
  /** Questions being resolved at once; more are answered with SERVFAIL. Default 1,000 (BIND's `recursive-clients`). */
  readonly resolutionsMax?: number | undefined;
  /** Questions under way to all servers together: each has a socket. Default 512. */
  readonly exchangesUnderWayMax?: number | undefined;
  /** Questions under way to the servers of one zone. Five times as many for the root and TLDs. Default 200 (BIND's `fetches-per-zone`). */
  readonly exchangesPerZoneMax?: number | undefined;
  /** When what is out of date is given to who waits, while the resolution goes on. Default 1,800 ms (RFC 8767 §5). */
  readonly staleAnswerMs?: number | undefined;
  /** Asks again what is nearly out of date and was asked for several times. Default true. */
  readonly prefetch?: boolean | undefined;
  /** Told of each question that was put to a server, when it is answered or given up. */
  readonly trace?: ((exchange: RecursionExchange) => void) | undefined;
  /** Whom answers are shown to before they are given. Default: nobody, and AD is never set. */
  readonly validator?: RecursionValidator | undefined;
}

/** The part of its time that is left when an answer is asked for again, and the hits that make it worth that. */
const prefetchPart = 0.1;
const prefetchHitsMin = 2;
/** Answers whose hits are counted. */
const countedHitsMax = 10_000;

/**
 * Resolves names from the root down, as RFC 1034 §5.3.3 has it, and remembers what it learned.
 *
 * ```ts no-run
 * await using client = new DnsClient(reactor);
 * await using resolver = new RecursiveResolver(reactor, client);
 * const response = await resolver.resolve({ name: parseDomainName("example.org"), type: DnsType.MX });
 * ```
 */
export class RecursiveResolver implements AsyncDisposable {
  readonly infrastructure: RecursionInfrastructure;
  readonly #reactor: Reactor;
  readonly #exchanger: DnsExchanger;
  readonly #options: RecursiveResolverOptions;
  readonly #quota: ZoneQuota;
  readonly #running = new Map<string, ResolutionRunner>();
  readonly #hits = new Map<string, number>();
  readonly #counts = newRecursionCounts();
  #isClosed = false;

  /** @throws {RangeError} for options that mean nothing. @throws {DnsTextError} for names that are none */
  constructor(reactor: Reactor, exchanger: DnsExchanger, options: RecursiveResolverOptions = {}) {
    this.#reactor = reactor;
    this.#exchanger = exchanger;
    this.#options = options;
    this.#quota = new ZoneQuota(
      options.exchangesUnderWayMax ?? exchangesUnderWayMax,
      options.exchangesPerZoneMax ?? 200,
    );
    this.infrastructure = new RecursionInfrastructure({ ...options, random: reactor.random });
  }

  get statistics(): RecursionStatistics {
    const { cache, servers, cuts } = this.infrastructure;
    const held = { cachedSets: cache.size, knownServers: servers.count, knownZones: cuts.count };
    return { ...this.#counts, ...held, underWay: this.#running.size };
  }

  /** The answer that is known and not out of date; `undefined` when somebody would have to be asked. */
  known(question: RecursionQuestion, options: RecursionResponseOptions = {}): DnsResponse | undefined {
    const now = this.#reactor.clock.now();
    const result = knownResult(this.infrastructure, question, now);
    return result && responseOf(result, now, options);
  }

  /**
   * Finds the answer: at once when it is known and there is no validator. It never rejects for what servers do: what cannot be
   * resolved is SERVFAIL with extended errors.
   *
   * @throws {StateError} when the resolver is closed, or is closed meanwhile
   */
  resolve(question: RecursionQuestion, options: RecursionResponseOptions = {}): DnsResponse | Promise<DnsResponse> {
    if (this.#isClosed) throw closed();
    this.#counts.questions++;
    const now = this.#reactor.clock.now();
    const known = knownResult(this.infrastructure, question, now);
    if (known === undefined || question.refresh === true) return this.#answer(question, options);
    this.#counts.hits++;
    this.#prefetch(question, known, now);
    return this.#checked(question, known, options);
  }

  /** Gives up what is under way, and forgets nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const running of this.#running.values()) running.giveUp(closed());
  }

  async #answer(question: RecursionQuestion, options: RecursionResponseOptions): Promise<DnsResponse> {
    const { name, type } = question;
    const failure = this.infrastructure.failures.find(name, type, this.#reactor.clock.now());
    const result = failure === undefined ? await this.#soonest(question) : this.#failedBefore(question, failure);
    if (result.type === "found" && result.isStale) this.#counts.staleAnswers++;
    return this.#checked(question, result, options);
  }

  /** A failure that is remembered says so (RFC 9520 §3.2, RFC 8914 §4.14); what is out of date is still better. */
  #failedBefore(
    question: RecursionQuestion,
    failure: Extract<RecursionResult, { type: "failed" }>["failure"],
  ): RecursionResult {
    const stale = staleResult(this.infrastructure, question, this.#reactor.clock.now());
    const infoCodes = [ExtendedDnsError.cachedError, ...failure.infoCodes];
    return stale ?? { type: "failed", failure: { ...failure, infoCodes } };
  }

  /** The answer, or what is out of date when the answer takes too long (RFC 8767 §5). */
  async #soonest(question: RecursionQuestion): Promise<RecursionResult> {
    const running = this.#start(question);
    const { clock } = this.#reactor;
    const stale = staleResult(this.infrastructure, question, clock.now());
    if (stale === undefined) return running;
    return new Promise((resolve, reject) => {
      const timer = clock.after(this.#options.staleAnswerMs ?? 1_800, () => resolve(stale));
      running.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  /** Joins the resolution of the same question, or starts one. */
  #start(question: RecursionQuestion): Promise<RecursionResult> {
    const key = questionKey(question.name, question.type);
    const other = this.#running.get(key);
    if (other !== undefined) {
      this.#counts.joined++;
      return other.result;
    }
    if (this.#running.size >= (this.#options.resolutionsMax ?? 1_000)) {
      this.#counts.overloads++;
      return Promise.resolve(overloaded);
    }
    const running = this.#run(question);
    this.#running.set(key, running);
    const forget = (): boolean => this.#running.delete(key);
    running.result.then((result) => {
      if (result.type === "failed") this.#counts.failures++;
      forget();
    }, forget);
    this.#prime();
    return running.result;
  }

  #run(question: RecursionQuestion): ResolutionRunner {
    this.#counts.resolutions++;
    const resolution = new Resolution(question, this.infrastructure, this.#reactor.clock.now());
    return new ResolutionRunner(resolution, {
      reactor: this.#reactor,
      exchanger: this.#exchanger,
      quota: this.#quota,
      told: (exchange) => {
        this.#counts.exchanges++;
        if ("type" in exchange.reply) this.#counts.exchangeFailures++;
        this.#options.trace?.(exchange);
      },
    });
  }

  /** Asks the root's servers who they are, beside the first question that needs them (RFC 9609 §3). */
  #prime(): void {
    const now = this.#reactor.clock.now();
    const { cuts, failures } = this.infrastructure;
    if (cuts.isPrimed(now) || failures.find(rootName, DnsType.NS, now) !== undefined) return;
    if (this.#running.has(questionKey(rootName, DnsType.NS))) return;
    this.#inBackground({ name: rootName, type: DnsType.NS, refresh: true });
  }

  /** Asks again for what is wanted often, before it is out of date. */
  #prefetch({ name, type }: RecursionQuestion, result: RecursionResult, now: number): void {
    if (this.#options.prefetch === false || result.type !== "found") return;
    const entries = [...result.links, result.entry];
    if (!entries.some((entry) => isNearlyOver(entry, now))) return;
    const key = questionKey(name, type);
    const hits = (this.#hits.get(key) ?? 0) + 1;
    if (this.#hits.size >= countedHitsMax) this.#hits.clear();
    this.#hits.set(key, hits);
    if (hits < prefetchHitsMin || this.#running.has(key)) return;
    this.#hits.delete(key);
    this.#counts.prefetches++;
    this.#inBackground({ name, type, refresh: true });
  }

  #inBackground(question: RecursionQuestion): void {
    this.#start(question).catch((error) => {
      if (!this.#isClosed) reportFault(error, "RecursiveResolver");
    });
  }

  #checked(
    question: RecursionQuestion,
    result: RecursionResult,
    options: RecursionResponseOptions,
  ): DnsResponse | Promise<DnsResponse> {
    const { validator } = this.#options;
    const now = this.#reactor.clock.now();
    if (validator === undefined) return responseOf(result, now, options);
    const resolve = async (other: RecursionQuestion): Promise<DnsResponse> => {
      const found = knownResult(this.infrastructure, other, this.#reactor.clock.now()) ?? (await this.#soonest(other));
      return responseOf(found, this.#reactor.clock.now(), { dnssecOk: true });
    };
    return validator.validate(question, responseOf(result, now, { dnssecOk: true }), resolve);
  }
}

function isNearlyOver({ storedAt, expiresAt }: RecursionEntry, now: Instant): boolean {
  return Number.isFinite(expiresAt) && expiresAt - now <= (expiresAt - storedAt) * prefetchPart;
}

const overloaded: RecursionResult = {
  type: "failed",
  failure: {
    infoCodes: [ExtendedDnsError.other],
    text: "Too many questions are being resolved",
    isCircumstantial: true,
  },
};

function closed(): StateError {
  return new StateError("Cannot resolve: the resolver is closed");
}
