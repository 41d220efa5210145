import type { Output } from "@hawser/core/protocol";
import { DeflateStream } from "./deflate.ts";

/** What a machine wants written; packed from the moment on in which that was agreed (RFC 4978). */
export class ImapOutput {
  #waiting: Output[] = [];
  #plain: Output[] = [];
  #packer: DeflateStream | undefined;

  push(output: Output): void {
    this.#waiting.push(output);
  }

  /** What follows is packed; what was said before is not. */
  compress(): void {
    this.#plain = this.#waiting;
    this.#waiting = [];
    this.#packer = new DeflateStream();
  }

  get isCompressed(): boolean {
    return this.#packer !== undefined;
  }

  shift(): Output | undefined {
    if (this.#packer === undefined) return this.#waiting.shift();
    const plain = this.#plain.shift();
    if (plain !== undefined || this.#waiting.length === 0) return plain;
    const octets = this.#waiting.map((output) => (typeof output === "string" ? Buffer.from(output, "latin1") : output));
    this.#waiting = [];
    return this.#packer.pack(Buffer.concat(octets));
  }
}
