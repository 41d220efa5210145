import { type Address, ConnectionError, type Reactor, reportFault } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { DnsRcode } from "../words.ts";
import { Admission } from "./admission.ts";
import { AnswerSender } from "./answer-sender.ts";
import type { DnsChannel } from "./channel.ts";
import type { ServerCounts } from "./counts.ts";
import { LateAnswers } from "./late-answers.ts";
import type { ServerSettings } from "./options.ts";
import type { DnsAnswerer } from "./plugin.ts";
import { bareResponse, type DnsReply, type DnsTransfer, explainedResponse } from "./reply.ts";
import type { ServedRequest } from "./served-request.ts";

/** Has requests answered, and sees to it that each is answered once and in time, for every transport alike. */
export class DnsResponder {
  readonly settings: ServerSettings;
  readonly counts: ServerCounts;
  readonly #answerer: DnsAnswerer;
  readonly #sender: AnswerSender;
  readonly #admission: Admission;
  readonly #late: LateAnswers;

  /** @throws {RangeError} for settings that cannot be */
  constructor(reactor: Reactor, answerer: DnsAnswerer, settings: ServerSettings, counts: ServerCounts) {
    const { clock } = reactor;
    this.settings = settings;
    this.counts = counts;
    this.#answerer = answerer;
    this.#sender = new AnswerSender(clock, settings, counts);
    this.#admission = new Admission(reactor, this.#sender, settings, counts);
    this.#late = new LateAnswers(clock, settings.answerTimeoutMs, (request) => this.#expired(request));
  }

  /** Answers one message: at once, or later when that is how the plugins answer. */
  receive(octets: Uint8Array, peer: Address, channel: DnsChannel): void {
    const request = this.#admission.admit(octets, peer, channel);
    if (request === undefined) return;
    try {
      const reply = this.#answerer(request);
      if (reply instanceof Promise) this.#wait(request, reply);
      else this.#deliver(request, reply);
    } catch (error) {
      this.#fail(request, error);
    }
  }

  /** Gives up an answer that has begun, since its channel is gone. */
  abandon(request: ServedRequest, reason: Error): void {
    this.#late.remove(request);
    request.abandon(reason);
  }

  /** Gives up all answers that have begun. */
  stop(reason: Error): void {
    this.#late.clear((request) => {
      request.abandon(reason);
      request.channel.ended(request);
    });
  }

  #wait(request: ServedRequest, reply: Promise<DnsReply>): void {
    this.#late.add(request);
    request.channel.began(request);
    reply.then(
      (late) => this.#arrived(request, late),
      (error) => this.#rejected(request, error),
    );
  }

  #arrived(request: ServedRequest, reply: DnsReply): void {
    if (request.isOver) return;
    this.#late.remove(request);
    try {
      this.#deliver(request, reply);
    } catch (error) {
      this.#fail(request, error);
    }
    if (reply.type !== "transfer") request.channel.ended(request);
  }

  #rejected(request: ServedRequest, error: unknown): void {
    if (request.isOver) return;
    this.#late.remove(request);
    this.#fail(request, error);
    request.channel.ended(request);
  }

  #deliver(request: ServedRequest, reply: DnsReply): void {
    if (reply.type === "response") this.#sender.answer(request, reply);
    else if (reply.type === "transfer") void this.#transfer(request, reply);
  }

  async #transfer(request: ServedRequest, transfer: DnsTransfer): Promise<void> {
    request.channel.began(request);
    try {
      await this.#sender.transfer(request, transfer, doesNotFit);
    } catch (error) {
      if (!request.isOver) this.#transferFailed(request, error);
    }
    request.channel.ended(request);
  }

  /** In the middle of a transfer the only honest word is to hang up (RFC 5936 §2.2). */
  #transferFailed(request: ServedRequest, error: unknown): void {
    const { channel } = request;
    if (channel.abort === undefined) return this.#fail(request, error);
    reportFault(error, "dnsServer");
    channel.abort(error instanceof Error ? error : new Error(String(error)));
  }

  #fail(request: ServedRequest, error: unknown): void {
    reportFault(error, "dnsServer");
    this.#sender.answer(request, bareResponse(DnsRcode.servFail));
  }

  #expired(request: ServedRequest): void {
    this.counts.late++;
    request.abandon(new ConnectionError("timed-out", "Cannot answer: it took too long"));
    this.#sender.answer(request, tookTooLong);
    request.channel.ended(request);
  }
}

const tookTooLong = explainedResponse(DnsRcode.servFail, ExtendedDnsError.other, "the answer took too long");
const doesNotFit = explainedResponse(
  DnsRcode.servFail,
  ExtendedDnsError.notSupported,
  "the transfer needs more than one message",
);
