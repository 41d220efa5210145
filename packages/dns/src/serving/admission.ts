import type { Address, Clock } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import { dnsMessageOctetsMax } from "../limits.ts";
import { type DnsQuery, isDnsQuery } from "../message/query.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { TsigKey } from "../tsig/key.ts";
import { type TsigVerdict, verifyDnsMessage } from "../tsig/verify.ts";
import { DnsOpcode, DnsRcode } from "../words.ts";
import { type AnswerSender, sendPlain } from "./answer-sender.ts";
import type { DnsChannel } from "./channel.ts";
import type { ServerSettings } from "./options.ts";
import { bareResponse } from "./reply.ts";
import { faultAnswer, opcodeOf, readRequest } from "./request-reader.ts";
import { type RequestSignature, ServedRequest } from "./served-request.ts";
import { keyFinder, refusedSignature } from "./signature.ts";

/** What stands between the network and the plugins: it reads requests, and answers itself those that are not for them. */
export class Admission {
  readonly #clock: Clock;
  readonly #sender: AnswerSender;
  readonly #settings: ServerSettings;
  readonly #key: (name: DomainName) => TsigKey | undefined;

  constructor(clock: Clock, sender: AnswerSender, settings: ServerSettings) {
    this.#clock = clock;
    this.#sender = sender;
    this.#settings = settings;
    this.#key = keyFinder(settings.tsigKeys);
  }

  /** The request in a message, unless it was answered here, or is none and nobody answers it (RFC 1035 §7.3). */
  admit(octets: Uint8Array, peer: Address, channel: DnsChannel): ServedRequest | undefined {
    if (!isDnsQuery(octets)) return undefined;
    if (!isServed(opcodeOf(octets))) return this.#fault(octets, DnsRcode.notImp, peer, channel);
    const query = readRequest(octets);
    if (query === undefined) return this.#fault(octets, DnsRcode.formErr, peer, channel);
    const signature = query.isPlain ? undefined : this.#signatureOf(query, peer, channel);
    if (signature === "refused") return undefined;
    const request = this.#request(query, peer, channel, signature);
    const rcode = refusalOf(request);
    if (rcode === undefined) return request;
    this.#sender.answer(request, bareResponse(rcode));
    return undefined;
  }

  #fault(octets: Uint8Array, rcode: number, peer: Address, channel: DnsChannel): undefined {
    sendPlain(faultAnswer(octets, rcode), peer, channel);
  }

  #request(
    query: DnsQuery,
    peer: Address,
    channel: DnsChannel,
    signature: RequestSignature | undefined,
  ): ServedRequest {
    const { udpPayloadOctets } = this.#settings;
    const octetsMax =
      channel.transport === "udp" ? Math.min(query.edns?.udpPayloadOctets ?? 0, udpPayloadOctets) : dnsMessageOctetsMax;
    return new ServedRequest(query, peer, channel, { octetsMax, arrivedAt: this.#clock.wall(), signature });
  }

  #signatureOf(query: DnsQuery, peer: Address, channel: DnsChannel): RequestSignature | "refused" | undefined {
    const now = this.#sender.now();
    const verdict: TsigVerdict | undefined = verify(query, this.#key, now);
    if (verdict?.type === "good") return { key: verdict.key, mac: verdict.mac };
    if (verdict?.type === "unsigned") return undefined;
    if (verdict === undefined) this.#fault(query.octets, DnsRcode.formErr, peer, channel);
    else sendPlain(refusedSignature(query.message(), verdict, now), peer, channel);
    return "refused";
  }
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

/** Why a request that could be read is not for the plugins. */
function refusalOf({ query, transport }: ServedRequest): number | undefined {
  if (query.edns !== undefined && query.edns.version > 0) return DnsRcode.badVers;
  if (query.type === DnsType.OPT || query.type === DnsType.TSIG) return DnsRcode.formErr;
  if (query.type === DnsType.AXFR && transport === "udp") return DnsRcode.formErr; // RFC 5936 §4.2
  return undefined;
}
