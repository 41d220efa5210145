import { ConnectionError, DeadlineTimer, LengthPrefixedReader, type Protocol, type Transport } from "@hawser/core";
import { dnsMessageOctetsMax } from "../limits.ts";
import { isDnsQuery } from "../message/query.ts";
import type { DnsChannel } from "./channel.ts";
import type { DnsResponder } from "./responder.ts";
import type { ServedRequest } from "./served-request.ts";

/**
 * A connection: messages with their length before them (RFC 1035 §4.2.2), answered as their answers are ready (RFC 7766
 * §6.2.1.1). While too many wait, or the peer does not read, nothing more is read from it.
 */
export class StreamChannel implements Protocol, DnsChannel {
  readonly transport: "tcp" | "tls";
  readonly isFramed = true;
  readonly #stream: Transport;
  readonly #responder: DnsResponder;
  readonly #reader = new LengthPrefixedReader(16, { octetsMax: dnsMessageOctetsMax });
  readonly #pending = new Set<ServedRequest>();
  readonly #timer: DeadlineTimer;
  #room: Room | undefined;
  /** No more questions: the peer has ended, or the server is stopping. */
  #isLast = false;
  #isDraining = false;
  #isPaused = false;
  #isClosing = false;
  #isOverdue = false;
  #outputBefore = 0;

  constructor(stream: Transport, responder: DnsResponder) {
    this.transport = stream.security === undefined ? "tcp" : "tls";
    this.#stream = stream;
    this.#responder = responder;
    this.#timer = new DeadlineTimer(stream.reactor.clock, () => this.#idle());
    this.#touch();
  }

  data(chunk: Uint8Array): void {
    if (this.#isDraining) return;
    this.#reader.receive(chunk);
    this.#pump();
  }

  end(): void {
    this.#isLast = true;
    this.#pump();
  }

  drain(): void {
    this.#isLast = true;
    this.#isDraining = true;
    this.#pump();
  }

  drained(): void {
    this.#touch();
    this.#makeRoom();
    this.#pump();
  }

  closed(error?: ConnectionError): void {
    this.#timer.cancel();
    const reason = error ?? new ConnectionError("aborted", "The peer closed before this was answered");
    for (const request of this.#pending) this.#responder.abandon(request, reason);
    this.#pending.clear();
    this.#isClosing = true;
    this.#makeRoom();
  }

  send(octets: Uint8Array): void {
    this.#touch();
    if (!this.#stream.write(octets) && !this.#isClosing) this.#room ??= makeRoom();
  }

  room(): Promise<void> | undefined {
    return this.#room?.promise;
  }

  began(request: ServedRequest): void {
    this.#pending.add(request);
  }

  ended(request: ServedRequest): void {
    if (!this.#pending.delete(request)) return; // the connection is gone
    this.#touch();
    this.#pump();
  }

  abort(reason: Error): void {
    this.#stream.abort(reason);
  }

  /** Takes questions while answers to them can be kept; then pauses the peer, or says goodbye. */
  #pump(): void {
    while (!this.#isDraining && !this.#isHeld && !this.#isClosing) {
      const octets = this.#reader.next();
      if (octets === undefined) break;
      this.#touch();
      if (!isDnsQuery(octets)) return this.abort(new ConnectionError("aborted", "The peer sent what is no question"));
      this.#responder.receive(octets, this.#stream.peer, this);
    }
    this.#pauseOrResume();
    this.#endWhenDone();
  }

  get #isHeld(): boolean {
    return this.#room !== undefined || this.#pending.size >= this.#responder.settings.answersPerConnectionMax;
  }

  #pauseOrResume(): void {
    const isPaused = this.#isHeld && !this.#isLast;
    if (isPaused === this.#isPaused || this.#isClosing) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#stream.pause();
    else this.#stream.resume();
  }

  #endWhenDone(): void {
    if (!this.#isLast || this.#isClosing || this.#pending.size > 0 || (this.#isHeld && !this.#isDraining)) return;
    this.#isClosing = true;
    this.#stream.end();
  }

  #makeRoom(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.resolve();
  }

  /** A whole question came, or an answer went: parts of questions keep nothing open. */
  #touch(): void {
    this.#isOverdue = false;
    this.#lookAfter(this.#responder.settings.idleTimeoutMs);
  }

  #lookAfter(ms: number): void {
    this.#timer.set(this.#stream.reactor.clock.now() + ms);
  }

  /** Output that the peer takes slowly is not idle, nor is work on an answer, within the time that answers may take. */
  #idle(): void {
    const output = this.#stream.pendingOctets;
    const isMoving = output > 0 && output !== this.#outputBefore;
    this.#outputBefore = output;
    if (isMoving) return this.#touch();
    if (output > 0 || this.#isClosing || this.#isOverdue)
      return this.abort(new ConnectionError("timed-out", "Nothing moves on this connection"));
    if (this.#pending.size > 0) {
      this.#isOverdue = true;
      return this.#lookAfter(this.#responder.settings.answerTimeoutMs);
    }
    this.#isLast = true;
    this.#isDraining = true;
    this.#touch();
    this.#pump();
  }
}

interface Room {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function makeRoom(): Room {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((made) => {
    resolve = made;
  });
  return { promise, resolve };
}
