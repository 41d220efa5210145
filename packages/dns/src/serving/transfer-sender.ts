import { dnsMessageOctetsMax } from "../limits.ts";
import { DnsAnswerWriter, type DnsEncodedSet } from "../message/answer.ts";
import { dnsTypeName } from "../records/types.ts";
import { TsigStreamSigner, tsigOctets } from "../tsig/sign.ts";
import type { DnsTransfer } from "./reply.ts";
import type { ServedRequest } from "./served-request.ts";

/**
 * Octets of a message of a transfer, unless one record needs more: pointers reach no further (RFC 1035 §4.1.4), so longer
 * ones would not be compressed better.
 */
const messageOctetsSoftMax = 16_384;

/** What a transfer needs of its server. */
export interface TransferContext {
  /** Seconds since 1970, for signatures. */
  now(): number;
  /** Puts a message's length before it where the channel wants that, and sends it. */
  send(request: ServedRequest, octets: Uint8Array): void;
}

/**
 * Sends a transfer over a stream, in as many messages as it takes, each filled and signed (RFC 5936 §2.2, RFC 8945 §5.3.1).
 * It goes on when the peer has read.
 *
 * @throws {RangeError} for a record that no message can hold
 */
export async function sendTransfer(
  request: ServedRequest,
  { sets }: DnsTransfer,
  context: TransferContext,
): Promise<void> {
  const sender = new TransferSender(request, context);
  if (Symbol.asyncIterator in sets) {
    for await (const set of sets) await sender.put(set);
  } else {
    for (const set of sets) {
      const waiting = sender.put(set);
      if (waiting !== undefined) await waiting;
    }
  }
  sender.finish();
}

/**
 * The one message of a transfer where only one is possible: a datagram, or HTTP. What does not fit is told by the first set
 * alone, the SOA, after which a client comes over TCP (RFC 1995 §2). `undefined` when that does not fit either.
 */
export async function singleMessage(
  request: ServedRequest,
  { sets }: DnsTransfer,
  context: TransferContext,
): Promise<Uint8Array | undefined> {
  const sender = new TransferSender(request, context);
  const first: DnsEncodedSet[] = [];
  for await (const set of sets) {
    if (first.length === 0) first.push(set);
    if (!sender.putWhole(set)) return sender.only(first[0]!);
  }
  return sender.message();
}

class TransferSender {
  readonly #request: ServedRequest;
  readonly #context: TransferContext;
  /** Its own: between two sets the server may answer others. */
  readonly #writer = new DnsAnswerWriter();
  readonly #signer: TsigStreamSigner | undefined;
  #count = 0;

  constructor(request: ServedRequest, context: TransferContext) {
    this.#request = request;
    this.#context = context;
    const { signature } = request;
    this.#signer = signature && new TsigStreamSigner(signature.key, signature.mac);
    this.#begin();
  }

  /** Adds a set; a promise when what was sent must be read first. */
  put(set: DnsEncodedSet, from = 0): Promise<void> | undefined {
    for (let at = from; ; ) {
      const next = this.#add(set, at);
      if (next === set.data.length) return undefined;
      if (next === at && this.#count === 0) throw tooLarge(set);
      this.#send();
      this.#begin();
      const room = this.#request.channel.room?.();
      if (room !== undefined) return this.#goOn(room, set, next);
      at = next;
    }
  }

  /** Adds a set if all of it fits into this message. */
  putWhole(set: DnsEncodedSet): boolean {
    return this.#writer.addRecords("answer", set, 0, dnsMessageOctetsMax) === set.data.length;
  }

  /** The message with one set and nothing else. */
  only(set: DnsEncodedSet): Uint8Array | undefined {
    this.#begin();
    return this.putWhole(set) ? this.message() : undefined;
  }

  message(): Uint8Array {
    const octets = this.#writer.finish();
    return this.#signer === undefined ? octets : this.#signer.sign(octets, this.#context.now());
  }

  finish(): void {
    this.#request.signal.throwIfAborted();
    if (this.#count > 0) this.#send();
  }

  async #goOn(room: Promise<void>, set: DnsEncodedSet, from: number): Promise<void> {
    await room;
    this.#request.signal.throwIfAborted();
    await this.put(set, from);
  }

  #add(set: DnsEncodedSet, from: number): number {
    const next = this.#writer.addRecords("answer", set, from, messageOctetsSoftMax);
    this.#count += next - from;
    return next;
  }

  #begin(): void {
    const { query, octetsMax, signature, cookie } = this.#request;
    const options = cookie === undefined ? [] : [cookie]; // without it who asks over UDP must doubt the answer (RFC 7873 §5.3)
    const edns = query.edns && { dnssecOk: query.edns.dnssecOk, options };
    const reservedOctets = signature === undefined ? 0 : tsigOctets(signature.key);
    this.#writer.begin(query, { authoritative: true, octetsMax, edns, reservedOctets });
    this.#count = 0;
  }

  #send(): void {
    this.#context.send(this.#request, this.message());
  }
}

function tooLarge({ name, type }: DnsEncodedSet): RangeError {
  return new RangeError(`Cannot send a ${dnsTypeName(type)} record of ${name}: no message is long enough for it`);
}
