import { type Clock, ConnectionError, type Reactor, reportFault, withDeadline } from "@hawser/core";
import { DnsCache, type DnsCacheOptions, type DnsCacheQuestion } from "../cache/dns-cache.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuery } from "../message/query.ts";
import { DnsType } from "../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../serving/plugin.ts";
import { bareResponse, type DnsReply, type DnsResponse } from "../serving/reply.ts";
import { changedDnsRequest, type DnsRequest } from "../serving/request.ts";
import { DnsOpcode, DnsRcode } from "../words.ts";
import { isUsable, tooManyWait } from "./reply-steps.ts";

/** How {@link cachePlugin} remembers. */
export interface CachePluginOptions extends DnsCacheOptions {
  /** How long somebody waits for a fresh answer where there is a stale one. Default 1,800 ms (RFC 8767 §5). */
  readonly staleAfterMs?: number | undefined;
  /** How long the rest of the chain may take with a question. Default 10,000 ms (RFC 8767 §5: the resolution timer). */
  readonly timeoutMs?: number | undefined;
  /** Whether popular answers are asked for again before their time is over. Default true. */
  readonly prefetch?: boolean | undefined;
  /** How many may wait for answers at once; further ones get SERVFAIL, or what is stale. Default 10,000. */
  readonly waitingMax?: number | undefined;
}

/** The plugin, and what it remembers: for `forget`, `clear` and `statistics`. */
export interface CachePlugin extends DnsPlugin {
  readonly cache: DnsCache;
}

/**
 * Remembers what the plugins behind it answer. The same question is asked once, however many wait for its answer. Where
 * there is a stale answer, nobody waits long (RFC 8767). What depends on who asks passes by: signed requests, questions
 * with a client subnet, those that want no recursion; and whatever is not a question for records. One cache belongs to one
 * chain.
 */
export function cachePlugin(options: CachePluginOptions = {}): CachePlugin {
  return new Caching(options);
}

/** An answer that is being asked for. */
interface Asking {
  readonly reply: Promise<DnsReply>;
  stop(reason: unknown): void;
}

class Caching implements CachePlugin {
  readonly name = "cache";
  readonly cache: DnsCache;
  readonly #staleAfterMs: number;
  readonly #timeoutMs: number;
  readonly #prefetch: boolean;
  readonly #waitingMax: number;
  readonly #asking = new Map<string, Asking>();
  #clock!: Clock;
  #waiting = 0;

  constructor(options: CachePluginOptions) {
    this.cache = new DnsCache(options);
    this.#staleAfterMs = options.staleAfterMs ?? 1_800;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#prefetch = options.prefetch ?? true;
    this.#waitingMax = options.waitingMax ?? 10_000;
  }

  wrap(next: DnsAnswerer): DnsAnswerer {
    return (request) => (isCacheable(request) ? this.#answer(request, next) : next(request));
  }

  started({ clock }: Reactor): void {
    this.#clock = clock;
  }

  stopped(): void {
    for (const asking of this.#asking.values()) asking.stop(new DOMException("The server stops", "AbortError"));
  }

  #answer(request: DnsRequest, next: DnsAnswerer): DnsReply | Promise<DnsReply> {
    const question = questionOf(request.query);
    const hit = this.cache.get(question, this.#clock.now());
    if (hit === undefined) return this.#ask(request, question, next);
    if (!hit.refresh) return hit.response;
    if (hit.isStale) return this.#freshOr(hit.response, this.#ask(request, question, next));
    return this.#prefetch ? this.#askAhead(hit.response, request, question, next) : hit.response;
  }

  /** The answer that is being waited for, or a new one. */
  #ask(request: DnsRequest, question: DnsCacheQuestion, next: DnsAnswerer): DnsReply | Promise<DnsReply> {
    if (this.#waiting >= this.#waitingMax) return tooManyWait;
    const key = keyOf(question);
    const asking = this.#asking.get(key);
    if (asking === undefined) return this.#begin(key, request, question, next);
    return this.#counted(asking.reply).then(
      (reply) => (isForAll(reply) ? reply : next(request)),
      () => bareResponse(DnsRcode.servFail), // the first of them reports why
    );
  }

  /** Asks on behalf of all who may join: so it goes on when the first of them has gone. */
  #begin(
    key: string,
    request: DnsRequest,
    question: DnsCacheQuestion,
    next: DnsAnswerer,
  ): DnsReply | Promise<DnsReply> {
    const controller = new AbortController();
    const reply = attempt(next, changedDnsRequest(request, { signal: controller.signal }));
    if (!(reply instanceof Promise)) return this.#keep(question, reply);
    const bounded = this.#kept(question, this.#inTime(reply, controller)).finally(() => this.#asking.delete(key));
    this.#asking.set(key, { reply: bounded, stop: (reason) => controller.abort(reason) });
    return this.#counted(bounded);
  }

  /** Ends with the reply, SERVFAIL when it takes too long, or the reason for which it was stopped. */
  async #inTime(reply: Promise<DnsReply>, controller: AbortController): Promise<DnsReply> {
    try {
      return await withDeadline(this.#clock, this.#timeoutMs, () => reply, { signal: controller.signal });
    } catch (error) {
      controller.abort(error);
      if (error instanceof ConnectionError && error.code === "timed-out") return bareResponse(DnsRcode.servFail);
      throw error;
    }
  }

  async #counted(reply: Promise<DnsReply>): Promise<DnsReply> {
    this.#waiting++;
    try {
      return await reply;
    } finally {
      this.#waiting--;
    }
  }

  async #kept(question: DnsCacheQuestion, reply: Promise<DnsReply>): Promise<DnsReply> {
    try {
      return this.#keep(question, await reply);
    } catch (error) {
      this.#keep(question, bareResponse(DnsRcode.servFail));
      throw error;
    }
  }

  #keep(question: DnsCacheQuestion, reply: DnsReply): DnsReply {
    if (reply.type === "response" && !isTailored(reply)) this.cache.put(question, reply, this.#clock.now());
    return reply;
  }

  /** A fresh answer if it comes soon and is good, else the stale one. */
  #freshOr(stale: DnsResponse, reply: DnsReply | Promise<DnsReply>): DnsReply | Promise<DnsReply> {
    if (!(reply instanceof Promise)) return betterOf(reply, stale);
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#staleAfterMs, () => resolve(stale));
      const settle = (late: DnsReply): void => {
        timer.cancel();
        resolve(betterOf(late, stale));
      };
      reply.then(settle, (error: unknown) => {
        reportBehind(error);
        settle(stale);
      });
    });
  }

  /** Answers with what there is, and asks for what will take its place. */
  #askAhead(
    response: DnsResponse,
    request: DnsRequest,
    question: DnsCacheQuestion,
    next: DnsAnswerer,
  ): DnsReply | Promise<DnsReply> {
    if (this.#asking.has(keyOf(question))) return response;
    const reply = this.#ask(request, question, next);
    if (!(reply instanceof Promise)) return betterOf(reply, response);
    reply.catch(reportBehind);
    return response;
  }
}

/** What is thrown at once is a failure like one that comes later. */
function attempt(next: DnsAnswerer, request: DnsRequest): DnsReply | Promise<DnsReply> {
  try {
    return next(request);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** What goes wrong while nobody waits for it; that it was stopped is nothing wrong. */
function reportBehind(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) reportFault(error, "cachePlugin");
}

/** Whether the answer depends on nothing but the question. */
function isCacheable({ query, tsigKey }: DnsRequest): boolean {
  if (query.opcode !== DnsOpcode.query || !query.isPlain || tsigKey !== undefined) return false;
  if ((query.flags & DnsFlag.rd) === 0 || isTransfer(query.type)) return false;
  const options = query.edns?.options;
  return options === undefined || options.length === 0 || !options.some(({ type }) => type === "client-subnet");
}

/** IXFR and AXFR: their answers are whole zones. */
function isTransfer(type: number): boolean {
  return type === DnsType.IXFR || type === DnsType.AXFR;
}

/** An answer for some networks alone (RFC 7871 §7.3). */
function isTailored({ options }: DnsResponse): boolean {
  return options.some((option) => option.type === "client-subnet" && option.scopePrefix > 0);
}

/** What is said to one may be said to all: not a refusal, nor silence, nor that he shall come again over TCP. */
function isForAll(reply: DnsReply): boolean {
  if (reply.type !== "response" || reply.truncated === true) return false;
  return isUsable(reply.rcode) || reply.rcode === DnsRcode.servFail;
}

function betterOf(reply: DnsReply, other: DnsResponse): DnsReply {
  return reply.type === "response" && isUsable(reply.rcode) ? reply : other;
}

function questionOf({ name, type, class: of, flags, edns }: DnsQuery): DnsCacheQuestion {
  return { name, type, class: of, dnssecOk: edns?.dnssecOk === true, checkingDisabled: (flags & DnsFlag.cd) !== 0 };
}

function keyOf({ name, type, class: of, dnssecOk, checkingDisabled }: DnsCacheQuestion): string {
  return `${name.key}${type} ${of} ${dnssecOk} ${checkingDisabled}`;
}
