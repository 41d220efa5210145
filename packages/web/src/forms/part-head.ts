import { quote } from "@hawser/core";
import { parseExtendedValue } from "../fields/extended-value.ts";
import { HttpFieldLexer, isHttpToken, trimOws } from "../fields/lexer.ts";
import { HttpFormError } from "./errors.ts";

/** What stands before the content of one part (RFC 7578 §4.2, §4.4). */
export interface MultipartPartHead {
  readonly name: string;
  /** Present for files, empty when none was chosen. Whatever the peer likes: see {@link safeFileName}. */
  readonly filename?: string | undefined;
  /** As it was sent; `text/plain` when it was not. */
  readonly contentType: string;
  /** All header lines by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Reads the header lines of one part.
 * @throws {HttpFormError} `malformed`
 */
export function parsePartHead(lines: readonly string[]): MultipartPartHead {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!isHttpToken(name) || /[\0\r\n]/.test(line) || headers.has(name)) throw malformedPart(line);
    headers.set(name, trimOws(line.slice(colon + 1)));
  }
  const disposition = headers.get("content-disposition") ?? "";
  const parameters = parseFormDisposition(disposition);
  const name = parameters?.get("name");
  if (name === undefined) throw malformedPart(disposition);
  const filename = parameters?.get("filename") ?? parseExtendedValue(parameters?.get("filename*") ?? "")?.text;
  return {
    name,
    ...(filename !== undefined && { filename }),
    contentType: headers.get("content-type") ?? "text/plain",
    headers,
  };
}

/**
 * Writes the header lines of one part, the empty line included.
 * @throws {TypeError} when the content type has control characters
 */
export function formatPartHead(
  head: Pick<MultipartPartHead, "name" | "filename"> & { readonly contentType?: string | undefined },
): string {
  let text = `Content-Disposition: form-data; name="${escapeName(head.name)}"`;
  if (head.filename !== undefined) text += `; filename="${escapeName(head.filename)}"`;
  if (head.contentType === undefined) return `${text}\r\n\r\n`;
  if (!/^[\x20-\x7e]+$/.test(head.contentType))
    throw new TypeError(`Cannot write the content type ${JSON.stringify(head.contentType)}`);
  return `${text}\r\nContent-Type: ${head.contentType}\r\n\r\n`;
}

/**
 * Reads `form-data; name="…"; filename="…"`. A parameter that stands twice makes it malformed: readers would
 * disagree.
 */
function parseFormDisposition(text: string): Map<string, string> | undefined {
  const lexer = new HttpFieldLexer(text);
  if (lexer.token()?.toLowerCase() !== "form-data") return undefined;
  const parameters = new Map<string, string>();
  while (!lexer.ows().done) {
    if (!lexer.skip(";")) return undefined;
    const name = lexer.ows().token()?.toLowerCase();
    if (name === undefined) continue;
    const value = lexer.skip("=") ? (lexer.token() ?? takeQuotedName(lexer)) : undefined;
    if (value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return parameters;
}

/**
 * Browsers write `"`, CR and LF as `%22`, `%0D` and `%0A` (WHATWG HTML §4.10.21.8), others escape quotes and backslashes.
 * Any other backslash stands for itself: it is part of a Windows path.
 */
function takeQuotedName(lexer: HttpFieldLexer): string | undefined {
  const quoted = lexer.take(QUOTED_NAME);
  if (quoted === undefined) return undefined;
  const unescaped = quoted.slice(1, -1).replace(/\\(["\\])/g, "$1");
  return unescaped.replace(/%(?:22|0D|0A)/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}

function escapeName(name: string): string {
  if (/[\0]|\p{Surrogate}/u.test(name))
    throw new TypeError(`Cannot write the name ${JSON.stringify(name)}: NUL or a lone surrogate`);
  const escapes: Readonly<Record<string, string>> = { '"': "%22", "\r": "%0D", "\n": "%0A", "\\": "\\\\" };
  return name.replace(/["\r\n\\]/g, (character) => escapes[character]!);
}

function malformedPart(text: string): HttpFormError {
  return new HttpFormError("malformed", `Cannot read the form: bad part header ${quote(text)}`, {
    section: "RFC 7578 §4.2",
  });
}

const QUOTED_NAME = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
