import type { Timer } from "../clock.ts";
import type { ConnectionError } from "../errors.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Transport } from "../transport.ts";
import type { ThrottleBuckets } from "./throttle.ts";
import { TransportWrapper } from "./transport-wrapper.ts";

/** Above this much waiting here, `write` returns `false`. */
const highWaterOctets = 65_536;
/** The least that is worth a timer: a slow rate sends small pieces, not single octets. */
const pieceOctets = 1_024;

/** A transport that reads and writes no faster than its buckets allow. */
export class ThrottledTransport extends TransportWrapper {
  readonly #buckets: ThrottleBuckets;
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;
  #readTimer: Timer | undefined;
  #writeTimer: Timer | undefined;
  #isEnding = false;
  #isFull = false;

  constructor(inner: Transport, buckets: ThrottleBuckets) {
    super(inner);
    this.#buckets = buckets;
  }

  override get pendingOctets(): number {
    return this.#waitingOctets + super.pendingOctets;
  }

  // Reading: what has come is delivered; the debt is paid by not reading on.

  override received(chunk: Uint8Array): void {
    const { read } = this.#buckets;
    read?.take(chunk.length, this.reactor.clock.now());
    this.#payReadDebt();
    super.received(chunk);
  }

  #payReadDebt(): void {
    const { clock } = this.reactor;
    const waitMs = this.#buckets.read?.waitMs(0, clock.now()) ?? 0;
    this.#readTimer?.cancel();
    if (waitMs > 0) {
      this.hold();
      this.#readTimer = clock.after(waitMs, () => this.#payReadDebt());
    } else if (this.#readTimer !== undefined) {
      this.#readTimer = undefined;
      this.release();
    }
  }

  // Writing: what may not leave yet waits.

  override write(chunk: Uint8Array | string): boolean {
    if (this.#buckets.write === undefined) return super.write(chunk);
    return this.#enqueue(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }

  override writeLatin1(text: string): boolean {
    if (this.#buckets.write === undefined) return super.writeLatin1(text);
    return this.#enqueue(Buffer.from(text, "latin1"));
  }

  override end(): void {
    this.#isEnding = true;
    if (this.#waitingOctets === 0) super.end();
  }

  override abort(reason?: Error): void {
    this.#forget();
    super.abort(reason);
  }

  /** What waits here was written in clear, and leaves so, before the handshake. */
  override startTls(options: TlsOptions): Promise<Security> {
    this.#writeTimer?.cancel();
    this.#writeTimer = undefined;
    while (this.#waitingOctets > 0) this.#sendPiece(this.#waitingOctets);
    return super.startTls(options);
  }

  override drained(): void {
    if (this.#buckets.write === undefined) super.drained();
    else if (this.#send() && this.#waitingOctets === 0) this.#tellDrained();
  }

  override lost(error: ConnectionError | undefined): void {
    this.#forget();
    super.lost(error);
  }

  #enqueue(chunk: Uint8Array): boolean {
    if (this.#isEnding) return false;
    if (chunk.length > 0) this.#waiting.push(chunk);
    this.#waitingOctets += chunk.length;
    const hasRoom = this.#send();
    if (hasRoom && this.#waitingOctets < highWaterOctets) return true;
    this.#isFull = true;
    return false;
  }

  /** Sends what may leave, unless a timer or the transport below is being waited for. @returns whether there is room below */
  #send(): boolean {
    const { clock } = this.reactor;
    const bucket = this.#buckets.write!;
    let hasRoom = true;
    while (hasRoom && this.#waitingOctets > 0 && this.#writeTimer === undefined) {
      const waitMs = bucket.waitMs(Math.min(this.#waitingOctets, pieceOctets), clock.now());
      if (waitMs > 0) this.#writeTimer = clock.after(waitMs, this.#sendLater);
      else hasRoom = this.#sendPiece(Math.floor(bucket.available(clock.now())));
    }
    if (this.#waitingOctets === 0 && this.#isEnding) super.end();
    return hasRoom;
  }

  readonly #sendLater = (): void => {
    this.#writeTimer = undefined;
    if (this.#send() && this.#waitingOctets === 0) this.#tellDrained();
  };

  #sendPiece(octetsMax: number): boolean {
    const first = this.#waiting.shift()!;
    const piece = first.subarray(0, octetsMax);
    if (piece.length < first.length) this.#waiting.unshift(first.subarray(octetsMax));
    this.#waitingOctets -= piece.length;
    this.#buckets.write!.take(piece.length, this.reactor.clock.now());
    return super.write(piece);
  }

  #tellDrained(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    super.drained();
  }

  #forget(): void {
    this.#readTimer?.cancel();
    this.#writeTimer?.cancel();
    this.#readTimer = undefined;
    this.#writeTimer = undefined;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#isEnding = true;
  }
}
