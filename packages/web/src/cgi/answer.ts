import { ConnectionError, ProtocolError, reportFault } from "@hawser/core";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { HttpResponse } from "../http/response.ts";
import { CgiError } from "./errors.ts";
import { type CgiHead, type CgiHeadOptions, CgiHeadReader } from "./head.ts";
import { localRedirect } from "./local-redirect.ts";
import type { CgiOutput } from "./output.ts";

/**
 * Turns what a program prints into an answer (RFC 3875 §6): its head is read to the end, the document is passed on as it
 * comes.
 * @throws {HttpError} 502 when it printed none, 504 when it took too long
 */
export async function cgiAnswer(
  request: HttpRequest,
  output: CgiOutput,
  options: CgiHeadOptions,
): Promise<HttpResponse> {
  const head = await readHead(output, options);
  if (head.localRedirect !== undefined) {
    void drop(output);
    return localRedirect(request, head.localRedirect);
  }
  const { status, headers } = head;
  const length = announcedLength(head);
  headers.delete("content-length");
  if (request.method !== "HEAD" && status !== 204 && status !== 304)
    return new HttpResponse(status, headers, output, length);
  if (length !== undefined) headers.set("content-length", String(length));
  void drop(output);
  return new HttpResponse(status, headers);
}

/**
 * The answer for a failure, which is reported: the client is not told what lies behind.
 * @param complaints what the program said about it itself
 */
export function failedAnswer(error: unknown, request: HttpRequest, complaints = ""): unknown {
  if (error instanceof HttpError || request.signal.aborted) return error;
  if (!(error instanceof ConnectionError || error instanceof ProtocolError)) return error;
  reportFault(error, `${request.method} ${request.path}${complaints === "" ? "" : ` (it said: ${complaints})`}`);
  return new HttpError(failures[error.code] ?? 502, undefined, { cause: error });
}

/** What is not a bad gateway: a program that is not there is our own fault, and one that is slow is slow. */
const failures: Readonly<Record<string, number>> = { "no-program": 500, overloaded: 503, "timed-out": 504 };

async function readHead(output: CgiOutput, options: CgiHeadOptions): Promise<CgiHead> {
  const reader = new CgiHeadReader(options);
  try {
    for (;;) {
      const step = await output.next();
      if (step.done) throw new CgiError("no-answer", "The script ended before the head of its answer was complete");
      const head = reader.receive(step.value);
      if (head === undefined) continue;
      output.unread(reader.takeRest());
      return head;
    }
  } catch (error) {
    await output.return();
    throw error;
  }
}

function announcedLength({ headers }: CgiHead): number | undefined {
  const text = headers.get("content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The script shall finish its work, though nobody wants to read what it prints. */
async function drop(output: CgiOutput): Promise<void> {
  try {
    while (!(await output.next()).done);
  } catch {
    // It took too long, or printed too much: it is ended, and nobody misses it.
  }
}
