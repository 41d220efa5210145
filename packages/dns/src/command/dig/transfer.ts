import { ConnectionError } from "@hawser/core";
import { DnsProtocolError } from "../../errors.ts";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord, DnsRecordOf } from "../../records/record.ts";
import { TsigStreamVerifier } from "../../tsig/verify.ts";
import type { DigMeans } from "./asking.ts";
import type { DigServer } from "./carrier.ts";
import { digQuestion } from "./question.ts";
import type { DigSettings } from "./settings.ts";

/** Shows a zone as it comes, record by record. Tells whether it came whole. @throws {ConnectionError} */
export async function digTransfer(
  means: DigMeans,
  name: DomainName,
  settings: DigSettings,
  server: DigServer,
): Promise<boolean> {
  const { reactor, carrier, page, key, cookie, globals } = means;
  const now = reactor.clock.wall();
  const question = digQuestion(name, { settings, random: reactor.random, cookie, key, now });
  const verifier =
    key && new TsigStreamVerifier({ key: (one) => (one.equals(key.name) ? key : undefined) }, question.mac!);
  const began = reactor.clock.now();
  const end = new TransferEnd(settings.serial);
  const sum = { records: 0, messages: 0, octets: 0 };
  page.banner(settings);
  const way = { ...settings, transport: settings.transport === "udp" ? ("tcp" as const) : settings.transport };
  for await (const octets of carrier.messages(question.octets, server, way, globals.timeoutMs ?? 10_000)) {
    const { rcode, answers } = decodeDnsMessage(octets);
    if (rcode !== 0 || (answers.length === 0 && sum.messages === 0)) return refused(means);
    if (verifier?.verify(octets, reactor.clock.wall() / 1_000).type === "bad") return refused(means);
    sum.records += answers.length;
    sum.messages++;
    sum.octets += octets.length;
    const shown = answers.filter((record) => !end.take(record) || !settings.oneSoa);
    page.records(settings.answer ? shown : [], settings);
    if (!end.isReached) continue;
    const elapsedMs = reactor.clock.now() - began;
    const cameAt = reactor.clock.wall();
    const arrival = { octets, question, server, transport: way.transport, cameAt, elapsedMs };
    const rest = { message: undefined, fault: undefined, badSignature: undefined };
    page.transferred({ ...arrival, ...rest }, sum, settings);
    return true;
  }
  return false;
}

function refused({ page }: DigMeans): boolean {
  page.line("; Transfer failed.");
  return false;
}

/** What a transfer cannot be read for: it is told as its failure. */
export function isTransferFault(error: unknown): boolean {
  return error instanceof DnsProtocolError || error instanceof ConnectionError;
}

/**
 * Knows when a transfer is over (RFC 5936 §2.2, RFC 1995 §4): when the SOA record comes again that it began with. In a
 * list of differences it comes once before, as the version that the last one leads to.
 */
class TransferEnd {
  readonly #askedSerial: number | undefined;
  #serial: number | undefined;
  #records = 0;
  #isDifferences = false;
  #seen = 0;
  isReached = false;

  constructor(askedSerial: number | undefined) {
    this.#askedSerial = askedSerial;
  }

  /** Whether this record is the end. */
  take(record: DnsRecord): boolean {
    this.#records++;
    if (record.type !== "SOA") return false;
    const { serial } = (record as DnsRecordOf<"SOA">).data;
    this.#serial ??= serial;
    if (this.#records === 2 && this.#askedSerial !== undefined) this.#isDifferences = serial !== this.#serial;
    if (serial === this.#serial) this.#seen++;
    const isCurrent = this.#records === 1 && serial === this.#askedSerial;
    this.isReached = isCurrent || this.#seen === (this.#isDifferences ? 3 : 2);
    return this.isReached;
  }
}
