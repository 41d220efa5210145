import { encodedWordOctetsMax, isKnownCharset, type MimePart } from "@hawser/mime";
import { isTextOf } from "./charsets.ts";
import type { ComplaintDetails, ComplaintSource } from "./source.ts";

/** Where quotation marks mean something, so that nothing in them is decoded. */
const structured = /^(?:(?:resent-)?(?:from|sender|reply-to|to|cc|bcc)|content-(?:type|disposition))$/;

/** Encoded words in every field of a part (RFC 2047). */
export function complainOfEncodedWords(source: ComplaintSource, part: MimePart): void {
  for (const [field, offset] of source.fields(part)) {
    if (!field.octets.includes("=?")) continue;
    const body = source.body(field);
    const isStructured = structured.test(field.name.toLowerCase());
    const quoted = isStructured ? [...body.matchAll(/"(?:\\.|[^"\\])*"/g)].map(([text]) => text) : [];
    for (const text of quoted)
      if (encodedWord.test(text))
        source.complain("encoded-word-quoted", offset, {
          excerpt: `${field.name}: ${text}`,
          ...forOldClients(field.name),
        });
    const plain = isStructured ? body.replace(/"(?:\\.|[^"\\])*"/g, " ") : body;
    for (const word of plain.split(/[ \t]+/)) if (word.includes("=?")) complainOfWord(source, word, offset);
  }
}

/** Names of files are written so by nearly everybody, beside RFC 2231's way, for programs that know no better. */
function forOldClients(name: string): ComplaintDetails {
  return /^content-/i.test(name) ? { level: "advice" } : {};
}

const encodedWord = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=/i;
/** charset, perhaps a language (RFC 2231 §5), encoding, text. */
const strict = /^=\?([!#$%&'+0-9A-Z^_`a-z{|}~-]+)(?:\*[A-Za-z0-9-]+)?\?([bBqQ])\?([!->@-~]+)\?=$/;

function complainOfWord(source: ComplaintSource, word: string, offset: number): void {
  const inside = word.replace(/^\(+/, "").replace(/\)+$/, "");
  const match = strict.exec(inside);
  const excerpt = word;
  if (match === null) {
    const isOne = encodedWord.test(inside);
    const isMeant = isOne || /^=\?[^?]*\?[^?]*\?/.test(inside);
    if (isMeant)
      source.complain(isOne && isGlued(inside) ? "encoded-word-glued" : "encoded-word-syntax", offset, { excerpt });
    return;
  }
  const [, charset = "", encoding = "", text = ""] = match;
  if (inside.length > encodedWordOctetsMax) source.complain("encoded-word-long", offset, { excerpt });
  if (!isKnownCharset(charset)) return source.complain("encoded-word-charset", offset, { excerpt });
  const octets = encoding.toLowerCase() === "b" ? octetsOfB(text) : octetsOfQ(text);
  if (octets === undefined)
    source.complain("encoded-word-syntax", offset, {
      text: `An encoded word is no ${encoding.toUpperCase()} encoding`,
      section: "RFC 2047 §4",
      excerpt,
    });
  else if (!isTextOf(octets, charset)) source.complain("encoded-word-octets", offset, { excerpt });
}

/** A good one with something beside it. */
function isGlued(word: string): boolean {
  const [found = ""] = encodedWord.exec(word) ?? [];
  return found !== word && strict.test(found);
}

function octetsOfB(text: string): Uint8Array | undefined {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

function octetsOfQ(text: string): Uint8Array | undefined {
  if (/=(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const octets = text
    .replace(/_/g, " ")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, "latin1");
}
