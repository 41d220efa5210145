import type { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { isSerialAfter } from "../../authority/serial.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import { DnsProtocolError } from "../../errors.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import type { SoaData } from "../../records/soa.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { TsigStreamVerifier } from "../../tsig/verify.ts";
import { DnsRcode, formatDnsRcode } from "../../words.ts";
import { transferRefused, ZoneTransferError } from "../errors.ts";
import { type ZoneTransferLimits, zoneTransferLimits } from "../limits.ts";
import { AxfrAssembly } from "./axfr-assembly.ts";
import { IxfrAssembly } from "./ixfr-assembly.ts";
import { setOf, type TransferredRecord, transferredRecord } from "./transferred-record.ts";

/** What was asked for. */
export interface ZoneTransferQuestion {
  readonly id: number;
  readonly origin: DomainName;
  readonly class: number;
  /** The version that we have, when the way on from it was asked for (IXFR); without it, the whole zone (AXFR). */
  readonly serial?: number | undefined;
  /** Over UDP all comes in one message, or not at all (RFC 1995 §2). Default `tcp`. */
  readonly transport?: "tcp" | "udp" | undefined;
  /** The key that signed the question, and its MAC: then the answer is signed, too (RFC 8945 §5.3.1). */
  readonly tsig?: { readonly key: TsigKey; readonly mac: Uint8Array } | undefined;
  readonly limits?: ZoneTransferLimits | undefined;
}

/** What a transfer brought. */
export type ZoneTransferOutcome =
  | { readonly type: "contents"; readonly contents: ZoneContents }
  /** The steps from our version to the server's, oldest first. */
  | { readonly type: "changes"; readonly changes: readonly ZoneChange[] }
  /** The server's version is ours, or older: see its SOA. */
  | { readonly type: "current"; readonly soa: DnsEncodedSet; readonly serial: number }
  /** There is a newer version, which a datagram cannot hold: ask again over TCP. */
  | { readonly type: "truncated" };

/**
 * Reads the answer to a question for a zone, message by message: AXFR (RFC 5936) or IXFR in each of its forms (RFC 1995 §4).
 * It asks nobody and knows no time; whoever drives it keeps the deadlines of {@link ZoneTransferLimits}. Nothing is told
 * before the last message was read and, where a key is used, found to be signed for.
 */
export class ZoneTransferReader {
  readonly #question: ZoneTransferQuestion;
  readonly #verifier: TsigStreamVerifier | undefined;
  #first: (TransferredRecord & { readonly soa: SoaData }) | undefined;
  #assembly: AxfrAssembly | IxfrAssembly | undefined;
  #records = 0;
  #octets = 0;
  #messages = 0;

  constructor(question: ZoneTransferQuestion) {
    this.#question = question;
    const { tsig } = question;
    const key = (name: DomainName) => (tsig !== undefined && name.equals(tsig.key.name) ? tsig.key : undefined);
    this.#verifier = tsig && new TsigStreamVerifier({ key }, tsig.mac);
  }

  /** What has come so far. */
  get received(): { readonly messages: number; readonly records: number; readonly octets: number } {
    return { messages: this.#messages, records: this.#records, octets: this.#octets };
  }

  /**
   * Reads the next message.
   * @param now seconds since 1970, for the signature
   * @returns what the transfer brought; `undefined` when more messages have to come
   * @throws {ZoneTransferError} after which nothing more can be read
   */
  receive(octets: Uint8Array, now: number): ZoneTransferOutcome | undefined {
    this.#count(octets.length);
    const outcome = this.take(this.#verified(octets, now));
    if (outcome !== undefined && this.#verifier?.isComplete === false) throw badSignature("its end is not signed");
    return outcome;
  }

  /**
   * The same for a message that somebody else has read, and found to be the answer and signed as it must be.
   * @throws {ZoneTransferError} after which nothing more can be read
   */
  take(message: DnsMessage): ZoneTransferOutcome | undefined {
    if (message.rcode !== DnsRcode.noError) throw transferRefused(message.rcode);
    if (this.#isUdp && message.truncated) return { type: "truncated" };
    if (message.truncated) throw new ZoneTransferError("bad-message", "a message is cut");
    if (message.answers.length === 0) throw badOrder("a message has no records");
    for (const record of message.answers) this.#take(record);
    const outcome = this.#outcome(message.answers.length);
    if (outcome === undefined && this.#isUdp) throw new ZoneTransferError("ended-early", "the datagram ends before it");
    return outcome;
  }

  get #isUdp(): boolean {
    return this.#question.transport === "udp";
  }

  #count(octets: number): void {
    const { octetsMax = zoneTransferLimits.octetsMax } = this.#question.limits ?? {};
    this.#messages++;
    this.#octets += octets;
    if (this.#octets > octetsMax) throw tooLarge(`${octetsMax} octets`);
  }

  #verified(octets: Uint8Array, now: number): DnsMessage {
    try {
      const message = decodeDnsMessage(octets);
      checkAnswer(message, this.#question);
      this.#verify(octets, message, now);
      return message;
    } catch (cause) {
      if (!(cause instanceof DnsProtocolError)) throw cause;
      const code = cause.code === "bad-tsig" ? "bad-signature" : "bad-message";
      throw new ZoneTransferError(code, cause.message, { cause, section: cause.section });
    }
  }

  /** An error without a signature is still an error: it makes us believe nothing. */
  #verify(octets: Uint8Array, { rcode, tsig }: DnsMessage, now: number): void {
    if (this.#verifier === undefined) {
      if (tsig !== undefined) throw badSignature("it is signed, and the question was not");
      return;
    }
    if (rcode !== DnsRcode.noError)
      throw transferRefused(rcode, tsig?.data.error ? ` ${tsigErrorName(tsig.data.error)}` : "");
    const verdict = this.#verifier.verify(octets, now);
    if (verdict.type === "bad") throw badSignature(`it is no good: ${tsigErrorName(verdict.error)}`);
  }

  #take(record: DnsRecord): void {
    const { origin, class: zoneClass, limits, serial } = this.#question;
    const { recordsMax = zoneTransferLimits.recordsMax } = limits ?? {};
    if (++this.#records > recordsMax) throw tooLarge(`${recordsMax} records`);
    const taken = transferredRecord(record, origin, zoneClass);
    if (this.#assembly !== undefined) this.#assembly.take(taken);
    else if (this.#first === undefined) this.#first = firstSoa(taken);
    else {
      this.#assembly = assemblyOf(this.#first, taken, serial);
      this.#assembly.take(taken);
    }
  }

  #outcome(recordsOfMessage: number): ZoneTransferOutcome | undefined {
    if (this.#assembly === undefined) return this.#outcomeOfSoa(this.#first!, recordsOfMessage);
    if (!this.#assembly.isFinished) return undefined;
    return this.#assembly instanceof AxfrAssembly
      ? { type: "contents", contents: this.#assembly.contents }
      : { type: "changes", changes: this.#assembly.changes };
  }

  /** One SOA alone ends the answer unless it is newer; then, over TCP, more follows. */
  #outcomeOfSoa(first: TransferredRecord & { readonly soa: SoaData }, recordsOfMessage: number) {
    const { serial } = this.#question;
    if (serial === undefined || recordsOfMessage !== 1) return undefined;
    if (!isSerialAfter(first.soa.serial, serial))
      return { type: "current", soa: setOf(first), serial: first.soa.serial } as const;
    return this.#isUdp ? ({ type: "truncated" } as const) : undefined;
  }
}

/** Differences begin with the SOA of the version that we have; everything else is the whole zone (RFC 1995 §4). */
function assemblyOf(
  first: TransferredRecord & { readonly soa: SoaData },
  second: TransferredRecord,
  serial: number | undefined,
): AxfrAssembly | IxfrAssembly {
  const isWhole = serial === undefined || second.soa === undefined || second.soa.serial === first.soa.serial;
  return isWhole ? new AxfrAssembly(first) : new IxfrAssembly(first.soa, serial);
}

function firstSoa(record: TransferredRecord): TransferredRecord & { readonly soa: SoaData } {
  if (record.soa === undefined) throw badOrder("it does not begin with a SOA");
  return { ...record, soa: record.soa };
}

/** The question may be left out of all messages but the first, and old servers leave it out of all (RFC 5936 §2.2.2). */
function checkAnswer(message: DnsMessage, { id, origin, class: zoneClass, serial }: ZoneTransferQuestion): void {
  const [question] = message.questions;
  if (!message.response || message.opcode !== 0) throw new ZoneTransferError("bad-message", "it is no answer");
  if (message.id !== id) throw new ZoneTransferError("bad-message", "it answers another question");
  if (question === undefined) return;
  const type = serial === undefined ? "AXFR" : "IXFR";
  const isOurs = question.type === type && question.class === zoneClass && question.name.equals(origin);
  if (message.questions.length > 1 || !isOurs)
    throw new ZoneTransferError("bad-message", "it answers another question", { section: "RFC 5936 §2.2.2" });
}

/** 16 means something else than in a header (RFC 8945 §3). */
function tsigErrorName(error: number): string {
  return error === DnsRcode.badSig ? "BADSIG" : formatDnsRcode(error);
}

function badOrder(reason: string): ZoneTransferError {
  return new ZoneTransferError("bad-order", reason, { section: "RFC 5936 §2.2" });
}

function badSignature(reason: string): ZoneTransferError {
  return new ZoneTransferError("bad-signature", reason, { section: "RFC 8945 §5.3.1" });
}

function tooLarge(limit: string): ZoneTransferError {
  return new ZoneTransferError("too-large", `it has more than ${limit}`);
}
