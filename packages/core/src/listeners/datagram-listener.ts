import type { Address } from "../address.ts";
import type { DatagramReceiver, DatagramSocket } from "../datagram.ts";
import type { ConnectionError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Listener } from "../listener.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { tellListener } from "./tell-listener.ts";

/** Joins a factory to a datagram socket. There are no connections to wait for: stopping closes the socket. */
export class DatagramListener implements Listener {
  readonly connectionCount = 0;
  readonly connections: readonly Transport[] = [];
  readonly failedArrivalCount = 0;
  readonly #reactor: Reactor;
  readonly #factory: Factory;
  #socket: DatagramSocket | undefined;
  #stopping: Promise<void> | undefined;
  #closed: () => void = () => {};
  readonly #whenClosed: Promise<void>;
  #stopped: () => void = () => {};
  readonly stopped: Promise<void>;

  constructor(reactor: Reactor, factory: Factory) {
    this.#reactor = reactor;
    this.#factory = factory;
    this.#whenClosed = new Promise((resolve) => {
      this.#closed = resolve;
    });
    this.stopped = new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  get address(): Address {
    return this.#socket!.local;
  }

  get addresses(): readonly Address[] {
    return [this.address];
  }

  async open(bind: () => Promise<DatagramSocket>): Promise<this> {
    await this.#factory.started?.(this.#reactor);
    try {
      this.#socket = await bind();
      this.#socket.start(this.#watched(this.#factory.bind!(this.#socket)));
    } catch (error) {
      this.#socket?.close();
      await this.#factory.stopped?.();
      throw error;
    }
    tellListener("opened", this);
    return this;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#socket!.close();
    await this.#whenClosed;
    await this.#factory.stopped?.();
    tellListener("closed", this);
    this.#stopped();
  }

  /** The factory's receiver, and the news that the socket is gone. */
  #watched(receiver: DatagramReceiver): DatagramReceiver {
    return {
      datagram: (payload, from) => receiver.datagram(payload, from),
      ...(receiver.failed && { failed: (error: ConnectionError) => receiver.failed?.(error) }),
      closed: (error) => {
        receiver.closed(error);
        this.#closed();
      },
    };
  }
}
