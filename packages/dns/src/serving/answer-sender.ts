import { type Address, type Clock, encodeLengthPrefixed } from "@hawser/core";
import type { EdnsInit } from "../edns/edns.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import { type DnsAnswerHead, DnsAnswerWriter } from "../message/answer.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuery } from "../message/query.ts";
import { signDnsMessage, tsigOctets } from "../tsig/sign.ts";
import { DnsRcode } from "../words.ts";
import type { DnsChannel } from "./channel.ts";
import type { ServerCounts } from "./counts.ts";
import { responseKind } from "./limiting/response-kind.ts";
import { DnsRateLimiter } from "./limiting/response-limiter.ts";
import type { ServerSettings } from "./options.ts";
import { bareResponse, type DnsResponse, type DnsTransfer, dnsResponse } from "./reply.ts";
import { ReusableResponse } from "./reusable-response.ts";
import type { ServedRequest } from "./served-request.ts";
import { sendTransfer, singleMessage, type TransferContext } from "./transfer-sender.ts";

/** What answers over encrypted transports are padded to, when the question was padded (RFC 8467 §4.1). */
const paddingBlockOctets = 468;

/** Writes answers as their askers can take them, signs them, and hands them to their channels. */
export class AnswerSender implements TransferContext {
  readonly #clock: Clock;
  readonly #settings: ServerSettings;
  readonly #counts: ServerCounts;
  readonly #limiter: DnsRateLimiter | undefined;
  readonly #writer = new DnsAnswerWriter();

  constructor(clock: Clock, settings: ServerSettings, counts: ServerCounts) {
    this.#clock = clock;
    this.#settings = settings;
    this.#counts = counts;
    this.#limiter = settings.rateLimit && new DnsRateLimiter(settings.rateLimit);
  }

  /** Seconds since 1970. */
  now(): number {
    return this.#clock.wall() / 1_000;
  }

  /** Sends an answer; what does not fit is left out, and TC tells it. */
  answer(request: ServedRequest, response: DnsResponse): void {
    const limited = this.#limiter === undefined ? response : this.#limited(this.#limiter, request, response);
    if (limited !== undefined) this.#answer(request, limited);
  }

  /** Sends an answer to what was no request, unless its peer was sent too many. */
  fault(octets: Uint8Array, peer: Address, channel: DnsChannel): void {
    const isLimited =
      channel.transport === "udp" && this.#limiter?.judge(peer, "error", "", this.#clock.now()) === "drop";
    if (isLimited) this.#counts.responsesLimited++;
    else sendPlain(octets, peer, channel);
  }

  #answer(request: ServedRequest, response: DnsResponse): void {
    const { channel, peer, signature } = request;
    this.#write(request, response);
    if (signature === undefined)
      return channel.send(channel.isFramed ? this.#writer.finishFramed() : this.#writer.finish(), peer);
    const options = { now: this.now(), priorMac: signature.mac };
    this.send(request, signDnsMessage(this.#writer.finish(), signature.key, options).octets);
  }

  /** Sends a transfer: over streams in messages, elsewhere in one. */
  async transfer(request: ServedRequest, transfer: DnsTransfer, refused: DnsResponse): Promise<void> {
    if (request.channel.room !== undefined) return sendTransfer(request, transfer, this);
    const limited = this.#limiter === undefined ? whole : this.#limited(this.#limiter, request, whole);
    if (limited === undefined) return;
    if (limited !== whole) return this.#answer(request, limited);
    const octets = await singleMessage(request, transfer, this);
    if (request.isOver) return;
    if (octets === undefined) this.answer(request, refused);
    else this.send(request, octets);
  }

  send(request: ServedRequest, octets: Uint8Array): void {
    sendPlain(octets, request.peer, request.channel);
  }

  /** What is sent in place of an answer, if anything. Who showed a key or a cookie, or came over a stream, gets the answer. */
  #limited(limiter: DnsRateLimiter, request: ServedRequest, response: DnsResponse): DnsResponse | undefined {
    if (request.isAddressProven || request.signature !== undefined) return response;
    const [kind, key] = responseKind(request.query, response);
    const verdict = limiter.judge(request.peer, kind, key, this.#clock.now());
    if (verdict === "pass") return response;
    this.#counts.responsesLimited++;
    if (verdict === "drop") return undefined;
    const mustShowCookie = request.cookie !== undefined && this.#settings.cookies === "require-on-udp-when-limited";
    return mustShowCookie ? bareResponse(DnsRcode.badCookie) : cut;
  }

  #write(request: ServedRequest, response: DnsResponse): void {
    const reusable = response instanceof ReusableResponse ? response : undefined;
    this.#writer.begin(request.query, this.#headOf(request, response));
    if (reusable?.written !== undefined && this.#writer.addWritten(reusable.written)) return;
    this.#addSets(response);
    reusable?.keep(this.#writer);
  }

  #addSets(response: DnsResponse): void {
    const writer = this.#writer;
    for (const set of response.answers) if (!writer.add("answer", set)) return;
    for (const set of response.authorities) if (!writer.add("authority", set)) return;
    const { additionals, requiredAdditionals } = response;
    for (let i = 0; i < additionals.length; i++)
      if (!writer.add("additional", additionals[i]!) && i < requiredAdditionals) writer.truncate();
  }

  #headOf(request: ServedRequest, response: DnsResponse): DnsAnswerHead {
    const { query, octetsMax, signature, transport } = request;
    const isPlainlyPut = query.edns !== undefined || response.rcode < 16;
    const isPadded = (transport === "tls" || transport === "https") && request.option("padding") !== undefined;
    return {
      rcode: isPlainlyPut ? response.rcode : DnsRcode.servFail,
      authoritative: response.authoritative,
      recursionAvailable: response.recursionAvailable,
      authenticData: response.authenticData && wantsAuthenticData(query),
      truncated: response.truncated,
      octetsMax,
      edns: this.#ednsOf(request, response),
      reservedOctets: signature === undefined ? 0 : tsigOctets(signature.key),
      paddingBlockOctets: isPadded ? paddingBlockOctets : undefined,
    };
  }

  #ednsOf(request: ServedRequest, response: DnsResponse): EdnsInit | undefined {
    const { edns } = request.query;
    if (edns === undefined) return undefined;
    const options = edns.options.length === 0 ? response.options : this.#optionsOf(request, response);
    return { udpPayloadOctets: this.#settings.udpPayloadOctets, dnssecOk: edns.dnssecOk, options };
  }

  /** Each option of ours answers one of theirs; those of the answer itself go to everybody. */
  #optionsOf(request: ServedRequest, response: DnsResponse): readonly EdnsOption[] {
    const { nsid, idleTimeoutMs } = this.#settings;
    const { cookie, transport } = request;
    const options = [...response.options];
    if (cookie !== undefined) options.push(cookie);
    if (nsid !== undefined && request.option("nsid") !== undefined) options.push({ type: "nsid", id: nsid });
    const isConnection = transport === "tcp" || transport === "tls"; // elsewhere it means nothing (RFC 7828 §3.2.2)
    if (isConnection && request.option("tcp-keepalive") !== undefined)
      options.push({ type: "tcp-keepalive", idleTimeoutMs });
    return options;
  }
}

/** Others would not know what AD means (RFC 6840 §5.8). */
function wantsAuthenticData({ flags, edns }: DnsQuery): boolean {
  return (flags & DnsFlag.ad) !== 0 || edns?.dnssecOk === true;
}

/** Nothing but TC. */
const cut = dnsResponse({ truncated: true });

/** Stands for a transfer where answers are counted. */
const whole = dnsResponse({});

/** Sends a message that nobody framed yet. */
function sendPlain(octets: Uint8Array, peer: Address, channel: DnsChannel): void {
  channel.send(channel.isFramed ? encodeLengthPrefixed(16, octets) : octets, peer);
}
