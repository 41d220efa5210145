import { parseImapDateTime } from "../wire/date-time.ts";
import type { ImapNumberSet } from "../wire/number-set.ts";
import { textOfOctets } from "../wire/octet-text.ts";
import { type ImapLine, ImapScanner, literalMark } from "../wire/scanner.ts";
import { type ImapBodyPart, type ImapEnvelope, parseBodyPart, parseEnvelope, skipValue } from "./structure.ts";

/** `OK`, `NO`, `BAD`, `PREAUTH` or `BYE`, with its code and text (RFC 9051 §7.1). */
export interface ImapStatusLine {
  readonly status: "BAD" | "BYE" | "NO" | "OK" | "PREAUTH";
  /** What stands in brackets, as it stands. */
  readonly code: string | undefined;
  readonly text: string;
}

/** What FETCH told of a message. */
export interface ImapFetched {
  uid?: number;
  flags?: ReadonlySet<string>;
  envelope?: ImapEnvelope;
  structure?: ImapBodyPart;
  /** Milliseconds since 1970. */
  receivedAt?: number;
  octets?: number;
  modSeq?: number;
  emailId?: string;
  /** By what stands in the brackets, in capitals: `HEADER`, `1.2`, and empty for the message. */
  sections: Map<string, Uint8Array>;
}

/** A response of a server, read. */
export type ImapResponse =
  | { readonly type: "tagged"; readonly tag: string; readonly line: ImapStatusLine }
  | { readonly type: "status-line"; readonly line: ImapStatusLine }
  | { readonly type: "capability" | "enabled"; readonly names: readonly string[] }
  | { readonly type: "flags"; readonly flags: readonly string[] }
  | { readonly type: "exists"; readonly count: number }
  | { readonly type: "expunge"; readonly sequence: number }
  | { readonly type: "vanished"; readonly isEarlier: boolean; readonly uids: ImapNumberSet }
  | { readonly type: "fetch"; readonly sequence: number; readonly fetched: ImapFetched }
  | {
      readonly type: "list" | "lsub";
      readonly attributes: readonly string[];
      readonly delimiter: string | undefined;
      readonly name: string;
    }
  | { readonly type: "status"; readonly name: string; readonly items: ReadonlyMap<string, number | string> }
  | { readonly type: "numbers"; readonly numbers: readonly number[]; readonly modSeq: number | undefined }
  | { readonly type: "esearch"; readonly tag: string | undefined; readonly results: ReadonlyMap<string, string> }
  | {
      readonly type: "quota";
      readonly root: string;
      readonly resources: readonly (readonly [name: string, used: number, max: number])[];
    }
  | { readonly type: "id"; readonly fields: ReadonlyMap<string, string> }
  | { readonly type: "unknown"; readonly name: string };

/** Reads one response. @throws {ImapProtocolError} */
export function parseResponse(line: ImapLine, isUtf8: boolean): ImapResponse {
  const scanner = new ImapScanner(line);
  scanner.isUtf8 = isUtf8;
  const tag = scanner.word();
  scanner.space();
  if (tag !== "*") return { type: "tagged", tag, line: parseStatusLine(scanner, scanner.keyword()) };
  if (/\d/.test(scanner.peek)) return parseNumbered(scanner);
  const name = scanner.keyword();
  if (["OK", "NO", "BAD", "BYE", "PREAUTH"].includes(name))
    return { type: "status-line", line: parseStatusLine(scanner, name) };
  return parseNamed(scanner, name);
}

function parseStatusLine(scanner: ImapScanner, name: string): ImapStatusLine {
  if (!["OK", "NO", "BAD", "BYE", "PREAUTH"].includes(name)) throw scanner.fault("a status is expected");
  scanner.skip(" ");
  const [, code, text] = /^\[([^\]]*(?:\([^)]*\)[^\]]*)?)\] ?(.*)$/s.exec(scanner.rest) ?? [];
  return { status: name as "OK", code, text: textOfOctets(text ?? scanner.takeRest()) };
}

function parseNumbered(scanner: ImapScanner): ImapResponse {
  const number = scanner.number();
  scanner.space();
  const name = scanner.keyword();
  if (name === "EXISTS") return { type: "exists", count: number };
  if (name === "EXPUNGE") return { type: "expunge", sequence: number };
  if (name !== "FETCH") return { type: "unknown", name };
  scanner.space();
  return { type: "fetch", sequence: number, fetched: parseFetched(scanner) };
}

function parseNamed(scanner: ImapScanner, name: string): ImapResponse {
  switch (name) {
    case "CAPABILITY":
    case "ENABLED":
      return {
        type: name === "ENABLED" ? "enabled" : "capability",
        names: scanner.takeRest().trim().toUpperCase().split(" "),
      };
    case "FLAGS":
      scanner.space();
      return { type: "flags", flags: scanner.list(() => scanner.flag()) };
    case "VANISHED": {
      scanner.space();
      const isEarlier = scanner.skip("(EARLIER) ");
      return { type: "vanished", isEarlier, uids: scanner.set() };
    }
    case "LIST":
    case "LSUB":
      return parseList(scanner, name === "LIST" ? "list" : "lsub");
    case "STATUS":
      return parseStatus(scanner);
    case "SEARCH":
    case "SORT":
      return parseNumbers(scanner);
    case "ESEARCH":
      return parseEsearch(scanner);
    case "QUOTA":
      return parseQuota(scanner);
    case "ID":
      scanner.space();
      return { type: "id", fields: parseFields(scanner) };
    default:
      return { type: "unknown", name };
  }
}

function parseList(scanner: ImapScanner, type: "list" | "lsub"): ImapResponse {
  scanner.space();
  const attributes = scanner.list(() => scanner.flag());
  scanner.space();
  const delimiter = scanner.nstring();
  scanner.space();
  return { type, attributes, delimiter, name: scanner.mailbox() };
}

function parseStatus(scanner: ImapScanner): ImapResponse {
  scanner.space();
  const name = scanner.mailbox();
  scanner.space();
  const items = scanner.list(() => {
    const item = scanner.keyword();
    scanner.space();
    const value = scanner.peek === "(" ? scanner.list(() => scanner.word()).join(" ") : scanner.number64();
    return [item, value] as const;
  });
  return { type: "status", name, items: new Map(items) };
}

function parseNumbers(scanner: ImapScanner): ImapResponse {
  const numbers: number[] = [];
  let modSeq: number | undefined;
  while (scanner.skip(" ")) {
    if (scanner.atEnd) break;
    if (scanner.skip("(MODSEQ ")) {
      modSeq = scanner.number64();
      scanner.expect(")");
    } else numbers.push(scanner.number());
  }
  return { type: "numbers", numbers, modSeq };
}

function parseEsearch(scanner: ImapScanner): ImapResponse {
  const results = new Map<string, string>();
  let tag: string | undefined;
  while (scanner.skip(" ")) {
    if (scanner.skip("(TAG ")) {
      tag = scanner.astring();
      scanner.expect(")");
      continue;
    }
    const name = scanner.keyword();
    if (name === "UID") continue;
    scanner.space();
    results.set(name, scanner.word());
  }
  return { type: "esearch", tag, results };
}

function parseQuota(scanner: ImapScanner): ImapResponse {
  scanner.space();
  const root = scanner.astring();
  scanner.space();
  const resources = scanner.list(() => {
    const name = scanner.keyword();
    scanner.space();
    const used = scanner.number64();
    scanner.space();
    return [name, used, scanner.number64()] as const;
  });
  return { type: "quota", root, resources };
}

function parseFields(scanner: ImapScanner): ReadonlyMap<string, string> {
  if (scanner.skip("NIL")) return new Map();
  const words = scanner.list(() => textOfOctets(scanner.nstring() ?? ""));
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ""] as const] : [])));
}

function parseFetched(scanner: ImapScanner): ImapFetched {
  const fetched: ImapFetched = { sections: new Map() };
  scanner.list(() => parseAttribute(scanner, fetched));
  return fetched;
}

function parseAttribute(scanner: ImapScanner, fetched: ImapFetched): void {
  const section = /^(?:BODY|BINARY)\[([^\]]*)\](?:<\d+>)? /i.exec(scanner.rest);
  if (section !== null) {
    scanner.expect(section[0]);
    scanner.skip(scanner.rest.startsWith(`~${literalMark}`) ? "~" : "");
    const octets = scanner.peek === literalMark ? scanner.literal() : octetsOf(scanner.nstring());
    if (octets !== undefined) fetched.sections.set(section[1]!.toUpperCase(), octets);
    return;
  }
  const name = scanner.word().toUpperCase();
  scanner.space();
  switch (name) {
    case "UID":
      fetched.uid = scanner.number();
      return;
    case "FLAGS":
      fetched.flags = new Set(scanner.list(() => scanner.flag()));
      return;
    case "ENVELOPE":
      fetched.envelope = parseEnvelope(scanner);
      return;
    case "BODY":
    case "BODYSTRUCTURE":
      fetched.structure = parseBodyPart(scanner);
      return;
    case "INTERNALDATE":
      fetched.receivedAt = parseImapDateTime(scanner.string());
      return;
    case "RFC822.SIZE":
      fetched.octets = scanner.number64();
      return;
    case "MODSEQ":
      fetched.modSeq = scanner.list(() => scanner.number64())[0] ?? 0;
      return;
    case "EMAILID":
      fetched.emailId = scanner.list(() => scanner.word())[0] ?? "";
      return;
    default:
      skipValue(scanner);
  }
}

function octetsOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : Buffer.from(text, "latin1");
}
