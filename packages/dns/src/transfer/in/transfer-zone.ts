import {
  type Cancellable,
  type Connection,
  connectTo,
  encodeLengthPrefixed,
  FramingError,
  LengthPrefixedReader,
  type Reactor,
  withDeadline,
} from "@hawser/core";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { type SignedDnsMessage, signDnsMessage } from "../../tsig/sign.ts";
import { DnsClass } from "../../words.ts";
import { ZoneTransferError } from "../errors.ts";
import { type ZoneTransferLimits, zoneTransferLimits } from "../limits.ts";
import { soaOf } from "../soa.ts";
import { streamOfPrimary, type ZonePrimary } from "./primary.ts";
import { type ZoneTransferOutcome, type ZoneTransferQuestion, ZoneTransferReader } from "./reader.ts";

/** What is asked of a primary. */
export interface TransferZoneOptions extends Cancellable {
  readonly reactor: Reactor;
  /** Default IN. */
  readonly class?: number | undefined;
  /** The SOA of the version that we have: the way on from it is asked for (IXFR). Without it, the whole zone (AXFR). */
  readonly soa?: DnsEncodedSet | undefined;
  readonly limits?: ZoneTransferLimits | undefined;
  /** Told of each message as it came. */
  readonly onMessage?: ((octets: Uint8Array) => void) | undefined;
}

/**
 * Asks a primary for a zone, over a connection of its own.
 *
 * @throws {ZoneTransferError} when the primary refuses, or what it sends is not taken
 * @throws {ConnectionError} when it cannot be reached, or is too slow
 */
export async function transferZone(
  origin: DomainName,
  primary: ZonePrimary,
  options: TransferZoneOptions,
): Promise<ZoneTransferOutcome> {
  const { reactor, signal, limits } = options;
  const timeoutMs = limits?.timeoutMs ?? zoneTransferLimits.timeoutMs;
  return await withDeadline(reactor.clock, timeoutMs, (both) => ask(origin, primary, { ...options, signal: both }), {
    signal,
  });
}

async function ask(
  origin: DomainName,
  primary: ZonePrimary,
  options: TransferZoneOptions & { readonly signal: AbortSignal },
): Promise<ZoneTransferOutcome> {
  const { reactor, signal, limits } = options;
  const timeoutMs = limits?.idleTimeoutMs ?? zoneTransferLimits.idleTimeoutMs;
  const connection = await connectTo(streamOfPrimary(primary), { reactor, signal, timeoutMs, tls: primary.tls });
  try {
    const { question, octets } = questionOf(origin, primary, options);
    connection.write(encodeLengthPrefixed(16, octets));
    return await readAnswer(connection, question, options);
  } finally {
    connection.abort();
  }
}

async function readAnswer(
  connection: Connection,
  question: ZoneTransferQuestion,
  { reactor: { clock }, signal, limits, onMessage }: TransferZoneOptions,
): Promise<ZoneTransferOutcome> {
  const reader = new ZoneTransferReader(question);
  const frames = new LengthPrefixedReader(16, { octetsMax: 65_535 });
  const idleTimeoutMs = limits?.idleTimeoutMs ?? zoneTransferLimits.idleTimeoutMs;
  for (;;) {
    for (const octets of frames) {
      onMessage?.(octets);
      const outcome = reader.receive(octets, clock.wall() / 1000);
      if (outcome !== undefined) return outcome;
    }
    const chunk = await withDeadline(clock, idleTimeoutMs, (both) => readChunk(connection, both), { signal });
    if (chunk === undefined) throw new ZoneTransferError("ended-early", "the connection ended before it");
    frames.receive(chunk);
  }
}

async function readChunk(connection: Connection, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await connection.read({ signal });
  } catch (cause) {
    if (cause instanceof FramingError) throw new ZoneTransferError("ended-early", cause.message, { cause });
    throw cause;
  }
}

/** Without EDNS: answers to transfers have no use for it, and the oldest servers trip over it. */
function questionOf(
  origin: DomainName,
  { tsigKey }: ZonePrimary,
  { reactor, class: zoneClass = DnsClass.in, soa, limits }: TransferZoneOptions,
): { readonly question: ZoneTransferQuestion; readonly octets: Uint8Array } {
  const id = reactor.random.integer(0, 0x10000);
  const type = soa === undefined ? "AXFR" : "IXFR";
  const questions = [{ name: origin, type, class: zoneClass } as const];
  const bare = encodeDnsMessage({ id, questions, authorities: soa && decodeDnsSet(soa) });
  const signed = sign(bare, tsigKey, reactor);
  const tsig = tsigKey && { key: tsigKey, mac: signed.mac };
  const serial = soa && soaOf(soa).serial;
  return { question: { id, origin, class: zoneClass, serial, tsig, limits }, octets: signed.octets };
}

function sign(octets: Uint8Array, key: ZonePrimary["tsigKey"], { clock }: Reactor): SignedDnsMessage {
  if (key === undefined) return { octets, mac: new Uint8Array(0) };
  return signDnsMessage(octets, key, { now: clock.wall() / 1000 });
}
