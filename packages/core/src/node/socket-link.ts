import type { Socket } from "node:net";
import type { Address } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { Output } from "../machine.ts";
import { nextTick } from "../process-calls.ts";
import { nextTurn } from "../real/turn.ts";
import type { Security, TlsOptions } from "../security.ts";
import { FlushBatch } from "../transports/flush-batch.ts";
import type { Flushable, Link, LinkOwner } from "../transports/link.ts";
import { connectionError } from "./errors.ts";
import { socketIpAddress } from "./socket-address.ts";

const link: unique symbol = Symbol("link");

const batch = new FlushBatch<Flushable>((transport) => transport.flush(), nextTurn);

type LinkedSocket = Socket & { [link]?: SocketLink };

/** The two ends of a connection, where its socket cannot tell them. */
export interface SocketAddresses {
  readonly local: Address;
  readonly peer: Address;
}

export interface SocketLinkOptions {
  /** Known ends. Absent: the socket is TCP's, and is asked when somebody wants to know. */
  readonly addresses?: SocketAddresses | undefined;
  readonly security?: Security | undefined;
  /** The TCP socket below a TLS socket. */
  readonly carrier?: Socket | undefined;
  /** Says what an error of the socket means. Default: what the operating system's codes mean. */
  readonly explain?: ((cause: Error) => ConnectionError) | undefined;
}

/** A link over `net.Socket` (TCP, UNIX) or `tls.TLSSocket`. */
export class SocketLink implements Link {
  readonly socket: LinkedSocket;
  readonly security: Security | undefined;
  readonly copies = true;
  readonly batch: FlushBatch<Flushable> = batch;
  readonly #carrier: Socket;
  readonly #explain: (cause: Error) => ConnectionError;
  readonly #addresses: SocketAddresses | undefined;
  #owner: LinkOwner | undefined;
  #local: Address | undefined;
  #peer: Address | undefined;
  #error: ConnectionError | undefined;
  #paused = false;
  /** The socket has been told that we are paused, too. */
  #isHalted = false;
  /** The peer has ended while we were paused, and the owner does not know yet. */
  #holdsEnd = false;

  constructor(socket: Socket, options: SocketLinkOptions = {}) {
    this.socket = socket;
    this.security = options.security;
    this.#carrier = options.carrier ?? socket;
    this.#explain = options.explain ?? connectionLost;
    this.#addresses = options.addresses;
    this.socket[link] = this;
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  get local(): Address {
    this.#local ??= this.#addresses?.local ?? socketAddress(this.socket.localAddress, this.socket.localPort);
    return this.#local;
  }

  get peer(): Address {
    this.#peer ??= this.#addresses?.peer ?? socketAddress(this.socket.remoteAddress, this.socket.remotePort);
    return this.#peer;
  }

  get pendingOctets(): number {
    return this.socket.writableLength;
  }

  start(owner: LinkOwner): void {
    this.#owner = owner;
    if (this.socket.closed) return nextTick(closedLater, this.socket);
    this.socket.on("end", onEnd);
    this.socket.on("data", onData);
    if (this.#paused) this.#halt();
    else this.socket.resume();
  }

  send(chunk: Output): void {
    if (typeof chunk === "string") this.socket.write(chunk, "latin1");
    else this.socket.write(chunk);
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  notifyDrained(): void {
    if (this.socket.writableNeedDrain) this.socket.once("drain", onDrain);
    else nextTick(notifyDrainedLater, this);
  }

  end(): void {
    this.socket.end();
  }

  /**
   * With a reset where it is TCP, so that the peer can tell a connection given up from one that ended. Once everything has
   * been handed on and our side has ended there is nothing to tell, and a reset would destroy what the kernel has yet to
   * deliver.
   *
   * Nor would it be done: libuv refuses to reset a stream with a shutdown under way (EINVAL of `uv_tcp_close_reset`). Node
   * (20 to 26) takes its handle for one that is closing all the same, so that nothing closes it any more: the socket never says
   * `close`, the descriptor stays, and at its exit the process waits for that handle in a busy loop.
   */
  abort(): void {
    const { writableEnded, writableLength } = this.socket;
    const hasEnded = writableEnded && writableLength === 0;
    if (this.#addresses === undefined && !hasEnded) this.#carrier.resetAndDestroy();
    else this.socket.destroy();
  }

  /** The socket is told when something comes meanwhile: most pauses are over before that, and telling it twice costs more than an answer. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#owner === undefined) return;
    if (this.#holdsEnd) nextTick(endedLater, this.socket);
    if (!this.#isHalted) return;
    this.#isHalted = false;
    this.socket.resume();
  }

  #halt(): void {
    this.#isHalted = true;
    this.socket.pause();
  }

  async secure(options: TlsOptions): Promise<Link> {
    if (this.#holdsEnd) throw new ConnectionError("reset", "Cannot start TLS: the other side has ended");
    this.#letGo();
    const { secureSocket } = await import("./tls.ts");
    return secureSocket(this.socket, options, this.#addresses);
  }

  /** The socket is another's from here on. What arrives meanwhile stays in it. */
  #letGo(): void {
    this.socket.pause();
    this.socket.off("data", onData).off("end", onEnd).off("close", onClose);
  }

  static received(socket: LinkedSocket, chunk: Uint8Array): void {
    const self = socket[link]!;
    if (!self.#paused) return self.#owner!.received(chunk);
    self.#halt();
    socket.unshift(chunk); // where TLS finds it, too
  }

  static ended(socket: LinkedSocket): void {
    const self = socket[link]!;
    self.#holdsEnd = self.#paused;
    if (!self.#paused) self.#owner!.receivedEnd();
  }

  static endedLater(socket: LinkedSocket): void {
    if (socket[link]!.#holdsEnd) SocketLink.ended(socket);
  }

  static failed(socket: LinkedSocket, error: Error): void {
    const self = socket[link]!;
    self.#error ??= self.#explain(error);
  }

  static closed(socket: LinkedSocket): void {
    const self = socket[link]!;
    self.#owner?.lost(self.#error);
  }

  static drained(self: SocketLink): void {
    self.#owner?.drained();
  }
}

/** Told from the event loop, so that a stack has nothing to say, and takes longer than all else about a connection that is lost. */
function connectionLost(cause: Error): ConnectionError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = connectionError("Connection lost", cause);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

function socketAddress(host: string | undefined, port: number | undefined): Address {
  if (host === undefined || port === undefined) return { family: "opaque", name: "(closed)" };
  return socketIpAddress(host, port);
}

// One function each for all sockets: a connection costs no closures.

function onData(this: LinkedSocket, chunk: Uint8Array): void {
  SocketLink.received(this, chunk);
}

function onEnd(this: LinkedSocket): void {
  SocketLink.ended(this);
}

function endedLater(socket: LinkedSocket): void {
  SocketLink.endedLater(socket);
}

function onError(this: LinkedSocket, error: Error): void {
  SocketLink.failed(this, error);
}

function onClose(this: LinkedSocket): void {
  SocketLink.closed(this);
}

function closedLater(socket: LinkedSocket): void {
  SocketLink.closed(socket);
}

function onDrain(this: LinkedSocket): void {
  SocketLink.drained(this[link]!);
}

function notifyDrainedLater(self: SocketLink): void {
  SocketLink.drained(self);
}
