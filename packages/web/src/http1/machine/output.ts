import type { Output } from "@hawser/core/protocol";

/** Bodies up to this size are joined to the text of their head: one write, and cheaper than two items (measured). */
const JOINED_OCTETS_MAX = 1024;

/**
 * What waits to be written. Text gathers in one string; large bodies keep their own place and are never copied. The
 * transport's queue is another one: it cuts what it gives to the network, and joins nothing to a head.
 */
export class OutputQueue {
  #text = "";
  #items: Output[] | undefined;
  #octets = 0;

  /** Octets that wait. */
  get octets(): number {
    return this.#octets;
  }

  /** Adds text whose every character is one octet. */
  text(text: string): void {
    this.#text += text;
    this.#octets += text.length;
  }

  bytes(chunk: Uint8Array): void {
    if (chunk.length <= JOINED_OCTETS_MAX) {
      this.text(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).latin1Slice(0, chunk.length));
      return;
    }
    this.#items ??= [];
    if (this.#text !== "") this.#items.push(this.#text);
    this.#items.push(chunk);
    this.#text = "";
    this.#octets += chunk.length;
  }

  /** The next item, in order; `undefined` when there is none. */
  take(): Output | undefined {
    if (this.#items !== undefined) return this.#takeItem();
    if (this.#text === "") return undefined;
    const text = this.#text;
    this.#text = "";
    this.#octets = 0;
    return text;
  }

  clear(): void {
    this.#text = "";
    this.#items = undefined;
    this.#octets = 0;
  }

  #takeItem(): Output | undefined {
    const item = this.#items!.shift();
    if (this.#items!.length === 0) this.#items = undefined;
    this.#octets -= item!.length;
    return item;
  }
}
