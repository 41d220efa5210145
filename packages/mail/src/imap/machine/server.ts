import { type Machine, type Output, StateError } from "@hawser/core/protocol";
import { ImapOutput } from "../compress/output.ts";
import { ImapProtocolError } from "../errors.ts";
import {
  imapAppendMessagesMax,
  imapCommandOctetsMax,
  imapLineOctetsMax,
  imapLiteralMinusMax,
  imapStrangerOctetsMax,
} from "../limits.ts";
import { ImapFrames, type ImapLiteralSize } from "../wire/frames.ts";
import { type ImapLine, ImapScanner, literalMark } from "../wire/scanner.ts";

/** What a client says, as far as lines and literals go. */
export type ImapServerEvent =
  /** A whole command: its line, with the literals in it. */
  | { readonly type: "command"; readonly line: ImapLine }
  /** A line that is no command: an answer to a challenge, or `DONE`. */
  | { readonly type: "line"; readonly text: string }
  /** A message of APPEND is announced: `continue` or `refuse` it. `line` is what came since the message before. */
  | { readonly type: "message"; readonly line: ImapLine; readonly octets: number; readonly isFirst: boolean }
  | { readonly type: "octets"; readonly chunk: Uint8Array; readonly isLast: boolean }
  /** Behind the last message; `line` is what follows it. */
  | { readonly type: "messages-end"; readonly line: ImapLine }
  /** The client will say no more. */
  | { readonly type: "end" };

/** What a server does beside writing. */
export type ImapServerAction =
  | { readonly type: "write"; readonly output: Output }
  /** Takes the message that was announced. */
  | { readonly type: "continue" }
  /** Does not: a client that waits for us sends nothing of it; what comes unasked is read and dropped. */
  | { readonly type: "refuse" }
  /** The next line is an answer, not a command. */
  | { readonly type: "expect-line" }
  /** What comes is packed from now on, and so is what goes (RFC 4978). */
  | { readonly type: "compress" }
  /** Larger commands are taken from now on. */
  | { readonly type: "logged-in" }
  /** The client is told something, and the connection ends. */
  | { readonly type: "close"; readonly text: string };

type Reading =
  | { readonly name: "command" }
  | { readonly name: "line" }
  /** A literal that is kept. */
  | { readonly name: "literal"; left: number; readonly pieces: Uint8Array[] }
  /** A message is announced, and nobody has decided. */
  | { readonly name: "deciding"; readonly size: ImapLiteralSize }
  | { readonly name: "message"; left: number; readonly isDropped: boolean }
  /** A line between messages, or behind the last. */
  | { readonly name: "between" }
  | { readonly name: "closed" };

/** The server's side of IMAP without its network: what belongs to a command, what to a literal, and how much of it is taken. */
export class ImapServerMachine implements Machine<ImapServerEvent, ImapServerAction> {
  readonly deadline: undefined;
  readonly #frames = new ImapFrames();
  readonly #output = new ImapOutput();
  #reading: Reading = { name: "command" };
  #isLoggedIn = false;
  #ended: "no" | "told" | "yes" = "no";
  /** Of the command that comes. */
  #text = "";
  #literals: Uint8Array[] = [];
  #octets = 0;
  #messages = 0;
  #isRefused = false;

  /** Octets that have come and are not read: none may be there when TLS begins (RFC 9051 §6.2.1). */
  get unreadOctets(): number {
    return this.#frames.octets;
  }

  get isCompressed(): boolean {
    return this.#output.isCompressed;
  }

  receive(chunk: Uint8Array): void {
    if (this.#reading.name !== "closed") this.#frames.push(chunk);
  }

  end(): void {
    if (this.#ended === "no") this.#ended = "yes";
  }

  next(): ImapServerEvent | undefined {
    try {
      return this.#next() ?? this.#endEvent();
    } catch (error) {
      if (error instanceof ImapProtocolError) this.#output.push(`* BYE [CLIENTBUG] ${error.message}\r\n`);
      this.#reading = { name: "closed" };
      throw error;
    }
  }

  send(action: ImapServerAction): void {
    switch (action.type) {
      case "write":
        this.#output.push(action.output);
        return;
      case "continue":
        return this.#decide(true);
      case "refuse":
        return this.#decide(false);
      case "expect-line":
        this.#reading = { name: "line" };
        return;
      case "compress":
        this.#frames.decompress();
        this.#output.compress();
        return;
      case "logged-in":
        this.#isLoggedIn = true;
        return;
      case "close":
        this.#output.push(action.text);
        this.#reading = { name: "closed" };
        this.#frames.clear();
        return;
      default:
        action satisfies never;
    }
  }

  takeOutput(): Output | undefined {
    return this.#output.shift();
  }

  expire(): void {}

  #endEvent(): ImapServerEvent | undefined {
    if (this.#ended !== "yes" || this.#reading.name === "deciding") return undefined;
    this.#ended = "told";
    return { type: "end" };
  }

  #next(): ImapServerEvent | undefined {
    for (;;) {
      const reading = this.#reading;
      switch (reading.name) {
        case "closed":
        case "deciding":
          return undefined;
        case "line":
          return this.#answerLine();
        case "message":
          return this.#messageOctets(reading);
        case "literal":
          if (!this.#literal(reading)) return undefined;
          continue;
        case "command":
        case "between": {
          const event = this.#line(reading.name === "between");
          if (event !== "more") return event;
          continue;
        }
        default:
          reading satisfies never;
      }
    }
  }

  #answerLine(): ImapServerEvent | undefined {
    const line = this.#frames.line();
    if (line === undefined) return undefined;
    this.#reading = { name: "command" };
    return { type: "line", text: line.text };
  }

  #messageOctets(reading: Extract<Reading, { readonly name: "message" }>): ImapServerEvent | undefined {
    const chunk = reading.left === 0 ? new Uint8Array(0) : this.#frames.some(reading.left);
    if (chunk === undefined) return undefined;
    reading.left -= chunk.length;
    if (reading.left === 0) this.#reading = { name: "between" };
    if (reading.isDropped) return this.#next();
    return { type: "octets", chunk, isLast: reading.left === 0 };
  }

  /** Whether the literal is whole. Its octets are kept as they come: what is announced costs nothing. */
  #literal(reading: Extract<Reading, { readonly name: "literal" }>): boolean {
    while (reading.left > 0) {
      const chunk = this.#frames.some(reading.left);
      if (chunk === undefined) return false;
      reading.left -= chunk.length;
      reading.pieces.push(chunk);
    }
    this.#literals.push(Buffer.concat(reading.pieces));
    this.#text += literalMark;
    this.#reading = { name: "command" };
    return true;
  }

  #line(isBetween: boolean): ImapServerEvent | "more" | undefined {
    const line = this.#frames.line(Math.min(imapLineOctetsMax, this.#octetsMax));
    if (line === undefined) return undefined;
    this.#count(line.text.length);
    this.#text += line.text;
    if (line.literal === undefined) return this.#whole(isBetween);
    if (isBetween || this.#announcesMessage()) return this.#announce(line.literal, !isBetween);
    this.#begin(line.literal);
    return "more";
  }

  #whole(isBetween: boolean): ImapServerEvent | "more" {
    const line = this.#takeLine();
    const wasRefused = this.#isRefused;
    this.#isRefused = false;
    this.#messages = 0;
    this.#octets = 0;
    this.#reading = { name: "command" };
    if (isBetween) return wasRefused ? "more" : { type: "messages-end", line };
    return { type: "command", line };
  }

  #takeLine(): ImapLine {
    const line = { text: this.#text, literals: this.#literals };
    this.#text = "";
    this.#literals = [];
    return line;
  }

  /** Whether the literal that comes is a message rather than a mailbox's name. */
  #announcesMessage(): boolean {
    if (!this.#isLoggedIn || !/^[^ ]+ APPEND /i.test(this.#text)) return false;
    const scanner = new ImapScanner({ text: this.#text.replace(/^[^ ]+ APPEND /i, ""), literals: this.#literals });
    if (scanner.atEnd) return false;
    try {
      scanner.astring();
      return !scanner.atEnd;
    } catch {
      return false;
    }
  }

  #announce(size: ImapLiteralSize, isFirst: boolean): ImapServerEvent | "more" {
    if (++this.#messages > imapAppendMessagesMax)
      throw new ImapProtocolError("too-many-arguments", `Cannot take more than ${imapAppendMessagesMax} messages`);
    const line = this.#takeLine();
    this.#octets = 0;
    this.#reading = { name: "deciding", size };
    if (this.#isRefused) {
      this.#decide(false);
      return "more";
    }
    return { type: "message", line, octets: size.octets, isFirst };
  }

  #decide(isTaken: boolean): void {
    if (this.#reading.name !== "deciding") throw new StateError("Cannot decide on a message: none is announced");
    const { octets, isUnasked } = this.#reading.size;
    if (!isTaken && !isUnasked) {
      this.#reading = { name: "command" };
      this.#messages = 0;
      return;
    }
    if (!isTaken) this.#isRefused = true;
    else if (!isUnasked) this.#output.push("+ OK\r\n");
    this.#reading = { name: "message", left: octets, isDropped: !isTaken };
  }

  /** A literal of a command: its size is judged before anybody is asked for it. */
  #begin({ octets, isUnasked }: ImapLiteralSize): void {
    if (isUnasked && !this.#isLoggedIn && octets > imapLiteralMinusMax)
      throw new ImapProtocolError("literal-too-long", `Cannot take ${octets} octets unasked before a login`, {
        section: "RFC 7888 §5",
      });
    this.#count(octets);
    if (!isUnasked) this.#output.push("+ OK\r\n");
    this.#reading = { name: "literal", left: octets, pieces: [] };
  }

  #count(octets: number): void {
    this.#octets += octets;
    if (this.#octets <= this.#octetsMax) return;
    throw new ImapProtocolError("literal-too-long", `Cannot take a command of more than ${this.#octetsMax} octets`, {
      section: "RFC 9051 §4.3",
    });
  }

  get #octetsMax(): number {
    return this.#isLoggedIn ? imapCommandOctetsMax : imapStrangerOctetsMax;
  }
}
