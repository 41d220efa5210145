import { StateError } from "@hawser/core/protocol";

import { formatTrailers, type Http1Fields } from "../wire/outgoing-fields.ts";
import type { OutputQueue } from "./output.ts";

/** How an outgoing body is framed. `dropped`: the message has none whatever is given (HEAD, 204, 304). */
export type BodyFraming = "length" | "chunked" | "close" | "dropped";

/** Writes one body after another in the framing that its head announced (RFC 9112 §6), and holds the sender to it. */
export class BodyWriter {
  #framing: BodyFraming = "dropped";
  #length = 0;
  #written = 0;
  readonly #output: OutputQueue;

  constructor(output: OutputQueue) {
    this.#output = output;
  }

  get framing(): BodyFraming {
    return this.#framing;
  }

  begin(framing: BodyFraming, length: number | undefined): void {
    this.#framing = framing;
    this.#length = length ?? 0;
    this.#written = 0;
  }

  /**
   * Writes a piece of the body; of a refused piece, nothing.
   * @throws {StateError} when the body becomes longer than was announced
   * @throws {TypeError} when text has characters that are no octets
   */
  write(chunk: Uint8Array | string): void {
    if (typeof chunk === "string") checkOctets(chunk);
    if (this.#framing === "length" && this.#written + chunk.length > this.#length) {
      throw new StateError(
        `Cannot send ${chunk.length} octets more: ${this.#length} were announced and ${this.#written} are sent`,
      );
    }
    if (this.#framing === "dropped" || chunk.length === 0) return;
    this.#written += chunk.length;
    if (this.#framing === "chunked") this.#output.text(`${chunk.length.toString(16)}\r\n`);
    if (typeof chunk === "string") this.#output.text(chunk);
    else this.#output.bytes(chunk);
    if (this.#framing === "chunked") this.#output.text("\r\n");
  }

  /** Writes a body that is whole, and of the very length that was announced: that of {@link announcedLength}. */
  writeWhole(body: Uint8Array | string): void {
    if (this.#framing === "dropped") return;
    if (typeof body === "string") this.#output.text(body);
    else this.#output.bytes(body);
  }

  /** @throws {StateError} when octets that were announced are missing, or trailers have no place */
  end(trailers: Http1Fields | undefined): void {
    if (this.#framing === "length" && this.#written < this.#length) {
      throw new StateError(`Cannot end the body: ${this.#length} octets were announced and ${this.#written} are sent`);
    }
    // HTTP/1.0 cannot carry trailers; they may be left out anywhere (RFC 9110 §6.5.1). Here the sender chose wrongly.
    if (trailers !== undefined && this.#framing === "length") {
      throw new StateError("Cannot send trailers: the body has an announced length");
    }
    const text = trailers === undefined ? "" : formatTrailers(trailers);
    if (this.#framing === "chunked") this.#output.text(`0\r\n${text}\r\n`);
  }
}

/** A body as an action gives it: whole (`body`), or to follow in pieces (`length`); with neither it is empty. */
export interface GivenBody {
  readonly body?: string | Uint8Array | undefined;
  readonly length?: number | "unknown" | undefined;
}

/**
 * What an action itself says of the length of its body; `undefined` when it says nothing, or does not know.
 * @throws {TypeError | RangeError | StateError} when the body or its length cannot be true
 */
export function givenLength({ body, length }: GivenBody): number | undefined {
  if (typeof body === "string") checkOctets(body);
  if (length === undefined || length === "unknown") return body?.length;
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`Cannot send a body of ${length} octets`);
  if (body !== undefined && body.length !== length) {
    throw new StateError(`Cannot send a body of ${body.length} octets: ${length} were announced`);
  }
  return length;
}

/** How long a body is, as the action and its Content-Length agree; `undefined` when nobody knows. */
export function announcedLength(action: GivenBody, contentLength: number | undefined): number | undefined {
  const given = givenLength(action) ?? (action.length === "unknown" ? contentLength : 0);
  if (contentLength !== undefined && given !== contentLength) {
    throw new StateError(`Cannot send a body of ${given} octets: Content-Length says ${contentLength}`);
  }
  return given;
}

/** Refuses text that is not octets: it would be cut to other octets than its length says. */
function checkOctets(text: string): void {
  if (/[^\0-\xff]/.test(text)) throw new TypeError("Cannot send this text as a body: it has characters above U+00FF");
}
