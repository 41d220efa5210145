import type { DatagramReceiver, DatagramSocket } from "./datagram.ts";
import type { Reactor } from "./reactor.ts";
import type { Receiver, Transport } from "./transport.ts";

/** The protocol of one accepted connection. */
export interface Protocol extends Receiver {
  /** The server is stopping: finish what has begun, begin nothing new, then close. Without it the connection is left to end by itself until the deadline. */
  drain?(): void;
}

/**
 * What a server function makes (`httpServer(…)`, `smtpServer(…)`) and {@link listen} puts on an endpoint. It knows
 * nothing of endpoints, and wrappers (`limitPerPeer`, `idleTimeout`, …) turn one factory into another.
 */
export interface Factory {
  /** The protocols it speaks, for TLS to agree on one (ALPN, RFC 7301), most wanted first. Absent: no ALPN. */
  readonly alpn?: readonly string[] | undefined;
  /** Makes the protocol for a new connection; `undefined` refuses it. Absent: this protocol does not speak over streams. */
  accept?(transport: Transport): Protocol | undefined;
  /** Makes the receiver for a datagram socket. Absent: this protocol does not speak over datagrams. */
  bind?(socket: DatagramSocket): DatagramReceiver;
  /** Called when a listener starts, before its first connection. A factory may serve many listeners. */
  started?(reactor: Reactor): void | Promise<void>;
  /** Called when a listener has stopped and its last connection is gone. */
  stopped?(): void | Promise<void>;
}
