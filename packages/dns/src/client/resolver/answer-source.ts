import { type Reactor, withDeadline } from "@hawser/core";
import type { DnsCache, DnsCacheQuestion } from "../../cache/dns-cache.ts";
import type { DnsMessage } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { type DnsTypeName, type DnsUnknownTypeName, dnsTypeNumber } from "../../records/types.ts";
import { type DnsResponse, dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { DnsClass, DnsRcode } from "../../words.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { SharedWork } from "../shared-work.ts";
import { type AskServersOptions, askServers } from "./ask-servers.ts";
import { DnsLookupError } from "./errors.ts";

/** An answer, where it came from, and whether its time is over. */
export interface SourcedAnswer {
  readonly response: DnsResponse;
  /** `undefined`: it was known. */
  readonly server: DnsServerPlace | undefined;
  readonly isStale: boolean;
}

/** What the answers come from. */
export interface AnswerSourceOptions {
  readonly reactor: Reactor;
  readonly cache: DnsCache | undefined;
  /** Whom to ask, and how; read anew for each question. */
  readonly asking: () => AskServersOptions | Promise<AskServersOptions>;
  /** For a question that nobody waits for. */
  readonly refreshTimeoutMs: number;
}

/** How long people wait before they are given what is over (RFC 8767 §5). */
const staleAfterMs = 1_800;

/** Answers to single questions: from memory, or from servers, who are asked once for all who wait for the same. */
export class AnswerSource {
  readonly #options: AnswerSourceOptions;
  readonly #asked = new SharedWork<SourcedAnswer>();
  readonly #closing = new AbortController();

  constructor(options: AnswerSourceOptions) {
    this.#options = options;
  }

  /** What is known and within its time. */
  known(name: DomainName, type: DnsTypeName | DnsUnknownTypeName): DnsResponse | undefined {
    const hit = this.#options.cache?.get(questionOf(name, type), this.#options.reactor.clock.now());
    if (hit === undefined || hit.isStale) return undefined;
    if (hit.refresh) this.#refresh(name, type);
    return hit.response;
  }

  /**
   * @param asked gets the servers that are asked for this question
   * @throws {DnsLookupError} when nobody knows; `signal.reason`
   */
  async answer(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    asked: DnsServerPlace[],
    signal: AbortSignal,
  ): Promise<SourcedAnswer> {
    const { cache, reactor } = this.#options;
    const hit = cache?.get(questionOf(name, type), reactor.clock.now());
    if (hit !== undefined && !(hit.isStale && hit.refresh)) {
      if (hit.refresh) this.#refresh(name, type);
      return { response: hit.response, server: undefined, isStale: hit.isStale };
    }
    const fresh = this.#ask(name, type, asked, signal);
    return hit === undefined ? fresh : this.#freshOrStale(fresh, hit.response, signal);
  }

  /** Gives up what is under way. */
  close(reason: Error): void {
    this.#closing.abort(reason);
    this.#asked.abort(reason);
  }

  /** What is over is better than nothing, and than waiting long (RFC 8767 §5). */
  async #freshOrStale(
    fresh: Promise<SourcedAnswer>,
    response: DnsResponse,
    signal: AbortSignal,
  ): Promise<SourcedAnswer> {
    const stale = { response, server: undefined, isStale: true };
    let timer: { cancel(): void } | undefined;
    const late = new Promise<SourcedAnswer>((resolve) => {
      timer = this.#options.reactor.clock.after(staleAfterMs, () => resolve(stale));
    });
    const orStale = fresh.catch((error: unknown) => {
      if (signal.aborted || !(error instanceof DnsLookupError)) throw error;
      return stale;
    });
    try {
      return await Promise.race([orStale, late]);
    } finally {
      timer?.cancel();
      orStale.catch(() => {}); // it goes on for the next who asks
    }
  }

  #ask(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    asked: DnsServerPlace[],
    signal: AbortSignal,
  ): Promise<SourcedAnswer> {
    return this.#asked.join(`${type} ${name.key}`, (both) => this.#askServers(name, type, asked, both), signal);
  }

  async #askServers(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    asked: DnsServerPlace[],
    signal: AbortSignal,
  ): Promise<SourcedAnswer> {
    const { cache, reactor } = this.#options;
    const question = questionOf(name, type);
    try {
      const options = await this.#options.asking();
      const { message, server } = await askServers({ name, type, class: DnsClass.in }, options, asked, signal);
      const response = responseOf(message, options.trustAd);
      cache?.put(question, response, reactor.clock.now());
      return { response, server, isStale: false };
    } catch (error) {
      // Only what a server said is remembered; but what is over is not asked for again and again (RFC 8767 §5).
      const { rcode = DnsRcode.refused } = error instanceof DnsLookupError ? error : {};
      if (!signal.aborted) cache?.put(question, dnsResponse({ rcode }), reactor.clock.now());
      throw error;
    }
  }

  /** Asks again before it is over, while nobody waits. */
  #refresh(name: DomainName, type: DnsTypeName | DnsUnknownTypeName): void {
    const { reactor, refreshTimeoutMs } = this.#options;
    if (this.#closing.signal.aborted) return;
    const ask = (signal: AbortSignal): Promise<SourcedAnswer> => this.#ask(name, type, [], signal);
    withDeadline(reactor.clock, refreshTimeoutMs, ask, this.#closing).catch(() => {});
  }
}

function questionOf(name: DomainName, type: DnsTypeName | DnsUnknownTypeName): DnsCacheQuestion {
  return { name, type: dnsTypeNumber(type), class: DnsClass.in };
}

/** AD counts only from servers that are believed, over a way that is (resolv.conf(5), `trust-ad`). */
function responseOf(message: DnsMessage, trustAd: boolean): DnsResponse {
  return dnsResponse({
    rcode: message.rcode,
    authenticData: trustAd && message.authenticData,
    answers: encodeDnsSets(message.answers),
    authorities: encodeDnsSets(message.authorities),
    options: message.edns?.options ?? [],
  });
}
