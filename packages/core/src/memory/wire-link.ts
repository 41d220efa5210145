import type { Address } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { Output } from "../machine.ts";
import { nextTick } from "../process-calls.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { WaterMarks } from "../transport.ts";
import type { Link, LinkOwner } from "../transports/link.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import type { Wire, WireSegment } from "./wire.ts";

/** How much a wire and the far end's unread octets may hold together: a kernel's default socket buffer. */
const windowOctets = 65_536;

/** One end of a connection made of two wires. */
export interface WireLinkOptions {
  readonly local: Address;
  readonly peer: Address;
  /** The wire that leads away from this end. */
  readonly out: Wire;
  readonly marks: WaterMarks;
  /** Protects a link: TLS in memory, {@link plainSecurity} in a simulation. */
  readonly secure: (link: Link, options: TlsOptions) => Promise<Link>;
  /** Called once, when this end is gone. */
  readonly closed: () => void;
}

/**
 * A TCP-like end of a connection: a window of octets under way, half-close on both sides, and an abort that the other
 * side sees as a reset. How badly the octets travel is the wire's business.
 */
export class WireLink implements Link {
  readonly local: Address;
  readonly peer: Address;
  readonly security: Security | undefined = undefined;
  readonly #options: WireLinkOptions;
  readonly #lowWaterOctets: number;
  readonly #pending = new ChunkQueue();
  readonly #received = new ChunkQueue();
  #owner: LinkOwner | undefined;
  #credit: number = windowOctets;
  #owedCredit = 0;
  #paused = false;
  #drainWanted = false;
  #deliveryScheduled = false;
  /** Ours: asked for, and on its way after all octets. The peer's: arrived, and told to the owner. */
  #ending = false;
  #endSent = false;
  #endReceived = false;
  #endDelivered = false;
  #gone = false;
  #error: ConnectionError | undefined;

  constructor(options: WireLinkOptions) {
    this.#options = options;
    this.local = options.local;
    this.peer = options.peer;
    this.#lowWaterOctets = options.marks.lowWaterOctets ?? (options.marks.highWaterOctets ?? 65_536) / 4;
  }

  get pendingOctets(): number {
    return this.#pending.octets;
  }

  /** True when this end is closed, in whatever way. */
  get gone(): boolean {
    return this.#gone;
  }

  start(owner: LinkOwner): void {
    this.#owner = owner;
    if (this.#gone) this.#tellLost();
    else this.#scheduleDelivery();
  }

  send(chunk: Output): void {
    if (this.#gone || this.#ending) return;
    const octets = typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
    if (octets.length > 0) this.#pending.push(octets);
    this.#transmit();
  }

  cork(): void {}

  uncork(): void {}

  notifyDrained(): void {
    this.#drainWanted = true;
    this.#tellDrained();
  }

  end(): void {
    this.#ending = true;
    this.#transmit();
  }

  abort(): void {
    if (this.#gone) return;
    this.#options.out.send({ type: "lost", code: "reset" });
    this.#leave(undefined);
  }

  /** Goes without a word to the other side. */
  vanish(): void {
    if (!this.#gone) this.#leave(new ConnectionError("timed-out", "Connection lost: this side has vanished"));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#scheduleDelivery();
  }

  /** What was not read yet is read by the handshake, which octets sent in clear cannot pass. */
  secure(options: TlsOptions): Promise<Link> {
    this.#owner = undefined;
    this.#paused = false;
    return this.#options.secure(this, options);
  }

  /** What this end does or waits for, for people. */
  describe(): string {
    if (this.#gone) return "closed";
    const parts = [this.#endSent ? "has ended" : "open"];
    if (this.#owner === undefined) parts.push("not started");
    if (this.#paused) parts.push("paused");
    if (this.#received.octets > 0) parts.push(`${this.#received.octets} octets unread`);
    if (this.#pending.octets > 0) parts.push(`${this.#pending.octets} octets wait to be sent`);
    return parts.join(", ");
  }

  /** Takes what the other end's wire brought. */
  readonly arrived = (segment: WireSegment): void => {
    if (this.#gone) return;
    switch (segment.type) {
      case "octets":
        this.#received.push(segment.chunk);
        return this.#deliver();
      case "end":
        this.#endReceived = true;
        return this.#deliver();
      case "credit":
        this.#credit += segment.octets;
        return this.#transmit();
      case "lost":
        return this.#leave(lostError(segment.code));
      default:
    }
  };

  /** Hands over what has arrived, until the owner pauses, changes or leaves. */
  #deliver(): void {
    while (this.#received.octets > 0 && this.#mayDeliver()) {
      const chunk = this.#received.take(Number.POSITIVE_INFINITY);
      this.#giveCredit(chunk.length);
      this.#owner!.received(chunk);
    }
    if (!this.#endReceived || this.#endDelivered || this.#received.octets > 0 || !this.#mayDeliver()) return;
    this.#endDelivered = true;
    this.#owner!.receivedEnd();
    this.#leaveWhenBothEnded();
  }

  /** Opens the window again, in large steps: small ones would make the peer send small pieces (RFC 9293 §3.8.6.2.2). */
  #giveCredit(octets: number): void {
    this.#owedCredit += octets;
    if (this.#owedCredit < windowOctets / 4) return;
    this.#options.out.send({ type: "credit", octets: this.#owedCredit });
    this.#owedCredit = 0;
  }

  #mayDeliver(): boolean {
    return this.#owner !== undefined && !this.#paused && !this.#gone;
  }

  /** Delivers at the end of this turn: a link never calls its owner from inside a call of its owner. */
  #scheduleDelivery(): void {
    if (this.#deliveryScheduled) return;
    this.#deliveryScheduled = true;
    nextTick(() => {
      this.#deliveryScheduled = false;
      this.#deliver();
    });
  }

  /** Puts on the wire what the window allows, then the end. */
  #transmit(): void {
    if (this.#gone) return;
    while (this.#pending.octets > 0 && this.#credit > 0) {
      const ready = Math.min(this.#pending.frontOctets, this.#credit);
      const chunk = this.#pending.take(this.#options.out.cut(ready));
      this.#credit -= chunk.length;
      this.#options.out.send({ type: "octets", chunk });
    }
    if (this.#drainWanted) this.#tellDrained();
    if (!this.#ending || this.#endSent || this.#pending.octets > 0) return;
    this.#endSent = true;
    this.#options.out.send({ type: "end" });
    this.#leaveWhenBothEnded();
  }

  #tellDrained(): void {
    if (this.#pending.octets > this.#lowWaterOctets) return;
    nextTick(() => {
      if (!this.#drainWanted || this.#gone || this.#pending.octets > this.#lowWaterOctets) return;
      this.#drainWanted = false;
      this.#owner?.drained();
    });
  }

  #leaveWhenBothEnded(): void {
    if (this.#endSent && this.#endDelivered && !this.#gone) this.#leave(undefined);
  }

  #leave(error: ConnectionError | undefined): void {
    this.#gone = true;
    this.#error = error;
    this.#pending.clear();
    this.#received.clear();
    this.#options.closed();
    this.#tellLost();
  }

  #tellLost(): void {
    nextTick(() => {
      const owner = this.#owner;
      this.#owner = undefined;
      owner?.lost(this.#error);
    });
  }
}

function lostError(code: "reset" | "timed-out"): ConnectionError {
  const reason = code === "reset" ? "connection reset by the other side" : "the other side does not answer";
  return new ConnectionError(code, `Connection lost: ${reason}`);
}
