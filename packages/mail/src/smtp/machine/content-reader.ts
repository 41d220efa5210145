import type { ReceiveBuffer } from "@hawser/core";
import { replyWith } from "../extension.ts";
import type { SmtpServerLimits } from "../limits.ts";
import { SmtpDataReader, type SmtpLineEndings } from "../wire/data-reader.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";

/** What content is read as. */
export interface SmtpContentOptions {
  /** It comes with DATA, not with BDAT. */
  readonly hasDots: boolean;
  readonly isBinary: boolean;
  readonly lineEndings: SmtpLineEndings;
  readonly limits: SmtpServerLimits;
}

/** The content of one message while it comes: by DATA up to its end, by BDAT chunk after chunk. */
export class SmtpContentReader {
  readonly #options: SmtpContentOptions | undefined;
  readonly #lines: SmtpDataReader | undefined;
  #pieces: readonly Uint8Array[] = [];
  /** What is left of the present chunk. */
  #left = Number.POSITIVE_INFINITY;
  #isLast = true;
  /** Octets that have come. */
  octets = 0;
  /** Something was given out. */
  hasBegun = false;
  /** Why nothing more of it is taken; its octets are read all the same. */
  refusal: SmtpReply | undefined;

  constructor(options: SmtpContentOptions | undefined) {
    this.#options = options;
    if (options !== undefined && !options.isBinary)
      this.#lines = new SmtpDataReader(options.lineEndings, options.hasDots);
  }

  /** A chunk whose message was refused: its octets are dropped. */
  static skipping(octets: number, refusal: SmtpReply): SmtpContentReader {
    const reader = new SmtpContentReader(undefined);
    reader.refusal = refusal;
    reader.expect(octets, true);
    return reader;
  }

  /** So many octets are the next chunk. */
  expect(octets: number, isLast: boolean): void {
    this.#left = octets;
    this.#isLast = isLast;
    this.#checkSize(octets);
    this.hasBegun ||= this.#options !== undefined;
  }

  /** Reads what a buffer has. `chunk`: the present one is complete, `end`: the message is. */
  read(buffer: ReceiveBuffer): "more" | "chunk" | "end" | "broken" {
    if (this.#left === Number.POSITIVE_INFINITY) return this.#readUntilDot(buffer);
    const count = Math.min(buffer.octets, this.#left);
    if (count > 0) this.#give(buffer.take(count));
    this.#left -= count;
    if (this.#isBroken) return "broken";
    if (this.#left > 0) return "more";
    if (!this.#isLast) return "chunk";
    this.#lines?.end();
    return this.#isBroken ? "broken" : "end";
  }

  get #isBroken(): boolean {
    return this.#lines?.isBroken === true;
  }

  /** The content of what was read since the last call. */
  take(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #readUntilDot(buffer: ReceiveBuffer): "more" | "end" | "broken" {
    this.hasBegun = true;
    if (buffer.octets === 0) return "more";
    const lines = this.#lines!;
    const chunk = buffer.take();
    const used = this.#give(chunk);
    if (lines.isBroken) return "broken";
    if (!lines.isDone) return "more";
    if (used < chunk.length) buffer.push(chunk.subarray(used)); // what is said behind the message
    return "end";
  }

  /** @returns how many octets were used */
  #give(chunk: Uint8Array): number {
    const used = this.#lines === undefined ? chunk.length : this.#lines.read(chunk);
    const pieces = this.#lines?.take() ?? [chunk];
    for (const piece of pieces) this.octets += piece.length;
    this.#checkSize(0);
    if (this.refusal === undefined) this.#pieces = pieces;
    return used;
  }

  #checkSize(more: number): void {
    if (this.#options === undefined || this.octets + more <= this.#options.limits.messageOctetsMax) return;
    this.refusal ??= replyWith(SmtpCode.exceededStorage, "5.3.4", "Message is too large");
  }
}
