import type { Address } from "../address.ts";
import { ConnectionError, StateError } from "../errors.ts";
import { reportFault } from "../faults.ts";
import type { Output } from "../machine.ts";
import { nextTick } from "../process-calls.ts";
import type { Reactor } from "../reactor.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Receiver, Transport, WaterMarks } from "../transport.ts";
import type { Flushable, Link, LinkOwner } from "./link.ts";
import { OutputQueue } from "./output-queue.ts";

const highWaterOctetsDefault = 65_536;
const handshakeTimeoutMsDefault = 10_000;

/** What the link is given at a time. The rest follows when that has been taken, so that progress shows in `pendingOctets`. */
const sendOctetsMax = 262_144;

/** Pieces that together are at most this long are copied into one: below it a copy is cheaper than a second buffer in writev. */
const joinOctetsMax = 4_096;

/**
 * The transport of every stream: the order of calls, coalesced writes, water marks and the state of both sides, over a
 * {@link Link} that can be replaced while it lives (`startTls`).
 */
export class StreamTransport implements Transport, LinkOwner, Flushable {
  readonly reactor: Reactor;
  octetsIn = 0;
  octetsOut = 0;
  #link: Link;
  #receiver: Receiver | undefined;
  readonly #queue = new OutputQueue();
  readonly #highWaterOctets: number;
  /** Inside a call of the receiver: what it writes leaves when it returns. */
  #delivering = false;
  #flushScheduled = false;
  #full = false;
  /** The link was given as much as it gets at a time, and more waits. */
  #sending = false;
  #drainAsked = false;
  /** `end` was called; `#ended`: the link knows, since everything before has been sent. */
  #ending = false;
  #ended = false;
  #securing = false;
  /** The receiver wants no data; a link that takes another's place is told too. */
  #paused = false;
  #closed = false;
  #abortReason: Error | undefined;
  #closedCalls: ((transport: Transport) => void)[] | undefined;

  constructor(reactor: Reactor, link: Link, marks: WaterMarks = {}) {
    this.reactor = reactor;
    this.#link = link;
    this.#highWaterOctets = marks.highWaterOctets ?? highWaterOctetsDefault;
  }

  get local(): Address {
    return this.#link.local;
  }

  get peer(): Address {
    return this.#link.peer;
  }

  get security(): Security | undefined {
    return this.#link.security;
  }

  get copies(): boolean {
    return this.#link.copies === true;
  }

  get pendingOctets(): number {
    return this.#queue.octets + this.#link.pendingOctets;
  }

  start(receiver: Receiver): void {
    const first = this.#receiver === undefined;
    this.#receiver = receiver;
    if (first && !this.#securing) this.#link.start(this);
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.#ending || this.#closed) return false;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.octetsOut += bytes.length;
    if (bytes.length > 0) this.#queue.addBytes(bytes);
    return this.#queued();
  }

  writeLatin1(text: string): boolean {
    if (this.#ending || this.#closed) return false;
    this.octetsOut += text.length;
    if (text !== "") this.#queue.addText(text);
    return this.#queued();
  }

  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    this.#scheduleFlush();
  }

  abort(reason?: Error): void {
    if (this.#closed || this.#abortReason !== undefined) return;
    this.#abortReason = reason ?? new ConnectionError("aborted", "Connection given up by this side");
    this.#ending = true;
    this.#ended = true;
    this.#full = false;
    this.#queue.clear();
    this.#link.abort();
    if (this.#receiver === undefined && !this.#securing) nextTick(loseLater, this);
  }

  pause(): void {
    this.#paused = true;
    if (!this.#closed && !this.#securing) this.#link.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#closed && !this.#securing) this.#link.resume();
  }

  async startTls(options: TlsOptions): Promise<Security> {
    if (this.#closed || this.#ending) throw new StateError("Cannot start TLS: the connection is closing");
    if (this.#securing || this.#link.security !== undefined)
      throw new StateError("Cannot start TLS: it has begun already");
    if (this.#queue.octets > 0) this.#sendQueue(Number.POSITIVE_INFINITY);
    this.#securing = true;
    this.#sending = false;
    const timer = this.reactor.clock.after(options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault, () =>
      this.abort(new ConnectionError("timed-out", "Cannot start TLS: the handshake took too long")),
    );
    try {
      this.#replaceLink(await this.#link.secure(options));
      return this.security!;
    } catch (error) {
      this.abort(error as Error);
      this.lost();
      throw this.#abortReason;
    } finally {
      timer.cancel();
    }
  }

  whenClosed(run: (transport: Transport) => void): void {
    if (this.#closed) return run(this);
    if (this.#closedCalls === undefined) this.#closedCalls = [run];
    else this.#closedCalls.push(run);
  }

  // What the link calls.

  received(chunk: Uint8Array): void {
    this.octetsIn += chunk.length;
    this.#delivering = true;
    try {
      this.#receiver!.data(chunk);
    } catch (error) {
      this.#crashed(error);
    }
    this.#delivering = false;
    this.#flushSoon();
  }

  receivedEnd(): void {
    this.#delivering = true;
    try {
      this.#receiver!.end();
    } catch (error) {
      this.#crashed(error);
    }
    this.#delivering = false;
    this.#flush();
  }

  drained(): void {
    if (this.#abortReason !== undefined || this.#closed || this.#securing) return;
    this.#drainAsked = false;
    this.#sending = false;
    this.#flush();
    if (this.#sending || !this.#full) return;
    this.#full = false;
    this.#delivering = true;
    try {
      this.#receiver?.drained?.();
    } catch (error) {
      this.#crashed(error);
    }
    this.#delivering = false;
    this.#flush();
  }

  flush(): void {
    this.#flushScheduled = false;
    this.#flush();
  }

  lost(error?: ConnectionError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.clear();
    try {
      this.#receiver?.closed(this.#closingError(error));
    } catch (fault) {
      reportFault(fault, "Receiver.closed");
    }
    for (const run of this.#closedCalls ?? []) run(this);
  }

  #replaceLink(link: Link): void {
    this.#securing = false;
    this.#link = link;
    if (this.#abortReason !== undefined) {
      link.abort();
      throw this.#abortReason;
    }
    if (this.#paused) link.pause();
    if (this.#receiver !== undefined) link.start(this);
    this.#drainAsked = false;
    if (this.#full) this.#askDrained();
    this.#scheduleFlush();
  }

  /** The queue has grown: flush it now, at the end of the delivery, or at the end of this turn. */
  #queued(): boolean {
    if (this.#queue.octets >= this.#highWaterOctets) this.#flush();
    else if (!this.#delivering) this.#scheduleFlush();
    if (this.pendingOctets < this.#highWaterOctets) return true;
    this.#full = true;
    this.#askDrained();
    return false;
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#delivering) return;
    this.#flushScheduled = true;
    nextTick(flushLater, this);
  }

  /** What was said leaves now, or with what others say in this turn. */
  #flushSoon(): void {
    if (this.#flushScheduled) return;
    if (this.#queue.octets > 0 && this.#link.batch?.add(this) === true) this.#flushScheduled = true;
    else this.#flush();
  }

  #flush(): void {
    if (this.#closed || this.#securing || this.#sending) return;
    // Before its start a link tells nothing, so it is given all.
    if (this.#queue.octets > 0)
      this.#sendQueue(this.#receiver === undefined ? Number.POSITIVE_INFINITY : sendOctetsMax);
    if (!this.#ending || this.#ended || this.#sending) return;
    this.#ended = true;
    this.#link.end();
  }

  #sendQueue(octetsMax: number): void {
    const text = this.#queue.takeText(octetsMax);
    if (text !== undefined) return this.#link.send(text);
    const octets = this.#queue.octets;
    const chunks = this.#queue.take(octetsMax);
    if (chunks.length === 1) this.#link.send(chunks[0]!);
    else if (octets <= joinOctetsMax) this.#link.send(join(chunks, octets));
    else this.#sendCorked(chunks);
    if (this.#queue.octets === 0) return;
    this.#sending = true;
    this.#askDrained();
  }

  #askDrained(): void {
    if (this.#drainAsked) return;
    this.#drainAsked = true;
    this.#link.notifyDrained();
  }

  /** In one system call. Octets alone, since Node looks up the encoding of every piece as soon as one of them is text. */
  #sendCorked(chunks: readonly Output[]): void {
    this.#link.cork();
    for (const chunk of chunks) this.#link.send(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk);
    this.#link.uncork();
  }

  #crashed(error: unknown): void {
    reportFault(error, "Receiver");
    this.abort(error instanceof Error ? error : new Error(String(error)));
  }

  #closingError(error: ConnectionError | undefined): ConnectionError | undefined {
    const reason = this.#abortReason;
    if (reason === undefined) return error;
    if (reason instanceof ConnectionError) return reason;
    return new ConnectionError("aborted", `Connection given up by this side: ${reason.message}`, { cause: reason });
  }

  static flushSoon(transport: StreamTransport): void {
    transport.#flushScheduled = false;
    transport.#flushSoon();
  }
}

/** A link that was never started tells nobody that it is gone. */
function loseLater(transport: StreamTransport): void {
  transport.lost();
}

/** One function for all transports: no closure per turn. */
function flushLater(transport: StreamTransport): void {
  StreamTransport.flushSoon(transport);
}

function join(chunks: readonly Output[], octets: number): Uint8Array {
  const joined = Buffer.allocUnsafe(octets);
  let offset = 0;
  for (const chunk of chunks) {
    if (typeof chunk === "string") offset += joined.write(chunk, offset, "latin1");
    else {
      joined.set(chunk, offset);
      offset += chunk.length;
    }
  }
  return joined;
}
