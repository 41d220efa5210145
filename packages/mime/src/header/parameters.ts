import { decodeCharset } from "../charset.ts";
import { mailLineOctetsWanted, mimeParametersMax } from "../limits.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { isAscii } from "./octet-text.ts";
import { type MailToken, mailTokens, quotedString } from "./tokens.ts";

/** A value with parameters: `text/plain; charset=utf-8` (RFC 2045 §5.1, RFC 2183 §2). */
export interface MimeValue {
  /** In lower case. */
  readonly value: string;
  /** By their names in lower case; continued ones put together and decoded (RFC 2231). */
  readonly parameters: ReadonlyMap<string, string>;
  /** As they stand, in their order: `["filename*0*", "utf-8''%e2"]`. What IMAP gives out. */
  readonly rawParameters: readonly (readonly [name: string, value: string])[];
}

/** Reads a value with parameters. Nothing is refused: what cannot be read is left out, and of two with one name the first counts. */
export function parseMimeValue(text: string): MimeValue {
  const tokens = [...mailTokens(text, "parameter")].filter(({ type }) => type !== "comment");
  const [head = [], ...rest] = splitAtSemicolons(tokens);
  const value = head.map((token) => token.text).join("");
  const rawParameters = rest.slice(0, mimeParametersMax).flatMap(parameterOf);
  return { value: value.toLowerCase(), parameters: decodeParameters(rawParameters), rawParameters };
}

function splitAtSemicolons(tokens: readonly MailToken[]): readonly (readonly MailToken[])[] {
  const parts: MailToken[][] = [[]];
  for (const token of tokens) {
    if (token.type === "special" && token.text === ";") parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** `name=value`; a value without the quotes it should have is taken whole: `filename=my report.pdf`. */
function parameterOf(tokens: readonly MailToken[]): readonly (readonly [string, string])[] {
  const [name, equals, ...value] = tokens;
  if (name?.type !== "atom" || equals?.text !== "=" || value.length === 0) return [];
  return [[name.text, value.map(({ text, isSpaced }, i) => (i > 0 && isSpaced ? ` ${text}` : text)).join("")]];
}

/** A piece of a parameter: its number, and whether it is in percent signs (RFC 2231 §4.1). */
type Section = { readonly number: number; readonly isEncoded: boolean; readonly text: string };

function decodeParameters(raw: MimeValue["rawParameters"]): ReadonlyMap<string, string> {
  const plain = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  for (const [spelled, text] of raw) {
    const [, name, number, star] = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/.exec(spelled.toLowerCase()) ?? [];
    if (name === undefined) continue;
    if (number === undefined && star === undefined) {
      if (!plain.has(name)) plain.set(name, decodeEncodedWords(text)); // RFC 2047 §5 forbids it, and many do it
      continue;
    }
    const known = sections.get(name) ?? [];
    sections.set(name, known);
    known.push({ number: Number(number ?? 0), isEncoded: star !== undefined, text });
  }
  for (const [name, pieces] of sections) plain.set(name, joinSections(pieces)); // these are better than a plain one
  return plain;
}

/** Put together in the order of their numbers, until one is missing. */
function joinSections(pieces: readonly Section[]): string {
  const sorted = [...pieces].sort((a, b) => a.number - b.number);
  const whole = sorted.filter(({ number }, i) => number === i);
  const [, charset = "", rest] = /^([^']*)'[^']*'(.*)$/s.exec(whole[0]?.text ?? "") ?? [];
  const isCharsetTold = whole[0]?.isEncoded === true && rest !== undefined;
  const octets = whole.map((piece, i) => {
    const text = i === 0 && isCharsetTold ? rest : piece.text;
    return piece.isEncoded ? percentOctets(text) : Buffer.from(text);
  });
  return decodeCharset(Buffer.concat(octets), isCharsetTold ? charset : "");
}

function percentOctets(text: string): Uint8Array {
  const octets = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return isAscii(text) ? Buffer.from(octets, "latin1") : Buffer.from(octets);
}

/**
 * Writes a value with parameters, to be folded at its spaces. Values beyond US-ASCII, with control characters, or too long for
 * a line are written as RFC 2231 says, in pieces where one line does not hold them.
 */
export function formatMimeValue(value: string, parameters: Iterable<readonly [name: string, value: string]>): string {
  const written = [...parameters].flatMap(([name, text]) => formatParameter(name, text));
  return [value, ...written].join("; ");
}

const token = /^[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+$/;

function formatParameter(name: string, text: string): readonly string[] {
  const isPlain = isAscii(text) && !/[\0-\x1f\x7f]/.test(text);
  if (isPlain && token.test(text) && name.length + text.length < mailLineOctetsWanted - 4) return [`${name}=${text}`];
  if (isPlain && name.length + text.length < mailLineOctetsWanted - 8) return [`${name}=${quotedString(text)}`];
  const pieces = percentPieces(`utf-8''`, text, mailLineOctetsWanted - name.length - 12);
  if (pieces.length === 1) return [`${name}*=${pieces[0]}`];
  return pieces.map((piece, i) => `${name}*${i}*=${piece}`);
}

function percentPieces(begin: string, text: string, octetsMax: number): readonly string[] {
  const pieces: string[] = [];
  let piece = begin;
  for (const character of text) {
    const encoded = /^[!#$&+.0-9A-Z^_`a-z{|}~-]$/.test(character) ? character : percentEncoded(character);
    if (piece.length + encoded.length > octetsMax) {
      pieces.push(piece);
      piece = "";
    }
    piece += encoded;
  }
  return [...pieces, piece];
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
