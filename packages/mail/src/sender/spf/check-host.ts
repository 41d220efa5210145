import { type Clock, ConnectionError, withDeadline } from "@hawser/core";
import { asciiDomain } from "../domain.ts";
import { spfExplanationOctetsMax, spfTimeoutMs } from "../limits.ts";
import type { DnsLookups } from "../lookups/lookups.ts";
import { expandSpfDomain, expandSpfText, type SpfMacroValues } from "./expand.ts";
import { parseSpfExplanation } from "./macro-text.ts";
import { matchesSpf, type SpfMatchContext, targetOf, validatedNameOf } from "./matches.ts";
import { SpfQuestions, SpfStop } from "./questions.ts";
import { isSpfRecord, parseSpfRecord } from "./record.ts";
import { type SpfSubject, spfSubject } from "./subject.ts";
import type { SpfDirective, SpfMacroText, SpfRecord, SpfResult } from "./words.ts";

/** Who sends, and who wants to know. */
export interface SpfCheck {
  /** The peer's address. */
  readonly peer: string;
  /** What the peer called itself. */
  readonly helo: string;
  /** The reverse path, without angle brackets; empty for bounces: then it is the peer itself that is checked. */
  readonly mailFrom: string;
}

/** What a check needs. */
export interface SpfOptions {
  readonly lookups: DnsLookups;
  readonly clock: Clock;
  /** The name of this host, for explanations. Default `unknown`. */
  readonly receiver?: string | undefined;
  /** For all lookups together. Default 20,000 ms. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a policy says of a sender. */
export interface SpfOutcome {
  readonly result: SpfResult;
  /** The domain that was asked, as it was given. */
  readonly domain: string;
  /** Which identity that was (RFC 7208 §2.3, §2.4). */
  readonly identity: "helo" | "mailfrom";
  /** The term that decided: `-all`, `ip4:192.0.2.0/24`. */
  readonly matched?: string | undefined;
  /** What the domain wants to be told to whom it refuses: not to be trusted, US-ASCII on one line. */
  readonly explanation?: string | undefined;
  /** Why there is an error, for people. */
  readonly problem?: string | undefined;
}

/**
 * Asks the policy of a domain whether a peer may send its mail (RFC 7208 §4).
 *
 * ```ts no-run
 * const { result } = await checkSpf({ peer: "192.0.2.1", helo: "mx.example.org", mailFrom: "alice@example.org" }, options);
 * ```
 * Rejects with `signal.reason` alone; what goes wrong is a result. @throws {RangeError} when the peer's address is none
 */
export async function checkSpf(check: SpfCheck, options: SpfOptions): Promise<SpfOutcome> {
  const subject = spfSubject(check.peer, check.helo, check.mailFrom);
  const identity = check.mailFrom === "" ? "helo" : "mailfrom";
  const { clock, timeoutMs = spfTimeoutMs, signal } = options;
  try {
    const verdict = await withDeadline(clock, timeoutMs, (both) => new Evaluation(subject, options, both).run(), {
      signal,
    });
    return { ...verdict, domain: subject.domain, identity };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ConnectionError)) throw error;
    return { result: "temperror", problem: "the DNS took too long", domain: subject.domain, identity };
  }
}

/** Checks the name that the peer gave, as if it were the domain of a sender (RFC 7208 §2.3). */
export function checkSpfHelo(check: Omit<SpfCheck, "mailFrom">, options: SpfOptions): Promise<SpfOutcome> {
  return checkSpf({ ...check, mailFrom: "" }, options);
}

type Verdict = Pick<SpfOutcome, "explanation" | "matched" | "problem" | "result">;

/** One check, with the records that are included. */
class Evaluation {
  readonly #subject: SpfSubject;
  readonly #options: SpfOptions;
  readonly #questions: SpfQuestions;

  constructor(subject: SpfSubject, options: SpfOptions, signal: AbortSignal) {
    this.#subject = subject;
    this.#options = options;
    this.#questions = new SpfQuestions(options.lookups, { signal });
  }

  async run(): Promise<Verdict> {
    try {
      return await this.#check(this.#subject.domain, true);
    } catch (error) {
      if (error instanceof SpfStop) return { result: error.result, problem: error.message };
      throw error;
    }
  }

  /** @param explains whether a refusal is explained: not when it is only included (RFC 7208 §5.2) */
  async #check(domain: string, explains: boolean): Promise<Verdict> {
    if (!isDomain(domain)) return { result: "none", problem: "there is no such domain" };
    const record = await this.#record(domain);
    if (record === undefined) return { result: "none" };
    const context = this.#context(domain);
    const decided = await this.#decide(record, context);
    if (decided === undefined)
      return record.redirect === undefined ? { result: "neutral" } : this.#redirect(record.redirect, context, explains);
    const { result, text } = decided;
    const explanation = result === "fail" && explains ? await this.#explain(record.explanation, context) : undefined;
    return { result, matched: text, ...(explanation === undefined ? {} : { explanation }) };
  }

  /** The one policy among the texts of a domain (RFC 7208 §4.4, §4.5). */
  async #record(domain: string): Promise<SpfRecord | undefined> {
    const texts = await this.#questions.askTexts(domain);
    const policies = texts.filter(isSpfRecord);
    if (policies.length > 1) throw new SpfStop("permerror", "the domain has several policies");
    try {
      return policies[0] === undefined ? undefined : parseSpfRecord(policies[0]);
    } catch (error) {
      throw new SpfStop("permerror", (error as Error).message);
    }
  }

  /** The first directive that matches (RFC 7208 §4.6.2). */
  async #decide({ directives }: SpfRecord, context: SpfMatchContext): Promise<SpfDirective | undefined> {
    for (const directive of directives) if (await this.#matches(directive, context)) return directive;
    return undefined;
  }

  async #matches({ mechanism }: SpfDirective, context: SpfMatchContext): Promise<boolean> {
    if (mechanism.type !== "include") return matchesSpf(mechanism, context);
    const domain = await targetOf(mechanism.domain, context);
    const { result, problem } = await this.#check(domain, false);
    if (result === "none") throw new SpfStop("permerror", "an included domain has no policy");
    if (result === "temperror" || result === "permerror")
      throw new SpfStop(result, problem ?? "an included policy failed");
    return result === "pass";
  }

  /** The policy of another domain in the place of this (RFC 7208 §6.1). */
  async #redirect(target: SpfMacroText, context: SpfMatchContext, explains: boolean): Promise<Verdict> {
    const verdict = await this.#check(await targetOf(target, context), explains);
    if (verdict.result === "none") throw new SpfStop("permerror", "it is redirected to a domain without a policy");
    return verdict;
  }

  /** What goes wrong here changes nothing: then there is no explanation (RFC 7208 §6.2). */
  async #explain(explanation: SpfMacroText | undefined, { values }: SpfMatchContext): Promise<string | undefined> {
    if (explanation === undefined) return undefined;
    try {
      const texts = await this.#questions.askTexts(await expandSpfDomain(explanation, values));
      const pieces = texts.length === 1 ? parseSpfExplanation(texts[0]!) : undefined;
      const text = pieces === undefined ? "" : await expandSpfText(pieces, values);
      return /^[ -~]+$/.test(text) ? text.slice(0, spfExplanationOctetsMax) : undefined;
    } catch (error) {
      if (error instanceof SpfStop) return undefined;
      throw error;
    }
  }

  #context(domain: string): SpfMatchContext {
    const { receiver = "unknown", clock } = this.#options;
    const subject = this.#subject;
    const questions = this.#questions;
    const validatedName = (): Promise<string> => validatedNameOf(subject, domain, questions);
    const values: SpfMacroValues = { subject, domain, validatedName, receiver, now: clock.wall() };
    return { subject, domain, questions, values };
  }
}

/** A name of several labels, none of them empty or too long (RFC 7208 §4.3). */
function isDomain(domain: string): boolean {
  const name = domain.replace(/\.$/, "");
  return asciiDomain(name) !== undefined;
}
