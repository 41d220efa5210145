import { isMultipartBoundary } from "./multipart.ts";
import { formatPartHead } from "./part-head.ts";

/** One part to write: a field, or a file when it has a name of its own. */
export interface MultipartFormPart {
  readonly name: string;
  readonly filename?: string | undefined;
  /** Default: none for fields, `application/octet-stream` for files. */
  readonly contentType?: string | undefined;
  readonly content: string | Uint8Array;
}

/**
 * Makes a boundary of 16 random octets. With so many, content that contains it by accident will not be met; ask
 * `reactor.random` for them, so that content that contains it on purpose will not be met either.
 */
export function multipartBoundary(random: Uint8Array): string {
  if (random.length < 16) throw new TypeError("Cannot make a boundary: fewer than 16 random octets");
  return `hawser-${Buffer.from(random).toString("hex").slice(0, 60)}`;
}

/**
 * Writes `multipart/form-data` piece by piece; content is passed on and not copied (RFC 7578).
 * @throws {TypeError} when the boundary is none, or a name cannot be written
 */
export function* encodeMultipartForm(
  parts: Iterable<MultipartFormPart>,
  boundary: string,
): Generator<Uint8Array, void> {
  if (!isMultipartBoundary(boundary))
    throw new TypeError(`Cannot write a form: bad boundary ${JSON.stringify(boundary)}`);
  for (const part of parts) {
    const contentType = part.contentType ?? (part.filename === undefined ? undefined : "application/octet-stream");
    yield Buffer.from(`--${boundary}\r\n${formatPartHead({ ...part, contentType })}`, "utf8");
    yield typeof part.content === "string" ? Buffer.from(part.content, "utf8") : part.content;
    yield Buffer.from("\r\n");
  }
  yield Buffer.from(`--${boundary}--\r\n`, "latin1");
}
