import { quote } from "@hawser/core/protocol";
import { ImapProtocolError, imapSyntax } from "../errors.ts";
import { imapArgumentsMax, imapDepthMax } from "../limits.ts";
import { ImapNumberSet } from "./number-set.ts";
import { latin1Of, textOfOctets } from "./octet-text.ts";
import { decodeMailboxUtf7 } from "./utf7.ts";

/** Stands in a line where a literal stood: no octet is this character. */
export const literalMark = "\uE000";

/** A line, or several with literals between them, as octets of one character each, and the literals in their order. */
export interface ImapLine {
  readonly text: string;
  readonly literals: readonly Uint8Array[];
}

const atomChars = /[^\0-\x20(){%*"\\\]\x7f-\uffff]+/y;
const astringChars = /[^\0-\x20(){%*"\\\x7f-\uffff]+/y;
const listChars = /[^\0-\x20(){"\\\x7f-\uffff]+/y;
const flagChars = /\\?[^\0-\x20(){%*"\\\]\x7f-\uffff]+|\\\*/y;
const setChars = /[\d:*,]+|\$/y;
const digits = /\d{1,20}/y;
const quotedChars = /"((?:[^"\\\r\n\0\uE000]|\\["\\])*)"/y;
const wordChars = /[^ ()\r\n\0\uE000]+/y;

/** Reads a command or a response from left to right (RFC 9051 §9). Whatever does not fit is a `bad-syntax`. */
export class ImapScanner {
  readonly #text: string;
  readonly #literals: readonly Uint8Array[];
  #at = 0;
  #literalAt = 0;
  #depth = 0;
  /** Whether names are UTF-8 rather than the UTF-7 of IMAP4rev1. */
  isUtf8 = false;

  constructor({ text, literals }: ImapLine) {
    this.#text = text;
    this.#literals = literals;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, which stays; empty at the end. */
  get peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** What is left, as it stands. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** Takes all that is left. */
  takeRest(): string {
    const rest = this.rest;
    this.#at = this.#text.length;
    return rest;
  }

  /** Whether these characters come next, in any case of letters; then they are taken. */
  skip(text: string): boolean {
    const found = this.#text.slice(this.#at, this.#at + text.length);
    if (found.length !== text.length || found.toUpperCase() !== text.toUpperCase()) return false;
    this.#at += text.length;
    return true;
  }

  /** These characters must come next. */
  expect(text: string): void {
    if (!this.skip(text)) throw this.fault(`${quote(text)} is expected`);
  }

  space(): void {
    this.expect(" ");
  }

  end(): void {
    if (!this.atEnd) throw this.fault("there is more than was expected");
  }

  atom(): string {
    return this.#match(atomChars, "an atom");
  }

  /** An atom in capitals. */
  keyword(): string {
    return this.atom().toUpperCase();
  }

  /** Anything up to a space or a parenthesis. */
  word(): string {
    return this.#match(wordChars, "a word");
  }

  flag(): string {
    return this.#match(flagChars, "a flag");
  }

  number(): number {
    const number = this.number64();
    if (number > 4_294_967_295) throw this.fault("the number is too large");
    return number;
  }

  /** A number of up to 63 bits; beyond 2^53 it is the largest that we can tell from its neighbours. */
  number64(): number {
    const number = BigInt(this.#match(digits, "a number"));
    if (number > 0x7fff_ffff_ffff_ffffn) throw this.fault("the number is too large");
    return Math.min(Number(number), Number.MAX_SAFE_INTEGER);
  }

  set(): ImapNumberSet {
    return ImapNumberSet.parse(this.#match(setChars, "a set of numbers"));
  }

  /** A quoted string or a literal, as octets of one character each. */
  string(): string {
    if (this.peek === literalMark || this.skip("~")) return latin1Of(this.literal());
    return this.#match(quotedChars, "a string").slice(1, -1).replace(/\\(.)/g, "$1");
  }

  literal(): Uint8Array {
    this.expect(literalMark);
    return this.#literals[this.#literalAt++]!;
  }

  get isAtString(): boolean {
    return this.peek === '"' || this.peek === literalMark || this.peek === "~";
  }

  astring(): string {
    return this.isAtString ? this.string() : this.#match(astringChars, "a string");
  }

  /** A string, or nothing. */
  nstring(): string | undefined {
    if (this.isAtString) return this.string();
    this.expect("NIL");
    return undefined;
  }

  /** The name of a mailbox, as stores know it. */
  mailbox(): string {
    return this.#name(this.astring());
  }

  /** The same with wildcards in it. */
  listMailbox(): string {
    return this.#name(this.isAtString ? this.string() : this.#match(listChars, "a mailbox"));
  }

  #name(octets: string): string {
    if (this.isUtf8 || /[\x80-\xff]/.test(octets)) return textOfOctets(octets);
    return decodeMailboxUtf7(octets);
  }

  /** `(a b c)`, each read by `one`. */
  list<Item>(one: () => Item): Item[] {
    this.expect("(");
    return this.listInside(one);
  }

  /** What follows an opening parenthesis, and the closing one. */
  listInside<Item>(one: () => Item): Item[] {
    if (++this.#depth > imapDepthMax)
      throw new ImapProtocolError("nested-too-deep", "Cannot read the line: it nests too deep");
    const items: Item[] = [];
    while (!this.skip(")")) {
      if (items.length > 0 && this.peek !== "(") this.space();
      else if (items.length > 0) this.skip(" "); // addresses and parts stand without spaces between them
      if (items.length >= imapArgumentsMax)
        throw new ImapProtocolError("too-many-arguments", "Cannot read the line: a list is too long");
      items.push(one());
    }
    this.#depth--;
    return items;
  }

  /** Goes one level down while `run` runs. */
  nested<Value>(run: () => Value): Value {
    if (++this.#depth > imapDepthMax)
      throw new ImapProtocolError("nested-too-deep", "Cannot read the line: it nests too deep");
    const value = run();
    this.#depth--;
    return value;
  }

  fault(why: string): ImapProtocolError {
    return imapSyntax(`Cannot read the line: ${why} at octet ${this.#at + 1}`);
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.fault(`${what} is expected`);
    this.#at += found.length;
    return found;
  }
}
