import { builtIn } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { TsigData } from "../records/tsig.ts";
import { DnsRcode } from "../words.ts";
import type { TsigKey } from "./key.ts";
import { type LocatedTsig, locateTsig } from "./locate.ts";
import { macOf } from "./mac.ts";

/** Messages without a signature that may stand between two with one (RFC 8945 §5.3.1). */
export const tsigUnsignedMax = 99;

/** How a signature is judged. */
export interface TsigVerifyOptions {
  /** Finds a key by its name; `undefined`: BADKEY. The algorithm is compared afterwards. */
  readonly key: (name: DomainName) => TsigKey | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  /** For answers: the MAC of the request. */
  readonly priorMac?: Uint8Array | undefined;
  /** The shortest MAC that is taken. Default: whole ones only; never below 10 octets or half of it (RFC 8945 §5.2.2.1). */
  readonly macOctetsMin?: number | undefined;
}

/** What a message's signature is worth. */
export type TsigVerdict =
  | { readonly type: "unsigned" }
  | {
      readonly type: "good";
      readonly key: TsigKey;
      readonly data: TsigData;
      /** What the answer's signature builds on. */
      readonly mac: Uint8Array;
      /** The message without its TSIG record. */
      readonly octets: Uint8Array;
    }
  | {
      readonly type: "bad";
      /** The error that an answer tells: BADKEY, BADSIG, BADTIME or BADTRUNC. */
      readonly error: number;
      readonly name: DomainName;
      readonly data: TsigData;
      /** The key, if it was found: BADTIME and BADTRUNC are answered with a signature (RFC 8945 §5.2.3). */
      readonly key: TsigKey | undefined;
    };

/** Judges the signature of a message (RFC 8945 §5.2). @throws {DnsProtocolError} when the record is malformed: FORMERR */
export function verifyDnsMessage(octets: Uint8Array, options: TsigVerifyOptions): TsigVerdict {
  const located = locateTsig(octets);
  if (located === undefined) return { type: "unsigned" };
  return judge(located, [located.message], options, false);
}

/** The judgement of one message of a stream: `unsigned` until one comes that signs for those before it. */
export class TsigStreamVerifier {
  readonly #options: Omit<TsigVerifyOptions, "now" | "priorMac">;
  #priorMac: Uint8Array;
  #isFirst = true;
  #waiting: Uint8Array[] = [];

  constructor(options: Omit<TsigVerifyOptions, "now" | "priorMac">, requestMac: Uint8Array) {
    this.#options = options;
    this.#priorMac = requestMac;
  }

  /** Whether every message so far is signed for: what must be so at the end (RFC 8945 §5.3.1). */
  get isComplete(): boolean {
    return !this.#isFirst && this.#waiting.length === 0;
  }

  /**
   * Judges the next message. The first must be signed; after it no more than 99 in a row may not be.
   * @param now seconds since 1970
   * @throws {DnsProtocolError} `bad-tsig`
   */
  verify(octets: Uint8Array, now: number): TsigVerdict {
    const located = locateTsig(octets);
    if (located === undefined) return this.#unsigned(octets);
    const messages = [...this.#waiting, located.message];
    const options = { ...this.#options, now, priorMac: this.#priorMac };
    const verdict = judge(located, messages, options, !this.#isFirst);
    if (verdict.type === "good") {
      this.#priorMac = verdict.mac;
      this.#isFirst = false;
      this.#waiting = [];
    }
    return verdict;
  }

  #unsigned(octets: Uint8Array): TsigVerdict {
    if (this.#isFirst || this.#waiting.length >= tsigUnsignedMax)
      throw new DnsProtocolError("bad-tsig", "a message without a signature came", "RFC 8945 §5.3.1");
    this.#waiting.push(octets);
    return { type: "unsigned" };
  }
}

/** Key, then MAC, then time, then length of the MAC, in this order (RFC 8945 §5.2). */
function judge(
  { name, data, message }: LocatedTsig,
  messages: readonly Uint8Array[],
  { key: find, now, priorMac, macOctetsMin }: TsigVerifyOptions,
  timersOnly: boolean,
): TsigVerdict {
  const key = find(name);
  const bad = (error: number): TsigVerdict => ({ type: "bad", error, name, data, key });
  if (key === undefined || !key.algorithm.name.equals(data.algorithm))
    return { type: "bad", error: DnsRcode.badKey, name, data, key: undefined };
  const whole = key.algorithm.macOctets;
  if (data.mac.length === 0) return bad(DnsRcode.badSig);
  if (data.mac.length > whole || data.mac.length < Math.max(10, whole / 2))
    throw new DnsProtocolError("bad-tsig", `its MAC has ${data.mac.length} octets`, "RFC 8945 §5.2.2.1");
  const mac = macOf(key, { priorMac, messages, data, timersOnly }).subarray(0, data.mac.length);
  if (!builtIn("node:crypto").timingSafeEqual(mac, data.mac)) return bad(DnsRcode.badSig);
  if (Math.abs(now - data.timeSigned) > data.fudgeSeconds) return bad(DnsRcode.badTime);
  if (data.mac.length < (macOctetsMin ?? whole)) return bad(DnsRcode.badTrunc);
  return { type: "good", key, data, mac: data.mac, octets: message };
}
