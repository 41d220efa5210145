import { quote } from "@hawser/core";
import { DnsTextError, formatTextPosition } from "../../errors.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, dnsTypeName, dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, formatDnsClass } from "../../words.ts";
import { type MasterFileOptions, MasterFileReader, type MasterFileRecord } from "../../zone/reader.ts";
import { ZoneContents } from "../contents/zone-contents.ts";
import { ZoneError } from "../errors.ts";
import { checkContents } from "./check-contents.ts";
import { type ZoneFinding, type ZoneFindingCode, ZoneFindings } from "./finding.ts";

/** What reading a zone gave: records, and what is wrong with them. */
export interface ZoneReading {
  readonly contents: ZoneContents;
  readonly findings: readonly ZoneFinding[];
}

/** How the text of a zone is read. */
export interface ZoneReadingOptions {
  /** The name of the file, for what findings tell. */
  readonly file?: string | undefined;
  /** Default IN. */
  readonly class?: number | undefined;
  /** Gives the text of a file that `$INCLUDE` names. Default: `$INCLUDE` is refused. */
  readonly include?: MasterFileOptions["include"];
}

/**
 * Reads a zone's text record by record and then looks over the whole; each step is a record or a name. Faults do not end it, so
 * that people see all of them at once.
 */
export function* readZoneText(
  text: string,
  origin: DomainName,
  options: ZoneReadingOptions = {},
): Generator<undefined, ZoneReading, undefined> {
  const recordClass = options.class ?? DnsClass.in;
  const reading = new Reading(new ZoneContents(origin, recordClass));
  const reader = (): MasterFileReader => new MasterFileReader(text, { ...options, origin, class: recordClass });
  for (const from = reader(); reading.take(from); ) yield;
  yield* checkContents(reading.contents, reading.findings);
  const { contents, findings } = reading;
  return {
    contents,
    findings: findings.list.some(lacksPlace) ? yield* placed(findings.list, reader()) : findings.list,
  };
}

/** Reads records that are there already, one after the other, in the same way. */
export function* readZoneRecords(
  records: Iterable<DnsRecord>,
  origin: DomainName,
  recordClass: number,
): Generator<undefined, ZoneReading, undefined> {
  const reading = new Reading(new ZoneContents(origin, recordClass));
  for (const record of records) {
    reading.add({ record, position: undefined });
    yield;
  }
  yield* checkContents(reading.contents, reading.findings);
  return { contents: reading.contents, findings: reading.findings.list };
}

type PlacedRecord = Pick<MasterFileRecord, "record"> & { readonly position: MasterFileRecord["position"] | undefined };

class Reading {
  readonly contents: ZoneContents;
  readonly findings = new ZoneFindings();

  constructor(contents: ZoneContents) {
    this.contents = contents;
  }

  /** Takes the next record. False when there is none, or the text makes no sense any more. */
  take(reader: MasterFileReader): boolean {
    try {
      const one = reader.next();
      if (one !== undefined) this.add(one);
      return one !== undefined;
    } catch (error) {
      if (!(error instanceof DnsTextError)) throw error;
      const { code, position } = error;
      const message =
        position === undefined ? error.message : error.message.replace(` in ${formatTextPosition(position)}`, "");
      this.findings.add({ severity: "error", code: "syntax", message, position });
      return code !== "unbalanced" && code !== "too-large" && code !== "no-include" && !this.findings.isFull;
    }
  }

  add({ record, position }: PlacedRecord): void {
    const type = dnsTypeNumber(record.type);
    const note = (severity: "error" | "warning", code: ZoneFindingCode, message: string): void =>
      this.findings.add({ severity, code, message, name: record.name, type, position });
    if (record.class !== this.contents.class)
      return note("error", "wrong-class", `${formatDnsClass(record.class)} is not the class of the zone`);
    if (isNoData(type)) return note("error", "wrong-type", `${quote(dnsTypeName(type))} is no type of records`);
    const what = `${record.name} ${record.type}`;
    try {
      this.contents.addRecord(record, (oddity) =>
        oddity === "duplicate"
          ? note("warning", oddity, `${what} is there already`)
          : note("warning", oddity, `${what} has another TTL than the records before it: the least counts`),
      );
    } catch (error) {
      if (!(error instanceof ZoneError)) throw error;
      if (error.code !== "out-of-zone") return note("error", "too-large", error.message);
      note("warning", "out-of-zone", `${what} is left out: it is not within the zone`);
    }
  }
}

/** Types that only messages have (RFC 6895 §3.1). */
function isNoData(type: number): boolean {
  return type === 0 || type === DnsType.OPT || (type >= 128 && type <= 255);
}

function lacksPlace({ position, name }: ZoneFinding): boolean {
  return position === undefined && name !== undefined;
}

/** Reads the text again up to the records that findings are about: places are not kept, since nearly no zone needs them. */
function* placed(
  findings: readonly ZoneFinding[],
  reader: MasterFileReader,
): Generator<undefined, readonly ZoneFinding[], undefined> {
  const wanted = new Map<string, MasterFileRecord["position"] | undefined>();
  const keyOf = (name: DomainName, type: number | undefined): string => `${type} ${name.key}`;
  for (const { name, type } of findings.filter(lacksPlace)) wanted.set(keyOf(name!, type), undefined);
  let left = wanted.size;
  while (left > 0) {
    const one = nextGood(reader);
    if (one === undefined) break;
    const key = keyOf(one.record.name, dnsTypeNumber(one.record.type));
    if (wanted.has(key) && wanted.get(key) === undefined) {
      wanted.set(key, one.position);
      left--;
    }
    yield;
  }
  return findings.map((one) => (lacksPlace(one) ? { ...one, position: wanted.get(keyOf(one.name!, one.type)) } : one));
}

/** The next record, over faults that were told before. */
function nextGood(reader: MasterFileReader): MasterFileRecord | undefined {
  for (let faults = 0; faults < 1_000; faults++) {
    try {
      return reader.next();
    } catch (error) {
      if (!(error instanceof DnsTextError)) throw error;
      if (error.code === "unbalanced" || error.code === "too-large" || error.code === "no-include") return undefined;
    }
  }
  return undefined;
}
