import { type Cancellable, type Reactor, withDeadline } from "@hawser/core";
import type { DnsExchanger } from "../../client/exchanger.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { DnsClass } from "../../words.ts";
import { type ZoneTransferLimits, zoneTransferLimits } from "../limits.ts";
import { soaOf } from "../soa.ts";
import { placeOfPrimary, type ZonePrimary } from "./primary.ts";
import { PrimaryStream } from "./primary-stream.ts";
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
 * Asks a primary for a zone, over a connection of its own: TCP, or TLS (RFC 9103).
 *
 * ```ts no-run
 * const outcome = await transferZone(parseDomainName("example.org"), { host: "192.0.2.53" }, { reactor });
 * if (outcome.type === "contents") table.add(new Zone(outcome.contents));
 * ```
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
  const { idleTimeoutMs = zoneTransferLimits.idleTimeoutMs, timeoutMs = zoneTransferLimits.timeoutMs } = limits ?? {};
  const transfer = async (both: AbortSignal): Promise<ZoneTransferOutcome> => {
    const stream = await PrimaryStream.connect(primary, { reactor, signal: both, idleTimeoutMs });
    try {
      return await readAnswer(stream, ask(stream, origin, options), options);
    } finally {
      stream.abort();
    }
  };
  return await withDeadline(reactor.clock, timeoutMs, transfer, { signal });
}

/**
 * Asks a primary for the way on from a version over UDP: `truncated` when a datagram cannot hold it (RFC 1995 §2).
 *
 * @throws {ZoneTransferError} … @throws {ConnectionError} as {@link transferZone}; @throws {DnsProtocolError}
 */
export async function transferByDatagram(
  origin: DomainName,
  primary: ZonePrimary,
  { class: zoneClass = DnsClass.in, soa, exchanger, limits, signal }: DatagramTransferOptions,
): Promise<ZoneTransferOutcome> {
  const questions = [{ name: origin, type: "IXFR", class: zoneClass } as const];
  const options = { signal, tsigKey: primary.tsigKey, keepTruncated: true };
  const question = { questions, authorities: decodeDnsSet(soa) };
  const message = await exchanger.exchange(question, placeOfPrimary(primary), options);
  const serial = soaOf(soa).serial;
  const reader = new ZoneTransferReader({ id: message.id, origin, class: zoneClass, serial, transport: "udp", limits });
  return reader.take(message)!;
}

/** What is asked of a primary over UDP. */
export interface DatagramTransferOptions extends Omit<TransferZoneOptions, "onMessage" | "reactor"> {
  readonly soa: DnsEncodedSet;
  readonly exchanger: DnsExchanger;
}

/** Without EDNS: answers to transfers have no use for it, and the oldest servers trip over it. */
function ask(stream: PrimaryStream, origin: DomainName, options: TransferZoneOptions): ZoneTransferQuestion {
  const { class: zoneClass = DnsClass.in, soa, limits } = options;
  const type = soa === undefined ? "AXFR" : "IXFR";
  const questions = [{ name: origin, type, class: zoneClass } as const];
  const sent = stream.ask({ questions, authorities: soa && decodeDnsSet(soa) });
  return { ...sent, origin, class: zoneClass, serial: soa && soaOf(soa).serial, limits };
}

async function readAnswer(
  stream: PrimaryStream,
  question: ZoneTransferQuestion,
  { reactor: { clock }, onMessage }: TransferZoneOptions,
): Promise<ZoneTransferOutcome> {
  const reader = new ZoneTransferReader(question);
  for (;;) {
    const octets = await stream.next();
    onMessage?.(octets);
    const outcome = reader.receive(octets, clock.wall() / 1000);
    if (outcome !== undefined) return outcome;
  }
}
