import type { Output } from "../machine.ts";

/**
 * What waits to be written, in order. Text joins to text, because one string handed to the kernel is cheaper than any
 * number of buffers; octets are kept as they came, because copying a large body costs more than writing it beside its head.
 */
export class OutputQueue {
  #chunks: Output[] = [];
  #text = "";
  #octets = 0;

  get octets(): number {
    return this.#octets;
  }

  /** Text whose every character is one octet. */
  addText(text: string): void {
    this.#text += text;
    this.#octets += text.length;
  }

  addBytes(chunk: Uint8Array): void {
    this.#closeText();
    this.#chunks.push(chunk);
    this.#octets += chunk.length;
  }

  /** Everything that waits, when it is one piece of text: the common case, without an array. */
  takeText(): string | undefined {
    if (this.#chunks.length > 0 || this.#text === "") return undefined;
    const text = this.#text;
    this.clear();
    return text;
  }

  takeAll(): readonly Output[] {
    this.#closeText();
    const chunks = this.#chunks;
    this.clear();
    return chunks;
  }

  clear(): void {
    if (this.#chunks.length > 0) this.#chunks = [];
    this.#text = "";
    this.#octets = 0;
  }

  #closeText(): void {
    if (this.#text === "") return;
    this.#chunks.push(this.#text);
    this.#text = "";
  }
}
