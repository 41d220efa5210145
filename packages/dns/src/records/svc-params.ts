import { formatIp } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import { DnsReader } from "../wire/reader.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { ipOf, octetsOfIp } from "./fields/addresses.ts";
import { checkInteger } from "./fields/numbers.ts";
import { base64 } from "./fields/octets.ts";
import { checkOctets } from "./fields/strings.ts";
import { joinValues, splitValues } from "./svc-text.ts";

/** A parameter without a name here, as it stands on the wire. */
export interface UnknownSvcParam {
  readonly key: number;
  readonly octets: Uint8Array;
}

/** What an SVCB record says about its service (RFC 9460 §7). What is `undefined` is not said. */
export interface SvcParams {
  /** Keys that a client must know, or leave the record alone (RFC 9460 §8). */
  readonly mandatory?: readonly string[] | undefined;
  /** Protocols, one character for each octet (RFC 9460 §7.1). */
  readonly alpn?: readonly string[] | undefined;
  /** The protocol that goes without saying is not spoken. */
  readonly noDefaultAlpn?: true | undefined;
  readonly port?: number | undefined;
  readonly ipv4hint?: readonly string[] | undefined;
  /** The configuration of Encrypted ClientHello. */
  readonly ech?: Uint8Array | undefined;
  readonly ipv6hint?: readonly string[] | undefined;
  /** Where DNS over HTTPS is spoken: `/dns-query{?dns}` (RFC 9461 §5). */
  readonly dohpath?: string | undefined;
  /** Oblivious HTTP is spoken (RFC 9540 §4). */
  readonly ohttp?: true | undefined;
  readonly others?: readonly UnknownSvcParam[] | undefined;
}

type Name = Exclude<keyof SvcParams, "others">;

/** One parameter: its key, its name in text, and its value in both forms and both directions. */
export interface SvcParamKind<Value = unknown> {
  readonly key: number;
  readonly text: string;
  readonly name: Name;
  decode(reader: DnsReader): Value;
  encode(value: Value, writer: DnsWriter): void;
  /** Told the value without its quotes and escapes; gives `undefined` for what is none. */
  parse(value: string | undefined): Value | undefined;
  /** `undefined` for a parameter that has no value. */
  format(value: Value): string | undefined;
}

function kind<N extends Name>(row: SvcParamKind<NonNullable<SvcParams[N]>> & { readonly name: N }): SvcParamKind {
  return row as unknown as SvcParamKind;
}

/** The parameters that have a name, in the order of their keys (RFC 9460 §14.3.2; IANA). */
export const svcParamKinds: readonly SvcParamKind[] = [
  kind({
    key: 0,
    text: "mandatory",
    name: "mandatory",
    decode: (reader) => ascending(list(reader, () => reader.uint16())).map(svcParamText),
    encode(value, writer) {
      for (const key of [...new Set(value.map(svcParamKey))].sort((a, b) => a - b)) writer.uint16(key);
    },
    parse(value) {
      const keys = splitValues(value).map(parseSvcParamKey);
      const isList = keys.length > 0 && new Set(keys).size === keys.length && !keys.includes(0) && !keys.includes(-1);
      return isList ? keys.sort((a, b) => a - b).map(svcParamText) : undefined;
    },
    format: (value) => value.join(","),
  }),
  kind({
    key: 1,
    text: "alpn",
    name: "alpn",
    decode: (reader) => list(reader, () => nonEmpty(reader.string())),
    encode(value, writer) {
      for (const id of value) {
        writer.uint8(checkOctets(id, 255).length);
        writer.latin1(id);
      }
    },
    parse(value) {
      const ids = splitValues(value);
      return ids.length > 0 && ids.every((id) => id !== "" && id.length < 256) ? ids : undefined;
    },
    format: joinValues,
  }),
  flag(2, "no-default-alpn", "noDefaultAlpn"),
  kind({
    key: 3,
    text: "port",
    name: "port",
    decode: (reader) => reader.uint16(),
    encode: (value, writer) => writer.uint16(checkInteger(value, 0xffff)),
    parse: (value) =>
      value !== undefined && /^\d{1,5}$/.test(value) && Number(value) < 65_536 ? Number(value) : undefined,
    format: String,
  }),
  addresses(4, "ipv4hint", 4),
  kind({
    key: 5,
    text: "ech",
    name: "ech",
    decode: (reader) => reader.rest(),
    encode: (value, writer) => writer.put(value),
    parse: (value) => (value === undefined || value === "" ? undefined : base64.parse(value)),
    format: (value) => base64.format(value),
  }),
  addresses(6, "ipv6hint", 16),
  kind({
    key: 7,
    text: "dohpath",
    name: "dohpath",
    decode: (reader) => reader.latin1(reader.left),
    encode: (value, writer) => writer.latin1(checkOctets(value, 0xffff)),
    parse: (value) => value,
    format: (value) => value,
  }),
  flag(8, "ohttp", "ohttp"),
];

const byKey = new Map(svcParamKinds.map((row) => [row.key, row]));

/** What is known about a parameter, by its key. */
export function svcParamKind(key: number): SvcParamKind | undefined {
  return byKey.get(key);
}

/** The name of a parameter: `alpn`, or `key65333` (RFC 9460 §2.1). */
export function svcParamText(key: number): string {
  return byKey.get(key)?.text ?? `key${key}`;
}

/** The key of a parameter; -1 for what is no name of one. */
export function parseSvcParamKey(text: string): number {
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(text)?.[1];
  if (digits !== undefined) return Number(digits) < 65_536 ? Number(digits) : -1;
  return svcParamKinds.find((row) => row.text === text)?.key ?? -1;
}

function svcParamKey(text: string): number {
  return checkInteger(parseSvcParamKey(text), 0xffff);
}

/** A parameter that is there or not, and has no value. */
function flag(key: number, text: string, name: "noDefaultAlpn" | "ohttp"): SvcParamKind {
  return kind({
    key,
    text,
    name,
    decode: () => true,
    encode: () => undefined,
    parse: (value) => (value === undefined ? true : undefined),
    format: () => undefined,
  });
}

function addresses(key: number, name: "ipv4hint" | "ipv6hint", octets: number): SvcParamKind {
  return kind({
    key,
    text: name,
    name,
    decode: (reader) => list(reader, () => formatIp(reader.take(octets))),
    encode(value, writer) {
      for (const address of value) writer.put(octetsOfIp(address, octets));
    },
    parse(value) {
      const all = splitValues(value).map((text) => ipOf(text, octets));
      return all.length > 0 && all.every((one) => one !== undefined) ? all.map(formatIp) : undefined;
    },
    format: (value) => value.join(","),
  });
}

/** Values up to the end, at least one. */
function list<T>(reader: DnsReader, read: () => T): readonly T[] {
  const all: T[] = [];
  do all.push(read());
  while (reader.left > 0);
  return all;
}

/** RFC 9460 §8 */
function ascending(keys: readonly number[]): readonly number[] {
  if (keys.every((key, i) => i === 0 || key > keys[i - 1]!)) return keys;
  throw new DnsProtocolError("bad-rdata", "mandatory keys of SVCB are out of order", "RFC 9460 §8");
}

function nonEmpty(id: string): string {
  if (id !== "") return id;
  throw new DnsProtocolError("bad-rdata", "a protocol of SVCB has no name", "RFC 9460 §7.1.1");
}

/** Reads the value of a known parameter from its octets. @throws {DnsProtocolError} */
export function decodeSvcParam(row: SvcParamKind, octets: Uint8Array): unknown {
  return new DnsReader(octets).within(octets.length, (reader) => row.decode(reader));
}
