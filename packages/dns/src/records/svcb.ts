import { DnsProtocolError } from "../errors.ts";
import type { DomainName } from "../name/domain-name.ts";
import { latin1Of, octetsOf } from "../name/octets.ts";
import { unescapeDnsText } from "../presentation/strings.ts";
import type { DnsWords } from "../presentation/words.ts";
import type { DnsReader } from "../wire/reader.ts";
import type { DnsWriter } from "../wire/writer.ts";
import { plainName } from "./fields/names.ts";
import { checkInteger, uint16 } from "./fields/numbers.ts";
import { alsoCalled, type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";
import {
  decodeSvcParam,
  parseSvcParamKey,
  type SvcParamKind,
  type SvcParams,
  svcParamKind,
  svcParamKinds,
  svcParamText,
  type UnknownSvcParam,
} from "./svc-params.ts";
import { quoteSvcValue } from "./svc-text.ts";

/** Where a service is, and how it is spoken to (RFC 9460 §2). */
export interface SvcbData {
  /** 0 for an alias; otherwise the lowest is tried first. */
  readonly priority: number;
  /** The root stands for the owner's name; in an alias, for nothing. */
  readonly target: DomainName;
  readonly params: SvcParams;
}

/** Parameters by their keys, ascending; a value that is not known is its octets. */
type Entry = readonly [key: number, kind: SvcParamKind | undefined, value: unknown];

const params: DnsField<SvcParams> = {
  decode: decodeParams,
  encode: encodeParams,
  parse: parseParams,
  format: formatParams,
};

/** SVCB: see {@link SvcbData} */
export const svcbRecord: DnsRecordType<"SVCB", SvcbData> = recordOf("SVCB", {
  priority: uint16,
  target: plainName,
  params,
});

/** HTTPS: the same for origins of HTTP (RFC 9460 §9). */
export const httpsRecord: DnsRecordType<"HTTPS", SvcbData> = alsoCalled("HTTPS", svcbRecord);

/** Keys ascend strictly, else the record is malformed (RFC 9460 §2.2). */
function decodeParams(reader: DnsReader): SvcParams {
  const entries: Entry[] = [];
  for (let last = -1; reader.left > 0; ) {
    const [key, length] = [reader.uint16(), reader.uint16()];
    if (key <= last) throw new DnsProtocolError("bad-rdata", "the keys of SVCB are out of order", "RFC 9460 §2.2");
    const kind = svcParamKind(key);
    entries.push([
      key,
      kind,
      reader.within(length, (inner) => (kind === undefined ? inner.rest() : kind.decode(inner))),
    ]);
    last = key;
  }
  return paramsOf(entries);
}

function encodeParams(value: SvcParams, writer: DnsWriter): void {
  for (const [key, kind, one] of entriesOf(value)) {
    writer.uint16(checkInteger(key, 0xffff));
    writer.sized(() => (kind === undefined ? writer.put(one as Uint8Array) : kind.encode(one, writer)));
  }
}

function parseParams(words: DnsWords): SvcParams {
  const entries = new Map<number, Entry>();
  while (!words.isDone) {
    const word = words.word();
    const entry = words.placed(() => parseParam(word, words));
    if (entries.has(entry[0])) throw words.bad(word, "it is given twice");
    entries.set(entry[0], entry);
  }
  const all = paramsOf([...entries.values()].sort(([a], [b]) => a - b));
  const absent = all.mandatory?.find((name) => !entries.has(parseSvcParamKey(name)));
  if (absent !== undefined) throw words.error("missing-value", `${absent} is mandatory and not given`);
  if (all.noDefaultAlpn && all.alpn === undefined) throw words.error("missing-value", "no-default-alpn needs alpn");
  return all;
}

/** `alpn=h2,h3`, `alpn="h2,h3"`, `no-default-alpn`, `key65333=abc` (RFC 9460 §2.1). */
function parseParam(word: string, words: DnsWords): Entry {
  const [, name, text] = /^([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
  const key = parseSvcParamKey(name ?? "");
  if (name === undefined || key < 0) throw words.bad(word, "nobody knows this parameter");
  const value = text === undefined ? undefined : unescapeDnsText(text.replace(/^"(.*)"$/s, "$1"));
  const kind = svcParamKind(key);
  if (kind === undefined || name.startsWith("key")) return [key, kind, opaque(kind, value ?? "", words)];
  const parsed = kind.parse(value);
  if (parsed === undefined) throw words.bad(word, "the value does not fit this parameter");
  return [key, kind, parsed];
}

/** A value given by its octets. */
function opaque(kind: SvcParamKind | undefined, value: string, words: DnsWords): unknown {
  const octets = octetsOf(value);
  if (kind === undefined) return octets;
  try {
    return decodeSvcParam(kind, octets);
  } catch (cause) {
    throw words.error("bad-value", `the value does not fit ${kind.text}`, { cause });
  }
}

function formatParams(value: SvcParams): string {
  return entriesOf(value)
    .map(([key, kind, one]) => {
      const text = kind === undefined ? latin1Of(one as Uint8Array) || undefined : kind.format(one);
      return text === undefined ? svcParamText(key) : `${svcParamText(key)}=${quoteSvcValue(text)}`;
    })
    .join(" ");
}

function entriesOf(value: SvcParams): readonly Entry[] {
  const known = svcParamKinds
    .filter(({ name }) => value[name] !== undefined)
    .map((kind): Entry => [kind.key, kind, value[kind.name]]);
  const others = (value.others ?? []).map(({ key, octets }): Entry => [key, undefined, octets]);
  return others.length === 0 ? known : [...known, ...others].sort(([a], [b]) => a - b);
}

function paramsOf(entries: readonly Entry[]): SvcParams {
  const named: Partial<Record<keyof SvcParams, unknown>> = {};
  const others: UnknownSvcParam[] = [];
  for (const [key, kind, value] of entries) {
    if (kind === undefined) others.push({ key, octets: value as Uint8Array });
    else named[kind.name] = value;
  }
  if (others.length > 0) named.others = others;
  return named as SvcParams;
}
