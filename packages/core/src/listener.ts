import type { Address } from "./address.ts";
import type { Transport } from "./transport.ts";

/** How a listener stops. */
export interface StopOptions {
  /** How long connections may go on to finish what they have begun. Default 10,000 ms. */
  readonly graceMs?: number | undefined;
  /** Cuts the grace short. */
  readonly signal?: AbortSignal | undefined;
}

/** An endpoint being served. Its connections are its children: stopping it ends them. */
export interface Listener extends AsyncDisposable {
  /** Where it really listens: the port the system chose for port 0. The first, where there are several. */
  readonly address: Address;
  readonly addresses: readonly Address[];
  /** How many connections are open and have their protocol. */
  readonly connectionCount: number;
  /** The open connections, as they are now. */
  readonly connections: readonly Transport[];
  /** How many connections were lost between the socket and their protocol: failed handshakes, bad PROXY headers. */
  readonly failedArrivalCount: number;
  /** Resolves when it has stopped, whoever stopped it. */
  readonly stopped: Promise<void>;
  /** Accepts no more, lets connections finish until the deadline (those in a handshake too), then aborts them. Safe to repeat; all callers wait for the end. */
  stop(options?: StopOptions): Promise<void>;
}

/** What a listener may be told beside its factory. */
export interface ListenerOptions {
  /** Connections that may be in a handshake at a time; more are aborted. Default 1,024. */
  readonly arrivalsMax?: number | undefined;
  /**
   * Told of each connection that did not come through: a failed handshake, a bad PROXY header, a factory that threw.
   * Default: the first two are counted, the last is a reported fault.
   */
  readonly onError?: ((error: unknown, transport: Transport) => void) | undefined;
}
