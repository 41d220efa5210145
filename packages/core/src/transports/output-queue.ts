import type { Output } from "../machine.ts";

/**
 * What waits to be written, in order. Text joins to text, because one string handed to the kernel is cheaper than any
 * number of buffers; octets are kept as they came, because copying a large body costs more than writing it beside its head.
 */
export class OutputQueue {
  #chunks: Output[] = none;
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
    this.#add(chunk);
    this.#octets += chunk.length;
  }

  /** Everything that waits, when it is one piece of text and no longer than that: the common case, without an array. */
  takeText(octetsMax: number): string | undefined {
    if (this.#chunks.length > 0 || this.#text === "" || this.#octets > octetsMax) return undefined;
    const text = this.#text;
    this.clear();
    return text;
  }

  /** What is at the front, up to so many octets; a chunk that reaches beyond is cut. */
  take(octetsMax: number): readonly Output[] {
    this.#closeText();
    const chunks = this.#chunks;
    if (this.#octets <= octetsMax) {
      this.clear();
      return chunks;
    }
    const taken: Output[] = [];
    for (let room = octetsMax; room > 0; ) {
      const piece = this.#takePiece(room);
      taken.push(piece);
      room -= piece.length;
    }
    return taken;
  }

  clear(): void {
    this.#chunks = none;
    this.#text = "";
    this.#octets = 0;
  }

  #takePiece(octetsMax: number): Output {
    const chunk = this.#chunks[0]!;
    this.#octets -= Math.min(chunk.length, octetsMax);
    if (chunk.length <= octetsMax) return this.#chunks.shift()!;
    this.#chunks[0] = typeof chunk === "string" ? chunk.slice(octetsMax) : chunk.subarray(octetsMax);
    return typeof chunk === "string" ? chunk.slice(0, octetsMax) : chunk.subarray(0, octetsMax);
  }

  #closeText(): void {
    if (this.#text === "") return;
    this.#add(this.#text);
    this.#text = "";
  }

  #add(chunk: Output): void {
    if (this.#chunks === none) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
  }
}

/** Nothing waits: one for all, since most queues are empty most of the time. Never changed. */
const none: Output[] = [];
