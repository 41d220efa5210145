import { HawserError } from "@hawser/core";
import { mailOctetsMaxDefault } from "../limits.ts";
import { type MboxMail, mboxMailOf } from "./message.ts";

/** Why a file is not read as an mbox. */
export type MboxErrorCode =
  | "not-mbox" // it does not begin with a line that begins with `From `
  | "too-large"; // a message has more octets than are taken

/** A file is no mbox, or one that is not taken. */
export class MboxError extends HawserError<MboxErrorCode> {}

/** How an mbox is read. */
export interface ReadMboxOptions {
  /** Octets of one message. Default 52,428,800. */
  readonly octetsMax?: number | undefined;
}

/**
 * Reads the messages of an mbox, one after the other (RFC 4155). Takes what is found: mboxrd and mboxo, whose `>From ` lines lose one
 * `>`; mboxcl and mboxcl2, whose `Content-Length` is believed where a message ends by it, until it is wrong once; lines that end with
 * LF or CRLF; no empty line at the end.
 * @throws {MboxError}
 */
export async function* readMbox(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadMboxOptions = {},
): AsyncGenerator<MboxMail, void> {
  const octetsMax = options.octetsMax ?? mailOctetsMaxDefault;
  const splitter = new MboxSplitter(octetsMax);
  for await (const line of linesOf(source, octetsMax)) {
    for (const lines of splitter.take(line)) yield mboxMailOf(lines);
  }
  for (const lines of splitter.end()) yield mboxMailOf(lines);
}

/** The lines of one message, the one with `From ` first; and whether it was ended by its `Content-Length`. */
export interface MboxLines {
  readonly lines: readonly Buffer[];
  readonly isCounted: boolean;
}

/** Finds where messages begin and end. */
class MboxSplitter {
  readonly #octetsMax: number;
  #lines: Buffer[] = [];
  #octets = 0;
  /** Of the body, and how many are promised. */
  #bodyOctets: number | undefined;
  #promised: number | undefined;
  /** Where a message may begin inside the promised octets. */
  #doubtfulAt: number | undefined;
  #believesPromises = true;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** Takes a line, and gives the messages that end before it. */
  take(line: Buffer): readonly MboxLines[] {
    if (this.#lines.length === 0) {
      if (isBlank(line)) return [];
      if (!isFromLine(line))
        throw new MboxError("not-mbox", "Cannot read the mbox: it does not begin with a From line");
      this.#keep(line);
      return [];
    }
    if (!this.#mayBegin(line)) {
      this.#keep(line);
      return this.#isPromiseBroken() ? this.#again(false) : [];
    }
    if (this.#promised === undefined || this.#isPromiseKept()) return [this.#finish(), ...this.take(line)];
    this.#doubtfulAt ??= this.#lines.length;
    this.#keep(line);
    return this.#isPromiseBroken() ? this.#again(false) : [];
  }

  end(): readonly MboxLines[] {
    if (this.#lines.length === 0) return [];
    if (this.#doubtfulAt !== undefined && !this.#isPromiseKept()) return [...this.#again(true)];
    return [this.#finish()];
  }

  #mayBegin(line: Buffer): boolean {
    return this.#bodyOctets !== undefined && isBlank(this.#lines.at(-1)!) && isFromLine(line);
  }

  /** The empty line at the end is counted by some and not by others. */
  #isPromiseKept(): boolean {
    const surplus = (this.#bodyOctets ?? 0) - (this.#promised ?? 0);
    return this.#promised !== undefined && surplus >= 0 && surplus <= 2;
  }

  #isPromiseBroken(): boolean {
    return this.#doubtfulAt !== undefined && this.#bodyOctets! > this.#promised! + 2;
  }

  #keep(line: Buffer): void {
    this.#octets += line.length;
    if (this.#octets > this.#octetsMax)
      throw new MboxError("too-large", `Cannot read the mbox: a message has more than ${this.#octetsMax} octets`);
    this.#lines.push(line);
    if (this.#bodyOctets !== undefined) this.#bodyOctets += line.length;
    else if (isBlank(line)) this.#bodyOctets = 0;
    else this.#notePromise(line);
  }

  #notePromise(line: Buffer): void {
    const [, digits] = this.#believesPromises
      ? (/^content-length:\s*(\d{1,15})\s*$/i.exec(line.toString("latin1")) ?? [])
      : [];
    if (digits !== undefined && Number(digits) <= this.#octetsMax) this.#promised = Number(digits);
  }

  #finish(): MboxLines {
    const message = { lines: this.#lines, isCounted: this.#doubtfulAt !== undefined };
    this.#lines = [];
    this.#octets = 0;
    this.#bodyOctets = undefined;
    this.#promised = undefined;
    this.#doubtfulAt = undefined;
    return message;
  }

  /** A promise was broken: the lines are taken once more, and none is believed from now on. So the work stays linear. */
  #again(isEnd: boolean): MboxLines[] {
    this.#believesPromises = false;
    const { lines } = this.#finish();
    const messages = lines.flatMap((line) => this.take(line));
    return isEnd ? [...messages, ...this.end()] : messages;
  }
}

async function* linesOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  octetsMax: number,
): AsyncGenerator<Buffer, void> {
  let pieces: Buffer[] = [];
  let waiting = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at + 1)]);
      pieces = [];
      waiting = 0;
      from = at + 1;
    }
    if (from < chunk.length) pieces.push(Buffer.from(chunk.subarray(from)));
    waiting += chunk.length - from;
    if (waiting > octetsMax)
      throw new MboxError("too-large", `Cannot read the mbox: a line has more than ${octetsMax} octets`);
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}

function isFromLine(line: Buffer): boolean {
  return line.length > 5 && line.toString("latin1", 0, 5) === "From ";
}

function isBlank(line: Buffer): boolean {
  return line.length <= 2 && /^\r?\n?$/.test(line.toString("latin1"));
}
