import { decodeCharset, isKnownCharset } from "@hawser/mime";
import { imapNo } from "../errors.ts";
import { imapArgumentsMax } from "../limits.ts";
import { parseImapDate } from "../wire/date-time.ts";
import type { ImapScanner } from "../wire/scanner.ts";
import type { ImapSearchKey } from "./keys.ts";

const dayMs = 86_400_000;
const forever = 8_640_000_000_000_000;

/** Reads `CHARSET x`, where it stands. Without it: UTF-8, of which US-ASCII is a part. */
export function parseSearchCharset(scanner: ImapScanner): string {
  if (!scanner.skip("CHARSET ")) return "utf-8";
  const charset = scanner.astring();
  scanner.space();
  return knownCharset(charset);
}

/** @throws {ImapReplyError} `BADCHARSET` */
export function knownCharset(charset: string): string {
  if (!isKnownCharset(charset)) throw imapNo("BADCHARSET (US-ASCII UTF-8)", "This charset is unknown");
  return charset;
}

/** Reads search keys, up to the end of the line: all of them must fit. */
export function parseSearchKeys(scanner: ImapScanner, charset: string): ImapSearchKey {
  const parser = new KeyParser(scanner, charset);
  const keys = [parser.key()];
  while (scanner.skip(" ")) {
    if (keys.length >= imapArgumentsMax) throw scanner.fault("there are too many keys");
    keys.push(parser.key());
  }
  return keys.length === 1 ? keys[0]! : { type: "and", keys };
}

const flagKeys: Readonly<Record<string, readonly [flag: string, isSet: boolean]>> = {
  ANSWERED: ["\\Answered", true],
  DELETED: ["\\Deleted", true],
  DRAFT: ["\\Draft", true],
  FLAGGED: ["\\Flagged", true],
  SEEN: ["\\Seen", true],
  UNANSWERED: ["\\Answered", false],
  UNDELETED: ["\\Deleted", false],
  UNDRAFT: ["\\Draft", false],
  UNFLAGGED: ["\\Flagged", false],
  UNSEEN: ["\\Seen", false],
  RECENT: ["\\Recent", true],
  OLD: ["\\Recent", false],
};

const headerKeys: ReadonlySet<string> = new Set(["BCC", "CC", "FROM", "SUBJECT", "TO"]);

class KeyParser {
  readonly #scanner: ImapScanner;
  readonly #charset: string;

  constructor(scanner: ImapScanner, charset: string) {
    this.#scanner = scanner;
    this.#charset = charset;
  }

  key(): ImapSearchKey {
    const scanner = this.#scanner;
    if (scanner.peek === "(") return this.#group();
    if (/[\d*]/.test(scanner.peek)) return { type: "sequence", set: scanner.set() };
    if (scanner.skip("$")) return { type: "saved" };
    return scanner.nested(() => this.#named(scanner.keyword()));
  }

  #group(): ImapSearchKey {
    return { type: "and", keys: this.#scanner.list(() => this.key()) };
  }

  #named(name: string): ImapSearchKey {
    const flag = Object.hasOwn(flagKeys, name) ? flagKeys[name] : undefined;
    if (flag !== undefined) return { type: "flag", flag: flag[0], isSet: flag[1] };
    if (name === "ALL") return { type: "all" };
    if (name === "NEW") return { type: "and", keys: ["RECENT", "UNSEEN"].map((one) => this.#named(one)) };
    this.#scanner.space();
    if (headerKeys.has(name)) return { type: "header", name: name.toLowerCase(), text: this.#text() };
    return this.#dated(name) ?? this.#composed(name) ?? this.#other(name);
  }

  #composed(name: string): ImapSearchKey | undefined {
    if (name === "NOT") return { type: "not", key: this.key() };
    if (name !== "OR") return undefined;
    const one = this.key();
    this.#scanner.space();
    return { type: "or", one, other: this.key() };
  }

  #dated(name: string): ImapSearchKey | undefined {
    const [, sent, kind] = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name) ?? [];
    if (kind === undefined) return undefined;
    const type = sent === undefined ? "received" : "sent";
    const day = parseImapDate(this.#scanner.isAtString ? this.#scanner.string() : this.#scanner.atom());
    if (kind === "BEFORE") return { type, from: -forever, before: day };
    return { type, from: day, before: kind === "ON" ? day + dayMs : forever };
  }

  #other(name: string): ImapSearchKey {
    const scanner = this.#scanner;
    switch (name) {
      case "BODY":
        return { type: "body", text: this.#text() };
      case "TEXT":
        return { type: "text", text: this.#text() };
      case "HEADER":
        return this.#header();
      case "KEYWORD":
        return { type: "flag", flag: scanner.flag(), isSet: true };
      case "UNKEYWORD":
        return { type: "flag", flag: scanner.flag(), isSet: false };
      case "LARGER":
        return { type: "larger", octets: scanner.number64() };
      case "SMALLER":
        return { type: "smaller", octets: scanner.number64() };
      case "UID":
        return scanner.skip("$") ? { type: "saved" } : { type: "uid", set: scanner.set() };
      case "YOUNGER":
        return { type: "younger", seconds: scanner.number() };
      case "OLDER":
        return { type: "older", seconds: scanner.number() };
      case "MODSEQ":
        return this.#modSeq();
      case "EMAILID":
        return { type: "emailid", id: scanner.astring() };
      case "THREADID":
        return { type: "threadid", id: scanner.astring() };
      default:
        throw scanner.fault("this search key is unknown");
    }
  }

  #header(): ImapSearchKey {
    const name = this.#scanner.astring().toLowerCase();
    this.#scanner.space();
    return { type: "header", name, text: this.#text() };
  }

  /** The kind of metadata it may name is passed over: all we have is one number for a message (RFC 7162 §3.1.5). */
  #modSeq(): ImapSearchKey {
    const scanner = this.#scanner;
    if (scanner.isAtString) {
      scanner.string();
      scanner.space();
      scanner.word();
      scanner.space();
    }
    return { type: "modseq", modSeq: scanner.number64() };
  }

  #text(): string {
    return decodeCharset(Buffer.from(this.#scanner.astring(), "latin1"), this.#charset);
  }
}
