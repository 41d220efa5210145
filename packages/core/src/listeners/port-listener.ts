import { channel } from "node:diagnostics_channel";
import type { Address } from "../address.ts";
import type { ArrivalStage } from "../endpoints/listen-plan.ts";
import { ConnectionError } from "../errors.ts";
import type { ConnectionEvent } from "../events.ts";
import type { Factory, Protocol } from "../factory.ts";
import { reportFault } from "../faults.ts";
import type { Listener, ListenerOptions, StopOptions } from "../listener.ts";
import type { Port } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { tellListener } from "./tell-listener.ts";

const graceMsDefault = 10_000;
const arrivalsMaxDefault = 1_024;

const events = channel("hawser:connection");

/** Joins a factory to a port, and counts the connections between them. */
export class PortListener implements Listener {
  readonly stopped: Promise<void>;
  readonly #reactor: Reactor;
  readonly #factory: Factory;
  readonly #options: ListenerOptions;
  readonly #connections = new Map<Transport, Protocol>();
  /** On their way through the stages. */
  readonly #arriving = new Set<Transport>();
  #stages: readonly ArrivalStage[] = [];
  #port: Port | undefined;
  #failedArrivalCount = 0;
  #isStopping = false;
  #stopping: Promise<void> | undefined;
  #stopped: () => void = () => {};
  #emptied: (() => void) | undefined;

  constructor(reactor: Reactor, factory: Factory, options: ListenerOptions = {}) {
    this.#reactor = reactor;
    this.#factory = factory;
    this.#options = options;
    this.stopped = new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  get address(): Address {
    return this.#port!.address;
  }

  get addresses(): readonly Address[] {
    return [this.address];
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get connections(): readonly Transport[] {
    return [...this.#connections.keys()];
  }

  get failedArrivalCount(): number {
    return this.#failedArrivalCount;
  }

  /** Opens the port; `open` is given the function that takes connections, which then go through the stages. */
  async open(
    open: (accept: (transport: Transport) => void) => Promise<Port>,
    stages: readonly ArrivalStage[] = [],
  ): Promise<this> {
    this.#stages = stages;
    await this.#factory.started?.(this.#reactor);
    try {
      this.#port = await open((transport) => this.#arrive(transport));
    } catch (error) {
      await this.#factory.stopped?.();
      throw error;
    }
    tellListener("opened", this);
    return this;
  }

  stop(options: StopOptions = {}): Promise<void> {
    this.#isStopping = true; // before #stop: a connection that arrives meanwhile must find it so
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #arrive(transport: Transport): void {
    if (this.#isStopping) transport.abort();
    else if (this.#stages.length === 0) this.#accept(transport);
    else if (this.#arriving.size >= (this.#options.arrivalsMax ?? arrivalsMaxDefault))
      this.#arrivalFailed(transport, crowded());
    else void this.#goThroughStages(transport);
  }

  async #goThroughStages(transport: Transport): Promise<void> {
    this.#arriving.add(transport);
    try {
      let arrived = transport;
      for (const stage of this.#stages) arrived = await stage(arrived);
      this.#accept(arrived);
      if (this.#isStopping) this.#drainLate(arrived);
    } catch (error) {
      this.#arrivalFailed(transport, error);
    } finally {
      this.#arriving.delete(transport);
      this.#checkEmptied();
    }
  }

  #arrivalFailed(transport: Transport, error: unknown): void {
    this.#failedArrivalCount++;
    transport.abort(error instanceof Error ? error : undefined);
    if (events.hasSubscribers) tell({ type: "failed", transport, listener: this, error });
    if (!this.#isStopping) this.#options.onError?.(error, transport);
  }

  #accept(transport: Transport): void {
    const protocol = this.#protocolFor(transport);
    if (protocol === undefined) return transport.abort();
    this.#connections.set(transport, protocol);
    if (events.hasSubscribers) this.#tellOpened(transport);
    transport.whenClosed(this.#forget);
    transport.start(protocol);
  }

  #tellOpened(transport: Transport): void {
    const { clock } = this.#reactor;
    const openedAt = clock.now();
    tell({ type: "opened", transport, listener: this });
    transport.whenClosed(() => {
      const { octetsIn = 0, octetsOut = 0 } = transport;
      const durationMs = clock.now() - openedAt;
      tell({ type: "closed", transport, listener: this, durationMs, octetsIn, octetsOut });
    });
  }

  #protocolFor(transport: Transport): Protocol | undefined {
    try {
      return this.#factory.accept?.(transport);
    } catch (error) {
      if (this.#options.onError === undefined) reportFault(error, "Factory.accept");
      else this.#options.onError(error, transport);
      return undefined;
    }
  }

  readonly #forget = (transport: Transport): void => {
    this.#connections.delete(transport);
    this.#checkEmptied();
  };

  #checkEmptied(): void {
    if (this.#isEmpty) this.#emptied?.();
  }

  get #isEmpty(): boolean {
    return this.#connections.size === 0 && this.#arriving.size === 0;
  }

  async #stop(options: StopOptions): Promise<void> {
    const closed = this.#port?.close();
    for (const protocol of [...this.#connections.values()]) this.#drain(protocol);
    await this.#finish(options);
    await closed;
    await this.#factory.stopped?.();
    tellListener("closed", this);
    this.#stopped();
  }

  /** It had come when the stop began, and was still on its way: it is served like those that were there. */
  #drainLate(transport: Transport): void {
    const protocol = this.#connections.get(transport);
    if (protocol !== undefined) this.#drain(protocol);
  }

  #drain(protocol: Protocol): void {
    try {
      protocol.drain?.();
    } catch (error) {
      reportFault(error, "Protocol.drain");
    }
  }

  /** Waits for the last connection; past the deadline, aborts those that remain. */
  #finish(options: StopOptions): Promise<void> {
    if (this.#isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      const abortAll = () => {
        const reason = new ConnectionError("aborted", "The server stopped before this connection had finished");
        for (const transport of [...this.connections, ...this.#arriving]) transport.abort(reason);
      };
      const timer = this.#reactor.clock.after(options.graceMs ?? graceMsDefault, abortAll);
      this.#emptied = () => {
        timer.cancel();
        options.signal?.removeEventListener("abort", abortAll);
        resolve();
      };
      options.signal?.addEventListener("abort", abortAll, { once: true });
      if (options.signal?.aborted) abortAll();
    });
  }
}

function tell(event: ConnectionEvent): void {
  events.publish(event);
}

function crowded(): ConnectionError {
  return new ConnectionError("not-permitted", "Connection refused: too many handshakes at a time");
}
