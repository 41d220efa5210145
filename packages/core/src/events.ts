import type { Address } from "./address.ts";
import type { Listener } from "./listener.ts";
import type { Transport } from "./transport.ts";

/**
 * What is told on the channels of `node:diagnostics_channel`, beside {@link Fault} and the like. Nobody pays for what
 * nobody subscribes to: an event is made only for subscribers. `docs/events.md` lists all channels.
 */

/** Published on `hawser:listener` when an endpoint begins to be served, and when its last connection is gone. */
export interface ListenerEvent {
  readonly type: "opened" | "closed";
  readonly listener: Listener;
  readonly addresses: readonly Address[];
}

/** Published on `hawser:connection` for each connection that a listener accepts. */
export type ConnectionEvent =
  | { readonly type: "opened"; readonly transport: Transport; readonly listener: Listener }
  | {
      readonly type: "closed";
      readonly transport: Transport;
      readonly listener: Listener;
      readonly durationMs: number;
      /** 0 where the transport does not count. */
      readonly octetsIn: number;
      readonly octetsOut: number;
    }
  /** It did not come as far as its protocol: a failed handshake, a bad PROXY header. */
  | { readonly type: "failed"; readonly transport: Transport; readonly listener: Listener; readonly error: unknown };

/** Published on `hawser:request` when a server whose protocol has requests has answered one, or given it up. */
export interface RequestEvent {
  /** `http`, and others in time. */
  readonly protocol: string;
  /** The verb, as the client spelt it. */
  readonly method: string;
  /** What was asked for, without what may be secret in it: for HTTP the path, not the query. */
  readonly target: string;
  /** 0 when the client went away before there was an answer. */
  readonly status: number;
  /** Octets of the answer's body. */
  readonly octets: number;
  readonly durationMs: number;
  /** False when the answer was cut short. */
  readonly complete: boolean;
  readonly transport: Transport;
}
