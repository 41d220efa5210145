import { httpTextOctets } from "../../http/octets.ts";
import { Http1ProtocolError } from "../errors.ts";

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const SEMICOLON = 0x3b;

/** The value of each hexadecimal digit, -1 for other octets. */
const hexValues = new Int8Array(256).fill(-1);
for (const digit of "0123456789abcdefABCDEF") hexValues[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** 13 hexadecimal digits are 52 bits, the most that JavaScript counts exactly. */
const SIZE_DIGITS_MAX = 13;

/**
 * Reads the line before each chunk, stopping and going on at any octet.
 *
 *     chunk     = chunk-size [ chunk-ext ] CRLF chunk-data CRLF      (RFC 9112 §7.1)
 *     chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )      (§7.1.1)
 *
 * Extensions are skipped, but not without looking: a bare LF among them is how requests are smuggled (CVE-2025-55315).
 */
export class ChunkLineReader {
  /** The size of the chunk that follows, once {@link read} says the line is complete. */
  size = 0;

  readonly #extensionOctetsMax: number;
  #extensionOctets = 0;
  #digits = 0;
  #place: "size" | "blank" | "extension" | "last-lf" = "size";

  constructor(extensionOctetsMax: number) {
    this.#extensionOctetsMax = extensionOctetsMax;
  }

  /** Another body begins; the extensions of one body are counted together. */
  reset(): void {
    this.#extensionOctets = 0;
  }

  /**
   * Reads from `start` up to `end`.
   * @returns where the chunk begins, or -1 when the line is not complete: all octets up to `end` are then done with
   */
  read(octets: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      if (this.#take(octets[at]!)) {
        this.#digits = 0;
        this.#place = "size";
        return at + 1;
      }
    }
    return -1;
  }

  /** Takes one octet of the line; tells whether it was the last. */
  #take(octet: number): boolean {
    switch (this.#place) {
      case "size":
        if (hexValues[octet]! >= 0) this.#takeDigit(hexValues[octet]!);
        else if (this.#digits === 0) throw new Http1ProtocolError("bad-chunk", "its size is missing");
        else this.#takeAfterSize(octet);
        return false;
      case "blank":
        this.#countExtension();
        if (octet === SEMICOLON) this.#place = "extension";
        else if (octet !== SP && octet !== HTAB) throw new Http1ProtocolError("bad-chunk", "its size is malformed");
        return false;
      case "extension":
        if (octet === CR) this.#place = "last-lf";
        else if (httpTextOctets[octet] !== 1) throw new Http1ProtocolError("bad-chunk", "its extension is malformed");
        else this.#countExtension();
        return false;
      case "last-lf":
        if (octet !== LF) throw new Http1ProtocolError("bad-line-ending");
        return true;
      default:
        return this.#place satisfies never;
    }
  }

  #takeDigit(value: number): void {
    // The size of the chunk before may still be there: it is read between lines.
    this.size = this.#digits === 0 ? value : this.size * 16 + value;
    if (++this.#digits > SIZE_DIGITS_MAX) throw new Http1ProtocolError("bad-chunk", "it is too large");
  }

  #takeAfterSize(octet: number): void {
    if (octet === CR) this.#place = "last-lf";
    else if (octet === SEMICOLON) this.#place = "extension";
    else if (octet === SP || octet === HTAB) this.#place = "blank";
    else throw new Http1ProtocolError("bad-chunk", "its size is malformed");
    if (octet !== CR) this.#countExtension();
  }

  #countExtension(): void {
    if (++this.#extensionOctets > this.#extensionOctetsMax) throw new Http1ProtocolError("chunk-extensions-too-long");
  }
}
