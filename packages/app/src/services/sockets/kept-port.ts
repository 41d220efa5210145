import type { Address, Clock, Port, Timer, Transport } from "@hawser/core";
import { ConnectionError } from "@hawser/core";
import type { SocketHolder } from "./socket-holder.ts";

/** Connections that wait at one port for a service that is about to serve; more are reset. A kernel's backlog holds as many by habit. */
const heldMax = 512;

/** How long one waits: clients rarely wait longer for a first octet. */
const heldMs = 30_000;

/** What is told of a port that stays open from one service to the next. */
export interface KeptPortCounts {
  /** Connections taken from the system, held ones among them. */
  readonly accepted: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

/**
 * A listening socket that goes from one holder to the next without being closed. Connections that arrive while nobody
 * serves are held, unread, until somebody does.
 */
export class KeptPort implements KeptPortCounts {
  /** What it was asked to be: those who ask for the same may take it over. */
  readonly key: string;
  accepted = 0;
  readonly #clock: Clock;
  readonly #open = new Set<Transport>();
  readonly #held = new Map<Transport, Timer>();
  readonly #onClosed: (port: KeptPort) => void;
  #port: Port | undefined;
  #current: PortLease | undefined;
  #next: PortLease | undefined;
  /** Who had it last. */
  #last: SocketHolder;
  /** Who has let go of it and will be back: until then it stays open, whoever else has it meanwhile. */
  #keeper: SocketHolder | undefined;
  #octetsIn = 0;
  #octetsOut = 0;

  constructor(key: string, clock: Clock, first: SocketHolder, onClosed: (port: KeptPort) => void) {
    this.key = key;
    this.#clock = clock;
    this.#last = first;
    this.#onClosed = onClosed;
  }

  get address(): Address {
    return this.#port!.address;
  }

  get octetsIn(): number {
    let sum = this.#octetsIn;
    for (const transport of this.#open) sum += transport.octetsIn ?? 0;
    return sum;
  }

  get octetsOut(): number {
    let sum = this.#octetsOut;
    for (const transport of this.#open) sum += transport.octetsOut ?? 0;
    return sum;
  }

  opened(port: Port): void {
    this.#port = port;
  }

  /** Whether this holder may have it. A port that the system chose goes to a service of the same name only. */
  isFreeFor(holder: SocketHolder, byName: boolean): boolean {
    if (this.#next !== undefined) return false;
    if (byName && this.#last.name !== holder.name) return false;
    if (this.#keeper !== undefined && this.#keeper.name !== holder.name) return false;
    return this.#current === undefined || this.#current.holder.isLeaving;
  }

  /** Gives it to a holder, who gets connections once it serves. */
  lease(holder: SocketHolder, accept: (transport: Transport) => void): PortLease {
    const lease = new PortLease(this, holder, accept);
    if (holder.isServing) this.#current = lease;
    else this.#next = lease;
    this.#last = holder;
    if (this.#current === lease) this.#letIn();
    return lease;
  }

  /** The holder serves from here on; what was held is its own. */
  serve(holder: SocketHolder): void {
    if (this.#next?.holder !== holder) return;
    this.#current = this.#next;
    this.#next = undefined;
    this.#letIn();
  }

  /** A connection from the system. */
  readonly arrive = (transport: Transport): void => {
    this.accepted++;
    this.#open.add(transport);
    transport.whenClosed(this.#forget);
    if (this.#current !== undefined) this.#current.accept(transport);
    else this.#hold(transport);
  };

  async release(lease: PortLease): Promise<void> {
    if (this.#next === lease) this.#next = undefined;
    else if (this.#current === lease) this.#current = undefined;
    else return;
    if (lease.holder.keepsSockets) this.#keeper = lease.holder;
    await this.#closeIfUnused();
  }

  async #closeIfUnused(): Promise<void> {
    if (this.#current !== undefined || this.#next !== undefined || this.#keeper !== undefined) return;
    if (this.#port === undefined) return;
    const reason = new ConnectionError("aborted", "The server stopped before this connection could be served");
    for (const transport of [...this.#held.keys()]) this.#drop(transport, reason);
    this.#onClosed(this);
    await this.#port.close();
  }

  /** Ends what a holder left behind: its lease, and the connections nobody else can have. */
  async endHolder(holder: SocketHolder): Promise<void> {
    for (const lease of [this.#current, this.#next]) if (lease?.holder === holder) await this.release(lease);
    if (this.#keeper === holder) this.#keeper = undefined;
    await this.#closeIfUnused();
  }

  #hold(transport: Transport): void {
    if (this.#held.size >= heldMax) return transport.abort(tooMany());
    const timer = this.#clock.after(heldMs, () => this.#drop(transport, tooLong()), { idle: true });
    this.#held.set(transport, timer);
  }

  #drop(transport: Transport, reason: ConnectionError): void {
    this.#held.get(transport)?.cancel();
    this.#held.delete(transport);
    transport.abort(reason);
  }

  #letIn(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const [transport, timer] of held) {
      timer.cancel();
      if (this.#current !== undefined) this.#current.accept(transport);
      else this.#hold(transport);
    }
  }

  readonly #forget = (transport: Transport): void => {
    this.#open.delete(transport);
    this.#held.get(transport)?.cancel();
    this.#held.delete(transport);
    this.#octetsIn += transport.octetsIn ?? 0;
    this.#octetsOut += transport.octetsOut ?? 0;
  };
}

/** One holder's share in a {@link KeptPort}: the port as its listener sees it. */
export class PortLease implements Port {
  readonly holder: SocketHolder;
  readonly accept: (transport: Transport) => void;
  readonly port: KeptPort;

  constructor(port: KeptPort, holder: SocketHolder, accept: (transport: Transport) => void) {
    this.port = port;
    this.holder = holder;
    this.accept = accept;
  }

  get address(): Address {
    return this.port.address;
  }

  close(): Promise<void> {
    return this.port.release(this);
  }
}

function tooMany(): ConnectionError {
  return new ConnectionError("not-permitted", "Connection refused: too many wait for the service to start");
}

function tooLong(): ConnectionError {
  return new ConnectionError("timed-out", "Connection given up: the service did not start in time");
}
