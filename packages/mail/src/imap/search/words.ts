import { isAscii } from "node:buffer";

/** A text that is looked for, as it is compared: case does not count (RFC 9051 §6.4.4). */
export class SearchedWords {
  readonly #folded: string;
  /** Whether octets that are plain text can be asked for it as they are. */
  readonly #isPlain: boolean;

  constructor(text: string) {
    this.#folded = folded(text.replaceAll("\r\n", "\n"));
    this.#isPlain = !text.includes("\n");
  }

  isIn(text: string): boolean {
    return folded(this.#isPlain ? text : text.replaceAll("\r\n", "\n")).includes(this.#folded);
  }

  /** Whether it is surely not in a message, whatever its parts are. */
  isSurelyNotIn(octets: PlainOctets): boolean {
    return this.#isPlain && octets.isPlain && !octets.lower.includes(this.#folded);
  }

  /** The same for the fields of a header, whose lines may be folded between two words. */
  isSurelyNotInHeader(octets: PlainOctets): boolean {
    return !/\s/.test(this.#folded) && this.isSurelyNotIn(octets);
  }
}

/** The texts of one search, each prepared once. */
export class SearchedTexts {
  readonly #all = new Map<string, SearchedWords>();

  of(text: string): SearchedWords {
    const words = this.#all.get(text) ?? new SearchedWords(text);
    this.#all.set(text, words);
    return words;
  }
}

/**
 * Octets of a message, looked at without taking it apart. Where all are of US-ASCII and nothing is encoded, what can be read in
 * it stands there as it is: so a look at the octets tells of most messages that a word is not in them.
 */
export class PlainOctets {
  readonly octets: Uint8Array;
  readonly lower: string;
  readonly isPlain: boolean;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.lower = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1").toLowerCase();
    this.isPlain = isAscii(octets) && !this.#isEncoded();
  }

  #isEncoded(): boolean {
    const { lower } = this;
    return ["=?", "base64", "quoted-printable"].some((mark) => lower.includes(mark)) || hasOddCharset(lower);
  }
}

/** Whether something may be written in a charset that means other letters by the octets of US-ASCII, such as UTF-7. */
function hasOddCharset(lower: string): boolean {
  for (let at = lower.indexOf("charset"); at !== -1; at = lower.indexOf("charset", at + 7)) {
    usualCharset.lastIndex = at;
    if (!usualCharset.test(lower)) return true;
  }
  return false;
}

const usualCharset = /charset="?(?:us-ascii|utf-8|iso-8859-\d+|windows-125\d)(?![\w-])/y;

function folded(text: string): string {
  return (/[^\0-\x7f]/.test(text) ? text.normalize("NFKC") : text).toLowerCase();
}
