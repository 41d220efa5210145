import type { DnsWords } from "../presentation/words.ts";
import { hex, parseOctets } from "./fields/octets.ts";
import type { DnsField } from "./record-type.ts";

/** Data that nobody takes apart. */
export interface OpaqueData {
  readonly octets: Uint8Array;
}

/** Data of a type without a file here: `\# 4 0A000001` (RFC 3597 §5). */
export const unknownData: DnsField<OpaqueData> = {
  decode: (reader) => ({ octets: reader.rest() }),
  encode: ({ octets }, writer) => writer.put(octets),
  parse: (words) => ({ octets: parseOpaque(words) }),
  format: ({ octets }) => (octets.length === 0 ? "\\# 0" : `\\# ${octets.length} ${hex.format(octets)}`),
};

/** Whether the words that come spell octets, which any type may be spelled with (RFC 3597 §5). */
export function isOpaque(words: DnsWords): boolean {
  const token = words.peek();
  return token?.text === "\\#" && !token.quoted;
}

/** @throws {DnsTextError} when there are no octets, or more or fewer than are announced */
function parseOpaque(words: DnsWords): Uint8Array {
  if (!isOpaque(words))
    throw words.bad(words.word(), "data of an unknown type are written as \\#, their length, and hexadecimal digits");
  words.token();
  const length = words.integer(0xffff);
  const digits = words.rest();
  const octets = parseOctets(words, digits, hex);
  if (octets.length === length) return octets;
  throw words.error("bad-value", `${length} octets are announced, and ${octets.length} come`);
}
