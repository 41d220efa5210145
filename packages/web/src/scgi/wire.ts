import { encodeNetstring } from "@hawser/core";

/**
 * Encodes the head of an SCGI request: a netstring of names and values, CONTENT_LENGTH first, then `SCGI=1`. The body
 * follows as it is.
 * @throws {TypeError} when a name or a value has NUL inside, which would make two of it
 */
export function encodeScgiHead(variables: Readonly<Record<string, string>>, contentLength: number): Uint8Array {
  const { CONTENT_LENGTH: _length, SCGI: _version, ...others } = variables;
  const pairs = [["CONTENT_LENGTH", String(contentLength)], ["SCGI", "1"], ...Object.entries(others)];
  const texts = pairs.flat();
  if (texts.some((text) => text.includes("\0"))) throw new TypeError("Cannot write an SCGI head: NUL is in a variable");
  return encodeNetstring(texts.map((text) => `${text}\0`).join(""));
}
