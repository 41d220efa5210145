import { MailHeader } from "../header/header.ts";
import { octetTextOf } from "../header/octet-text.ts";
import { mimeBoundaryOctetsMax, mimeDepthMax, mimeHeaderOctetsMax, mimePartsMax } from "../limits.ts";
import { boundaryIn } from "./boundary.ts";
import { OpenPart } from "./open-part.ts";
import type { MimePart } from "./part.ts";

/** How far a message is taken apart. */
export interface MimeTreeOptions {
  /** Default 100. What lies deeper is the body of what it lies in. */
  readonly depthMax?: number | undefined;
  /** Default 10,000. What comes after is the body of what it lies in. */
  readonly partsMax?: number | undefined;
  /** Octets of one header; the rest is body. Default 262,144. */
  readonly headerOctetsMax?: number | undefined;
}

/** Of a line only so much is looked at: a boundary, its dashes, and white space behind it. */
const lineOctetsSeen = mimeBoundaryOctetsMax + 64;

const lineFeed = 10;
const dash = 45;

/**
 * Finds the parts of a message while it passes by: only headers are kept, never bodies. Whatever the message is, it has a
 * tree, and the work is linear in its octets.
 *
 * ```ts
 * const reader = new MimeTreeReader();
 * reader.receive(Buffer.from("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--\r\n"));
 * const [part] = reader.end().parts;
 * console.log(part?.bodyStart, part?.end); // 50 55
 * ```
 */
export class MimeTreeReader {
  readonly #depthMax: number;
  readonly #headerOctetsMax: number;
  #partsLeft: number;
  /** From the message down to the part that lines go to now. */
  readonly #open: OpenPart[];
  readonly #message: OpenPart;
  /** Octets of whole lines, and their number. */
  #offset = 0;
  #lines = 0;
  /** The beginning of a line whose end has not come, and how long it is by now. */
  #lineHead = "";
  #lineOctets = 0;
  #endsWithReturn = false;
  /** Octets that ended the line before: 0 at the beginning, else 1 or 2. */
  #lineEndOctets = 0;

  constructor(options: MimeTreeOptions = {}) {
    const { depthMax = mimeDepthMax, partsMax = mimePartsMax, headerOctetsMax = mimeHeaderOctetsMax } = options;
    this.#depthMax = depthMax;
    this.#partsLeft = partsMax - 1;
    this.#headerOctetsMax = headerOctetsMax;
    this.#message = new OpenPart(0, 0, "text/plain");
    this.#open = [this.#message];
  }

  /** The next octets of the message. */
  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const feed = chunk.indexOf(lineFeed, at);
      const end = feed === -1 ? chunk.length : feed + 1;
      this.#keep(chunk, at, end);
      if (feed !== -1) this.#endLine();
      at = end;
    }
  }

  /** The message is whole: here is its tree. */
  end(): MimePart {
    if (this.#lineOctets > 0) this.#line();
    this.#closeTo(0, this.#offset, this.#lines);
    return this.#message.finish(this.#offset, this.#lines);
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    if (this.#isLookedAt(chunk[from]!)) {
      const octetsSeen = this.#isInHeader ? this.#headerOctetsMax + 1 : lineOctetsSeen;
      const seen = Math.min(to, from + octetsSeen - this.#lineHead.length);
      if (seen > from) this.#lineHead += octetTextOf(chunk.subarray(from, seen));
    }
    this.#lineOctets += to - from;
    const last = chunk[to - 1]! === lineFeed ? to - 2 : to - 1;
    if (last >= from) this.#endsWithReturn = chunk[last] === 13;
  }

  /** Most lines are those of bodies, and begin no boundary. */
  #isLookedAt(first: number): boolean {
    if (this.#lineOctets > 0) return this.#lineHead !== "";
    return first === dash || this.#isInHeader;
  }

  get #isInHeader(): boolean {
    return this.#open.at(-1)!.isInHeader;
  }

  #endLine(): void {
    const endOctets = this.#endsWithReturn ? 2 : 1;
    this.#line();
    this.#lines++;
    this.#lineEndOctets = endOctets;
  }

  /** One line, all of it: a boundary, a line of a header, or of a body. */
  #line(): void {
    const text = this.#lineHead;
    const start = this.#offset;
    this.#offset += this.#lineOctets;
    this.#lineHead = "";
    this.#lineOctets = 0;
    this.#endsWithReturn = false;
    if (text === "") return;
    if (text.startsWith("--") && this.#boundary(text, start)) return;
    const part = this.#open.at(-1)!;
    if (part.isInHeader) this.#headerLine(part, text);
  }

  #headerLine(part: OpenPart, text: string): void {
    const isEmpty = text === "\r\n" || text === "\n";
    if (!isEmpty) part.headerText += text;
    const isFull = part.headerText.length > this.#headerOctetsMax;
    if (isEmpty || isFull) this.#beginBody(part, this.#offset, this.#lines + 1);
  }

  /** What the header says decides where the next lines go. */
  #beginBody(part: OpenPart, offset: number, line: number): void {
    const mayOpen = this.#open.length <= this.#depthMax && this.#partsLeft > 0;
    part.beginBody(MailHeader.parse(Buffer.from(part.headerText, "latin1")), offset, line, mayOpen);
    if (mayOpen && part.isMessage) this.#openPart(part, offset, line, "text/plain");
  }

  #openPart(parent: OpenPart, offset: number, line: number, fallbackType: string): void {
    this.#partsLeft--;
    const part = new OpenPart(offset, line, fallbackType);
    parent.parts.push(part);
    this.#open.push(part);
  }

  /** A line of an outer multipart ends everything within (RFC 2046 §5.1.2). */
  #boundary(text: string, start: number): boolean {
    for (let depth = this.#open.length - 1; depth >= 0; depth--) {
      const multipart = this.#open[depth]!;
      const found = multipart.boundary === undefined ? undefined : boundaryIn(text, multipart.boundary);
      if (found === undefined) continue;
      this.#closeTo(depth + 1, Math.max(0, start - this.#lineEndOctets), this.#lines - 1, start);
      if (found === "close" || this.#partsLeft <= 0) multipart.boundary = undefined;
      else this.#openPart(multipart, this.#offset, this.#lines + 1, multipart.partType);
      return true;
    }
    return false;
  }

  /** Ends the parts that are open below a depth. One whose header goes on up to the boundary has no body. */
  #closeTo(depth: number, end: number, lines: number, boundaryStart = end): void {
    while (this.#open.length > Math.max(depth, 1)) {
      const part = this.#open.pop()!;
      if (part.isInHeader) this.#endHeader(part, boundaryStart);
      part.close(Math.max(end, part.bodyStart), Math.max(lines, part.bodyLine));
    }
    if (depth === 0 && this.#message.isInHeader) this.#endHeader(this.#message, this.#offset);
  }

  #endHeader(part: OpenPart, offset: number): void {
    part.beginBody(MailHeader.parse(Buffer.from(part.headerText, "latin1")), offset, this.#lines, false);
  }
}

/** The tree of a message that is there as a whole. */
export function readMimeTree(message: Uint8Array, options?: MimeTreeOptions): MimePart {
  const reader = new MimeTreeReader(options);
  reader.receive(message);
  return reader.end();
}
