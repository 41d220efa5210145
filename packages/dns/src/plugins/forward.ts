import { type Clock, HawserError, type Random, type Reactor } from "@hawser/core";
import { DnsClient } from "../client/dns-client.ts";
import type { DnsExchanger, DnsServerPlace } from "../client/exchanger.ts";
import { parseDnsServer } from "../client/server-place.ts";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { DnsMessage } from "../message/message.ts";
import { DnsType } from "../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../serving/plugin.ts";
import { type DnsReply, explainedResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import type { TsigKey } from "../tsig/key.ts";
import { DnsOpcode, DnsRcode } from "../words.ts";
import { forwardedQuestion, forwardedResponse } from "./forward/messages.ts";
import { QuestionsInFlight } from "./forward/questions-in-flight.ts";
import { concurrentMaxDefault, type ForwardPolicy, Upstream, upstreamsInOrder } from "./forward/upstream.ts";

/** How {@link forwardPlugin} asks. */
export interface ForwardPluginOptions {
  /** The servers, as places or as text: `192.0.2.1`, `[2001:db8::1]:5353`, `tls://192.0.2.1#dns.example`. */
  readonly to: DnsServerPlace | string | readonly (DnsServerPlace | string)[];
  /** What asks them. Default: a `DnsClient` of its own. */
  readonly exchanger?: DnsExchanger | undefined;
  /** Which of those that are well is asked first. Default `random`. */
  readonly policy?: ForwardPolicy | undefined;
  /** For a question, over all servers. Default 5,000 ms: clients wait no longer. */
  readonly timeoutMs?: number | undefined;
  /** For one server, before the next is asked. Default 2,000 ms. */
  readonly attemptTimeoutMs?: number | undefined;
  /** After so many failures in a row a server is only asked when all are down, until a while has passed. Default 2. */
  readonly failuresMax?: number | undefined;
  /** Questions that one server has at a time. Default 1,000. */
  readonly concurrentMax?: number | undefined;
  /** With these, the next server is asked; when there is none, the answer is given. Default SERVFAIL, NOTIMP and REFUSED. */
  readonly nextOn?: readonly number[] | undefined;
  /** Whether servers are told the network that a client said it comes from (RFC 7871). Default false: it is nobody's business. */
  readonly clientSubnet?: boolean | undefined;
  /** Signs the questions, and must have signed the answers (RFC 8945). */
  readonly tsigKey?: TsigKey | undefined;
}

/**
 * Asks other servers, and gives their answers. One that fails is left alone for a while, and the next is asked: nobody sees an
 * error while one of them lives. Their AD bit and extended errors pass, and so do DO and CD to them. A question
 * that comes back, because servers forward to each other in a circle, is answered with SERVFAIL.
 *
 * @throws {DnsTextError} when a server cannot be read
 */
export function forwardPlugin(options: ForwardPluginOptions): DnsPlugin {
  return new Forwarding(options);
}

const nextOnDefault = [DnsRcode.servFail, DnsRcode.notImp, DnsRcode.refused];

class Forwarding implements DnsPlugin {
  readonly name = "forward";
  readonly #options: ForwardPluginOptions;
  readonly #upstreams: readonly Upstream[];
  readonly #nextOn: ReadonlySet<number>;
  readonly #inFlight = new QuestionsInFlight();
  #clock!: Clock;
  #random!: Random;
  #exchanger: DnsExchanger | undefined;
  #own: DnsClient | undefined;
  #turn = 0;

  constructor(options: ForwardPluginOptions) {
    this.#options = options;
    const to = [options.to].flat() as readonly (DnsServerPlace | string)[];
    if (to.length === 0) throw new RangeError("Cannot forward: there is no server to ask");
    const places = to.map((place) => (typeof place === "string" ? parseDnsServer(place) : place));
    this.#upstreams = places.map((place) => new Upstream(place, options));
    this.#nextOn = new Set(options.nextOn ?? nextOnDefault);
  }

  wrap(next: DnsAnswerer): DnsAnswerer {
    return (request) => (isForwardable(request) ? this.#answer(request) : next(request));
  }

  started(reactor: Reactor): void {
    this.#clock = reactor.clock;
    this.#random = reactor.random;
    if (this.#options.exchanger === undefined)
      this.#own = new DnsClient(reactor, { questionsMax: this.#concurrentMax() });
    this.#exchanger = this.#options.exchanger ?? this.#own;
  }

  async stopped(): Promise<void> {
    await this.#own?.[Symbol.asyncDispose]();
    this.#own = undefined;
  }

  #concurrentMax(): number {
    return this.#upstreams.length * (this.#options.concurrentMax ?? concurrentMaxDefault);
  }

  #answer(request: DnsRequest): DnsReply | Promise<DnsReply> {
    const done = this.#inFlight.begin(request, this.#upstreams);
    return done === undefined ? loopFound : this.#askInTurn(request).finally(done);
  }

  /** One server after the other, those that are down last, until one answers or time is up. */
  async #askInTurn(request: DnsRequest): Promise<DnsReply> {
    const endsAt = this.#clock.now() + (this.#options.timeoutMs ?? 5_000);
    let [isAnybodyFree, last]: [boolean, DnsMessage | undefined] = [false, undefined];
    for (const upstream of this.#inOrder()) {
      const leftMs = endsAt - this.#clock.now();
      if (leftMs <= 0) break;
      if (upstream.isFull) continue;
      isAnybodyFree = true;
      const message = await this.#ask(upstream, request, leftMs);
      if (message !== undefined && !this.#nextOn.has(message.rcode)) return this.#response(message);
      last ??= message;
    }
    if (last !== undefined) return this.#response(last);
    return isAnybodyFree ? nobodyAnswers : allFull;
  }

  #inOrder(): readonly Upstream[] {
    const { policy = "random" } = this.#options;
    return upstreamsInOrder(this.#upstreams, policy, {
      now: this.#clock.now(),
      random: this.#random,
      turn: this.#turn++,
    });
  }

  /** What a server says; `undefined` when it says nothing that could be passed on. */
  async #ask(upstream: Upstream, request: DnsRequest, leftMs: number): Promise<DnsMessage | undefined> {
    const { attemptTimeoutMs = 2_000, tsigKey, clientSubnet = false } = this.#options;
    const question = forwardedQuestion(request.query, clientSubnet);
    const timeoutMs = Math.min(attemptTimeoutMs, leftMs);
    const began = this.#clock.now();
    upstream.began();
    try {
      const message = await this.#exchanger!.exchange(question, upstream.place, {
        timeoutMs,
        tsigKey,
        signal: request.signal,
      });
      upstream.answered(this.#clock.now() - began);
      return message.truncated || message.rcode >= DnsRcode.badVers ? undefined : message;
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      if (!(error instanceof HawserError)) throw error; // nobody's failure but our own
      upstream.failed(this.#clock.now(), this.#random);
      return undefined;
    } finally {
      upstream.ended();
    }
  }

  #response(message: DnsMessage): DnsReply {
    return forwardedResponse(message, this.#options.clientSubnet ?? false);
  }
}

/** Questions for records. */
function isForwardable({ query: { opcode, isPlain, type } }: DnsRequest): boolean {
  return opcode === DnsOpcode.query && isPlain && type !== DnsType.AXFR && type !== DnsType.IXFR;
}

const { noReachableAuthority, other } = ExtendedDnsError;
const nobodyAnswers = explainedResponse(DnsRcode.servFail, noReachableAuthority, "");
const allFull = explainedResponse(DnsRcode.servFail, other, "Too many questions wait for an answer");
const loopFound = explainedResponse(
  DnsRcode.servFail,
  other,
  "The question has come back: servers forward to each other",
);
