import type { Address } from "./address.ts";
import { ConnectionError } from "./errors.ts";
import type { Factory, Protocol } from "./factory.ts";
import type { Port } from "./network.ts";
import type { Reactor } from "./reactor.ts";
import type { Transport } from "./transport.ts";

/** How a listener stops. */
export interface StopOptions {
  /** How long connections may go on to finish what they have begun. Default 10,000 ms. */
  readonly graceMs?: number | undefined;
  /** Cuts the grace short. */
  readonly signal?: AbortSignal | undefined;
}

const graceMsDefault = 10_000;

/** An endpoint being served. Its connections are its children: stopping it ends them. */
export interface Listener extends AsyncDisposable {
  /** Where it really listens: the port the system chose for port 0. */
  readonly address: Address;
  /** How many connections are open. */
  readonly connectionCount: number;
  /** Accepts no more, lets connections finish until the deadline, then aborts them. Safe to repeat; all callers wait for the end. */
  stop(options?: StopOptions): Promise<void>;
}

/** Joins a factory to a port, and counts the connections between them. */
export class PortListener implements Listener {
  readonly #reactor: Reactor;
  readonly #factory: Factory;
  readonly #connections = new Map<Transport, Protocol>();
  #port: Port | undefined;
  #stopping: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

  constructor(reactor: Reactor, factory: Factory) {
    this.#reactor = reactor;
    this.#factory = factory;
  }

  get address(): Address {
    return this.#port!.address;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Opens the port; `open` is given the function that takes connections. */
  async open(open: (accept: (transport: Transport) => void) => Promise<Port>): Promise<this> {
    await this.#factory.started?.(this.#reactor);
    try {
      this.#port = await open((transport) => this.#accept(transport));
    } catch (error) {
      await this.#factory.stopped?.();
      throw error;
    }
    return this;
  }

  stop(options: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #accept(transport: Transport): void {
    const protocol = this.#stopping === undefined ? this.#factory.accept?.(transport) : undefined;
    if (protocol === undefined) return transport.abort();
    this.#connections.set(transport, protocol);
    transport.whenClosed(this.#forget);
    transport.start(protocol);
  }

  readonly #forget = (transport: Transport): void => {
    this.#connections.delete(transport);
    if (this.#connections.size === 0) this.#emptied?.();
  };

  async #stop(options: StopOptions): Promise<void> {
    const closed = this.#port?.close();
    for (const protocol of [...this.#connections.values()]) protocol.drain?.();
    await this.#finish(options);
    await closed;
    await this.#factory.stopped?.();
  }

  /** Waits for the last connection; past the deadline, aborts those that remain. */
  #finish(options: StopOptions): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const abortAll = () => {
        const reason = new ConnectionError("aborted", "The server stopped before this connection had finished");
        for (const transport of [...this.#connections.keys()]) transport.abort(reason);
      };
      const timer = this.#reactor.clock.after(options.graceMs ?? graceMsDefault, abortAll);
      options.signal?.addEventListener("abort", abortAll, { once: true });
      if (options.signal?.aborted) abortAll();
      this.#emptied = () => {
        timer.cancel();
        options.signal?.removeEventListener("abort", abortAll);
        resolve();
      };
    });
  }
}
