import { quote } from "@hawser/core";
import { HttpFormError, tooLarge } from "./errors.ts";
import { formBounds, type HttpFormBounds, type HttpFormLimits, multipartOctetsMax } from "./limits.ts";
import { type MultipartPartHead, parsePartHead } from "./part-head.ts";

/** What is in a multipart form, piece by piece. */
export type MultipartFormEvent =
  | { readonly type: "part-begin"; readonly head: MultipartPartHead }
  | { readonly type: "part-data"; readonly chunk: Uint8Array }
  | { readonly type: "part-end" }
  | { readonly type: "form-end" };

/**
 * Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as its octets come: `receive` them, then pull events with
 * `next`. It keeps no content, only the few octets at the end of a chunk that may begin a boundary, and one line.
 *
 * The work is linear: a boundary is at most 70 octets and has no CR, so that of all places where one may have begun at
 * the end of a chunk only the last CR counts.
 */
export class MultipartFormReader {
  readonly #delimiter: Buffer;
  readonly #bounds: HttpFormBounds;
  #state: "preamble" | "delimiter" | "head" | "content" | "ended" = "preamble";
  // A first line break, so that a form without a preamble begins with a whole delimiter too.
  #held: Buffer = Buffer.from("\r\n");
  #arrived: Uint8Array[] = [];
  #inputEnded = false;
  #bodyOctets = 0;
  #headLines: string[] = [];
  #headOctets = 0;
  #contentOctets = 0;
  #contentOctetsMax = 0;
  #parts = 0;
  #files = 0;

  /**
   * @param boundary the parameter of the `Content-Type`
   * @throws {HttpFormError} `malformed`, when it is not a boundary (RFC 2046 §5.1.1)
   */
  constructor(boundary: string, limits: HttpFormLimits = {}) {
    if (!isMultipartBoundary(boundary)) {
      throw boundaryError("malformed", `bad boundary ${quote(boundary)}`);
    }
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
    this.#bounds = formBounds(limits, multipartOctetsMax);
  }

  /** Keeps octets of the body. What follows the last boundary is dropped (RFC 2046 §5.1.1). */
  receive(chunk: Uint8Array): void {
    this.#bodyOctets += chunk.length;
    if (this.#state !== "ended") this.#arrived.push(chunk);
  }

  /** The body has ended. */
  end(): void {
    this.#inputEnded = true;
  }

  /**
   * The next event; `undefined` when more octets are needed, and after `form-end`.
   * @throws {HttpFormError} `malformed`, `truncated`, `too-large`
   */
  next(): MultipartFormEvent | undefined {
    if (this.#bodyOctets > this.#bounds.bodyOctetsMax) throw tooLarge("octets", this.#bounds.bodyOctetsMax);
    this.#join();
    for (;;) {
      const before = this.#state;
      const event = this.#step();
      if (event !== undefined || this.#state === before) return event ?? this.#starve();
    }
  }

  #join(): void {
    if (this.#arrived.length === 0) return;
    const [first, ...more] = this.#arrived;
    const alone = this.#held.length === 0 && more.length === 0; // the usual case: nothing is copied
    this.#held = alone ? bufferOver(first!) : Buffer.concat([this.#held, ...this.#arrived]);
    this.#arrived = [];
  }

  /** Goes as far as one event or one change of state. */
  #step(): MultipartFormEvent | undefined {
    switch (this.#state) {
      case "preamble":
        return this.#skipPreamble();
      case "delimiter":
        return this.#readDelimiterEnd();
      case "head":
        return this.#readHead();
      case "content":
        return this.#readContent();
      case "ended":
        return undefined;
      default:
        return this.#state satisfies never;
    }
  }

  #skipPreamble(): undefined {
    const at = this.#held.indexOf(this.#delimiter);
    this.#take(at < 0 ? this.#safeLength() : at + this.#delimiter.length);
    if (at >= 0) this.#state = "delimiter";
  }

  /** After a delimiter: `--` ends the form; else white space and a line end begin a part. */
  #readDelimiterEnd(): MultipartFormEvent | undefined {
    if (this.#held.length < 2) return undefined;
    if (this.#held[0] === DASH && this.#held[1] === DASH) {
      this.#take(this.#held.length);
      this.#state = "ended";
      return { type: "form-end" };
    }
    const line = this.#takeLine(PADDING_OCTETS_MAX);
    if (line === undefined) return undefined;
    if (!/^[ \t]*$/.test(line)) throw boundaryError("malformed", "text after a boundary");
    if (++this.#parts > this.#bounds.partsMax) throw tooLarge("parts", this.#bounds.partsMax);
    this.#headOctets = 0;
    this.#state = "head";
    return undefined;
  }

  #readHead(): MultipartFormEvent | undefined {
    for (;;) {
      const before = this.#held.length;
      const line = this.#takeLine(this.#bounds.partHeaderOctetsMax - this.#headOctets);
      if (line === undefined) return undefined;
      if (line === "") return this.#beginPart();
      this.#headOctets += before - this.#held.length;
      this.#headLines.push(line);
    }
  }

  #beginPart(): MultipartFormEvent {
    const head = parsePartHead(this.#headLines);
    const { nameOctetsMax, filesMax, fileOctetsMax, fieldOctetsMax } = this.#bounds;
    if (Buffer.byteLength(head.name) > nameOctetsMax) throw tooLarge("octets in a name", nameOctetsMax);
    if (head.filename !== undefined && ++this.#files > filesMax) throw tooLarge("files", filesMax);
    this.#contentOctetsMax = head.filename === undefined ? fieldOctetsMax : fileOctetsMax;
    this.#contentOctets = 0;
    this.#headLines = [];
    this.#state = "content";
    return { type: "part-begin", head };
  }

  #readContent(): MultipartFormEvent | undefined {
    const at = this.#held.indexOf(this.#delimiter);
    const length = at < 0 ? this.#safeLength() : at;
    if (length > 0) return this.#takeContent(length);
    if (at < 0) return undefined;
    this.#take(this.#delimiter.length);
    this.#state = "delimiter";
    return { type: "part-end" };
  }

  #takeContent(length: number): MultipartFormEvent {
    this.#contentOctets += length;
    if (this.#contentOctets > this.#contentOctetsMax) throw tooLarge("octets in one part", this.#contentOctetsMax);
    return { type: "part-data", chunk: this.#take(length) };
  }

  /** How many of the held octets cannot be the beginning of a delimiter. */
  #safeLength(): number {
    const cr = this.#held.lastIndexOf(CR);
    if (cr < 0) return this.#held.length;
    const tail = this.#held.subarray(cr);
    return tail.equals(this.#delimiter.subarray(0, tail.length)) ? cr : this.#held.length;
  }

  /** One line without its end; `undefined` until it is whole. */
  #takeLine(octetsMax: number): string | undefined {
    const end = this.#held.subarray(0, octetsMax + 2).indexOf("\r\n");
    if (end < 0) {
      const { partHeaderOctetsMax } = this.#bounds;
      if (this.#held.length >= octetsMax + 2) throw tooLarge("octets in the head of a part", partHeaderOctetsMax);
      return undefined;
    }
    const line = this.#take(end).toString("utf8");
    this.#take(2);
    return line;
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  #starve(): undefined {
    if (this.#inputEnded && this.#state !== "ended") {
      throw boundaryError("truncated", "it ends before its last boundary");
    }
  }
}

/**
 * Says whether a text can be a boundary: 1 to 70 characters of those that RFC 2046 §5.1.1 lists, no space at the end.
 */
export function isMultipartBoundary(text: string): boolean {
  return /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(text);
}

function bufferOver(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

function boundaryError(code: "malformed" | "truncated", why: string): HttpFormError {
  return new HttpFormError(code, `Cannot read the form: ${why}`, { section: "RFC 2046 §5.1.1" });
}

const CR = 0x0d;
const DASH = 0x2d;
// White space that gateways may put after a boundary (RFC 2046 §5.1.1, transport-padding).
const PADDING_OCTETS_MAX = 128;
