import type { Instant, Random } from "@hawser/core";
import { DnsProtocolError } from "../../errors.ts";
import { dnsUdpPayloadOctets } from "../../limits.ts";
import { DnsFlag } from "../../message/flags.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import type { DnsExchangeOptions } from "../exchanger.ts";
import { datagramsMax, strangersMax } from "../limits.ts";
import type { ClientCounts } from "./counters.ts";
import { type AnswerMatch, matchAnswer } from "./match.ts";
import { type PreparedQuestion, prepareQuestion } from "./prepare.ts";
import { cookieOf, readAnswer, refusesEdns } from "./read-answer.ts";
import type { RememberedServer } from "./server-memory.ts";

/** Why an answer may be somebody else's: its letters, its cookie, or that somebody is guessing. */
export type DatagramDoubt = "guesses" | "no-cookie" | "respelled";

/** What becomes of a question that was put by datagrams. */
export type DatagramOutcome =
  | { readonly type: "answer"; readonly message: DnsMessage; readonly isRespelled: boolean }
  /** It has to be put over a connection: it or its answer is too large, or the answer may be somebody else's. */
  | { readonly type: "stream"; readonly reason: DatagramDoubt | "bad-cookie" | "large" | "truncated" }
  | { readonly type: "failed"; readonly error: DnsProtocolError };

/** What the question is put with. */
export interface DatagramQuestionOptions extends Pick<DnsExchangeOptions, "edns" | "keepTruncated" | "tsigKey"> {
  readonly server: RememberedServer;
  readonly random: Random;
  readonly counts: ClientCounts;
  readonly cookies: boolean;
  readonly mixedCase: boolean;
  /** Takes answers that could be doubted: there is no connection to be had. */
  readonly trusting?: boolean | undefined;
}

/** Time, as a reactor tells it: monotonic, and of the wall. */
export interface Moment {
  readonly now: Instant;
  readonly wallSeconds: number;
}

/**
 * One question to one server over UDP, without a socket: when it is sent, and again, and what counts as its answer (RFC 1035
 * §4.2.1, RFC 5452 §9). Its caller sends what {@link takeOutput} gives, and brings what comes from the server's address.
 */
export class DatagramQuestionMachine {
  readonly #message: DnsMessageInit;
  readonly #options: DatagramQuestionOptions;
  #question: PreparedQuestion;
  #output: Uint8Array | undefined;
  #sent = 1;
  #sentAt: Instant;
  #waitMs: number;
  #repeatAt: Instant;
  #isRepeated = false;
  #hadBadCookie = false;
  #strangers = 0;
  #refusal: DnsProtocolError | undefined;
  #outcome: DatagramOutcome | undefined;

  constructor(message: DnsMessageInit, options: DatagramQuestionOptions, moment: Moment) {
    const { edns = true, server } = options;
    this.#message = message;
    this.#options = options;
    this.#waitMs = server.firstWaitMs;
    this.#question = this.#prepare(edns && server.knowsEdns(moment.now), moment);
    this.#output = this.#question.octets;
    this.#sentAt = moment.now;
    this.#repeatAt = moment.now + this.#waitMs;
    if (this.#output.length > dnsUdpPayloadOctets) this.#end({ type: "stream", reason: "large" });
    else options.counts.datagrams++;
  }

  /** A datagram to send. */
  takeOutput(): Uint8Array | undefined {
    const output = this.#output;
    this.#output = undefined;
    return output;
  }

  /** When {@link expire} wants to be called. */
  get deadline(): Instant | undefined {
    return this.#outcome === undefined && this.#repeatAt !== Number.POSITIVE_INFINITY ? this.#repeatAt : undefined;
  }

  get outcome(): DatagramOutcome | undefined {
    return this.#outcome;
  }

  /** Nobody has answered: sends again, each time after twice the wait; as long as the deadline of the whole lets it. */
  expire(now: Instant): void {
    if (this.#outcome !== undefined || now < this.#repeatAt) return;
    if (this.#refusal !== undefined) return this.#end({ type: "failed", error: this.#refusal });
    this.#waitMs *= 2;
    this.#repeatAt = this.#sent < datagramsMax ? now + this.#waitMs : Number.POSITIVE_INFINITY;
    if (this.#sent > datagramsMax) return;
    this.#isRepeated = true;
    this.#options.counts.repetitions++;
    this.#send();
  }

  /** Takes a datagram that came from where the question went. */
  receive(octets: Uint8Array, moment: Moment): void {
    if (this.#outcome !== undefined) return;
    const match = matchAnswer(octets, this.#question);
    if (match !== "same" && match !== "respelled" && match !== "bare") return this.#stranger();
    const isCut = (octets[2]! & (DnsFlag.tc >> 8)) !== 0;
    if (isCut && this.#options.keepTruncated !== true) return this.#end({ type: "stream", reason: "truncated" });
    try {
      this.#judge(readAnswer(octets, this.#question, moment.wallSeconds), match, moment);
    } catch (error) {
      if (!(error instanceof DnsProtocolError)) throw error;
      this.#options.counts.unreadable++;
      if (error.code === "bad-tsig") this.#refusal = error; // may be forged: a good one may still come (RFC 8945 §5.4)
    }
  }

  /** One may be late or lost; many are somebody who guesses, and may guess right. */
  #stranger(): void {
    this.#options.counts.strangers++;
    if (++this.#strangers >= strangersMax && !this.#options.trusting) this.#end({ type: "stream", reason: "guesses" });
  }

  #judge(message: DnsMessage, match: AnswerMatch, moment: Moment): void {
    const { edns } = this.#question.form;
    if (edns && refusesEdns(message)) return this.#askAgain(false, moment);
    const isDoubtful = match !== "same" && this.#question.isMixed;
    if (isDoubtful && !this.#options.trusting) return this.#end({ type: "stream", reason: "respelled" });
    const verdict = this.#judgeCookie(message);
    if (verdict === "stranger") this.#stranger();
    else if (verdict === "doubtful") this.#end({ type: "stream", reason: "no-cookie" });
    else if (message.rcode === DnsRcode.badCookie && edns) this.#badCookie(moment);
    else this.#accept(message, match === "respelled", moment);
  }

  /** Who gave us a cookie gives it with every answer; who does not know ours has not seen the question (RFC 7873 §5.3). */
  #judgeCookie(message: DnsMessage): "doubtful" | "good" | "stranger" {
    const { cookies, server, trusting } = this.#options;
    if (!cookies || !this.#question.form.edns) return "good";
    const sent = this.#question.form.options.find((option) => option.type === "cookie");
    const theirs = cookieOf(message);
    if (sent?.type !== "cookie") return "good";
    if (theirs === undefined) return sent.server === undefined || trusting === true ? "good" : "doubtful";
    if (Buffer.compare(theirs.client, sent.client) !== 0) return "stranger";
    if (theirs.server !== undefined) server.gave(theirs.server, sent.client);
    return "good";
  }

  /** Once more with the cookie that came with it, and then by a connection (RFC 7873 §5.3). */
  #badCookie(moment: Moment): void {
    if (this.#hadBadCookie) return this.#end({ type: "stream", reason: "bad-cookie" });
    this.#hadBadCookie = true;
    this.#askAgain(true, moment);
  }

  #accept(message: DnsMessage, isRespelled: boolean, { now }: Moment): void {
    const { server, edns = true } = this.#options;
    if (!this.#isRepeated) server.measured(now - this.#sentAt); // else nobody knows what was answered (RFC 6298 §3)
    if (edns && !this.#question.form.edns && server.knowsEdns(now) && message.rcode !== DnsRcode.formErr)
      server.learnPlain(now);
    this.#end({ type: "answer", message, isRespelled });
  }

  #askAgain(edns: boolean, moment: Moment): void {
    this.#question = this.#prepare(edns, moment);
    this.#sentAt = moment.now;
    this.#isRepeated = false;
    this.#repeatAt = moment.now + this.#waitMs;
    this.#send();
  }

  #send(): void {
    this.#output = this.#question.octets;
    this.#sent++;
    this.#options.counts.datagrams++;
  }

  #prepare(edns: boolean, { now, wallSeconds }: Moment): PreparedQuestion {
    const { server, random, cookies, tsigKey, mixedCase } = this.#options;
    const isQuery = (this.#message.opcode ?? DnsOpcode.query) === DnsOpcode.query;
    const form = {
      id: random.integer(0, 0x10000),
      edns,
      options: cookies ? [{ type: "cookie", ...server.cookie(now) } as const] : [],
      mixedCase: mixedCase && isQuery && tsigKey === undefined && server.keepsCase(now),
      tsigKey,
      wallSeconds,
    };
    return prepareQuestion(this.#message, form, random);
  }

  #end(outcome: DatagramOutcome): void {
    this.#outcome = outcome;
    this.#output = undefined;
  }
}
