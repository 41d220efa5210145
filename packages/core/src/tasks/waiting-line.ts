import { type Cancellable, onAbort } from "./abort.ts";
import { deferred } from "./deferred.ts";
import { Fifo } from "./fifo.ts";

interface Waiter<Value, Ticket> {
  readonly ticket: Ticket;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/** Those who wait for something, served in the order they came. Each holds a ticket that tells what it waits with. */
export class WaitingLine<Value, Ticket = undefined> {
  readonly #line = new Fifo<Waiter<Value, Ticket>>();

  get size(): number {
    return this.#line.size;
  }

  /** Stands in line until served. Rejects with `signal.reason` when that aborts first. */
  join(ticket: Ticket, { signal }: Cancellable = {}): Promise<Value> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = deferred<Value>();
    const stopListening = onAbort(signal, () => {
      leave();
      reject(signal?.reason);
    });
    const leave = this.#line.push({
      ticket,
      resolve: (value) => {
        stopListening();
        resolve(value);
      },
      reject: (reason) => {
        stopListening();
        reject(reason);
      },
    });
    return promise;
  }

  /** Gives a value to the first in line. @returns its ticket, in an array of one, or of none when nobody waits */
  serve(value: Value): readonly [Ticket] | readonly [] {
    const [waiter] = this.#line.shift();
    if (waiter === undefined) return [];
    waiter.resolve(value);
    return [waiter.ticket];
  }

  /** Sends everybody away. */
  dismiss(reason: unknown): void {
    for (let [waiter] = this.#line.shift(); waiter !== undefined; [waiter] = this.#line.shift()) waiter.reject(reason);
  }
}
