import { decodeCharset } from "../charset.ts";
import { encodedLineOctetsMax, encodedWordOctetsMax } from "../limits.ts";

/** `=?charset*language?encoding?text?=` (RFC 2047 §2, RFC 2231 §5). */
const encodedWord = /=\?([^?*\s]{1,64})(?:\*[^?\s]{0,64})?\?([bBqQ])\?([^?\r\n]*)\?=/g;

/**
 * The meaning of text with encoded words (RFC 2047 §6.2). Space between two of them goes; neighbours of one charset are put
 * together before they are decoded, since many cut characters in two.
 */
export function decodeEncodedWords(text: string): string {
  if (!text.includes("=?")) return text;
  let decoded = "";
  let end = 0;
  let run: Run | undefined;
  for (const match of text.matchAll(encodedWord)) {
    const [whole, charset, encoding, content] = match as unknown as [string, string, string, string];
    const between = text.slice(end, match.index);
    const joins = run !== undefined && /^[ \t\r\n]*$/.test(between);
    if (!joins || run!.charset !== charset.toLowerCase()) {
      decoded += meaningOfRun(run) + (joins ? "" : between);
      run = { charset: charset.toLowerCase(), pieces: [] };
    }
    run!.pieces.push(encoding.toLowerCase() === "b" ? Buffer.from(content, "base64") : decodeQ(content));
    end = match.index + whole.length;
  }
  return decoded + meaningOfRun(run) + text.slice(end);
}

/** Words that follow each other, with one charset. */
type Run = { readonly charset: string; readonly pieces: Uint8Array[] };

function meaningOfRun(run: Run | undefined): string {
  return run === undefined ? "" : decodeCharset(Buffer.concat(run.pieces), run.charset);
}

/** The "Q" encoding (RFC 2047 §4.2). */
function decodeQ(text: string): Uint8Array {
  const octets = text
    .replaceAll("_", " ")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, "latin1");
}

/** Where encoded words stand: in a phrase fewer characters may be as they are (RFC 2047 §5). */
export type EncodedWordPlace = "phrase" | "text";

const plainCharacters: Readonly<Record<EncodedWordPlace, RegExp>> = {
  phrase: /[A-Za-z0-9!*+/-]/,
  text: /[A-Za-z0-9!*+/.,:;@#$%&'()<>[\]^`{|}~-]/,
};

/** `=?UTF-8?Q?` and `?=`. */
const frameOctets = 12;

/** `Resent-Reply-To: `, the longest before a phrase that is usual. */
const fieldNameOctets = 17;

/** Room for a few characters, however long the name of the field is: one takes up to twelve. */
const wordOctetsMin = 36;

/**
 * Writes text as encoded words in UTF-8, each of at most 75 octets and of whole characters (RFC 2047 §5), "B" or "Q", as is
 * shorter. They are to be put side by side with folds between them. The first stands behind `before` octets of its line, such as
 * the name of its field. Default: what is enough for those with a phrase.
 */
export function encodedWordsOf(
  text: string,
  place: EncodedWordPlace = "text",
  before: number = fieldNameOctets,
): readonly string[] {
  const firstMax = Math.max(wordOctetsMin, Math.min(encodedWordOctetsMax, encodedLineOctetsMax - before));
  const characters = [...text];
  const q = characters.map((character) => encodeQ(character, plainCharacters[place]));
  const qOctets = q.reduce((sum, one) => sum + one.length, 0);
  const bOctets = Math.ceil(Buffer.byteLength(text) / 3) * 4;
  return qOctets <= bOctets
    ? packed(q, firstMax).map((part) => `=?UTF-8?Q?${part}?=`)
    : baseWords(characters, firstMax);
}

function encodeQ(character: string, plain: RegExp): string {
  if (character === " ") return "_";
  if (plain.test(character)) return character;
  return [...Buffer.from(character)].map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

function packed(pieces: readonly string[], firstMax: number): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (const piece of pieces) {
    const octetsMax = words.length === 0 ? firstMax : encodedWordOctetsMax;
    if (word.length + piece.length > octetsMax - frameOctets) {
      words.push(word);
      word = "";
    }
    word += piece;
  }
  return [...words, word];
}

function baseWords(characters: readonly string[], firstMax: number): readonly string[] {
  const words: string[] = [];
  let word = "";
  let octets = 0;
  for (const character of characters) {
    const more = Buffer.byteLength(character);
    const octetsMax = words.length === 0 ? firstMax : encodedWordOctetsMax;
    if (octets + more > Math.floor((octetsMax - frameOctets) / 4) * 3) {
      words.push(word);
      word = "";
      octets = 0;
    }
    word += character;
    octets += more;
  }
  return [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString("base64")}?=`);
}
