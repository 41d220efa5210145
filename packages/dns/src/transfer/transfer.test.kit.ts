import type { DnsEncodedSet } from "../message/answer.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessageInit } from "../message/message.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { decodeDnsSet } from "../serving/sets.ts";

/** The zone of the tests. */
export const testOrigin: DomainName = parseDomainName("example.org");

/** Its SOA with a serial. */
export function soaLine(serial: number, timers = "7200 900 1209600 300"): string {
  return `@ 300 SOA ns host ${serial} ${timers}`;
}

/** Records of lines, relative to `example.org`. `SOA 7` is short for a whole SOA. */
export function testRecords(text: string): readonly DnsRecord[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => line.replace(/^SOA (\d+)$/, (_, serial: string) => soaLine(Number(serial))))
    .map((line) => parseDnsRecord(line, { origin: testOrigin, ttl: 300 }));
}

/** An answer to a transfer with id 1. */
export function transferMessage(records: string, more: DnsMessageInit = {}): Uint8Array {
  return encodeDnsMessage({ id: 1, response: true, authoritative: true, answers: testRecords(records), ...more });
}

/** Sets as sorted lines of a master file. */
export function linesOf(sets: Iterable<DnsEncodedSet>): readonly string[] {
  return [...sets].flatMap((set) => decodeDnsSet(set).map(formatDnsRecord)).sort();
}
