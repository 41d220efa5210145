import { type Instant, type Machine, type Output, ReceiveBuffer, StateError } from "@hawser/core";
import { SmtpProtocolError, type SmtpProtocolErrorCode } from "../errors.ts";
import type { SmtpClientLimits } from "../limits.ts";
import { formatCommandLine } from "../wire/command.ts";
import { readSmtpReplyLine, replyOfLines, type SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";
import type { SmtpClientAction, SmtpClientEvent } from "./client-messages.ts";
import { SmtpLineTaker } from "./line.ts";

/** What a machine on the client's side is made with. */
export interface SmtpClientMachineOptions {
  readonly limits: SmtpClientLimits;
  readonly now: () => Instant;
}

/** Something that waits for its answer. */
interface Expected {
  readonly timeoutMs: number;
  /** Nothing may be said before the answer (RFC 2920 §3.1). */
  readonly endsGroup: boolean;
  readonly isData: boolean;
}

type ExpectedInit = Partial<Omit<Expected, "timeoutMs">> & { readonly timeoutMs?: number | undefined };

/** Commands behind which nothing may be pipelined. */
const groupEnds = new Set([
  "AUTH",
  "DATA",
  "EHLO",
  "EXPN",
  "HELO",
  "HELP",
  "LHLO",
  "NOOP",
  "STARTTLS",
  "VRFY",
  "XCLIENT",
]);

/** The client's side of SMTP and LMTP on one connection. It answers for the order of things, not for their sense. */
export class SmtpClientMachine implements Machine<SmtpClientEvent, SmtpClientAction> {
  readonly #options: SmtpClientMachineOptions;
  readonly #buffer = new ReceiveBuffer();
  readonly #output: Output[] = [];
  readonly #expected: Expected[] = [];
  /** Servers are forgiven a bare LF: nothing depends on what they say between lines. */
  readonly #lineTaker = new SmtpLineTaker("normalize");
  /** The lines so far of a reply with several. */
  #lines: string[] = [];
  #code = 0;
  #isContent = false;
  #isClosing = false;
  #hasEnded = false;
  #saidEnd = false;
  #deadline: Instant | undefined;
  #fault: SmtpProtocolError | undefined;

  constructor(options: SmtpClientMachineOptions) {
    this.#options = options;
    this.#expect({ timeoutMs: options.limits.greetingTimeoutMs, endsGroup: true });
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  receive(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
  }

  end(): void {
    this.#hasEnded = true;
  }

  takeOutput(): Output | undefined {
    return this.#output.shift();
  }

  next(): SmtpClientEvent | undefined {
    if (this.#fault !== undefined) throw this.#fault;
    for (;;) {
      const line = this.#lineTaker.take(this.#buffer, this.#options.limits.replyLineOctetsMax);
      if (line.type === "more") return this.#finish();
      if (line.type !== "line")
        throw this.#bad("line-too-long", "a line of a reply cannot be read", "RFC 5321 §4.5.3.1.5");
      const reply = this.#readLine(line.text);
      if (reply !== undefined) return this.#take(reply);
    }
  }

  send(action: SmtpClientAction): void {
    switch (action.type) {
      case "command":
        return this.#command(action.verb, action.argument, action.timeoutMs);
      case "response":
        this.#requireTurn("answer a challenge");
        this.#output.push(`${action.text}\r\n`);
        return this.#expect({ endsGroup: true });
      case "content":
        this.#requireContent();
        this.#output.push(action.chunk);
        return;
      case "content-end":
        this.#requireContent();
        this.#isContent = false;
        this.#output.push(action.chunk);
        return this.#expectMessage(action.replies);
      case "chunk":
        return this.#chunk(action.pieces, action.isLast, action.replies);
      case "secured":
        if (this.#buffer.octets > 0 || this.#expected.length > 0)
          throw this.#bad("early-octets", "the server said something before TLS had begun", "RFC 3207 §4");
        return;
      default:
        action satisfies never;
    }
  }

  expire(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#deadline = undefined;
    this.#fault = this.#bad("timed-out", "the server does not answer", "RFC 5321 §4.5.3.2");
  }

  #command(verb: string, argument: string | undefined, timeoutMs: number | undefined): void {
    this.#requireTurn(`say ${verb}`);
    this.#output.push(formatCommandLine(verb, argument));
    this.#expect({ timeoutMs, endsGroup: groupEnds.has(verb), isData: verb === "DATA" });
  }

  #chunk(pieces: readonly Uint8Array[], isLast: boolean, replies: number): void {
    this.#requireTurn("say BDAT");
    const octets = pieces.reduce((sum, { length }) => sum + length, 0);
    this.#output.push(formatCommandLine("BDAT", `${octets}${isLast ? " LAST" : ""}`), ...pieces);
    if (isLast) this.#expectMessage(replies);
    else this.#expect({ timeoutMs: this.#options.limits.messageTimeoutMs });
  }

  #requireTurn(what: string): void {
    const last = this.#expected.at(-1);
    const waits = last?.endsGroup === true;
    if (!waits && !this.#isContent && !this.#isClosing) return;
    const why = this.#isClosing
      ? "the server is closing"
      : waits
        ? "an answer must come first"
        : "a message is being sent";
    throw new StateError(`Cannot ${what}: ${why}`);
  }

  #requireContent(): void {
    if (!this.#isContent) throw new StateError("Cannot send octets of a message: the server has not asked for them");
  }

  #expectMessage(replies: number): void {
    for (let count = 0; count < replies; count++) this.#expect({ timeoutMs: this.#options.limits.messageTimeoutMs });
  }

  #expect({ timeoutMs, endsGroup = false, isData = false }: ExpectedInit): void {
    this.#expected.push({ timeoutMs: timeoutMs ?? this.#options.limits.replyTimeoutMs, endsGroup, isData });
    if (this.#expected.length === 1) this.#restartPatience();
  }

  #restartPatience(): void {
    const first = this.#expected[0];
    this.#deadline = first === undefined ? undefined : this.#options.now() + first.timeoutMs;
  }

  #readLine(text: string): SmtpReply | undefined {
    const line = readSmtpReplyLine(text);
    if (line === undefined || (this.#lines.length > 0 && line.code !== this.#code))
      throw this.#bad("bad-reply", "what the server says is no reply", "RFC 5321 §4.2");
    this.#code = line.code;
    this.#lines.push(/[\x80-\xff]/.test(line.text) ? Buffer.from(line.text, "latin1").toString() : line.text);
    if (this.#lines.length > this.#options.limits.replyLinesMax)
      throw this.#bad("too-many-lines", "a reply has no end", "RFC 5321 §4.2.1");
    if (!line.isLast) return undefined;
    const lines = this.#lines;
    this.#lines = [];
    return replyOfLines(line.code, lines);
  }

  #take(reply: SmtpReply): SmtpClientEvent {
    const expected = this.#expected.shift();
    if (reply.code === SmtpCode.notAvailable) this.#isClosing = true;
    if (expected === undefined) {
      if (reply.code === SmtpCode.notAvailable) return { type: "closing", reply };
      throw this.#bad("bad-reply", "the server answers what nobody has asked", "RFC 5321 §4.2");
    }
    this.#restartPatience();
    if ((reply.code === SmtpCode.startContent) !== (expected.isData && reply.code < 400))
      throw this.#bad("bad-reply", "the answer fits no such command", "RFC 5321 §4.3.2");
    if (reply.code === SmtpCode.startContent) this.#isContent = true;
    return { type: "reply", reply };
  }

  #finish(): SmtpClientEvent | undefined {
    if (!this.#hasEnded || this.#saidEnd) return undefined;
    this.#saidEnd = true;
    return { type: "end" };
  }

  #bad(code: SmtpProtocolErrorCode, why: string, section: string): SmtpProtocolError {
    return new SmtpProtocolError(code, `Cannot go on with the server: ${why}`, { section });
  }
}
