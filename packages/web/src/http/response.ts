import type { Receiver, Transport } from "@hawser/core/protocol";
import { HttpHeaders, type HttpHeadersInit } from "./headers.ts";

/**
 * What an answer carries. Text is sent as UTF-8. An iterable is streamed: its next chunk is asked for when the one before
 * has gone, and it is closed (`return()`) when the client goes away. A generator that waits for something then hears of
 * that only when it goes on, so let it wait with `request.signal` too.
 */
export type HttpBody = string | Uint8Array | AsyncIterable<Uint8Array> | undefined;

/** A streamed body that fills its buffers again once it is told that nobody looks at them any more. */
export interface HttpRefillingBody extends AsyncIterable<Uint8Array> {
  /** All chunks given so far are sent. */
  taken(): void;
}

/** What an answer has besides its body. Default: status 200, and the content type of the function that makes it. */
export interface HttpResponseOptions {
  /** Default 200. */
  readonly status?: number | undefined;
  readonly headers?: HttpHeadersInit | undefined;
}

/** Takes over the connection after a 101, or a 2xx to CONNECT. `rest` is what the client sent beyond its request. */
export type HttpUpgrade = (transport: Transport, rest: Uint8Array) => Receiver;

/**
 * The answer to one request (RFC 9110 §15), made anew for each: filters on its way out may change its status, headers
 * and body.
 */
export class HttpResponse {
  status: number;
  readonly headers: HttpHeaders;
  body: HttpBody;
  /** The exact octets of a streamed body, where known; without it the body is sent in chunks. */
  length: number | undefined;
  /** Fields sent after a streamed body, asked for when it has ended (RFC 9110 §6.5). */
  trailers: (() => HttpHeaders) | undefined;
  upgrade: HttpUpgrade | undefined;

  constructor(status: number, headers: HttpHeaders, body?: HttpBody, length?: number) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.length = length;
  }
}

const textType = new HttpHeaders([["content-type", "text/plain; charset=utf-8"]]);
const htmlType = new HttpHeaders([["content-type", "text/html; charset=utf-8"]]);
const jsonType = new HttpHeaders([["content-type", "application/json"]]);

/** An answer in plain text. */
export function text(body: string, options?: HttpResponseOptions): HttpResponse {
  return typed(textType, body, options);
}

/** An answer in HTML. Escaping is the caller's: see {@link escapeHtml}. */
export function html(body: string, options?: HttpResponseOptions): HttpResponse {
  return typed(htmlType, body, options);
}

/** An answer in JSON (RFC 8259). @throws {TypeError} for what JSON cannot say: `undefined`, functions, cycles */
export function json(value: unknown, options?: HttpResponseOptions): HttpResponse {
  const body: string | undefined = JSON.stringify(value);
  if (body === undefined) throw new TypeError(`Cannot send ${typeof value} as JSON: it has no such value`);
  return typed(jsonType, body, options);
}

/** An answer of octets, or of a stream of them; `length` announces how many a stream has. */
export function octets(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: HttpResponseOptions & { readonly type?: string | undefined; readonly length?: number | undefined } = {},
): HttpResponse {
  const headers = toHeaders(options.headers);
  if (!headers.has("content-type")) headers.set("content-type", options.type ?? "application/octet-stream");
  return new HttpResponse(options.status ?? 200, headers, body, options.length);
}

/** An answer without a body: 204 unless said otherwise. */
export function empty(status = 204, headers?: HttpHeadersInit): HttpResponse {
  return new HttpResponse(status, toHeaders(headers));
}

/**
 * Sends the client elsewhere (RFC 9110 §15.4). 303 after a form, 308 for a place that has moved for good.
 * @param location a URI reference; octets that no URI may hold are percent-encoded
 */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 302): HttpResponse {
  const uri = location.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent);
  return html(`<p>See <a href="${escapeHtml(uri)}">${escapeHtml(uri)}</a>.</p>\n`, {
    status,
    headers: { location: uri },
  });
}

/** Hands the connection over to another protocol (RFC 9110 §7.8): status 101, and `protocol` as the Upgrade field. */
export function upgrade(protocol: string, take: HttpUpgrade, headers?: HttpHeadersInit): HttpResponse {
  const response = new HttpResponse(101, toHeaders(headers));
  response.headers.set("upgrade", protocol);
  response.upgrade = take;
  return response;
}

/** Opens the tunnel that CONNECT asks for (RFC 9110 §9.3.6): status 200, and the connection is `take`'s. */
export function tunnel(take: HttpUpgrade, headers?: HttpHeadersInit): HttpResponse {
  const response = new HttpResponse(200, toHeaders(headers));
  response.upgrade = take;
  return response;
}

/** Makes text safe inside HTML and inside its quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Headers that were checked once are copied, which is cheaper than checking them again. */
function typed(type: HttpHeaders, body: string, options: HttpResponseOptions | undefined): HttpResponse {
  if (options === undefined) return new HttpResponse(200, type.copy(), body);
  const headers = toHeaders(options.headers);
  if (!headers.has("content-type")) headers.set("content-type", type.get("content-type")!);
  return new HttpResponse(options.status ?? 200, headers, body);
}

function toHeaders(init: HttpHeadersInit | undefined): HttpHeaders {
  return init instanceof HttpHeaders ? init.copy() : new HttpHeaders(init);
}
