import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";

/** The body of a request, of known length: programs are told it before they get the first octet (RFC 3875 §4.1.2). */
export interface CgiRequestContent {
  readonly length: number;
  readonly chunks: AsyncIterable<Uint8Array> | readonly Uint8Array[];
}

/**
 * Gets a body ready for a program. One whose length was announced is passed on as it comes; one in chunks is kept until it
 * is whole.
 * @throws {HttpError} 411 when one in chunks is longer than may be kept
 */
export async function contentFor(request: HttpRequest, spoolOctetsMax: number): Promise<CgiRequestContent> {
  const { body } = request;
  if (body.length !== undefined) return { length: body.length, chunks: body.length === 0 ? [] : body };
  const whole = await body.bytes({ octetsMax: spoolOctetsMax }).catch((error: unknown) => {
    throw error instanceof HttpError && error.status === 413 ? new HttpError(411) : error;
  });
  return { length: whole.length, chunks: [whole] };
}
