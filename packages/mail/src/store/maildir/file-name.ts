import type { Random } from "@hawser/core";
import type { MailFlag } from "../store.ts";

/** A file's name in `new` or `cur`, taken apart: `1.M2R3.host,S=4,W=5:2,FS`. */
export interface MaildirFileName {
  /** What stays the same while flags change: `1.M2R3.host,S=4,W=5`. */
  readonly base: string;
  /** `FS` */
  readonly letters: string;
  /** What others write behind the letters, from a comma on. */
  readonly rest: string;
}

/** Takes a name apart. Whatever it is, it has a base. */
export function parseFileName(name: string): MaildirFileName {
  const at = name.indexOf(":");
  if (at === -1) return { base: name, letters: "", rest: "" };
  const base = name.slice(0, at);
  if (!name.startsWith(":2,", at)) return { base, letters: "", rest: "" };
  const info = name.slice(at + 3);
  const comma = info.indexOf(",");
  if (comma === -1) return { base, letters: info, rest: "" };
  return { base, letters: info.slice(0, comma), rest: info.slice(comma) };
}

/** Whether a name can be that of a message: others are passed over. */
export function isMessageName(name: string): boolean {
  return !name.startsWith(".") && !/[\0-\x1f\x7f]/.test(name) && !name.startsWith(":");
}

/** Octets in the file, and with lines that end with CRLF, where the name tells them. */
export function sizesInName(base: string): { readonly file?: number; readonly mail?: number } {
  const file = /,S=(\d{1,15})(?=,|$)/.exec(base)?.[1];
  const mail = /,W=(\d{1,15})(?=,|$)/.exec(base)?.[1];
  return { ...(file !== undefined && { file: Number(file) }), ...(mail !== undefined && { mail: Number(mail) }) };
}

/** The letters of the system's flags, in their order. */
const systemLetters: readonly (readonly [letter: string, flag: MailFlag])[] = [
  ["D", "\\Draft"],
  ["F", "\\Flagged"],
  ["R", "\\Answered"],
  ["S", "\\Seen"],
  ["T", "\\Deleted"],
];

/** Flags by the letters of a name. Letters that mean nothing here are passed over. */
export function flagsOfLetters(letters: string, keywords: readonly (string | undefined)[]): readonly MailFlag[] {
  const system = systemLetters.filter(([letter]) => letters.includes(letter)).map(([, flag]) => flag);
  const named = keywords.filter((keyword, i) => keyword !== undefined && letters.includes(keywordLetter(i)));
  return [...system, ...(named as string[])];
}

/** Letters for flags, sorted as they must be; letters of the name before that mean nothing here stay (such as P). */
export function lettersOfFlags(
  flags: ReadonlySet<MailFlag>,
  keywords: readonly (string | undefined)[],
  before = "",
): string {
  const system = systemLetters.filter(([, flag]) => flags.has(flag)).map(([letter]) => letter);
  const named = keywords.flatMap((keyword, i) => (keyword !== undefined && flags.has(keyword) ? keywordLetter(i) : []));
  const foreign = [...before].filter((letter) => /[A-CEG-QU-Z]/.test(letter));
  return [...new Set([...system, ...named, ...foreign])].sort().join("");
}

/** How many keywords a name can tell. */
export const letteredKeywordsMax = 26;

function keywordLetter(index: number): string {
  return String.fromCharCode(97 + index);
}

/**
 * Names for messages that nobody else gives, in the order of time: seconds, a count, random digits.
 * They name no host, since a hundred random bits tell more than that.
 */
export class UniqueNames {
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @param wallMs milliseconds since 1970 */
  next(wallMs: number): string {
    const micros = String(Math.floor(wallMs % 1_000) * 1_000).padStart(6, "0");
    const count = String(this.#count++ % 1_000_000).padStart(6, "0");
    const chance = Buffer.from(this.#random.bytes(13)).toString("hex");
    return `${Math.floor(wallMs / 1_000)}.M${micros}Q${count}R${chance}.hawser`;
  }
}

/** When a message came by its name, in seconds since 1970; the time of a file may be that of an older message. */
export function secondsInName(name: string): number {
  return Number.parseInt(name, 10) || 0;
}

/** An order in which messages came, as far as names tell: by seconds, then by the rest. */
export function compareBases(one: string, other: string): number {
  return secondsInName(one) - secondsInName(other) || (one < other ? -1 : Number(one > other));
}

/** What IMAP calls a message by, made of what is its own in a name: the part before its sizes (RFC 8474 §4). */
export function mailIdOf(guid: string): string {
  const comma = guid.indexOf(",");
  const own = (comma === -1 ? guid : guid.slice(0, comma)).slice(0, 255);
  return own.replace(/[^A-Za-z0-9_-]/g, "_") || "_";
}
