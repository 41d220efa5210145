import { quote } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import { type DomainName, parseDomainName, rootName } from "../name/domain-name.ts";
import { parseDnsPeriod } from "../presentation/period.ts";
import { type DnsWords, wordsOf } from "../presentation/words.ts";
import { DnsClass, formatDnsClass, parseDnsClass } from "../words.ts";
import { decodeDnsData } from "./data-octets.ts";
import type { DnsDataOf, DnsRecord } from "./record.ts";
import { rowOfName } from "./table.ts";
import { type DnsTypeName, type DnsUnknownTypeName, parseDnsType } from "./types.ts";
import { isOpaque, unknownData } from "./unknown.ts";

/** What a record's text may leave out. */
export interface DnsRecordDefaults {
  /** What names without a last dot are relative to, and `@` means. Default: the root. */
  readonly origin?: DomainName | undefined;
  /** Default 3,600 s. */
  readonly ttl?: number | undefined;
  /** Default IN. */
  readonly class?: number | undefined;
}

/**
 * Reads one record: `example.org. 3600 IN MX 10 mail.example.org.` TTL and class may be left out, and stand in either order
 * (RFC 1035 §5.1).
 *
 * @throws {DnsTextError} with the place of what is wrong
 */
export function parseDnsRecord(text: string, defaults: DnsRecordDefaults = {}): DnsRecord {
  const words = wordsOf(text, defaults.origin);
  return readRecord(words.name(), words, defaults);
}

function readRecord(name: DomainName, words: DnsWords, defaults: DnsRecordDefaults): DnsRecord {
  const { ttl, ...rest } = readRecordParts(words, defaults.class ?? DnsClass.in);
  return { name, ttl: ttl ?? defaults.ttl ?? 3_600, ...rest } as DnsRecord;
}

/** A record without its owner, and without its TTL where none was written. */
export interface DnsRecordParts {
  readonly ttl: number | undefined;
  readonly class: number;
  readonly type: DnsTypeName | DnsUnknownTypeName;
  readonly data: unknown;
}

/** Reads what follows the owner's name. @throws {DnsTextError} */
export function readRecordParts(words: DnsWords, classByDefault: number): DnsRecordParts {
  const { ttl, recordClass = classByDefault } = readTtlAndClass(words);
  const type = words.placed(() => parseDnsType(words.word()));
  return { ttl, class: recordClass, type, data: readDnsData(type, words) };
}

/** Writes a record as one line of a master file. */
export function formatDnsRecord({ name, ttl, class: recordClass, type, data }: DnsRecord): string {
  return `${name} ${ttl} ${formatDnsClass(recordClass)} ${type} ${formatDnsData(type, data)}`.trimEnd();
}

/**
 * Reads a record's data: `parseDnsData("MX", "10 mail.example.org.")`; those of any type may be written as octets, `\# 4
 * C0000201` (RFC 3597 §5).
 *
 * @throws {DnsTextError} with the place of what is wrong
 */
export function parseDnsData<Type extends DnsTypeName | DnsUnknownTypeName>(
  type: Type,
  text: string,
  origin: DomainName = rootName,
): DnsDataOf<Type> {
  return readDnsData(type, wordsOf(text, origin)) as DnsDataOf<Type>;
}

/** Writes a record's data as text. */
export function formatDnsData<Type extends string>(type: Type, data: DnsDataOf<Type>): string {
  return rowOfName(type).field.format(data);
}

/** A record made of values: `dnsRecord("example.org", "A", { address: "192.0.2.1" })`. TTL 3,600 s and class IN by default. */
export function dnsRecord<Type extends DnsRecord["type"]>(
  name: DomainName | string,
  type: Type,
  data: DnsDataOf<Type>,
  { ttl = 3_600, class: recordClass = DnsClass.in, origin }: DnsRecordDefaults = {},
): Extract<DnsRecord, { readonly type: Type }> {
  const owner = typeof name === "string" ? parseDomainName(name, origin) : name;
  return { name: owner, type, class: recordClass, ttl, data } as unknown as Extract<DnsRecord, { readonly type: Type }>;
}

interface TtlAndClass {
  ttl?: number;
  recordClass?: number;
}

function readTtlAndClass(words: DnsWords): TtlAndClass {
  const found: TtlAndClass = {};
  for (;;) {
    const text = words.peek()?.text ?? "";
    const ttl = found.ttl === undefined ? parseDnsPeriod(text) : undefined;
    const recordClass = found.recordClass === undefined ? parseDnsClass(text) : undefined;
    if (ttl !== undefined) found.ttl = ttl;
    else if (recordClass !== undefined) found.recordClass = recordClass;
    else return found;
    words.token();
  }
}

function readDnsData(type: string, words: DnsWords): unknown {
  const { field } = rowOfName(type);
  const isSpelledOut = isOpaque(words) && field !== unknownData;
  const data = isSpelledOut ? opaqueData(type, words) : field.parse(words);
  words.done();
  return data;
}

function opaqueData(type: string, words: DnsWords): unknown {
  const { octets } = unknownData.parse(words);
  try {
    return decodeDnsData(type, octets);
  } catch (cause) {
    if (!(cause instanceof DnsProtocolError)) throw cause;
    throw words.error("bad-value", `${octets.length} octets are no data of ${quote(type)}`, { cause });
  }
}
