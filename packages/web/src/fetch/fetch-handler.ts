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

/** A request in the Fetch Standard's shape; its body is read when it is asked for. */
export function toFetchRequest(request: HttpRequest): Request {
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  const hasBody = request.body.length !== 0 && request.method !== "GET" && request.method !== "HEAD";
  return new Request(request.url, {
    method: request.method,
    headers,
    signal: request.signal,
    ...(hasBody ? { body: streamOf(request.body), duplex: "half" } : {}),
  } as RequestInit);
}

/** The answer to send for a Fetch Standard response. */
export function fromFetchResponse(response: Response): HttpResponse {
  const headers = new HttpHeaders();
  for (const [name, value] of response.headers) {
    // Lengths and framing are the engine's, which counts what is really sent; cookies come one by one below.
    if (name !== "transfer-encoding" && name !== "connection" && name !== "set-cookie") headers.append(name, value);
  }
  for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
  const body = response.body === null ? undefined : (response.body as AsyncIterable<Uint8Array>);
  const length = headers.get("content-length");
  headers.delete("content-length");
  return new HttpResponse(response.status, headers, body, length === undefined ? undefined : Number(length));
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
