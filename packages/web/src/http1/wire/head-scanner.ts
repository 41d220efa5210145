import { httpTextOctets, httpTokenOctets } from "../../http/octets.ts";
import type { Http1ErrorCode } from "../errors.ts";

/** The bounds of one head; see `Http1Limits`. */
export interface HeadBounds {
  readonly headOctetsMax: number;
  readonly lineOctetsMax: number;
  readonly fieldsMax: number;
}

/** What may come next. The scanner can stop after any octet and go on from here. */
type Place = "start-line" | "after-cr" | "line-start" | "name" | "value" | "last-lf";

// Constants of this module are a tenth faster in the loops below than imported ones (measured).
const text = httpTextOctets;
const token = httpTokenOctets;

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const COLON = 0x3a;

/**
 * Finds the end of a head, or of a trailer section, looking at every octet once however the network cuts it, and refuses
 * what the grammar does not allow at the first octet of it.
 *
 *     start-line CRLF *( field-line CRLF ) CRLF            (RFC 9112 §2.1)
 *     field-line = field-name ":" OWS field-value OWS      (RFC 9112 §5)
 *
 * A line ends in CR LF and in nothing else, though §2.2 would allow a recipient to take a bare LF: two readings of one
 * octet are how requests are smuggled. Lines that begin with a blank (obs-fold, §5.2) are refused for the same reason.
 */
export class HeadScanner {
  /** Where each field and its colon are, counted from the head's first octet; see `HttpHeaders.overHead`. */
  marks: number[] = [];
  /** Octets seen of this head. */
  position = 0;
  /** Where the start line ends (its CR); -1 before that is known. */
  startLineEnd = -1;
  /** Why {@link scan} gave up; the head can never become a good one. */
  fault: Http1ErrorCode | undefined;

  readonly #bounds: HeadBounds;
  readonly #firstPlace: Place;
  #place: Place;
  #lineStart = 0;

  constructor(bounds: HeadBounds, kind: "head" | "trailers") {
    this.#bounds = bounds;
    this.#firstPlace = kind === "head" ? "start-line" : "line-start";
    this.#place = this.#firstPlace;
  }

  /** Makes ready for the next head. The marks of the last one stay with whoever took them. */
  reset(): void {
    this.marks = [];
    this.position = 0;
    this.startLineEnd = -1;
    this.#place = this.#firstPlace;
    this.#lineStart = 0;
  }

  /**
   * Reads on in the head that begins at `base`, up to `end`.
   * @returns whether the head is complete; its length is then {@link position}. When not: more octets, or {@link fault}
   */
  scan(octets: Uint8Array, base: number, end: number): boolean {
    const bound = Math.min(end, base + this.#bounds.headOctetsMax);
    let at = base + this.position;
    let place = this.#place;
    const { marks } = this;
    // One turn reads one line: each step hands over to the next, and the one at which the octets end is taken up again.
    while (at < bound) {
      if (place === "line-start") {
        const octet = octets[at]!;
        if (octet === CR) {
          place = "last-lf";
          if (++at === bound) break;
        } else {
          if (octet === SP || octet === HTAB) return this.#fail("obs-fold");
          if (octet === LF) return this.#fail("bad-line-ending");
          if (marks.length === 2 * this.#bounds.fieldsMax) return this.#fail("too-many-fields");
          marks.push(at - base);
          place = "name";
        }
      }
      if (place === "last-lf") {
        if (octets[at] !== LF) return this.#fail("bad-line-ending");
        marks.push(this.#lineStart);
        this.position = at + 1 - base;
        return true;
      }
      // One octet more than a line may have, so that its CR is seen.
      const lineBound = Math.min(bound, base + this.#lineStart + this.#bounds.lineOctetsMax + 1);
      if (place === "name") {
        at = skipName(octets, at, lineBound);
        if (at === lineBound) break;
        if (octets[at] !== COLON || at - base === this.#lineStart) return this.#fail("bad-field-line");
        marks.push(at - base);
        place = "value";
      }
      if (place !== "after-cr") {
        at = skipText(octets, at, lineBound);
        if (at === lineBound) break;
        if (octets[at] !== CR) return this.#fail(octets[at] === LF ? "bad-line-ending" : "bad-octet");
        if (place === "start-line") this.startLineEnd = at - base;
        place = "after-cr";
        if (++at === bound) break;
      }
      if (octets[at] !== LF) return this.#fail("bad-line-ending");
      at++;
      this.#lineStart = at - base;
      place = "line-start";
    }
    this.#place = place;
    this.position = at - base;
    if (place !== "after-cr" && this.position > this.#lineStart + this.#bounds.lineOctetsMax)
      return this.#fail("line-too-long");
    if (this.position >= this.#bounds.headOctetsMax) return this.#fail("head-too-large");
    return false;
  }

  #fail(fault: Http1ErrorCode): false {
    this.fault = fault;
    return false;
  }
}

/** Skips SP, HTAB, VCHAR and obs-text, four octets a step: this loop sees most octets of a head. */
function skipText(octets: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at + 3 < end) {
    if ((text[octets[at]!]! & text[octets[at + 1]!]! & text[octets[at + 2]!]! & text[octets[at + 3]!]!) === 0) break;
    at += 4;
  }
  while (at < end && text[octets[at]!] === 1) at++;
  return at;
}

function skipName(octets: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && token[octets[at]!] === 1) at++;
  return at;
}
