import type { Address } from "./address.ts";
import type { ConnectionError } from "./errors.ts";
import type { Reactor } from "./reactor.ts";
import type { Security, TlsOptions } from "./security.ts";

/**
 * What a transport pushes into: one object per connection, called directly (research: an emitter or a stream in this
 * place costs more than the protocol). The order is `data* end? data-never-again closed`.
 */
export interface Receiver {
  /** Octets arrived. The chunk is ours to keep and nobody's to change. */
  data(chunk: Uint8Array): void;
  /** The peer will send no more. Our side stays open until {@link Transport.end}: half-close is the protocol's choice. */
  end(): void;
  /** Everything written before has left and there is room again, after a {@link Transport.write} that returned `false`. */
  drained?(): void;
  /** The connection is gone: exactly once, and last. `error` is absent after an orderly close of both sides. */
  closed(error?: ConnectionError): void;
}

/**
 * One connection, whatever carries it: TCP, UNIX socket, TLS, memory, simulation, a child's pipes.
 *
 * Writes made while `data`, `end` or `drained` runs leave together when it returns; others leave together at the end of
 * the turn. So an engine writes as often as it likes and the kernel sees one write (27 times cheaper, measured).
 */
export interface Transport {
  readonly reactor: Reactor;
  readonly local: Address;
  readonly peer: Address;
  /** TLS version, cipher, ALPN and peer certificate; `undefined` in clear. */
  readonly security: Security | undefined;
  /** Octets written that have not yet been taken by the network. */
  readonly pendingOctets: number;
  /** Octets that were delivered, and octets that were written, since the connection began. Absent where nobody counts. */
  readonly octetsIn?: number | undefined;
  readonly octetsOut?: number | undefined;
  /**
   * True when chunks that were written may be filled anew once {@link pendingOctets} is 0, since the kernel has copied
   * them. Absent where the other side gets the very same chunks: there they are never to be changed.
   */
  readonly copies?: boolean | undefined;

  /** Names the receiver and starts delivery. Called again, it replaces the receiver (a protocol upgrade). */
  start(receiver: Receiver): void;
  /**
   * Queues octets, or text as UTF-8. After {@link end} or {@link abort} it does nothing and returns `false`.
   * @returns `false` when the high-water mark is passed: wait for {@link Receiver.drained}
   */
  write(chunk: Uint8Array | string): boolean;
  /** Like {@link write}, for text whose every character is one octet (U+0000 to U+00FF): the fast path of text protocols. */
  writeLatin1(text: string): boolean;
  /** Sends what is queued, then closes our side. The peer may go on sending. */
  end(): void;
  /** Drops what is queued and closes both sides at once. */
  abort(reason?: Error): void;
  /** Stops delivery of data; the peer is slowed down by the network's own flow control. */
  pause(): void;
  resume(): void;
  /** Calls `run` once the connection is gone, after the receiver was told; at once when it is gone already. */
  whenClosed(run: (transport: Transport) => void): void;
  /**
   * Turns this live connection into a TLS one, in place. Octets that arrived in clear and were not read are an error, so
   * that nobody can smuggle commands into the protected stream.
   * @throws {ConnectionError} `bad-certificate`, `handshake-failed`, `timed-out`
   */
  startTls(options: TlsOptions): Promise<Security>;
}

/** How much may wait in a transport before `write` returns `false`, and how little before `drained` is called. */
export interface WaterMarks {
  /** Default 65,536 octets. */
  readonly highWaterOctets?: number | undefined;
  /** Default 0 on sockets (the kernel takes all or tells nothing), a quarter of the high mark elsewhere. */
  readonly lowWaterOctets?: number | undefined;
}
