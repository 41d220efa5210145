import { quote } from "@hawser/core";
import { readSmtpAddress } from "../../smtp/wire/path.ts";
import { MailAliasError, type MailAliasErrorCode } from "../errors.ts";
import { mailAliasTargetOctetsMax } from "../limits.ts";
import type { MailAliasTarget } from "./alias.ts";

/** A word of a line. */
interface Word {
  /** Without quotation marks. */
  readonly text: string;
  /** As it stands. */
  readonly raw: string;
  readonly at: number;
}

/** Reads one line of aliases(5) from its beginning to its end, looking at each character once. */
export class MailAliasScanner {
  readonly #text: string;
  readonly #place: { readonly path: string; readonly line: number };
  readonly #targetsMax: number;
  #at = 0;

  /** @param place of the first line of `text`, which may have several */
  constructor(text: string, place: { readonly path: string; readonly line: number }, targetsMax: number) {
    this.#text = text;
    this.#place = place;
    this.#targetsMax = targetsMax;
  }

  /** What stands before the colon, which is passed over. @throws {MailAliasError} */
  name(): string {
    const { text } = this.#word(/[\s:]/);
    this.#skip(/\s/);
    if (this.#text[this.#at] !== ":") throw this.#problem("bad-line", "a colon must follow the name", this.#at);
    this.#at += 1;
    return text;
  }

  /** What stands behind it. @throws {MailAliasError} */
  targets(): readonly MailAliasTarget[] {
    const targets: MailAliasTarget[] = [];
    for (this.#skip(/[\s,]/); this.#at < this.#text.length; this.#skip(/[\s,]/)) {
      const word = this.#word(/[\s,]/);
      if (targets.length >= this.#targetsMax)
        throw this.#problem("too-large", `a name may lead to ${this.#targetsMax} targets`, word.at);
      targets.push(this.#target(word));
      this.#skip(/\s/);
      if (this.#at < this.#text.length && this.#text[this.#at] !== ",")
        throw this.#problem("bad-value", "a comma must part targets, and quotation marks hold one together", this.#at);
    }
    return targets;
  }

  #skip(expression: RegExp): void {
    while (this.#at < this.#text.length && expression.test(this.#text[this.#at]!)) this.#at += 1;
  }

  /** Up to a character that ends it outside of quotation marks. */
  #word(end: RegExp): Word {
    const start = this.#at;
    let text = "";
    for (let isQuoted = false; this.#at < this.#text.length; this.#at += 1) {
      const c = this.#text[this.#at]!;
      if (!isQuoted && end.test(c)) break;
      if (c === '"') isQuoted = !isQuoted;
      else if (c === "\\" && isQuoted && this.#at + 1 < this.#text.length) text += this.#text[++this.#at]!;
      else text += c;
      if (isQuoted && (c === "\n" || this.#at + 1 === this.#text.length))
        throw this.#problem("bad-value", "a quotation mark has no other", start);
    }
    if (this.#at - start > mailAliasTargetOctetsMax)
      throw this.#problem("too-large", `a target may have ${mailAliasTargetOctetsMax} octets`, start);
    return { text, raw: this.#text.slice(start, this.#at), at: start };
  }

  #target(word: Word): MailAliasTarget {
    const { text, at } = word;
    if (/[\0\n\r]/.test(text)) throw this.#problem("bad-value", "a target has no line ends in it", at);
    if (text.startsWith("|")) return this.#program(text.slice(1).trim(), at);
    if (text.startsWith("/")) return { type: "file", path: this.#path(text, at) };
    const [include] = /^:include:\s*/i.exec(text) ?? [];
    if (include !== undefined) return { type: "include", path: this.#path(text.slice(include.length), at) };
    return this.#address(word);
  }

  #program(command: string, at: number): MailAliasTarget {
    if (command === "") throw this.#problem("bad-value", "a program must follow the |", at);
    return { type: "program", command };
  }

  #path(path: string, at: number): string {
    if (!path.startsWith("/")) throw this.#problem("bad-value", `${quote(path)} must begin with /`, at);
    if (path.endsWith("/")) throw this.#problem("bad-value", `${quote(path)} is a folder`, at);
    return path;
  }

  #address({ text, raw, at }: Word): MailAliasTarget {
    const isFinal = raw.startsWith("\\");
    const address = isFinal ? raw.slice(1) : raw;
    const isQuotedWhole = /^"[^"@]*"$/.test(address);
    const name = isFinal ? text.replace(/^\\/, "") : text;
    const isSound = address.includes("@") && !isQuotedWhole ? readSmtpAddress(address) !== undefined : isName(name);
    if (!isSound) throw this.#problem("bad-value", `${quote(raw)} is no address`, at);
    return { type: "address", address: address.includes("@") ? address : name, ...(isFinal && { isFinal }) };
  }

  #problem(code: MailAliasErrorCode, reason: string, at: number): MailAliasError {
    const { path, line } = this.#place;
    return new MailAliasError(code, reason, { path, line: line + linesBefore(this.#text, at) });
  }
}

/** A local part alone: what means something else where it stands, or in an address, is none. */
function isName(text: string): boolean {
  return /^[^\0-\x1f\x7f@:<>()[\],;#"\\]+$/.test(text) && text.trim() === text && Buffer.byteLength(text) <= 64;
}

function linesBefore(text: string, at: number): number {
  let lines = 0;
  for (let next = text.indexOf("\n"); next !== -1 && next < at; next = text.indexOf("\n", next + 1)) lines += 1;
  return lines;
}
