import type { Receiver } from "@hawser/core";

/** A longer line comes in pieces: a program that never ends its lines must not fill our memory. */
const lineOctetsMax = 16_384;

/** Takes what a program prints apart into lines. */
export class OutputLines implements Receiver {
  readonly #tell: (line: string) => void;
  #parts: Uint8Array[] = [];
  #octets = 0;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  data(chunk: Uint8Array): void {
    let rest = chunk;
    for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10)) {
      this.#keep(rest.subarray(0, at));
      this.#finishLine();
      rest = rest.subarray(at + 1);
    }
    this.#keep(rest);
  }

  end(): void {
    if (this.#octets > 0) this.#finishLine();
  }

  closed(): void {
    this.end();
  }

  #keep(part: Uint8Array): void {
    for (let rest = part; rest.length > 0; ) {
      const piece = rest.subarray(0, lineOctetsMax - this.#octets);
      this.#parts.push(piece);
      this.#octets += piece.length;
      if (this.#octets === lineOctetsMax) this.#finishLine();
      rest = rest.subarray(piece.length);
    }
  }

  #finishLine(): void {
    const line = Buffer.concat(this.#parts, this.#octets).toString();
    this.#parts = [];
    this.#octets = 0;
    this.#tell(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
