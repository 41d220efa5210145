import { StateError } from "../errors.ts";
import type { Cancellable } from "./abort.ts";
import { Fifo } from "./fifo.ts";
import { WaitingLine } from "./waiting-line.ts";

/**
 * Carries values from those who make them to those who use them, in order, and holds back who makes too many.
 *
 * ```ts
 * for await (const message of queue) await deliver(message);
 * ```
 */
export class Queue<Value> implements AsyncIterable<Value> {
  readonly #capacity: number;
  readonly #values = new Fifo<Value>();
  readonly #takers = new WaitingLine<IteratorResult<Value, undefined>>();
  /** Each waits with the value it wants to put. */
  readonly #putters = new WaitingLine<undefined, Value>();
  #end: { readonly reason: Error | undefined } | undefined;

  /** @throws {RangeError} when `capacity` is below 1 */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`Cannot make a queue for ${capacity} values`);
    this.#capacity = capacity;
  }

  /** How many values wait to be taken. */
  get size(): number {
    return this.#values.size;
  }

  /** Adds a value when there is room now. @throws {StateError} when the queue is closed */
  offer(value: Value): boolean {
    if (this.#end !== undefined) throw new StateError("Cannot put into the queue: it is closed");
    if (this.#takers.serve({ done: false, value }).length === 1) return true;
    if (this.#values.size >= this.#capacity) return false;
    this.#values.push(value);
    return true;
  }

  /** Adds a value, and waits for room if there is none. Rejects with `signal.reason`, or `StateError` when closed. */
  async put(value: Value, options?: Cancellable): Promise<void> {
    options?.signal?.throwIfAborted();
    if (!this.offer(value)) await this.#putters.join(value, options);
  }

  /** Waits for the next value. Rejects with `signal.reason`, or as {@link close} tells when there will be none. */
  async take(options?: Cancellable): Promise<Value> {
    const next = await this.#next(options);
    if (next.done) throw new StateError("Cannot take from the queue: it is closed");
    return next.value;
  }

  /**
   * Ends the queue: nothing is put any more, what is in it may still be taken. Then `take` rejects with `reason`, and
   * iteration throws it; without one `take` rejects with `StateError` and iteration ends. Safe to repeat.
   */
  close(reason?: Error): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#putters.dismiss(reason ?? new StateError("Cannot put into the queue: it was closed"));
    if (reason !== undefined) this.#takers.dismiss(reason);
    while (this.#takers.serve({ done: true, value: undefined }).length > 0);
  }

  [Symbol.asyncIterator](): AsyncIterator<Value, undefined> {
    return { next: () => this.#next() };
  }

  async #next(options?: Cancellable): Promise<IteratorResult<Value, undefined>> {
    options?.signal?.throwIfAborted();
    for (const value of this.#values.shift()) {
      this.#admitPutter();
      return { done: false, value };
    }
    if (this.#end === undefined) return this.#takers.join(undefined, options);
    if (this.#end.reason !== undefined) throw this.#end.reason;
    return { done: true, value: undefined };
  }

  /** Lets in who waited longest, before anybody who has just come can take the room. */
  #admitPutter(): void {
    for (const value of this.#putters.serve(undefined)) this.#values.push(value);
  }
}
