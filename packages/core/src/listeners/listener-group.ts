import type { Address } from "../address.ts";
import type { Listener, StopOptions } from "../listener.ts";
import type { Transport } from "../transport.ts";

/** Several endpoints served as one. */
export class ListenerGroup implements Listener {
  readonly #listeners: readonly Listener[];

  constructor(listeners: readonly Listener[]) {
    if (listeners.length === 0) throw new TypeError("Cannot listen on an empty list of endpoints");
    this.#listeners = listeners;
  }

  get address(): Address {
    return this.#listeners[0]!.address;
  }

  get addresses(): readonly Address[] {
    return this.#listeners.flatMap((listener) => listener.addresses);
  }

  get stopped(): Promise<void> {
    return Promise.all(this.#listeners.map((listener) => listener.stopped)).then(() => {});
  }

  get connectionCount(): number {
    return this.#listeners.reduce((count, listener) => count + listener.connectionCount, 0);
  }

  get connections(): readonly Transport[] {
    return this.#listeners.flatMap((listener) => listener.connections);
  }

  get failedArrivalCount(): number {
    return this.#listeners.reduce((count, listener) => count + listener.failedArrivalCount, 0);
  }

  async stop(options?: StopOptions): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop(options)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
