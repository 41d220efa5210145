import { StateError } from "@hawser/core";
import type { MultipartFormEvent, MultipartFormReader } from "./multipart.ts";
import type { MultipartPartHead } from "./part-head.ts";

/**
 * Pulls a body through the reader, one part after the other. Only one pull may be under way: two would steal each
 * other's octets.
 */
export class PartSource {
  readonly #body: AsyncIterator<Uint8Array>;
  readonly #reader: MultipartFormReader;
  #part = 0;
  #inPart = false;
  #pulling = false;

  constructor(body: AsyncIterable<Uint8Array>, reader: MultipartFormReader) {
    this.#body = body[Symbol.asyncIterator]();
    this.#reader = reader;
  }

  /** The head of the next part, after what is left of this one; `undefined` at the end of the form. */
  async nextHead(): Promise<MultipartPartHead | undefined> {
    this.#part++;
    for (;;) {
      const event = await this.#pull();
      if (event.type === "form-end") return undefined;
      if (event.type !== "part-begin") continue;
      this.#inPart = true;
      return event.head;
    }
  }

  /** The content of the present part. It ends early when the next part has been asked for. */
  async *content(): AsyncGenerator<Uint8Array, void> {
    const part = this.#part;
    while (this.#inPart && this.#part === part) {
      const event = await this.#pull();
      if (event.type === "part-data") yield event.chunk;
    }
  }

  async close(): Promise<void> {
    await this.#body.return?.();
  }

  async #pull(): Promise<MultipartFormEvent> {
    if (this.#pulling) throw new StateError("Cannot read the form: its reader is still waiting for earlier octets");
    this.#pulling = true;
    try {
      return await this.#nextEvent();
    } finally {
      this.#pulling = false;
    }
  }

  async #nextEvent(): Promise<MultipartFormEvent> {
    for (;;) {
      const event = this.#reader.next();
      if (event?.type === "part-end") this.#inPart = false;
      if (event !== undefined) return event;
      const read = await this.#body.next();
      if (read.done) this.#reader.end();
      else this.#reader.receive(read.value);
    }
  }
}
