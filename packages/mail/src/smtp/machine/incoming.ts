import type { ReceiveBuffer } from "@hawser/core";
import type { SmtpServerLimits } from "../limits.ts";
import type { SmtpLineEndings } from "../wire/data-reader.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpContentReader } from "./content-reader.ts";

/** What became of octets that were read. */
export type IncomingStep = { readonly pieces: readonly Uint8Array[]; readonly hasProgress: boolean } & (
  | { readonly type: "more" | "broken" | "too-much" }
  /** A chunk is complete and the message is not. */
  | { readonly type: "chunk"; readonly octets: number }
  | { readonly type: "end" }
  | { readonly type: "refused"; readonly reply: SmtpReply; readonly hasBegun: boolean }
);

/** The message that is coming, by DATA or in chunks. */
export class SmtpIncoming {
  readonly #limits: SmtpServerLimits;
  readonly #lineEndings: SmtpLineEndings;
  #content: SmtpContentReader | undefined;
  /** A chunk whose octets come behind the decision about its message. */
  #pending: { readonly octets: number; readonly isLast: boolean } | undefined;

  constructor(limits: SmtpServerLimits, lineEndings: SmtpLineEndings) {
    this.#limits = limits;
    this.#lineEndings = lineEndings;
  }

  /** A chunk waits for the decision about its message. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  pend(octets: number, isLast: boolean): void {
    this.#pending = { octets, isLast };
  }

  /** Content comes: the chunk that waits, or up to the dot. */
  begin(isBinary: boolean): void {
    const pending = this.#pending;
    const hasDots = pending === undefined;
    this.#pending = undefined;
    this.#content ??= new SmtpContentReader({
      hasDots,
      isBinary,
      lineEndings: this.#lineEndings,
      limits: this.#limits,
    });
    if (pending !== undefined) this.#content.expect(pending.octets, pending.isLast);
  }

  /** The octets of a chunk come, and nobody wants them. */
  skip(octets: number, reply: SmtpReply): void {
    this.#content = SmtpContentReader.skipping(octets, reply);
  }

  /** The chunk that waits is not wanted. */
  skipPending(reply: SmtpReply): void {
    const { octets } = this.#pending!;
    this.#pending = undefined;
    this.skip(octets, reply);
  }

  forget(): void {
    this.#content = undefined;
    this.#pending = undefined;
  }

  read(buffer: ReceiveBuffer): IncomingStep {
    const content = this.#content!;
    const before = content.octets;
    const state = content.read(buffer);
    const pieces = content.take();
    const hasProgress = content.octets > before;
    if (state === "broken") return { type: state, pieces, hasProgress };
    if (content.octets > 2 * this.#limits.messageOctetsMax) return { type: "too-much", pieces, hasProgress };
    if (state === "more") return { type: state, pieces, hasProgress };
    const { refusal: reply, hasBegun, octets } = content;
    if (state === "end" || reply !== undefined) this.#content = undefined;
    if (reply !== undefined) return { type: "refused", pieces, hasProgress, reply, hasBegun };
    return state === "end" ? { type: "end", pieces, hasProgress } : { type: "chunk", pieces, hasProgress, octets };
  }
}
