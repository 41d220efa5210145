import type { Instant, Timer } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Transport } from "../transport.ts";
import { TransportWrapper } from "./transport-wrapper.ts";
import { wrapTransports } from "./wrap-factory.ts";

/** Aborts connections on which nothing was read, written or taken by the network for `idleTimeoutMs`. */
export function idleTimeout(idleTimeoutMs: number, factory: Factory): Factory {
  return wrapTransports(factory, (transport) => new IdleTransport(transport, idleTimeoutMs));
}

/** Notes when something happened, and looks at the note when its one timer fires: no timer work per chunk. */
class IdleTransport extends TransportWrapper {
  readonly #timeoutMs: number;
  #lastActivity: Instant;
  #pendingBefore = 0;
  #timer: Timer;

  constructor(inner: Transport, timeoutMs: number) {
    super(inner);
    this.#timeoutMs = timeoutMs;
    this.#lastActivity = inner.reactor.clock.now();
    this.#timer = this.#look(timeoutMs);
    inner.whenClosed(() => this.#timer.cancel());
  }

  override write(chunk: Uint8Array | string): boolean {
    this.#note();
    return super.write(chunk);
  }

  override writeLatin1(text: string): boolean {
    this.#note();
    return super.writeLatin1(text);
  }

  override received(chunk: Uint8Array): void {
    this.#note();
    super.received(chunk);
  }

  override drained(): void {
    this.#note();
    super.drained();
  }

  #note(): void {
    this.#lastActivity = this.reactor.clock.now();
  }

  #look(afterMs: number): Timer {
    return this.reactor.clock.after(afterMs, () => {
      this.#noteProgress();
      const leftMs = this.#lastActivity + this.#timeoutMs - this.reactor.clock.now();
      if (leftMs > 0) this.#timer = this.#look(leftMs);
      else this.abort(new ConnectionError("timed-out", `Nothing happened for ${this.#timeoutMs} ms`));
    });
  }

  /** A peer that reads slowly is not idle: something of what waits has left since the last look. */
  #noteProgress(): void {
    const pending = this.inner.pendingOctets;
    if (pending < this.#pendingBefore) this.#note();
    this.#pendingBefore = pending;
  }
}
