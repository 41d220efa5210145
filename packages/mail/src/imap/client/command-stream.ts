import { ConnectionError, DeadlineTimer, type Driver, drive, type Transport } from "@hawser/core";
import { type ImapDeferred, imapDeferred } from "../deferred.ts";
import { ImapProtocolError, ImapReplyError } from "../errors.ts";
import { imapAnswerTimeoutMs, imapLiteralMinusMax } from "../limits.ts";
import { type ImapClientAction, type ImapClientEvent, ImapClientMachine } from "../machine/client.ts";
import { type ImapSent, type PendingCommand, PendingCommands } from "./command-queue.ts";
import { type ImapResponse, type ImapStatusLine, parseResponse } from "./responses.ts";

/** What a client's connection is told of, and what it is like. */
export interface ImapCommandStreamOptions {
  readonly answerTimeoutMs?: number | undefined;
  readonly responseOctetsMax?: number | undefined;
  /** Told of every response that was not meant for one command alone. */
  readonly heard: (response: ImapResponse) => void;
}

/** Sends commands, pipelined, and brings their answers. Knows literals and continuations, and no command by name. */
export class ImapCommandStream {
  readonly transport: Transport;
  /** Settles when the connection is gone; never rejects. */
  readonly closed: Promise<ConnectionError | undefined>;
  /** Names are UTF-8 from now on. */
  isUtf8 = false;
  /** Literals need not be asked for: of any size, or of this. */
  unaskedMax = 0;
  readonly #options: ImapCommandStreamOptions;
  readonly #pending = new PendingCommands();
  readonly #machine: ImapClientMachine;
  readonly #driver: Driver<ImapClientEvent, ImapClientAction>;
  readonly #timer: DeadlineTimer;
  readonly #greeting: ImapDeferred<ImapStatusLine> = imapDeferred();
  readonly #gone: ImapDeferred<ConnectionError | undefined> = imapDeferred();
  #sending: Promise<void> = Promise.resolve();
  #room: ImapDeferred<void> | undefined;
  #error: unknown;
  #upgrade: { readonly tag: string; readonly done: Promise<void> } | undefined;
  /** Held back by whoever takes the responses; let go when another command is sent, which could wait for ever else. */
  #hold: ImapDeferred<void> | undefined;

  constructor(transport: Transport, options: ImapCommandStreamOptions) {
    this.transport = transport;
    this.#options = options;
    this.closed = this.#gone.promise;
    this.#machine = new ImapClientMachine(options.responseOctetsMax);
    this.#timer = new DeadlineTimer(transport.reactor.clock, () => this.#dead());
    this.#driver = drive(this.#machine, transport, {
      event: (event) => this.#event(event),
      failed: (error) => this.#lose(error),
      drained: () => this.#hasRoom(),
      closed: (error) => this.#closed(error),
    });
    transport.start(this.#driver);
    this.#touch(true);
  }

  get greeting(): Promise<ImapStatusLine> {
    return this.#greeting.promise;
  }

  get isGone(): boolean {
    return this.#error !== undefined;
  }

  /** Octets that have come and were not read. */
  get unreadOctets(): number {
    return this.#machine.unreadOctets;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Sends a command, behind those that were sent before.
   * @throws {ImapReplyError} the server says no
   * @throws {ConnectionError} the connection is gone
   */
  async run(name: string, pieces: readonly ImapSent[], take?: PendingCommand["take"]): Promise<ImapStatusLine> {
    return this.begin(name, pieces, take).answer;
  }

  /** The same, with what is to be done in between in hand. */
  begin(
    name: string,
    pieces: readonly ImapSent[],
    take?: PendingCommand["take"],
  ): { readonly answer: Promise<ImapStatusLine>; readonly command: PendingCommand } {
    if (this.#error !== undefined) throw this.#error;
    this.#letGo();
    const command = this.#pending.add(name, take);
    const sent = this.#sending.then(() => this.#send(command, pieces));
    this.#sending = sent.catch(() => {}); // what fails is told by the command's end
    sent.catch((error: unknown) => command.end.reject(error));
    this.#touch();
    const answer = command.end.promise.then((line) => accepted(name, line));
    answer.catch(() => {});
    return { answer, command };
  }

  /**
   * Sends a command after whose answer all is said otherwise (STARTTLS, COMPRESS): what comes behind the answer is not looked at
   * before `change` has run.
   */
  async upgrade(name: string, pieces: readonly ImapSent[], change: () => void | Promise<void>): Promise<void> {
    const { answer, command } = this.begin(name, pieces);
    const done = imapDeferred<void>();
    this.#upgrade = { tag: command.tag, done: done.promise };
    try {
      await answer;
      await change();
    } finally {
      this.#upgrade = undefined;
      done.resolve();
    }
  }

  /** Waits for `+`. */
  asked(command: PendingCommand): Promise<string> {
    command.asked = imapDeferred();
    return command.asked.promise;
  }

  /** Sends a line that is no command: an answer to a challenge, `DONE`. */
  line(text: string): void {
    this.#touch();
    this.#driver.send({ type: "write", output: `${text}\r\n` });
  }

  /** Packs what is sent from now on, and unpacks what comes. */
  compress(): Promise<void> {
    return this.upgrade("COMPRESS", ["COMPRESS DEFLATE"], () => this.#driver.send({ type: "compress" }));
  }

  /** Holds the server back until {@link released} is called, or another command is sent. */
  hold(): Promise<void> | undefined {
    if (this.#pending.size > 1) return undefined;
    this.#hold ??= imapDeferred();
    this.#timer.set(undefined); // it is we who wait
    return this.#hold.promise;
  }

  released(): void {
    this.#letGo();
  }

  /** Gives the connection up. */
  abort(error: Error): void {
    this.#lose(error);
    this.transport.abort(error);
  }

  #letGo(): void {
    this.#hold?.resolve();
    this.#hold = undefined;
    if (this.#pending.size > 0) this.#touch();
  }

  async #send(command: PendingCommand, pieces: readonly ImapSent[]): Promise<void> {
    let text = `${command.tag} `;
    for (const piece of pieces) {
      if (typeof piece === "string") {
        text += piece;
        continue;
      }
      const octets = "literal" in piece ? piece.literal.length : piece.octets;
      const isUnasked = octets <= this.unaskedMax;
      this.#write(`${text}{${octets}${isUnasked ? "+" : ""}}\r\n`);
      text = "";
      if (!isUnasked && !(await this.#mayGoOn(command))) return;
      await this.#content("literal" in piece ? [piece.literal] : piece.content, octets);
    }
    this.#write(`${text}\r\n`);
  }

  /** Whether the server wants the literal: it may answer the command instead. */
  async #mayGoOn(command: PendingCommand): Promise<boolean> {
    return this.asked(command).then(
      () => true,
      (error: unknown) => {
        if (this.#error !== undefined) throw error;
        return false;
      },
    );
  }

  async #content(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, octets: number): Promise<void> {
    let left = octets;
    try {
      for await (const chunk of content) {
        left -= chunk.length;
        if (left < 0) break;
        this.#write(chunk);
        this.#touch();
        if (this.#driver.isFull) await this.#roomed();
      }
    } catch (error) {
      this.abort(error instanceof Error ? error : new Error(String(error))); // half a literal cannot be taken back
      throw error;
    }
    if (left === 0) return;
    const error = new RangeError(`Cannot send a literal: ${octets} octets were announced`);
    this.abort(error);
    throw error;
  }

  #write(output: Uint8Array | string): void {
    if (this.#error !== undefined) throw this.#error;
    this.#driver.send({ type: "write", output });
  }

  #roomed(): Promise<void> {
    this.#room ??= imapDeferred();
    return this.#room.promise;
  }

  #hasRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
    this.#touch();
  }

  #event(event: ImapClientEvent): void | Promise<void> {
    this.#touch();
    if (event.type === "end") return this.transport.end();
    if (event.type === "continuation") {
      if (!this.#pending.continue(event.text))
        throw new ImapProtocolError("unexpected", "Cannot go on: the server wants something that nobody has announced");
      return;
    }
    return this.#response(parseResponse(event.line, this.isUtf8));
  }

  #response(response: ImapResponse): void | Promise<void> {
    if (response.type === "tagged") {
      if (!this.#pending.finish(response.tag, response.line))
        throw new ImapProtocolError("unexpected", "Cannot take an answer: nobody has asked");
      this.#touch();
      return this.#upgrade?.tag === response.tag ? this.#upgrade.done : undefined;
    }
    if (response.type === "status-line") this.#greeting.resolve(response.line);
    this.#options.heard(response);
    const taken = this.#pending.offer(response);
    return typeof taken === "boolean" ? undefined : taken;
  }

  /** The server must say something within a while, as long as somebody waits for it. */
  #touch(always: boolean = false): void {
    const waits = always || this.#pending.size > 0;
    const { clock } = this.transport.reactor;
    const ms = this.#options.answerTimeoutMs ?? imapAnswerTimeoutMs;
    this.#timer.set(waits && !this.isPatient ? clock.now() + ms : undefined);
  }

  /** An idle server may be silent. */
  isPatient = false;

  #dead(): void {
    this.abort(new ConnectionError("timed-out", "The server does not answer any more"));
  }

  #lose(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#timer.cancel();
    this.#greeting.reject(error);
    this.#pending.fail(error);
    this.#room?.reject(error);
    this.#hold?.resolve();
  }

  #closed(error: ConnectionError | undefined): void {
    this.#lose(error ?? new ConnectionError("aborted", "The connection to the server is closed"));
    this.#gone.resolve(error);
  }
}

/** `OK`, or the error that was answered. */
function accepted(name: string, line: ImapStatusLine): ImapStatusLine {
  if (line.status === "OK") return line;
  const message = `Cannot ${name}: the server says ${line.status} ${line.text.slice(0, 200)}`;
  throw new ImapReplyError(line.status === "NO" ? "no" : "bad", line.text, { responseCode: line.code, message });
}

/** How large literals may be that come unasked (RFC 7888). */
export function unaskedMaxOf(capabilities: ReadonlySet<string>): number {
  if (capabilities.has("LITERAL+")) return Number.POSITIVE_INFINITY;
  return capabilities.has("LITERAL-") || capabilities.has("IMAP4REV2") ? imapLiteralMinusMax : 0;
}
