import { type Cancellable, type Reactor, withDeadline } from "@hawser/core";
import type { DnsExchanger } from "../../client/exchanger.ts";
import { DnsProtocolError } from "../../errors.ts";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { SoaData } from "../../records/soa.ts";
import { verifyDnsMessage } from "../../tsig/verify.ts";
import { DnsRcode } from "../../words.ts";
import { transferRefused, ZoneTransferError } from "../errors.ts";
import { placeOfPrimary, type ZonePrimary } from "./primary.ts";
import { PrimaryStream } from "./primary-stream.ts";

/** Which version a primary has. */
export interface PrimarySoa {
  readonly soa: SoaData;
  /** How long the primary itself may serve it, if it says so (RFC 7314 §3). */
  readonly expireSeconds: number | undefined;
}

/** How a primary is asked for its version. */
export interface AskSoaOptions extends Cancellable {
  readonly reactor: Reactor;
  /** Asks over UDP. */
  readonly exchanger: DnsExchanger;
  readonly class: number;
  /** For all of it. */
  readonly timeoutMs: number;
}

/**
 * Asks a primary which version it has: over UDP, or the stream that it wants to be asked over.
 *
 * @throws {ZoneTransferError} `refused`, `bad-message`, `bad-signature`
 * @throws {ConnectionError} when it cannot be reached, or is too slow
 */
export async function askSoa(origin: DomainName, primary: ZonePrimary, options: AskSoaOptions): Promise<PrimarySoa> {
  const { reactor, class: zoneClass, exchanger, signal, timeoutMs } = options;
  const question: DnsMessageInit = {
    questions: [{ name: origin, type: "SOA", class: zoneClass }],
    edns: { options: [{ type: "expire", expireSeconds: undefined }] },
  };
  const { transport, tsigKey } = primary;
  const ask = (both: AbortSignal): Promise<DnsMessage> =>
    transport === "tcp" || transport === "tls"
      ? askByStream(question, primary, { reactor, signal: both, idleTimeoutMs: timeoutMs })
      : exchanger.exchange(question, placeOfPrimary(primary), { signal: both, timeoutMs, tsigKey });
  try {
    return soaOfAnswer(await withDeadline(reactor.clock, timeoutMs, ask, { signal }), origin);
  } catch (cause) {
    if (!(cause instanceof DnsProtocolError)) throw cause;
    const code = cause.code === "bad-tsig" ? "bad-signature" : "bad-message";
    throw new ZoneTransferError(code, cause.message, { cause, section: cause.section });
  }
}

async function askByStream(
  question: DnsMessageInit,
  primary: ZonePrimary,
  options: { readonly reactor: Reactor; readonly signal: AbortSignal; readonly idleTimeoutMs: number },
): Promise<DnsMessage> {
  const stream = await PrimaryStream.connect(primary, options);
  try {
    const { id, tsig } = stream.ask(question);
    const octets = await stream.next();
    const message = decodeDnsMessage(octets);
    if (!message.response || message.id !== id) throw new ZoneTransferError("bad-message", "it is no answer");
    if (tsig === undefined || message.rcode !== DnsRcode.noError) return message;
    const now = options.reactor.clock.wall() / 1000;
    const key = (name: DomainName) => (name.equals(tsig.key.name) ? tsig.key : undefined);
    if (verifyDnsMessage(octets, { key, now, priorMac: tsig.mac }).type === "good") return message;
    throw new ZoneTransferError("bad-signature", "the SOA is not signed as it must be", { section: "RFC 8945 §5.4" });
  } finally {
    stream.abort();
  }
}

/** Only who has authority knows the version: a cache does not (RFC 1034 §4.3.5). */
function soaOfAnswer({ rcode, authoritative, answers, edns }: DnsMessage, origin: DomainName): PrimarySoa {
  if (rcode !== DnsRcode.noError) throw transferRefused(rcode);
  if (!authoritative) throw new ZoneTransferError("bad-message", "the server has no authority over it");
  const record = answers.find(({ type, name }) => type === "SOA" && name.equals(origin));
  if (record?.type !== "SOA") throw new ZoneTransferError("bad-message", "the server has no SOA of it");
  const option = edns?.options.find(({ type }) => type === "expire");
  return { soa: record.data, expireSeconds: option?.type === "expire" ? option.expireSeconds : undefined };
}
