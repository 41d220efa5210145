import { Connection, connect, type Reactor, type Timer } from "@hawser/core";
import { FastCgiClientMachine } from "./machine.ts";

/** A connection to an application, and the state of its protocol. */
export interface FastCgiConnection {
  readonly wire: Connection;
  readonly machine: FastCgiClientMachine;
  /** It has served a request before, so it may have been closed meanwhile. */
  readonly isUsed: boolean;
}

/** How {@link FastCgiConnections} connects, and what it keeps. */
export interface FastCgiConnectionsOptions {
  /** Unused connections that are kept. */
  readonly idleMax: number;
  /** How long one is kept. */
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

/** Connections to one application on one reactor: those that nobody uses are kept for a while. */
export class FastCgiConnections {
  readonly #endpoint: string;
  readonly #reactor: Reactor;
  readonly #options: FastCgiConnectionsOptions;
  readonly #idle: IdleConnection[] = [];

  constructor(endpoint: string, reactor: Reactor, options: FastCgiConnectionsOptions) {
    this.#endpoint = endpoint;
    this.#reactor = reactor;
    this.#options = options;
  }

  /** Whether connections are kept at all. */
  get keeps(): boolean {
    return this.#options.idleMax > 0;
  }

  /** One that is kept, or a new one. @throws {ConnectionError} */
  async take(signal: AbortSignal): Promise<FastCgiConnection> {
    const kept = this.#idle.pop();
    if (kept === undefined) return this.open(signal);
    kept.timer.cancel();
    kept.taken.abort();
    await kept.watched;
    return kept.connection;
  }

  /** A new one. @throws {ConnectionError} */
  async open(signal: AbortSignal): Promise<FastCgiConnection> {
    const { connectTimeoutMs: timeoutMs } = this.#options;
    const transport = await connect(this.#endpoint, undefined, { reactor: this.#reactor, signal, timeoutMs });
    const wire = new Connection(transport);
    transport.start(wire.receiver);
    return { wire, machine: new FastCgiClientMachine(), isUsed: false };
  }

  /** Takes back a connection on which nothing is under way. */
  give({ wire, machine }: FastCgiConnection): void {
    if (this.#idle.length >= this.#options.idleMax) return void wire.close({ graceMs });
    const taken = new AbortController();
    const kept: IdleConnection = {
      connection: { wire, machine, isUsed: true },
      timer: this.#reactor.clock.after(this.#options.idleMs, () => this.#drop(kept), { idle: true }),
      taken,
      // Nothing is expected on it: whatever comes, its end above all, makes it useless.
      watched: wire.read({ signal: taken.signal }).then(
        () => this.#drop(kept),
        () => taken.signal.aborted || this.#drop(kept),
      ),
    };
    this.#idle.push(kept);
  }

  /** Closes those that nobody uses. */
  close(): void {
    for (const kept of [...this.#idle]) this.#drop(kept);
  }

  #drop(kept: IdleConnection): void {
    const at = this.#idle.indexOf(kept);
    if (at === -1) return;
    this.#idle.splice(at, 1);
    kept.timer.cancel();
    void kept.connection.wire.close({ graceMs });
  }
}

/** A connection that nobody uses, watched until somebody does. */
interface IdleConnection {
  readonly connection: FastCgiConnection;
  readonly timer: Timer;
  readonly taken: AbortController;
  readonly watched: Promise<unknown>;
}

/** How long an application may take to close its side. */
const graceMs = 1_000;
