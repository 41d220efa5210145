import { quote } from "@hawser/core";
import { DnsTextError, type DnsTextPosition, formatTextPosition } from "../errors.ts";
import { dnsEntryCharactersMax } from "../limits.ts";

/** One word of an entry. */
export interface DnsToken {
  /** As written, escapes and all; for a quoted word what stands between the quotes. */
  readonly text: string;
  readonly quoted: boolean;
  readonly position: DnsTextPosition;
}

/** One entry of a master file: a line, or several that parentheses hold together (RFC 1035 §5.1). */
export interface DnsEntry {
  readonly tokens: readonly DnsToken[];
  /** Whether the line begins with a blank: then its owner is that of the entry before. */
  readonly indented: boolean;
  readonly position: DnsTextPosition;
}

/**
 * Takes a master file apart into entries and these into words (RFC 1035 §5.1): comments are dropped, parentheses join lines,
 * quotes hold blanks, a backslash takes the meaning from what follows. Lines end in LF or CR LF.
 */
export class DnsTokenizer {
  readonly #text: string;
  readonly #file: string | undefined;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #depth = 0;
  /** Where the outermost parenthesis that is open stands. */
  #opened: DnsTextPosition | undefined;

  /** @param file a name for positions to tell */
  constructor(text: string, file?: string) {
    this.#text = text;
    this.#file = file;
  }

  /** The next entry with a word in it. @throws {DnsTextError} `unbalanced`, `too-large` */
  next(): DnsEntry | undefined {
    while (this.#at < this.#text.length) {
      const position = this.#position();
      const indented = isBlank(this.#text.charCodeAt(this.#at));
      const tokens = this.#entry(this.#at);
      if (tokens.length > 0) return { tokens, indented, position };
    }
    return undefined;
  }

  #entry(start: number): readonly DnsToken[] {
    const tokens: DnsToken[] = [];
    for (;;) {
      this.#skipBlanks();
      if (this.#at - start > dnsEntryCharactersMax) throw this.#error("too-large", "it is too long");
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n") {
        if (character !== undefined) this.#newLine();
        if (this.#depth === 0) return tokens;
        if (character === undefined) throw this.#error("unbalanced", "a parenthesis is not closed", this.#opened);
      } else if (character === "(") this.#open();
      else if (character === ")") this.#close();
      else tokens.push(character === '"' ? this.#quoted() : this.#word());
    }
  }

  /** Blanks and comments, up to the end of the line. */
  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#text[this.#at] !== ";") return;
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #newLine(): void {
    this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #open(): void {
    if (this.#depth++ === 0) this.#opened = this.#position();
    this.#at++;
  }

  #close(): void {
    if (this.#depth === 0) throw this.#error("unbalanced", "a parenthesis closes that nobody opened");
    this.#depth--;
    this.#at++;
  }

  #quoted(): DnsToken {
    const position = this.#position();
    const end = this.#endOfQuotes(this.#at);
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return { text, quoted: true, position };
  }

  /** A word ends before a blank, a parenthesis or a comment; quotes inside of it, as in `alpn="h2,h3"`, hold them. */
  #word(): DnsToken {
    const [position, start] = [this.#position(), this.#at];
    while (this.#at < this.#text.length && !endsWord(this.#text.charCodeAt(this.#at))) {
      const character = this.#text[this.#at];
      if (character === '"') this.#at = this.#endOfQuotes(this.#at) + 1;
      else this.#at += character === "\\" ? this.#escape() : 1;
    }
    return { text: this.#text.slice(start, this.#at), quoted: false, position };
  }

  #endOfQuotes(start: number): number {
    for (let at = start + 1; at < this.#text.length && this.#text[at] !== "\n"; at++) {
      if (this.#text[at] === '"') return at;
      if (this.#text[at] === "\\" && this.#text[at + 1] !== "\n") at++;
    }
    throw this.#error("unbalanced", "a quote is not closed");
  }

  #escape(): number {
    return this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== "\n" ? 2 : 1;
  }

  #position(): DnsTextPosition {
    const column = this.#at - this.#lineStart + 1;
    return this.#file === undefined ? { line: this.#line, column } : { file: this.#file, line: this.#line, column };
  }

  #error(code: "too-large" | "unbalanced", reason: string, position = this.#position()): DnsTextError {
    const start = this.#text.slice(this.#lineStart, this.#lineStart + 64).split("\n", 1)[0]!;
    const message = `Cannot read the entry ${quote(start)} in ${formatTextPosition(position)}: ${reason}`;
    return new DnsTextError(code, message, { position });
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

function endsWord(code: number): boolean {
  return isBlank(code) || code === 0x0a || code === 0x28 || code === 0x29 || code === 0x3b;
}
