import { quote } from "@hawser/core";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsClass } from "../../words.ts";
import { MasterFileReader } from "../../zone/reader.ts";
import { ZoneError } from "../errors.ts";
import { Zone, type ZoneOptions } from "../zone.ts";
import { formatZoneFinding, type ZoneFinding } from "./finding.ts";
import { readZoneRecords, readZoneText, type ZoneReading, type ZoneReadingOptions } from "./zone-reading.ts";

/**
 * Reads the text of a zone at once. Large zones from files are better read by {@link loadZone}, in slices.
 */
export function readZone(text: string, origin: DomainName | string, options?: ZoneReadingOptions): ZoneReading {
  return runToEnd(readZoneText(text, nameOf(origin), options));
}

/**
 * Says what is wrong with the text of a zone, and where: what `named-checkzone` calls errors and a few warnings more.
 *
 * ```ts no-run
 * for (const finding of checkZone(text, "example.org")) console.log(formatZoneFinding(finding));
 * ```
 */
export function checkZone(
  text: string,
  origin: DomainName | string,
  options?: ZoneReadingOptions,
): readonly ZoneFinding[] {
  return readZone(text, origin, options).findings;
}

/**
 * Makes a zone of data: records, or lines of a master file, which follow each other as they would there.
 *
 * ```ts no-run
 * const home = zone("home.arpa", ["$TTL 1h", "@ SOA ns host 1 2h 15m 2w 5m", "@ NS ns", "ns A 192.0.2.1", dnsRecord("nas.home.arpa", "A", { address: "192.0.2.2" })]);
 * ```
 *
 * @throws {ZoneError} `not-loaded`, with the first fault in its text
 */
export function zone(
  origin: DomainName | string,
  records: readonly (DnsRecord | string)[],
  options?: ZoneOptions & { readonly class?: number | undefined },
): Zone {
  const name = nameOf(origin);
  const recordClass = options?.class ?? DnsClass.in;
  const reading = runToEnd(readZoneRecords(recordsOf(records, name, recordClass), name, recordClass));
  return zoneOfReading(reading, options);
}

/** Makes a zone of what was read. @throws {ZoneError} `not-loaded` when there are errors in it */
export function zoneOfReading(reading: ZoneReading, options?: ZoneOptions): Zone {
  refuseErrors(reading);
  return new Zone(reading.contents, options);
}

/** @throws {ZoneError} `not-loaded` when there are errors in what was read */
export function refuseErrors({ contents, findings }: ZoneReading): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const more = errors.length === 1 ? "" : `, and ${errors.length - 1} more`;
  const message = `Cannot load the zone ${quote(String(contents.origin))}: ${formatZoneFinding(errors[0]!)}${more}`;
  throw new ZoneError("not-loaded", message);
}

/** The lines make one text, so that owners, TTLs and parentheses go on from one to the next. */
function* recordsOf(
  records: readonly (DnsRecord | string)[],
  origin: DomainName,
  recordClass: number,
): Generator<DnsRecord> {
  const text = records.filter((one) => typeof one === "string").join("\n");
  for (const { record } of new MasterFileReader(text, { origin, class: recordClass })) yield record;
  for (const one of records) if (typeof one !== "string") yield one;
}

function runToEnd<Result>(steps: Generator<unknown, Result, undefined>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function nameOf(origin: DomainName | string): DomainName {
  return typeof origin === "string" ? parseDomainName(origin) : origin;
}
