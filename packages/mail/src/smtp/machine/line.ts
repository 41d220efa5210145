import type { ReceiveBuffer } from "@hawser/core";
import type { SmtpLineEndings } from "../wire/data-reader.ts";

/** What is at the front of a buffer. */
export type TakenLine =
  /** Without its end, one octet a character. */
  | { readonly type: "line"; readonly text: string }
  | { readonly type: "more" }
  | { readonly type: "too-long" }
  | { readonly type: "bare" };

/** Takes lines off a buffer that grows, and searches nothing twice. */
export class SmtpLineTaker {
  readonly #endings: SmtpLineEndings;
  /** Octets at the front that hold no LF. */
  #searched = 0;

  constructor(endings: SmtpLineEndings) {
    this.#endings = endings;
  }

  /** The next line, of at most `octetsMax` with its end. */
  take(buffer: ReceiveBuffer, octetsMax: number): TakenLine {
    const feed = buffer.indexOf(LF, this.#searched);
    this.#searched = feed === -1 ? buffer.octets : 0;
    if (feed === -1) return { type: buffer.octets >= octetsMax ? "too-long" : "more" };
    if (feed >= octetsMax) return { type: "too-long" };
    const hasReturn = feed > 0 && buffer.at(feed - 1) === CR;
    const text = buffer.peekLatin1(hasReturn ? feed - 1 : feed);
    buffer.skip(feed + 1);
    if (text.includes("\r") || (!hasReturn && this.#endings === "refuse")) return { type: "bare" };
    return { type: "line", text };
  }
}

const CR = 0x0d;
const LF = 0x0a;
