import type { HttpBody, HttpRefillingBody, HttpResponse } from "../http/response.ts";

/** Whether a body comes in pieces. */
export function isStream(body: HttpBody): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && !(body instanceof Uint8Array);
}

/** Text as UTF-8. Plain ASCII stays text, which the transport joins to the head at no cost. */
export function encodeText(body: string): string | Uint8Array {
  return Buffer.byteLength(body) === body.length ? body : Buffer.from(body);
}

/** Whether it wants to know when its chunks are sent. */
export function isRefilling(body: AsyncIterable<Uint8Array>): body is HttpRefillingBody {
  return typeof (body as Partial<HttpRefillingBody>).taken === "function";
}

/** Lets go of a body that nobody will get. */
export function discard(response: HttpResponse | undefined): void {
  if (isStream(response?.body)) void letGo(response.body[Symbol.asyncIterator]());
}

/** Closes a stream early. What goes wrong in that concerns nobody any more. */
export async function letGo(stream: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await stream.return?.();
  } catch {}
}
