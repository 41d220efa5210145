import { parseIp } from "@hawser/core";
import type { DnsQuestion } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { domainNameToUnicode } from "../../name/idna.ts";
import { longPeriodText, shortPeriodText } from "../../presentation/period-text.ts";
import { certificateTypes } from "../../records/cert.ts";
import { encodeDnsData } from "../../records/data-octets.ts";
import { dnskeyTag } from "../../records/dnskey.ts";
import { dnssecAlgorithms } from "../../records/dnssec-algorithms.ts";
import type { DnsRecord, DnsRecordOf } from "../../records/record.ts";
import { formatDnsData } from "../../records/text.ts";
import { dnsTypeNumber } from "../../records/types.ts";
import { tsigErrorText } from "../../tsig/key.ts";
import { formatDnsClass } from "../../words.ts";
import type { DigSettings } from "./settings.ts";

/** Where the words of a line begin. */
interface Columns {
  readonly ttl: number;
  readonly class: number;
  readonly type: number;
  readonly data: number;
}

/** A line of the question section. */
export function digQuestionLine({ name, class: of, type }: DnsQuestion, settings: DigSettings): string {
  const { class: classColumn, type: typeColumn } = columnsOf(settings);
  const [classWord, typeWord] = settings.unknownFormat
    ? [`CLASS${of}`, `TYPE${dnsTypeNumber(type)}`]
    : [formatDnsClass(of), type];
  const line = new Line().add(nameText(name, settings));
  return `;${line.at(classColumn).add(classWord).at(typeColumn).add(typeWord)}`;
}

/** A record as `dig` shows it: one line, or several with `+multiline`. */
export function digRecordText(record: DnsRecord, settings: DigSettings): string {
  const { name, ttl, class: of, type } = record;
  const columns = columnsOf(settings);
  const line = new Line().add(nameText(name, settings));
  if (settings.ttl) line.at(columns.ttl).add(settings.ttlUnits ? shortPeriodText(ttl) : String(ttl));
  if (settings.showClass) line.at(columns.class).add(settings.unknownFormat ? `CLASS${of}` : formatDnsClass(of));
  line.at(columns.type).add(settings.unknownFormat ? `TYPE${dnsTypeNumber(type)}` : type);
  const data = digDataText(record, settings);
  return String(data === "" ? line : line.at(columns.data).add(data));
}

/** The data of a record alone: what `+short` shows. */
export function digDataText(record: DnsRecord, settings: DigSettings): string {
  if (settings.unknownFormat) return unknownText(record, settings);
  if (!settings.crypto && record.type in hidden) return hidden[record.type]!(record as never);
  if (record.type === "AAAA" && settings.expandAaaa) return expanded((record as DnsRecordOf<"AAAA">).data.address);
  if (record.type === "SOA" && settings.multiline) return soaText(record as DnsRecordOf<"SOA">, settings);
  if (record.type === "IPSECKEY" && settings.multiline) return ipseckeyText(record, settings);
  if (record.type === "HIP" && settings.multiline) {
    const words = wordsOf(record);
    return aroundText(words, 2, [words[2]!]);
  }
  return longText(record, settings);
}

function ipseckeyText(record: DnsRecord, settings: DigSettings): string {
  const words = wordsOf(record);
  return aroundText(words, words.length - 1, piecesOf(words.at(-1)!, settings));
}

/** Where keys and signatures are not shown. */
const hidden: Readonly<Record<string, (record: never) => string>> = {
  DNSKEY: keyHidden,
  CDNSKEY: keyHidden,
  RRSIG: lastHidden,
  DS: lastHidden,
  CDS: lastHidden,
  DLV: lastHidden,
  ZONEMD: lastHidden,
  OPENPGPKEY: () => "[omitted]",
};

function keyHidden(record: DnsRecordOf<"DNSKEY">): string {
  return wordsOf(record)
    .slice(0, -1)
    .join(" ")
    .concat(` [key id = ${dnskeyTag(record.data)}]`);
}

function lastHidden(record: DnsRecord): string {
  return wordsOf(record).slice(0, -1).join(" ").concat(" [omitted]");
}

/** How data that end with a long word stand on several lines. */
interface Shape {
  /** How many words before the long one stand on a line of their own. */
  readonly inside?: number | undefined;
  /** Whether the long word begins on the first line. */
  readonly first?: boolean | undefined;
}

const breaks: Readonly<Record<string, Shape>> = {
  CDNSKEY: {},
  CDS: {},
  CERT: {},
  DHCID: { first: true },
  DLV: {},
  DNSKEY: {},
  DS: {},
  OPENPGPKEY: { first: true },
  RRSIG: { inside: 4 },
  SMIMEA: {},
  SSHFP: {},
  TLSA: {},
  ZONEMD: {},
};

/** Data whose last word is base64 or hexadecimal digits, which are cut into words, and onto lines with `+multiline`. */
function longText(record: DnsRecord, settings: DigSettings): string {
  const words = wordsOf(record);
  const shape: Shape | undefined = words[0] === "\\#" ? { first: true } : breaks[record.type];
  const last = words.at(-1);
  if (shape === undefined || last === undefined || last === "") return words.join(" ");
  const head = words.slice(0, -1);
  const comment = commentOf(record, settings);
  const pieces = piecesOf(last, settings);
  if (!settings.multiline) return `${[...head, ...pieces].join(" ")}${comment === "" ? "" : `  ${comment}`}`;
  const opened = shape.inside === undefined ? [] : [head.splice(-shape.inside).join(" ")];
  const begin = [...head, "("].join(" ");
  const end = comment === "" ? " )" : shape.first ? ` ) ${comment}` : `${lineBreak}) ${comment}`;
  return `${begin}${shape.first ? " " : lineBreak}${[...opened, ...pieces].join(lineBreak)}${end}`;
}

/** The words of the data, as `dig` spells them. */
function wordsOf(record: DnsRecord): string[] {
  const words = formatDnsData(record.type, record.data).split(" ");
  if (record.type === "CERT")
    return [wordOf(certificateTypes, words[0]!), words[1]!, wordOf(dnssecAlgorithms, words[2]!), words[3]!];
  if (record.type === "TSIG") return signatureWords((record as DnsRecordOf<"TSIG">).data);
  if (record.type !== "SVCB" && record.type !== "HTTPS") return words;
  return words.map((word) => word.replace(/^(alpn|dohpath)=([^"]+)$/, '$1="$2"'));
}

function wordOf(names: Readonly<Record<string, number>>, number: string): string {
  return Object.keys(names).find((name) => names[name] === Number(number)) ?? number;
}

/** Counts stand before the octets, and errors have names. */
function signatureWords(data: DnsRecordOf<"TSIG">["data"]): string[] {
  const { algorithm, timeSigned, fudgeSeconds, mac, originalId, error, other } = data;
  const counted = (octets: Uint8Array) => [octets.length, Buffer.from(octets).toString("base64")];
  const ends = [originalId, tsigErrorText(error)];
  return [algorithm, timeSigned, fudgeSeconds, ...counted(mac), ...ends, ...counted(other)]
    .map(String)
    .filter((word, at) => at !== 4 || word !== "");
}

/** BIND's way to cut: as many whole groups as leave two characters of the width. */
function piecesOf(digits: string, { split, multiline }: DigSettings): readonly string[] {
  const width = split ?? (multiline ? 44 : 56);
  return width === 0 ? [digits] : (digits.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
}

function commentOf({ type, data }: DnsRecord, { recordComments, multiline }: DigSettings): string {
  if (!(recordComments ?? multiline)) return "";
  if (type === "DHCID") return dhcidComment(encodeDnsData(type, data as never));
  if (type !== "DNSKEY" && type !== "CDNSKEY") return "";
  const key = data as DnsRecordOf<"DNSKEY">["data"];
  const algorithm = Object.entries(dnssecAlgorithms).find(([, number]) => number === key.algorithm)?.[0];
  const role = key.flags & 0x80 ? "revoked " : "";
  const kind = key.flags & 1 ? "KSK" : "ZSK";
  return `; ${role}${kind}; alg = ${algorithm ?? key.algorithm} ; key id = ${dnskeyTag(key)}`;
}

/** Kinds of what was hashed and how, and how long that became (RFC 4701 §3.3). */
function dhcidComment(octets: Uint8Array): string {
  return octets.length < 3 ? "" : `; ${(octets[0]! << 8) | octets[1]!} ${octets[2]} ${octets.length - 3}`;
}

/** What stands between parentheses as a whole: the words before the key, the key, and what follows it. */
function aroundText(words: readonly string[], at: number, pieces: readonly string[]): string {
  const rows = [words.slice(0, at).join(" "), ...pieces, ...words.slice(at + 1)];
  return `( ${rows.join(lineBreak)} )`;
}

function soaText({ data }: DnsRecordOf<"SOA">, settings: DigSettings): string {
  const rows: readonly (readonly [number, string])[] = [
    [data.serial, "serial"],
    [data.refreshSeconds, `refresh (${longPeriodText(data.refreshSeconds)})`],
    [data.retrySeconds, `retry (${longPeriodText(data.retrySeconds)})`],
    [data.expireSeconds, `expire (${longPeriodText(data.expireSeconds)})`],
    [data.minimumSeconds, `minimum (${longPeriodText(data.minimumSeconds)})`],
  ];
  const lines = rows.map(([value, meaning]) =>
    settings.recordComments === false ? String(value) : `${String(value).padEnd(10)} ; ${meaning}`,
  );
  return [`${data.primary} ${data.mailbox} (`, ...lines, ")"].join(lineBreak);
}

function unknownText(record: DnsRecord, settings: DigSettings): string {
  const octets = encodeDnsData(record.type, record.data as never);
  const digits = piecesOf(Buffer.from(octets).toString("hex").toUpperCase(), settings);
  const head = `\\# ${octets.length}`;
  if (!settings.multiline || octets.length === 0) return [head, ...digits].join(" ");
  return `${head} ( ${digits.join(lineBreak)} )`;
}

function expanded(address: string): string {
  return Buffer.from(parseIp(address)!).toString("hex").match(/.{4}/g)!.join(":");
}

function nameText(name: DomainName, { unicode }: DigSettings): string {
  return unicode ? domainNameToUnicode(name) : name.toString();
}

function columnsOf({ multiline, ttl, showClass }: DigSettings): Columns {
  if (multiline || !(ttl || showClass)) return { ttl: 24, class: 24, type: 24, data: 32 };
  if (!ttl || !showClass) return { ttl: 24, class: 24, type: 32, data: 40 };
  return { ttl: 24, class: 32, type: 40, data: 48 };
}

/** A line with tabs every eight columns. */
class Line {
  #text = "";
  #column = 0;

  add(word: string): this {
    this.#text += word;
    this.#column += word.length;
    return this;
  }

  /** Goes to a column, by tabs where it can; always a blank further at least. */
  at(column: number): this {
    const to = Math.max(column, this.#column + 1);
    const tabs = Math.max(0, (to >> 3) - (this.#column >> 3));
    this.#text += "\t".repeat(tabs) + " ".repeat(tabs > 0 ? to & 7 : to - this.#column);
    this.#column = to;
    return this;
  }

  toString(): string {
    return this.#text;
  }
}

const lineBreak = "\n\t\t\t\t";
