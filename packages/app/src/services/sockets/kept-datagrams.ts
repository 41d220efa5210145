import {
  type ConnectionError,
  type DatagramReceiver,
  type DatagramSocket,
  type IpAddress,
  type Reactor,
  StateError,
} from "@hawser/core";
import type { SocketHolder } from "./socket-holder.ts";

/** Datagrams that wait for a service that is about to serve; more are lost, as in a full socket buffer. */
const heldMax = 256;

type Held = readonly [payload: Uint8Array, from: IpAddress];

/** A datagram socket that goes from one holder to the next without being closed. */
export class KeptDatagrams {
  readonly key: string;
  readonly #onClosed: (socket: KeptDatagrams) => void;
  readonly #held: Held[] = [];
  readonly #socket: DatagramSocket;
  #current: DatagramLease | undefined;
  #next: DatagramLease | undefined;
  #last: SocketHolder;
  /** Who has let go of it and will be back. */
  #keeper: SocketHolder | undefined;
  #isClosed = false;

  constructor(key: string, socket: DatagramSocket, first: SocketHolder, onClosed: (socket: KeptDatagrams) => void) {
    this.key = key;
    this.#socket = socket;
    this.#last = first;
    this.#onClosed = onClosed;
    socket.start({
      datagram: (payload, from) => this.#arrived(payload, from),
      failed: (error) => this.#current?.receiver?.failed?.(error),
      closed: (error) => this.#closed(error),
    });
  }

  get socket(): DatagramSocket {
    return this.#socket;
  }

  isFreeFor(holder: SocketHolder, byName: boolean): boolean {
    if (this.#next !== undefined) return false;
    if (byName && this.#last.name !== holder.name) return false;
    if (this.#keeper !== undefined && this.#keeper.name !== holder.name) return false;
    return this.#current === undefined || this.#current.holder.isLeaving;
  }

  lease(holder: SocketHolder): DatagramLease {
    const lease = new DatagramLease(this, holder);
    if (holder.isServing) this.#current = lease;
    else this.#next = lease;
    this.#last = holder;
    return lease;
  }

  serve(holder: SocketHolder): void {
    if (this.#next?.holder !== holder) return;
    this.#current = this.#next;
    this.#next = undefined;
    this.letIn();
  }

  /** Gives what was held to whoever serves. */
  letIn(): void {
    if (this.#current?.receiver === undefined) return;
    for (const [payload, from] of this.#held.splice(0)) this.#arrived(payload, from);
  }

  release(lease: DatagramLease): void {
    if (this.#next === lease) this.#next = undefined;
    else if (this.#current === lease) this.#current = undefined;
    else return;
    if (lease.holder.keepsSockets) this.#keeper = lease.holder;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#current !== undefined || this.#next !== undefined || this.#keeper !== undefined) return;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed(this);
    this.#socket.close();
  }

  endHolder(holder: SocketHolder): void {
    for (const lease of [this.#current, this.#next]) if (lease?.holder === holder) lease.close();
    if (this.#keeper === holder) this.#keeper = undefined;
    this.#closeIfUnused();
  }

  #arrived(payload: Uint8Array, from: IpAddress): void {
    const receiver = this.#current?.receiver;
    if (receiver !== undefined) receiver.datagram(payload, from);
    else if (this.#held.length < heldMax) this.#held.push([payload, from]);
  }

  /** The system took the socket away. */
  #closed(error: ConnectionError | undefined): void {
    this.#isClosed = true;
    this.#onClosed(this);
    for (const lease of [this.#current, this.#next]) lease?.lost(error);
  }
}

/** One holder's share in a {@link KeptDatagrams}: the socket as its receiver sees it. */
export class DatagramLease implements DatagramSocket {
  readonly holder: SocketHolder;
  readonly #kept: KeptDatagrams;
  readonly #groups = new Map<string, { readonly interface?: string | undefined } | undefined>();
  #receiver: DatagramReceiver | undefined;
  #isClosed = false;

  constructor(kept: KeptDatagrams, holder: SocketHolder) {
    this.#kept = kept;
    this.holder = holder;
  }

  get reactor(): Reactor {
    return this.#kept.socket.reactor;
  }

  get local(): IpAddress {
    return this.#kept.socket.local;
  }

  get receiver(): DatagramReceiver | undefined {
    return this.#receiver;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    queueMicrotask(() => this.#kept.letIn());
  }

  send(payload: Uint8Array, to: IpAddress): void {
    if (!this.#isClosed) this.#kept.socket.send(payload, to);
  }

  close(): void {
    if (this.#isClosed) return;
    for (const [group, options] of this.#groups) this.#kept.socket.leaveGroup(group, options);
    this.#kept.release(this);
    this.lost(undefined);
  }

  /** The socket is gone, for this holder. */
  lost(error: ConnectionError | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    queueMicrotask(() => this.#receiver?.closed(error));
  }

  joinGroup(group: string, options?: { readonly interface?: string | undefined }): void {
    this.#refuseClosed("join a group");
    this.#kept.socket.joinGroup(group, options);
    this.#groups.set(group, options);
  }

  leaveGroup(group: string, options?: { readonly interface?: string | undefined }): void {
    this.#groups.delete(group);
    if (!this.#isClosed) this.#kept.socket.leaveGroup(group, options);
  }

  setMulticast(options: Parameters<DatagramSocket["setMulticast"]>[0]): void {
    this.#refuseClosed("set up multicast");
    this.#kept.socket.setMulticast(options);
  }

  #refuseClosed(what: string): void {
    if (this.#isClosed) throw new StateError(`Cannot ${what}: the socket is closed`);
  }
}
