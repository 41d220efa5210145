import { type Cancellable, ConnectionError, type Reactor } from "@hawser/core";
import type { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { ZoneError } from "../../authority/errors.ts";
import { isSerialAfter } from "../../authority/serial.ts";
import type { Zone } from "../../authority/zone.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import type { DnsExchanger } from "../../client/exchanger.ts";
import { DnsProtocolError } from "../../errors.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { ZoneTransferError } from "../errors.ts";
import { askSoa } from "../in/ask-soa.ts";
import { formatPrimary, type ZonePrimary } from "../in/primary.ts";
import type { ZoneTransferOutcome } from "../in/reader.ts";
import { transferByDatagram, transferZone } from "../in/transfer-zone.ts";
import type { ZoneTransferLimits } from "../limits.ts";

/** What a refresh needs to know, and what it does with what comes. */
export interface RefreshContext extends Cancellable {
  readonly reactor: Reactor;
  readonly exchanger: DnsExchanger;
  readonly origin: DomainName;
  readonly class: number;
  readonly limits: ZoneTransferLimits;
  /** Takes the whole zone, even though nothing is new. */
  readonly whole: boolean;
  /** How often in a row a primary hung up when it was asked for differences. Kept from one refresh to the next. */
  readonly hangUps: Map<ZonePrimary, number>;
  /** The copy that we have. */
  copy(): Zone | undefined;
  /** @throws {ZoneError} when it is no zone */
  replace(contents: ZoneContents): Promise<void>;
  /** @throws {ZoneError} when it does not fit */
  apply(change: ZoneChange): void;
}

/** How a refresh went. */
export interface Refreshed {
  readonly type: "axfr" | "current" | "ixfr";
  readonly primary: ZonePrimary;
  readonly expireSeconds: number | undefined;
}

/** Then the whole zone is asked for. */
const hangUpsMax = 3;

/** For the SOA of one primary: time for some repetitions over UDP, before the next is asked. */
const soaTimeoutMs = 10_000;

/**
 * Asks the primaries, in their order, until one has our version or a newer one, and takes that (RFC 1034 §4.3.5).
 * @throws what each of them threw: one error, or an `AggregateError`
 */
export async function refreshFrom(primaries: readonly ZonePrimary[], context: RefreshContext): Promise<Refreshed> {
  const errors: Error[] = [];
  for (const primary of primaries) {
    try {
      return await refreshFromOne(primary, context);
    } catch (error) {
      context.signal?.throwIfAborted();
      if (!isTheirs(error)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  const texts = errors.map(({ message }, i) => `${formatPrimary(primaries[i]!)}: ${message}`);
  throw new AggregateError(errors, texts.join("; "));
}

async function refreshFromOne(primary: ZonePrimary, context: RefreshContext): Promise<Refreshed> {
  const { soa, expireSeconds } = await askSoa(context.origin, primary, { ...context, timeoutMs: soaTimeoutMs });
  const copy = context.copy();
  if (copy !== undefined && !context.whole) {
    if (soa.serial === copy.serial) return { type: "current", primary, expireSeconds };
    if (!isSerialAfter(soa.serial, copy.serial)) throw behind(soa.serial, copy);
    const type = await takeDifferences(primary, copy, context);
    if (type !== undefined) return { type, primary, expireSeconds };
  }
  await takeWhole(primary, context);
  return { type: "axfr", primary, expireSeconds };
}

/**
 * Gives nothing when the whole zone must be asked for: not every server knows IXFR, or has kept what leads on from our version.
 * Where the network failed, differences are asked for again next time; but a server that hangs up whenever it is asked for
 * them does not know them.
 */
async function takeDifferences(
  primary: ZonePrimary,
  copy: Zone,
  context: RefreshContext,
): Promise<"axfr" | "ixfr" | undefined> {
  const { hangUps, origin } = context;
  const before = hangUps.get(primary) ?? 0;
  hangUps.delete(primary);
  if (before >= hangUpsMax) return undefined;
  try {
    if (primary.ixfrOverUdp === true && (await takeDatagram(primary, copy, context))) return "ixfr";
    return await takeOutcome(await transferZone(origin, primary, { ...context, soa: copy.soa }), context);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof ConnectionError) hangUps.set(primary, before + 1);
    if (error instanceof ZoneTransferError || error instanceof ZoneError) return undefined;
    throw error;
  }
}

/** Gives false where it must be TCP: whatever a datagram fails for, the answer to that is to ask over TCP. */
async function takeDatagram(primary: ZonePrimary, copy: Zone, context: RefreshContext): Promise<boolean> {
  if ((primary.transport ?? "udp") !== "udp") return false;
  try {
    const outcome = await transferByDatagram(context.origin, primary, { ...context, soa: copy.soa });
    if (outcome.type === "current" || outcome.type === "truncated") return false;
    await takeOutcome(outcome, context);
    return true;
  } catch (error) {
    context.signal?.throwIfAborted();
    if (isTheirs(error) || error instanceof DnsProtocolError) return false;
    throw error;
  }
}

async function takeOutcome(
  outcome: ZoneTransferOutcome,
  context: RefreshContext,
): Promise<"axfr" | "ixfr" | undefined> {
  if (outcome.type === "changes") {
    for (const change of outcome.changes) context.apply(change);
    return "ixfr";
  }
  if (outcome.type !== "contents") return undefined; // a server that has forgotten what its SOA said just now
  await context.replace(outcome.contents);
  return "axfr";
}

async function takeWhole(primary: ZonePrimary, context: RefreshContext): Promise<void> {
  const outcome = await transferZone(context.origin, primary, { ...context, soa: undefined });
  if (outcome.type !== "contents") throw new ZoneTransferError("bad-order", "it is not the whole zone");
  await context.replace(outcome.contents);
}

/** Whether another server may do better. */
function isTheirs(error: unknown): error is ConnectionError | ZoneError | ZoneTransferError {
  return error instanceof ZoneTransferError || error instanceof ConnectionError || error instanceof ZoneError;
}

function behind(serial: number, copy: Zone): ZoneTransferError {
  return new ZoneTransferError("behind", `the server has version ${serial}, and we ${copy.serial}`);
}
