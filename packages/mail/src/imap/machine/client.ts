import type { Machine, Output } from "@hawser/core/protocol";
import { ImapOutput } from "../compress/output.ts";
import { ImapProtocolError } from "../errors.ts";
import { imapLineOctetsMax, imapResponseOctetsMax } from "../limits.ts";
import { ImapFrames } from "../wire/frames.ts";
import { type ImapLine, literalMark } from "../wire/scanner.ts";

/** What a server says. */
export type ImapClientEvent =
  /** One response, with the literals in it. */
  | { readonly type: "response"; readonly line: ImapLine }
  /** It waits for us to go on. */
  | { readonly type: "continuation"; readonly text: string }
  | { readonly type: "end" };

/** What a client does beside writing. */
export type ImapClientAction =
  | { readonly type: "write"; readonly output: Output }
  /** What comes is packed from now on, and so is what goes (RFC 4978). */
  | { readonly type: "compress" };

/** The client's side of IMAP without its network. Literals are kept as they come: what is announced costs nothing (CPython gh-119511). */
export class ImapClientMachine implements Machine<ImapClientEvent, ImapClientAction> {
  readonly deadline: undefined;
  readonly #frames = new ImapFrames();
  readonly #output = new ImapOutput();
  readonly #octetsMax: number;
  #text = "";
  #literals: Uint8Array[] = [];
  #octets = 0;
  #literal: { left: number; readonly pieces: Uint8Array[] } | undefined;
  #ended: "no" | "told" | "yes" = "no";

  constructor(octetsMax: number = imapResponseOctetsMax) {
    this.#octetsMax = octetsMax;
  }

  /** Octets that have come and are not read: none may be there when TLS begins. */
  get unreadOctets(): number {
    return this.#frames.octets + this.#text.length;
  }

  receive(chunk: Uint8Array): void {
    this.#frames.push(chunk);
  }

  end(): void {
    if (this.#ended === "no") this.#ended = "yes";
  }

  next(): ImapClientEvent | undefined {
    for (;;) {
      if (this.#literal !== undefined && !this.#takeLiteral(this.#literal)) break;
      const line = this.#frames.line(Math.min(this.#octetsMax, 16 * imapLineOctetsMax));
      if (line === undefined) break;
      this.#count(line.text.length);
      this.#text += line.text;
      if (line.literal === undefined) return this.#whole();
      this.#count(line.literal.octets);
      this.#literal = { left: line.literal.octets, pieces: [] };
    }
    if (this.#ended !== "yes") return undefined;
    this.#ended = "told";
    return { type: "end" };
  }

  send(action: ImapClientAction): void {
    if (action.type === "write") return this.#output.push(action.output);
    this.#frames.decompress();
    this.#output.compress();
  }

  takeOutput(): Output | undefined {
    return this.#output.shift();
  }

  expire(): void {}

  #whole(): ImapClientEvent {
    const line = { text: this.#text, literals: this.#literals };
    this.#text = "";
    this.#literals = [];
    this.#octets = 0;
    if (line.text === "+" || line.text.startsWith("+ ")) return { type: "continuation", text: line.text.slice(2) };
    return { type: "response", line };
  }

  #takeLiteral(literal: { left: number; readonly pieces: Uint8Array[] }): boolean {
    while (literal.left > 0) {
      const chunk = this.#frames.some(literal.left);
      if (chunk === undefined) return false;
      literal.left -= chunk.length;
      literal.pieces.push(chunk);
    }
    this.#literals.push(Buffer.concat(literal.pieces));
    this.#text += literalMark;
    this.#literal = undefined;
    return true;
  }

  #count(octets: number): void {
    this.#octets += octets;
    if (this.#octets > this.#octetsMax)
      throw new ImapProtocolError("literal-too-long", `Cannot take a response of more than ${this.#octetsMax} octets`);
  }
}
