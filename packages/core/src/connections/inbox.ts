import { StateError } from "../errors.ts";
import { FramingError } from "../framing/errors.ts";
import { ReceiveBuffer } from "../framing/receive-buffer.ts";
import { onAbort } from "../tasks/abort.ts";
import { type Deferred, deferred } from "../tasks/deferred.ts";

/** Who is asked to stop and go on when too much lies unread. */
interface InboxSource {
  pause(): void;
  resume(): void;
}

/**
 * What arrived and was not read yet, and the one reader that may wait for more. The source is paused while the high-water
 * mark is passed and nobody waits: a reader who wants more than the mark gets it.
 */
export class Inbox {
  readonly #source: InboxSource;
  readonly #highWaterOctets: number;
  readonly #finished: () => void;
  readonly #buffer = new ReceiveBuffer();
  #arrival: Deferred<void> | undefined;
  #isReading = false;
  #isPaused = false;
  #end: { readonly error: Error | undefined } | undefined;

  /** @param finished called when the peer has ended and nothing is unread; perhaps again */
  constructor(source: InboxSource, highWaterOctets: number, finished: () => void) {
    this.#source = source;
    this.#highWaterOctets = highWaterOctets;
    this.#finished = finished;
  }

  get octets(): number {
    return this.#buffer.octets;
  }

  /** The peer has said that it will send no more. */
  get endedWell(): boolean {
    return this.#end !== undefined && this.#end.error === undefined;
  }

  push(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
    this.#arrival?.resolve();
    this.#regulate();
  }

  /** Nothing more will come: the peer has ended, or the connection was lost (`error`). */
  end(error?: Error | undefined): void {
    this.#end ??= { error };
    this.#arrival?.resolve();
    this.#checkFinished();
  }

  /** Forgets what is unread, so that the end can arrive. */
  discard(): void {
    this.#buffer.skip(this.#buffer.octets);
    this.#regulate();
  }

  /**
   * Calls `attempt` until it takes something, whenever more has arrived.
   * @throws {StateError} when another read is waiting
   * @throws {FramingError} `unexpected-end`; the connection's error when it was lost; `signal.reason`
   */
  async read<Result>(
    attempt: (buffer: ReceiveBuffer) => Result | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    if (this.#isReading) throw new StateError("Cannot read: another read is waiting on this connection");
    signal?.throwIfAborted();
    this.#isReading = true;
    try {
      for (;;) {
        const result = attempt(this.#buffer);
        if (result !== undefined) return result;
        if (this.#end !== undefined) throw this.#end.error ?? unexpectedEnd();
        await this.#nextArrival(signal);
      }
    } finally {
      this.#isReading = false;
      this.#regulate();
      this.#checkFinished();
    }
  }

  async #nextArrival(signal: AbortSignal | undefined): Promise<void> {
    const arrival = deferred<void>();
    this.#arrival = arrival;
    const stopListening = onAbort(signal, () => arrival.reject(signal!.reason));
    this.#regulate();
    try {
      await arrival.promise;
    } finally {
      stopListening();
      this.#arrival = undefined;
    }
  }

  #checkFinished(): void {
    if (this.endedWell && this.octets === 0) this.#finished();
  }

  #regulate(): void {
    const isFull = this.#buffer.octets >= this.#highWaterOctets && this.#arrival === undefined;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#source.pause();
    else this.#source.resume();
  }
}

function unexpectedEnd(): FramingError {
  return new FramingError("unexpected-end", "Cannot read: the peer has ended");
}
