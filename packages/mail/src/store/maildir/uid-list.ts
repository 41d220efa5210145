import { parseFileName } from "./file-name.ts";

/** A line of Dovecot's `dovecot-uidlist`: which UID a file has. */
export interface UidRecord {
  readonly uid: number;
  readonly base: string;
  /** What else is told: letters with values, such as `W1234` for the size with CRLF, and `G…` for whose copy it is. */
  readonly extensions: readonly string[];
}

/** A `dovecot-uidlist`, as Dovecot 1.1 and later write it, and as we do. */
export interface UidList {
  readonly uidValidity: number;
  /** Above all UIDs that were given. */
  readonly uidNext: number;
  /** What the folder itself is called by, 32 hexadecimal digits. Older files have none. */
  readonly guid?: string | undefined;
  /** By ascending UID. */
  readonly records: readonly UidRecord[];
  /** False: its end is torn or senseless, so it must be written anew before lines are added. */
  readonly isWhole: boolean;
}

/** Reads a list. `undefined`: it is none. Lines behind one that makes no sense are not believed. */
export function parseUidList(text: string): UidList | undefined {
  const lines = text.split("\n");
  const header = parseHeader(lines[0]!);
  if (header === undefined || lines.length < 2) return undefined;
  const records: UidRecord[] = [];
  let last = 0;
  for (let i = 1; i < lines.length - 1; i++) {
    const record = header.isOld ? parseOldRecord(lines[i]!) : parseRecord(lines[i]!);
    if (record === undefined || record.uid <= last || record.uid > uidMax) break;
    last = record.uid;
    records.push(record);
  }
  const isWhole = !header.isOld && records.length === lines.length - 2 && lines.at(-1) === "";
  return { ...header, uidNext: Math.max(header.uidNext, last + 1), records, isWhole };
}

type Header = Pick<UidList, "guid" | "uidNext" | "uidValidity"> & { readonly isOld: boolean };

/** `3 V1275660208 N25022 G3085…`; version 1, which Courier writes too, is `1 1275660208 25022`. */
function parseHeader(line: string): Header | undefined {
  const words = line.split(" ");
  const value = (key: string): string | undefined => words.find((word, i) => i > 0 && word[0] === key)?.slice(1);
  const isOld = words[0] === "1";
  if (!isOld && words[0] !== "3") return undefined;
  const [uidValidity, uidNext] = [isOld ? words[1] : value("V"), isOld ? words[2] : value("N")].map(numberOf);
  if (uidValidity === undefined || uidNext === undefined) return undefined;
  const guid = isOld ? undefined : value("G");
  return { uidValidity, uidNext, isOld, ...(guid !== undefined && /^[0-9a-f]{32}$/.test(guid) && { guid }) };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) >= 1 && Number(text) <= uidMax
    ? Number(text)
    : undefined;
}

function parseRecord(line: string): UidRecord | undefined {
  const colon = line.startsWith(":") ? 0 : line.indexOf(" :") + 1;
  if (colon <= 0) return undefined;
  const plain = plainRecord.exec(line); // most lines: a UID and a name
  if (plain !== null) return { uid: Number(plain[1]), base: plain[2]!, extensions: noExtensions };
  const [uid, ...extensions] = line.slice(0, colon).trimEnd().split(" ");
  if (!/^\d{1,10}$/.test(uid!)) return undefined;
  const { base } = parseFileName(line.slice(colon + 1));
  return base === ""
    ? undefined
    : { uid: Number(uid), base, extensions: extensions.filter((one) => /^[A-Za-z]/.test(one)) };
}

const plainRecord = /^(\d{1,10}) :([^:]+)$/;
const noExtensions: readonly string[] = [];

function parseOldRecord(line: string): UidRecord | undefined {
  const [, uid, name] = /^(\d{1,10}) (.+)$/.exec(line) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), base: parseFileName(name!).base, extensions: [] };
}

/** The lines of records. */
export function formatUidRecords(records: readonly UidRecord[]): string {
  return records.map(({ uid, base, extensions }) => `${[uid, ...extensions].join(" ")} :${base}\n`).join("");
}

/** A whole list. */
export function formatUidList({ uidValidity, uidNext, guid, records }: Omit<UidList, "isWhole">): string {
  const told = guid === undefined ? "" : ` G${guid}`;
  return `3 V${uidValidity} N${uidNext}${told}\n${formatUidRecords(records)}`;
}

/** What an extension of a record says: `W`, `G`, … */
export function uidExtension(record: UidRecord, key: string): string | undefined {
  return record.extensions.find((one) => one.startsWith(key))?.slice(1);
}

/** UIDs and UIDVALIDITY are numbers of 32 bits; the last is kept free (RFC 9051 §9). */
const uidMax = 4_294_967_294;
