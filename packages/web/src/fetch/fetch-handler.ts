import { HttpError } from "../http/error.ts";
import { HttpHeaders } from "../http/headers.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpHandler } from "../http/resource.ts";
import { HttpResponse } from "../http/response.ts";

/** A handler in the shape of the Fetch Standard, as Hono and its like export. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Mounts an application written for the Fetch Standard: `httpServer(fetchHandler(app.fetch))`. Bodies stream both ways. */
export function fetchHandler(handle: FetchHandler): HttpHandler {
  return async (request) => fromFetchResponse(await handle(toFetchRequest(request)));
}

/** Methods that the Fetch Standard forbids. */
const forbiddenMethods: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * A request in the Fetch Standard's shape; its body is read when it is asked for.
 * @throws {HttpError} 501 for a method, 400 for a host that the standard does not know
 */
export function toFetchRequest(request: HttpRequest): Request {
  const { method } = request;
  if (forbiddenMethods.has(method.toUpperCase())) throw new HttpError(501);
  if (!URL.canParse(request.url)) throw new HttpError(400, "The host of the request is not one a URL may have");
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  const hasBody = request.body.length !== 0 && method !== "GET" && method !== "HEAD";
  return new Request(request.url, {
    method,
    headers,
    signal: request.signal,
    ...(hasBody ? { body: streamOf(request.body), duplex: "half" } : {}),
  } as RequestInit);
}

/** Fields between two neighbours (RFC 9110 §7.6.1): those of an answer that was fetched elsewhere mean nothing here. */
const hopByHopFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** The answer to send for a Fetch Standard response. */
export function fromFetchResponse(response: Response): HttpResponse {
  const headers = new HttpHeaders();
  // Iterating gives every Set-Cookie apart, as it must be sent.
  for (const [name, value] of response.headers) if (!hopByHopFields.has(name)) headers.append(name, value);
  const { status, body } = response;
  if (body === null) return new HttpResponse(status, headers);
  const length = headers.get("content-length");
  headers.delete("content-length");
  return new HttpResponse(status, headers, chunksOf(body), length === undefined ? undefined : Number(length));
}

/**
 * The chunks of a stream. Its own iterator would wait for the chunk under way before it cancels: for a stream of events,
 * perhaps for ever after the client has gone.
 */
function chunksOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const reader = stream.getReader();
      return {
        next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
        async return() {
          await reader.cancel();
          return { value: undefined, done: true };
        },
      };
    },
  };
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
