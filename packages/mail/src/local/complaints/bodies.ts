import { bodyOf, isKnownCharset, type MimePart } from "@hawser/mime";
import { isTextOf } from "./charsets.ts";
import type { ComplaintSource } from "./source.ts";

/** Characters of a line of base64 and of quoted-printable (RFC 2045 §6.7, §6.8). */
const encodedLineMax = 76;

/** What is in a part that holds no others. */
export function complainOfBodies(source: ComplaintSource, part: MimePart): void {
  if (part.parts.length > 0) return;
  const body = source.text.slice(part.bodyStart, part.end);
  if (part.transferEncoding === "base64") complainOfBase64(source, body, part.bodyStart);
  else if (part.transferEncoding === "quoted-printable") complainOfQuotedPrintable(source, body, part.bodyStart);
  else if (part.transferEncoding === "7bit") {
    const high = body.search(/[\x80-\xff]/);
    if (high !== -1) source.complain("eight-bit-unlabelled", part.bodyStart + high);
  }
  if (part.contentType.value.startsWith("text/")) complainOfCharset(source, part);
}

function complainOfBase64(source: ComplaintSource, body: string, offset: number): void {
  const complain = (at: number, text: string) => source.complain("base64-syntax", offset + at, { text });
  let count = 0;
  let padding: number | undefined;
  for (const { line, at } of linesOf(body)) {
    if (line.length > encodedLineMax) source.complain("base64-long", offset + at);
    const strange = line.search(/[^A-Za-z0-9+/=]/);
    if (strange !== -1 && line.trim() !== "") return complain(at, "A line has characters that are no base64");
    const letters = line.trim();
    if (padding !== undefined && letters !== "") return complain(at, "Something follows the end of the base64");
    const equals = letters.indexOf("=");
    if (equals !== -1) padding = letters.length - equals;
    if (padding !== undefined && (padding > 2 || /=[^=]/.test(letters)))
      return complain(at, "There are = within the base64");
    count += letters.length;
  }
  if (count % 4 !== 0)
    complain(Math.max(0, body.trimEnd().length - 1), "The base64 is cut off: its length is no multiple of 4");
}

function complainOfQuotedPrintable(source: ComplaintSource, body: string, offset: number): void {
  for (const { line, at } of linesOf(body)) {
    const fault = quotedPrintableFault(line);
    if (fault !== undefined) source.complain("quoted-printable-syntax", offset + at, { text: fault, excerpt: line });
    if (line.length > encodedLineMax) source.complain("quoted-printable-long", offset + at);
  }
}

function quotedPrintableFault(line: string): string | undefined {
  if (/=(?![0-9A-Fa-f]{2}|$)/.test(line)) return "A = is followed by no two hexadecimal digits";
  if (/=(?=[0-9A-Fa-f]{2})(?![0-9A-F]{2})/.test(line)) return "Hexadecimal digits are capital letters";
  if (/[ \t]$/.test(line)) return "White space stands at the end of a line, where it is lost";
  if (/[^\t\x20-\x7e]/.test(line)) return "Octets that are not printable are not encoded";
  return undefined;
}

function* linesOf(body: string): Generator<{ readonly line: string; readonly at: number }, void> {
  for (let at = 0; at < body.length; ) {
    const feed = body.indexOf("\n", at);
    const end = feed === -1 ? body.length : feed;
    yield { line: body.slice(at, end).replace(/\r$/, ""), at };
    at = end + 1;
  }
}

function complainOfCharset(source: ComplaintSource, part: MimePart): void {
  const told = part.contentType.parameters.get("charset");
  const charset = told ?? "us-ascii";
  const offset = source.offsetOf(part, "content-type");
  if (!isKnownCharset(charset)) return source.complain("charset-unknown", offset, { excerpt: charset });
  if (isTextOf(bodyOf(part, source.octets), charset)) return;
  const text = `The part has octets that are no ${told === undefined ? "US-ASCII, and it says no charset" : charset}`;
  source.complain("charset-octets", offset, { text });
}
