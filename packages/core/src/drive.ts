import { DeadlineTimer } from "./deadline-timer.ts";
import { ConnectionError, ProtocolError } from "./errors.ts";
import type { Protocol } from "./factory.ts";
import { reportFault } from "./faults.ts";
import type { Machine, Output } from "./machine.ts";
import type { Transport } from "./transport.ts";

/** How long a peer that was refused may take to close its side. */
const lingerMs = 2_000;

/** What a driver tells those who drive a machine. */
export interface DriveHandlers<Event> {
  /** One event. While a promise it returns is pending, no further event is pulled and the peer is held back. */
  event(event: Event): void | Promise<void>;
  /** The peer broke the protocol. What the machine still wants to say has been written; our side is closed after this. */
  failed?(error: ProtocolError): void;
  /** There is room again, after {@link Driver.isFull}. */
  drained?(): void;
  /** The connection is gone. */
  closed?(error?: ConnectionError): void;
  /** The server is stopping. Default: the machine goes on until the deadline. */
  drain?(): void;
}

/**
 * Joins a machine to a transport (DESIGN §3.4): the read loop, the flush, back-pressure, the deadline and the end of
 * input stand here and nowhere else. Give it to {@link Transport.start}, or return it from {@link Factory.accept}.
 */
export class Driver<Event, Action> implements Protocol {
  readonly machine: Machine<Event, Action>;
  readonly transport: Transport;
  readonly #handlers: DriveHandlers<Event>;
  readonly #timer: DeadlineTimer;
  #busy = false;
  #pulling = false;
  #full = false;
  /** No event is pulled any more: the peer's fault is being answered, or the connection is gone. */
  #stopped = false;
  #closed = false;

  constructor(machine: Machine<Event, Action>, transport: Transport, handlers: DriveHandlers<Event>) {
    this.machine = machine;
    this.transport = transport;
    this.#handlers = handlers;
    this.#timer = new DeadlineTimer(transport.reactor.clock, () => this.#expire());
    this.#flush(); // a greeting, and the deadline of a peer that never says a word
  }

  /** More waits to be written than the peer takes: no event is pulled, and nothing read, until that has left. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Applies one action of ours and writes what follows from it. */
  send(action: Action): void {
    this.machine.send(action);
    this.pull();
  }

  /** Pulls every event that is ready. Needed after anything that changed the machine from outside. */
  pull(): void {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      this.#pullEvents();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pulling = false;
    }
    this.#flush();
  }

  data(chunk: Uint8Array): void {
    if (this.#stopped) return;
    this.machine.receive(chunk);
    this.pull();
  }

  end(): void {
    if (this.#stopped) return;
    this.machine.end();
    this.pull();
  }

  drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#goOn();
    this.#handlers.drained?.();
  }

  drain(): void {
    this.#handlers.drain?.();
  }

  closed(error?: ConnectionError): void {
    this.#stopped = true;
    this.#closed = true;
    this.#timer.cancel();
    this.#handlers.closed?.(error);
  }

  #pullEvents(): void {
    while (!this.#busy && !this.#full && !this.#stopped) {
      const event = this.machine.next();
      if (event === undefined) return;
      const waiting = this.#handlers.event(event);
      if (waiting !== undefined) this.#waitFor(waiting);
    }
  }

  #waitFor(waiting: Promise<void>): void {
    this.#busy = true;
    this.transport.pause();
    waiting.then(
      () => {
        this.#busy = false;
        this.#goOn();
      },
      (error: unknown) => {
        this.#fail(error);
        this.#flush();
      },
    );
  }

  /** What held the peer back is over; perhaps something else still does. */
  #goOn(): void {
    if (this.#busy || this.#full || this.#stopped) return;
    this.transport.resume();
    this.pull();
  }

  /** A peer's fault is answered by the machine and closed in order; a fault of ours is reported and the connection given up. */
  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (error instanceof ProtocolError) return this.#refuse(error);
    reportFault(error, "Driver");
    this.transport.abort(error instanceof Error ? error : undefined);
  }

  /** What the peer still sends is read and dropped for a while: closing at once would reset the connection, and lose our answer. */
  #refuse(error: ProtocolError): void {
    this.#flush();
    this.#handlers.failed?.(error);
    this.transport.resume();
    this.transport.end();
    if (!this.#closed) this.#timer.set(this.transport.reactor.clock.now() + lingerMs);
  }

  #flush(): void {
    for (let chunk = this.machine.takeOutput(); chunk !== undefined; chunk = this.machine.takeOutput())
      this.#write(chunk);
    if (!this.#stopped) this.#timer.set(this.machine.deadline);
  }

  /** A peer that asks without end and reads no answer must not fill our memory. */
  #write(chunk: Output): void {
    const { transport } = this;
    const before = transport.pendingOctets;
    const hasRoom = typeof chunk === "string" ? transport.writeLatin1(chunk) : transport.write(chunk);
    // After its end a transport takes nothing and will not drain: then there is nothing to wait for.
    if (hasRoom || this.#stopped || transport.pendingOctets <= before) return;
    this.#full = true;
    transport.pause();
  }

  #expire(): void {
    if (this.#stopped) return this.transport.abort(new ConnectionError("timed-out", "The other side did not close"));
    this.machine.expire(this.transport.reactor.clock.now());
    this.pull();
  }
}

/** Makes a {@link Driver}: `return drive(new EchoMachine(), transport, { event })`. */
export function drive<Event, Action>(
  machine: Machine<Event, Action>,
  transport: Transport,
  handlers: DriveHandlers<Event>,
): Driver<Event, Action> {
  return new Driver(machine, transport, handlers);
}
