import {
  type Cancellable,
  ConnectionError,
  Driver,
  type Security,
  type TlsClientOptions,
  type Transport,
  withDeadline,
} from "@hawser/core";
import { SmtpReplyError } from "../errors.ts";
import type { SmtpClientLimits } from "../limits.ts";
import { SmtpClientMachine } from "../machine/client.ts";
import type { SmtpClientAction, SmtpClientEvent } from "../machine/client-messages.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";

interface Waiting {
  readonly resolve: (reply: SmtpReply) => void;
  readonly reject: (error: unknown) => void;
}

/** A client's connection as questions with answers. A question may be put before the last one is answered. */
export class SmtpChannel {
  readonly transport: Transport;
  readonly limits: SmtpClientLimits;
  /** The first thing the server says. */
  readonly greeting: Promise<SmtpReply>;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  readonly #driver: Driver<SmtpClientEvent, SmtpClientAction>;
  #waiting: Waiting[] = [];
  #room: (() => void) | undefined;
  #closing: SmtpReply | undefined;
  #loss: unknown;
  #tellClosed!: () => void;

  constructor(transport: Transport, limits: SmtpClientLimits) {
    const { clock } = transport.reactor;
    this.transport = transport;
    this.limits = limits;
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.greeting = this.#wait();
    this.#driver = new Driver(new SmtpClientMachine({ limits, now: () => clock.now() }), transport, {
      event: (event) => this.#event(event),
      failed: (error) => this.abort(error),
      drained: () => this.#release(),
      closed: (error) => {
        this.#lose(error ?? new ConnectionError("reset", "The server has closed the connection"));
        this.#tellClosed();
      },
    });
    transport.start(this.#driver);
  }

  /** Nothing can be asked any more. */
  get isOver(): boolean {
    return this.#loss !== undefined || this.#closing !== undefined;
  }

  get security(): Security | undefined {
    return this.transport.security;
  }

  /** Says a command. The answer is given whatever its code is; rejects when none can come. */
  ask(verb: string, argument?: string, timeoutMs?: number): Promise<SmtpReply> {
    return this.#send({ type: "command", verb, argument, timeoutMs }, 1)[0]!;
  }

  /** Answers a challenge. */
  respond(text: string): Promise<SmtpReply> {
    return this.#send({ type: "response", text }, 1)[0]!;
  }

  /** Sends octets of a message. @returns what to wait for, where the network takes no more */
  content(chunk: Uint8Array): Promise<void> | undefined {
    this.#send({ type: "content", chunk }, 0);
    return this.#driver.isFull ? this.#drained() : undefined;
  }

  /** Ends a message. From here on nobody knows what becomes of it until the answers are there. */
  endContent(chunk: Uint8Array, replies: number): readonly Promise<SmtpReply>[] {
    return this.#send({ type: "content-end", chunk, replies }, replies);
  }

  chunk(pieces: readonly Uint8Array[], isLast: boolean, replies: number): readonly Promise<SmtpReply>[] {
    return this.#send({ type: "chunk", pieces, isLast, replies }, isLast ? replies : 1);
  }

  /** Waits for room on the network. */
  async room(): Promise<void> {
    if (this.#driver.isFull) await this.#drained();
  }

  /** Begins TLS. What the server said in clear behind its yes is an attack, and ends the connection. */
  async startTls(options: TlsClientOptions): Promise<void> {
    try {
      if (this.#loss !== undefined) throw this.#loss;
      this.#driver.send({ type: "secured" });
      await this.transport.startTls(options);
      this.#driver.send({ type: "secured" });
    } catch (error) {
      this.abort(error);
      throw error;
    }
  }

  /** Closes our side, and waits for the server's. */
  async end(): Promise<void> {
    this.transport.end();
    const { clock } = this.transport.reactor;
    await withDeadline(clock, closeTimeoutMs, () => this.closed).catch(() => this.transport.abort());
  }

  abort(reason: unknown): void {
    this.#lose(reason);
    this.transport.abort(reason instanceof Error ? reason : undefined);
  }

  #event(event: SmtpClientEvent): void {
    if (event.type !== "end" && event.reply.code === SmtpCode.notAvailable) this.#closing = event.reply;
    if (event.type === "reply") this.#waiting.shift()?.resolve(event.reply);
    else if (event.type === "end") this.#ended();
  }

  /** The server says no more: neither do we. */
  #ended(): void {
    this.#lose(new ConnectionError("reset", "The server has closed the connection"));
    this.transport.end();
  }

  #send(action: SmtpClientAction, replies: number): readonly Promise<SmtpReply>[] {
    if (this.#loss !== undefined) throw this.#loss;
    if (this.#closing !== undefined) throw new SmtpReplyError(this.#closing);
    const answers = Array.from({ length: replies }, () => this.#wait());
    try {
      this.#driver.send(action);
    } catch (error) {
      this.#waiting.splice(this.#waiting.length - replies);
      throw error;
    }
    return answers;
  }

  #wait(): Promise<SmtpReply> {
    const answer = new Promise<SmtpReply>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    answer.catch(() => {}); // whoever asked much at once looks at the first failure alone
    return answer;
  }

  /** A message of which nothing more can be sent is not waited with for ever (RFC 5321 §4.5.3.2.5). */
  async #drained(): Promise<void> {
    const room = new Promise<void>((resolve) => {
      this.#room = resolve;
    });
    await withDeadline(this.transport.reactor.clock, this.limits.contentTimeoutMs, () => room);
    if (this.#loss !== undefined) throw this.#loss;
  }

  #lose(error: unknown): void {
    this.#loss ??= this.#closing === undefined ? error : new SmtpReplyError(this.#closing, { cause: error });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(this.#loss);
    this.#release();
  }

  #release(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }
}

/** Gives a connection up as soon as a signal says so; returns what lets go of the signal. */
export function abortWith(channel: SmtpChannel, { signal }: Cancellable): () => void {
  if (signal === undefined) return () => {};
  const giveUp = () => channel.abort(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  return () => signal.removeEventListener("abort", giveUp);
}

const closeTimeoutMs = 5_000;
