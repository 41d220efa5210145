import { contentCodings, type HttpContentCoding } from "../content/codings.ts";
import { compressStream } from "../content/compress.ts";
import { type ChooseCompressionOptions, chooseCompression, weakenEntityTag } from "../content/compressible.ts";
import { cacheControlField } from "../fields/cache-control.ts";
import { etagField, formatEntityTag } from "../fields/entity-tag.ts";
import { readField } from "../fields/field.ts";
import { acceptEncodingField } from "../fields/preferences.ts";
import { varyField } from "../fields/tokens.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";

/** What {@link compressed} compresses. */
export type CompressedOptions = ChooseCompressionOptions;

type Coding = HttpContentCoding["name"];

/** Bodies up to this length are compressed at once, which takes a millisecond; others beside the other work of the process. */
const atOnceOctetsMax = 32_768;

/**
 * Compresses answers for the clients that take it (RFC 9110 §8.4): text and its like, from 1 KiB on. What is compressed
 * already, a part of a file, or marked `no-transform` is left alone. Streams are passed on as they come, each piece at once.
 *
 * A compressed answer has a weak tag. Do not use it for pages that show a secret beside what a stranger may choose: their
 * length tells the secret (BREACH).
 */
export function compressed(root: HttpRoot, options: CompressedOptions = {}): HttpHandler {
  const handler = asHandler(root);
  return (request) => {
    const response = handler(request);
    if (response instanceof Promise) return response.then((later) => encode(request, later, options));
    return encode(request, response, options);
  };
}

function encode(
  request: HttpRequest,
  response: HttpResponse,
  options: CompressedOptions,
): HttpResponse | Promise<HttpResponse> {
  const { coding, varies } = chooseCompression(
    readField(request.headers, acceptEncodingField),
    {
      status: response.status,
      contentType: response.headers.get("content-type"),
      contentLength: lengthOf(response),
      encoded: response.headers.has("content-encoding"),
      noTransform: readField(response.headers, cacheControlField)?.noTransform,
    },
    options,
  );
  if (varies) addVary(response);
  if (coding === undefined) return response;
  describe(response, coding);
  // Nobody will see its body: it is left to whoever closes it.
  return request.method === "HEAD" ? response : encodeBody(response, coding);
}

function encodeBody(response: HttpResponse, coding: Coding): HttpResponse | Promise<HttpResponse> {
  const { body } = response;
  if (body === undefined) return response;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    response.body = new CompressedStream(body, coding);
    response.length = undefined;
    return response;
  }
  const content = typeof body === "string" ? Buffer.from(body) : body;
  const smaller = compressWhole(content, coding);
  if (smaller instanceof Promise) return smaller.then((octets) => Object.assign(response, { body: octets }));
  response.body = smaller;
  return response;
}

/** The fields of an answer that has become another representation. */
function describe({ headers }: HttpResponse, coding: Coding): void {
  headers.set("content-encoding", coding);
  headers.delete("content-length");
  headers.delete("accept-ranges");
  const etag = readField(headers, etagField);
  if (etag !== undefined) headers.set("etag", formatEntityTag(weakenEntityTag(etag)));
}

function addVary({ headers }: HttpResponse): void {
  const known = readField(headers, varyField) ?? [];
  if (known === "*" || known.includes("accept-encoding")) return;
  headers.append("vary", "Accept-Encoding");
}

function lengthOf({ body, length, headers }: HttpResponse): number | undefined {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  const announced = headers.get("content-length");
  return length ?? (announced === undefined ? (body === undefined ? 0 : undefined) : Number(announced));
}

/** What came of content that is sent again and again, as files in memory are. It goes when the content goes. */
const results = new WeakMap<Uint8Array, Map<Coding, Uint8Array | Promise<Uint8Array>>>();

function compressWhole(content: Uint8Array, coding: Coding): Uint8Array | Promise<Uint8Array> {
  const known = results.get(content) ?? new Map<Coding, Uint8Array | Promise<Uint8Array>>();
  results.set(content, known);
  const before = known.get(coding);
  if (before !== undefined) return before;
  const isSmall = content.length <= atOnceOctetsMax;
  const result = isSmall ? contentCodings().get(coding)!.compress(content) : later(content, coding);
  known.set(coding, result);
  if (result instanceof Promise) result.then((octets) => known.set(coding, octets)).catch(() => known.delete(coding));
  return result;
}

async function later(content: Uint8Array, coding: Coding): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of compressStream(once(content), coding)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** A stream that is compressed as it comes. It closes its source also when nobody has begun to read it. */
class CompressedStream implements AsyncIterableIterator<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #compressed: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>, coding: Coding) {
    this.#source = source;
    this.#compressed = compressStream(source, coding, { flush: true })[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#compressed.next();
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#compressed.return?.();
    await this.#source[Symbol.asyncIterator]().return?.();
    return { done: true, value: undefined };
  }
}
