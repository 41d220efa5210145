import type { Address, Clock, Reactor } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { DnsProtocolError } from "../errors.ts";
import { dnsMessageOctetsMax } from "../limits.ts";
import { type DnsQuery, isDnsQuery } from "../message/query.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { TsigKey } from "../tsig/key.ts";
import { type TsigVerdict, verifyDnsMessage } from "../tsig/verify.ts";
import { DnsClass, DnsOpcode, DnsRcode } from "../words.ts";
import type { AnswerSender } from "./answer-sender.ts";
import type { DnsChannel } from "./channel.ts";
import { CookieJar } from "./cookie-jar.ts";
import type { ServerCounts } from "./counts.ts";
import { identityAnswer } from "./identity.ts";
import { DnsClientLimiter } from "./limiting/client-limiter.ts";
import type { ServerSettings } from "./options.ts";
import { bareResponse, type DnsResponse, explainedResponse } from "./reply.ts";
import { cookieAnswer, cookieQuestion, faultAnswer, opcodeOf, readRequest } from "./request-reader.ts";
import { type RequestSignature, ServedRequest } from "./served-request.ts";
import { keyFinder, refusedSignature } from "./signature.ts";

/** What stands between the network and the plugins: it reads requests, and answers itself those that are not for them. */
export class Admission {
  readonly #clock: Clock;
  readonly #sender: AnswerSender;
  readonly #settings: ServerSettings;
  readonly #counts: ServerCounts;
  readonly #key: (name: DomainName) => TsigKey | undefined;
  readonly #cookies: CookieJar | undefined;
  readonly #clients: DnsClientLimiter | undefined;

  constructor(reactor: Reactor, sender: AnswerSender, settings: ServerSettings, counts: ServerCounts) {
    this.#clock = reactor.clock;
    this.#sender = sender;
    this.#settings = settings;
    this.#counts = counts;
    this.#key = keyFinder(settings.tsigKeys);
    this.#cookies = settings.cookies === "off" ? undefined : new CookieJar(reactor, settings.cookieSecrets);
    this.#clients = settings.clientLimit && new DnsClientLimiter(settings.clientLimit);
  }

  /** The request in a message, unless it was answered here, or is none and nobody answers it (RFC 1035 §7.3). */
  admit(octets: Uint8Array, peer: Address, channel: DnsChannel): ServedRequest | undefined {
    if (!isDnsQuery(octets)) return undefined;
    if (!isServed(opcodeOf(octets))) return this.#fault(octets, DnsRcode.notImp, peer, channel);
    const query = readRequest(octets);
    if (query === undefined) return this.#unreadable(octets, peer, channel);
    const signature = query.isPlain ? undefined : this.#signatureOf(query, peer, channel);
    if (signature === "refused") return undefined;
    const request = this.#request(query, peer, channel, signature);
    if (!this.#allows(request)) return undefined;
    const answer = this.#answerOf(request);
    if (answer === undefined) return request;
    this.#sender.answer(request, answer);
    return undefined;
  }

  #fault(octets: Uint8Array, rcode: number, peer: Address, channel: DnsChannel): undefined {
    this.#sender.fault(faultAnswer(octets, rcode), peer, channel);
  }

  /** A question without a question may ask for a cookie; everything else is malformed. */
  #unreadable(octets: Uint8Array, peer: Address, channel: DnsChannel): undefined {
    const asked = this.#cookies && cookieQuestion(octets);
    if (asked === undefined) return this.#fault(octets, DnsRcode.formErr, peer, channel);
    this.#sender.fault(cookieAnswer(octets, asked, this.#cookies!.judge(asked, peer)), peer, channel);
  }

  #request(
    query: DnsQuery,
    peer: Address,
    channel: DnsChannel,
    signature: RequestSignature | undefined,
  ): ServedRequest {
    const { edns } = query;
    const octetsMax =
      channel.transport === "udp"
        ? Math.min(edns?.udpPayloadOctets ?? 0, this.#settings.udpPayloadOctets)
        : dnsMessageOctetsMax;
    const request = new ServedRequest(this.#clock, query, peer, channel, octetsMax);
    request.signature = signature;
    if (edns !== undefined && edns.options.length > 0 && this.#cookies !== undefined)
      judgeCookie(request, this.#cookies);
    return request;
  }

  #signatureOf(query: DnsQuery, peer: Address, channel: DnsChannel): RequestSignature | "refused" | undefined {
    const now = this.#sender.now();
    const verdict = verify(query, this.#key, now);
    if (verdict?.type === "good") return { key: verdict.key, mac: verdict.mac };
    if (verdict?.type === "unsigned") return undefined;
    if (verdict === undefined) this.#fault(query.octets, DnsRcode.formErr, peer, channel);
    else this.#sender.fault(refusedSignature(query.message(), verdict, now), peer, channel);
    return "refused";
  }

  /** Whether a client has not asked too much. Nobody is told so over datagrams: that would be one more. */
  #allows(request: ServedRequest): boolean {
    if (this.#clients === undefined) return true;
    const { peer, isAddressProven, transport } = request;
    if (this.#clients.allows(peer, isAddressProven, this.#clock.now())) return true;
    this.#counts.questionsLimited++;
    if (transport !== "udp") this.#sender.answer(request, askedTooMuch);
    return false;
  }

  /** The answer to what could be read and is not for the plugins. */
  #answerOf({ query, transport }: ServedRequest): DnsResponse | undefined {
    const { edns, type } = query;
    if (edns !== undefined && edns.version > 0) return bareResponse(DnsRcode.badVers);
    if (type === DnsType.OPT || type === DnsType.TSIG) return bareResponse(DnsRcode.formErr);
    if (type === DnsType.AXFR && transport === "udp") return bareResponse(DnsRcode.formErr); // RFC 5936 §4.2
    return query.class === DnsClass.ch && query.opcode === DnsOpcode.query
      ? identityAnswer(query, this.#settings.identity)
      : undefined;
  }
}

const askedTooMuch = explainedResponse(DnsRcode.refused, ExtendedDnsError.other, "too many questions");

function judgeCookie(request: ServedRequest, cookies: CookieJar): void {
  const option = request.option("cookie");
  if (option === undefined) return;
  const { isGood, answer } = cookies.judge(option, request.peer);
  request.cookie = answer;
  if (isGood) request.isAddressProven = true;
}

/** The verdict; `undefined` when the record is malformed. */
function verify(query: DnsQuery, key: (name: DomainName) => TsigKey | undefined, now: number): TsigVerdict | undefined {
  try {
    return verifyDnsMessage(query.octets, { key, now });
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}

function isServed(opcode: number): boolean {
  return opcode === DnsOpcode.query || opcode === DnsOpcode.notify || opcode === DnsOpcode.update;
}
