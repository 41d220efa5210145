import { quote } from "@hawser/core";
import { parseHttpMediaType } from "../fields/content-type.ts";
import { abortable } from "./abortable.ts";
import { HttpFormError, tooLarge } from "./errors.ts";
import { formBounds, type HttpFormLimits, urlEncodedOctetsMax } from "./limits.ts";
import { MultipartFormReader } from "./multipart.ts";
import type { MultipartPartHead } from "./part-head.ts";
import { PartSource } from "./part-source.ts";
import { parseUrlEncoded } from "./urlencoded.ts";

/** A field that is text. */
export interface HttpFormField {
  readonly type: "field";
  readonly name: string;
  readonly value: string;
}

/** A file on its way. Read `content` before the next entry is asked for, or it is skipped. */
export interface HttpFormUpload {
  readonly type: "file";
  readonly name: string;
  /** Whatever the peer likes: see {@link safeFileName}. Empty when the user chose no file. */
  readonly filename: string;
  /** What the peer calls the content; do not believe it. */
  readonly contentType: string;
  /** The octets as they come. Not reading them stops the peer from sending more. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What forms consist of. */
export type HttpFormEntry = HttpFormField | HttpFormUpload;

/** How a form is read. */
export interface HttpFormOptions extends HttpFormLimits {
  /** Ends the reading, with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a form of either encoding, entry by entry, as it comes. Nothing but the present field is kept in memory.
 *
 * ```ts
 * for await (const entry of readForm(request.body, request.headers.get("content-type"))) {
 *   if (entry.type === "file") await save(safeFileName(entry.filename), entry.content);
 * }
 * ```
 * @throws {HttpFormError} `unsupported`, `malformed`, `truncated`, `too-large`
 */
export async function* readForm(
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  options: HttpFormOptions = {},
): AsyncGenerator<HttpFormEntry, void> {
  const media = parseHttpMediaType(contentType ?? "");
  const source = abortable(body, options.signal);
  switch (`${media?.type}/${media?.subtype}`) {
    case "application/x-www-form-urlencoded":
      yield* readUrlEncoded(source, options);
      return;
    case "multipart/form-data":
      yield* readMultipart(source, media?.parameters.get("boundary") ?? "", options);
      return;
    default:
      throw new HttpFormError("unsupported", `Cannot read the form: its type is ${quote(contentType ?? "")}`);
  }
}

async function* readUrlEncoded(
  body: AsyncIterable<Uint8Array>,
  limits: HttpFormLimits,
): AsyncGenerator<HttpFormField, void> {
  const { bodyOctetsMax } = formBounds(limits, urlEncodedOctetsMax);
  const octets = await collect(body, bodyOctetsMax, "octets");
  for (const [name, value] of parseUrlEncoded(octets, limits)) yield { type: "field", name, value };
}

async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: HttpFormLimits,
): AsyncGenerator<HttpFormEntry, void> {
  const parts = new PartSource(body, new MultipartFormReader(boundary, limits));
  let charset = "utf-8";
  try {
    for (let head = await parts.nextHead(); head !== undefined; head = await parts.nextHead()) {
      const { name, filename, contentType } = head;
      if (filename !== undefined) {
        yield { type: "file", name, filename, contentType, content: parts.content() };
        continue;
      }
      const { fieldOctetsMax } = formBounds(limits, 0);
      const value = decodeText(await collect(parts.content(), fieldOctetsMax, "octets in a field"), head, charset);
      if (name === "_charset_") charset = value; // the charset of the fields that follow (RFC 7578 §4.6)
      yield { type: "field", name, value };
    }
  } finally {
    await parts.close();
  }
}

async function collect(source: AsyncIterable<Uint8Array>, octetsMax: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of source) {
    octets += chunk.length;
    if (octets > octetsMax) throw tooLarge(what, octetsMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, octets);
}

/** Decodes a field by its own charset, else by the form's; an unknown one reads as UTF-8. */
function decodeText(octets: Uint8Array, head: MultipartPartHead, formCharset: string): string {
  const charset = parseHttpMediaType(head.contentType)?.parameters.get("charset") ?? formCharset;
  return textDecoder(charset).decode(octets);
}

function textDecoder(charset: string) {
  try {
    return new TextDecoder(charset, { ignoreBOM: true });
  } catch {
    return new TextDecoder("utf-8", { ignoreBOM: true });
  }
}
