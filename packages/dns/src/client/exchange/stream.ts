import {
  ConnectionError,
  encodeLengthPrefixed,
  HawserError,
  LengthPrefixedReader,
  type Receiver,
  type Timer,
  type Transport,
} from "@hawser/core";
import { dnsMessageOctetsMax } from "../../limits.ts";
import { unsentOctetsMax } from "../limits.ts";
import type { ClientCounts } from "./counters.ts";
import { matchAnswer } from "./match.ts";
import type { PreparedQuestion } from "./prepare.ts";

interface Waiting {
  readonly question: PreparedQuestion;
  readonly resolve: (octets: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A connection to a server, on which many questions are under way and answers come in any order (RFC 7766 §6.2.1). It is
 * closed when nothing was asked for a while.
 */
export class DnsStream implements Receiver {
  readonly #transport: Transport;
  readonly #counts: ClientCounts;
  readonly #reader = new LengthPrefixedReader(16, { octetsMax: dnsMessageOctetsMax });
  readonly #waiting = new Map<number, Waiting>();
  #idleTimeoutMs: number;
  #idle: Timer | undefined;
  #received = 0;
  #isOver = false;

  constructor(transport: Transport, idleTimeoutMs: number, counts: ClientCounts) {
    this.#transport = transport;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#counts = counts;
    transport.start(this);
    this.#restWhenIdle();
  }

  /** Whether another question may be put: it lives, and takes what is written. */
  get isUsable(): boolean {
    return !this.#isOver && this.#transport.pendingOctets < unsentOctetsMax;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Whether it has answered before: then its end says nothing about the next. */
  get hasAnswered(): boolean {
    return this.#received > 0;
  }

  hasId(id: number): boolean {
    return this.#waiting.has(id);
  }

  /**
   * Puts a question, whose id is its own here, and gives the octets of the answer.
   * @throws {ConnectionError} when the connection is lost; `signal.reason`
   */
  ask(question: PreparedQuestion, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#isOver)
      return Promise.reject(new ConnectionError("reset", "The connection was closed before the question"));
    this.#idle?.cancel();
    const before = this.#received;
    return new Promise<Uint8Array>((resolve, reject) => {
      const { id } = question.form;
      const done = (): void => {
        signal.removeEventListener("abort", giveUp);
        this.#waiting.delete(id);
        this.#restWhenIdle();
      };
      const giveUp = (): void => {
        done();
        reject(signal.reason);
        if (this.#received === before && isTimeout(signal.reason)) this.abort(signal.reason); // nobody is there any more
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.set(id, {
        question,
        resolve: (octets) => {
          done();
          resolve(octets);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#transport.write(encodeLengthPrefixed(16, question.octets));
    });
  }

  /** The server tells how long it keeps a connection that is idle (RFC 7828 §3.3.2): we close it before. */
  keepFor(idleTimeoutMs: number): void {
    this.#idleTimeoutMs = Math.min(this.#idleTimeoutMs, idleTimeoutMs);
  }

  data(chunk: Uint8Array): void {
    this.#reader.receive(chunk);
    for (let octets = this.#reader.next(); octets !== undefined; octets = this.#reader.next()) this.#answered(octets);
  }

  end(): void {
    this.close();
    this.#fail(new ConnectionError("reset", "The server closed the connection before it had answered"));
  }

  closed(error?: ConnectionError): void {
    this.#isOver = true;
    this.#idle?.cancel();
    this.#fail(error ?? new ConnectionError("reset", "The connection was closed before the answer"));
  }

  /** Closes it when all that was written is sent. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.cancel();
    this.#transport.end();
    this.#idle = this.#transport.reactor.clock.after(closeGraceMs, () => this.#transport.abort());
  }

  abort(reason: Error): void {
    this.#isOver = true;
    this.#idle?.cancel();
    this.#transport.abort(reason);
    this.#fail(reason);
  }

  #answered(octets: Uint8Array): void {
    this.#received++;
    const id = octets.length < 2 ? -1 : (octets[0]! << 8) | octets[1]!;
    const waiting = this.#waiting.get(id);
    const match = waiting === undefined ? "other-id" : matchAnswer(octets, waiting.question);
    if (match === "same" || match === "respelled" || match === "bare") waiting!.resolve(octets);
    else this.#counts.strangers++;
  }

  #fail(error: Error): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
  }

  #restWhenIdle(): void {
    this.#idle?.cancel();
    if (this.#waiting.size > 0 || this.#isOver) return;
    this.#idle = this.#transport.reactor.clock.after(this.#idleTimeoutMs, () => this.close());
  }
}

/** What a server may take to close its side, before the connection is aborted. */
const closeGraceMs = 1_000;

function isTimeout(reason: unknown): boolean {
  return reason instanceof HawserError && reason.code === "timed-out"; // of the exchange, or of the lookup that it is for
}
