import { type Clock, type IpAddress, ipAddress, type Reactor, type Security, type Transport } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { HttpError } from "../http/error.ts";
import { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { Http1ServerMachine } from "../http1/index.ts";
import { errorPage } from "../resources/error-page.ts";

/** What a resource answered, read to its end. */
export interface HttpTestAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly octets: Uint8Array;
  /** Whether the resource answered in the call itself, without a promise. */
  readonly atOnce: boolean;
}

/** On what and from where a test asks. */
export interface AskOptions {
  readonly reactor?: Reactor | undefined;
  /** In place of the reactor's. */
  readonly clock?: Clock | undefined;
  /** TLS, as if the connection had it. */
  readonly security?: Security | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The body of the request, as it comes in. */
  readonly body?: Iterable<string> | undefined;
  readonly peer?: IpAddress | undefined;
}

/**
 * Asks a resource without a connection. A request is written as on the wire, less what is always the same:
 * `ask(root, "GET /a.txt", "Range: bytes=0-1")`. What is thrown as {@link HttpError} is answered as a server would.
 */
export async function ask(
  root: HttpRoot,
  requestLine: string,
  fields: readonly string[] = [],
  options: AskOptions = {},
): Promise<HttpTestAnswer> {
  const request = makeRequest(requestLine, fields, options);
  let atOnce = false;
  let response: HttpResponse;
  try {
    const answer = asHandler(root)(request);
    atOnce = !(answer instanceof Promise);
    response = await answer;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    response = errorPage(error, request);
  }
  const octets = await readBody(response, request.method);
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: Buffer.from(octets).toString(), octets, atOnce };
}

/** A request as a connection would give it. Its body comes when it is asked for. */
export function makeRequest(
  requestLine: string,
  fields: readonly string[] = [],
  options: AskOptions = {},
): HttpRequest {
  const machine = new Http1ServerMachine({ now: () => 0 });
  const lines = [`${requestLine} HTTP/1.1`, "Host: example.org", ...fields];
  machine.receive(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
  const event = machine.next();
  if (event?.type !== "request") throw new Error(`Cannot ask ${requestLine}: it is no request`);
  const chunks = [...(options.body ?? [])];
  const request = new HttpRequest(event.head, {
    transport: fakeTransport(options),
    signal: options.signal ?? new AbortController().signal,
    inform: () => {},
    wanted() {
      const chunk = chunks.shift();
      if (chunk === undefined) request.body.finish();
      else request.body.push(Buffer.from(chunk));
    },
  });
  return request;
}

function fakeTransport(options: AskOptions): Transport {
  const ends = { local: ipAddress("127.0.0.1", 80), peer: options.peer ?? ipAddress("192.0.2.1", 40_000) };
  const { reactor: asked = memoryReactor(), clock, security } = options;
  const reactor = clock === undefined ? asked : { ...asked, clock };
  return { reactor, security, ...ends } as unknown as Transport;
}

async function readBody({ body }: HttpResponse, method: string): Promise<Uint8Array> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    return method === "HEAD" ? Buffer.alloc(0) : Buffer.from(body ?? "");
  }
  if (method === "HEAD") {
    await body[Symbol.asyncIterator]().return?.();
    return Buffer.alloc(0);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
