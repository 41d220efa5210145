import { dnsMessageOctetsMax } from "../limits.ts";
import { dnsHeaderOctets } from "../message/message.ts";
import { writeRecord } from "../message/record.ts";
import type { TsigData } from "../records/tsig.ts";
import { DnsWriter } from "../wire/writer.ts";
import { DnsClass, DnsRcode } from "../words.ts";
import type { TsigKey } from "./key.ts";
import { macOf } from "./mac.ts";

/** How a message is signed. */
export interface TsigSignOptions {
  /** Seconds since 1970. */
  readonly now: number;
  /** How far clocks may be apart. Default 300 s (RFC 8945 §10). */
  readonly fudgeSeconds?: number | undefined;
  /** In answers: the MAC of the request. */
  readonly priorMac?: Uint8Array | undefined;
  /** One of {@link DnsRcode} from 16 on, in answers to bad signatures. Default 0. */
  readonly error?: number | undefined;
  /** What the record says as its time. Default `now`; with BADTIME that of the request, whose peer checks it (RFC 8945 §5.2.3). */
  readonly timeSigned?: number | undefined;
}

/** A message with its signature. */
export interface SignedDnsMessage {
  readonly octets: Uint8Array;
  /** What the answer's signature builds on. */
  readonly mac: Uint8Array;
}

/**
 * Signs a message that was encoded (RFC 8945 §5.1). It must leave room: a name, an algorithm, and 16 to 64 octets of MAC.
 * @throws {RangeError} when the message becomes too long
 */
export function signDnsMessage(octets: Uint8Array, key: TsigKey, options: TsigSignOptions): SignedDnsMessage {
  return signWith(octets, key, options, false);
}

/**
 * Signs the messages of one answer that has several, as zone transfers have (RFC 8945 §5.3.1): the first as every answer,
 * each later one over the MAC of that before.
 */
export class TsigStreamSigner {
  readonly #key: TsigKey;
  #priorMac: Uint8Array;
  #isFirst = true;

  constructor(key: TsigKey, requestMac: Uint8Array) {
    this.#key = key;
    this.#priorMac = requestMac;
  }

  /** @param now seconds since 1970 */
  sign(octets: Uint8Array, now: number): Uint8Array {
    const signed = signWith(octets, this.#key, { now, priorMac: this.#priorMac }, !this.#isFirst);
    this.#priorMac = signed.mac;
    this.#isFirst = false;
    return signed.octets;
  }
}

/** Adds a TSIG record without a MAC: how BADKEY and BADSIG are told (RFC 8945 §5.3.2). */
export function refuseTsig(
  octets: Uint8Array,
  request: { readonly name: TsigKey["name"]; readonly data: TsigData },
  error: number,
): Uint8Array {
  const originalId = (octets[0]! << 8) | octets[1]!;
  const data = { ...request.data, mac: new Uint8Array(0), originalId, error, other: new Uint8Array(0) };
  return withTsig(octets, request.name, data);
}

function signWith(octets: Uint8Array, key: TsigKey, options: TsigSignOptions, timersOnly: boolean): SignedDnsMessage {
  const { now, fudgeSeconds = 300, priorMac, error = 0, timeSigned = now } = options;
  const isBadTime = error === DnsRcode.badTime;
  const data = {
    timeSigned: Math.floor(timeSigned),
    fudgeSeconds,
    error,
    other: isBadTime ? sixOctets(now) : new Uint8Array(0),
  };
  const mac = macOf(key, { priorMac, messages: [octets], data, timersOnly });
  const originalId = (octets[0]! << 8) | octets[1]!;
  return { octets: withTsig(octets, key.name, { ...data, algorithm: key.algorithm.name, mac, originalId }), mac };
}

function withTsig(octets: Uint8Array, name: TsigKey["name"], data: TsigData): Uint8Array {
  if (octets.length < dnsHeaderOctets) throw new RangeError("Cannot sign a message: it has no header");
  spare ??= new DnsWriter(new Uint8Array(dnsMessageOctetsMax));
  const writer = spare;
  writer.begin(0, "plain");
  writer.put(octets);
  writeRecord({ name, type: "TSIG", class: DnsClass.any, ttl: 0, data }, writer);
  const signed = writer.copy();
  const header = new DataView(signed.buffer, signed.byteOffset, dnsHeaderOctets);
  header.setUint16(10, header.getUint16(10) + 1);
  return signed;
}

/** Used again by every message. */
let spare: DnsWriter | undefined;

/** Octets that a signature adds to a message, with the server's clock in it. */
export function tsigOctets({ name, algorithm }: TsigKey): number {
  return name.octetCount + algorithm.name.octetCount + algorithm.macOctets + 10 + 16 + 6;
}

/** The server's clock (RFC 8945 §5.2.3). */
function sixOctets(seconds: number): Uint8Array {
  const writer = new DnsWriter(new Uint8Array(6));
  writer.uint48(Math.floor(seconds));
  return writer.copy();
}
