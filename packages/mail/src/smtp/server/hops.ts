import { asBuffer } from "../wire/data-reader.ts";

/** Counts the Received fields of a message while it passes: one that goes in a circle has ever more (RFC 5321 §6.3). */
export class HopCounter {
  /** The end of what was seen, where a field may have begun. */
  #tail = "\r\n";
  #isDone = false;
  count = 0;

  see(chunk: Uint8Array): void {
    if (this.#isDone) return;
    const octets = asBuffer(chunk);
    const end = octets.indexOf("\r\n\r\n", 0, "latin1");
    // No more of the body than shows that it is one.
    this.#count(this.#tail + octets.latin1Slice(0, end === -1 ? octets.length : end + 4));
  }

  #count(text: string): void {
    const end = text.indexOf("\r\n\r\n");
    this.#isDone = end !== -1;
    const header = this.#isDone ? text.slice(0, end) : text;
    received.lastIndex = 0;
    while (received.test(header)) this.count++;
    // So little that no whole name fits in, which would be counted again.
    this.#tail = this.#isDone ? "" : header.slice(-10);
  }
}

const received = /\r\nReceived:/gi;
