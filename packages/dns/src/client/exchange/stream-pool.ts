import type { DnsServerPlace } from "../exchanger.ts";
import { SharedWork } from "../shared-work.ts";
import type { Dialer } from "./dialer.ts";
import { DnsStream } from "./stream.ts";

/** One connection for each server, used again by all who ask it (RFC 7766 §6.2.2), over TCP or TLS (RFC 7858). */
export class StreamPool {
  readonly #dialer: Dialer;
  readonly #streams = new Map<string, DnsStream>();
  readonly #openings = new SharedWork<DnsStream>();

  constructor(dialer: Dialer) {
    this.#dialer = dialer;
  }

  /**
   * The connection to a server, made when there is none.
   * @throws {ConnectionError} `refused`, `bad-certificate`, …; `signal.reason`
   */
  async open(place: DnsServerPlace, signal: AbortSignal): Promise<DnsStream> {
    signal.throwIfAborted();
    const key = keyOf(place);
    const known = this.#streams.get(key);
    if (known?.isUsable) {
      this.#streams.delete(key); // and to the end: the first is the one used longest ago
      this.#streams.set(key, known);
      return known;
    }
    return this.#openings.join(key, (both) => this.#connect(key, place, both), signal);
  }

  /** Where there are as many connections as may be, the one that rests longest makes room. */
  makeRoom(): void {
    for (const stream of this.#streams.values()) if (stream.isIdle) return stream.close();
  }

  /** Closes all connections at once. */
  abort(reason: Error): void {
    this.#openings.abort(reason);
    for (const stream of this.#streams.values()) stream.abort(reason);
    this.#streams.clear();
  }

  async #connect(key: string, place: DnsServerPlace, signal: AbortSignal): Promise<DnsStream> {
    if (this.#dialer.isFull) this.makeRoom();
    const transport = await this.#dialer.dial(place, "dot", signal); // RFC 7858 §3.1
    const stream = new DnsStream(transport, this.#dialer.idleTimeoutMs, this.#dialer.counts);
    transport.whenClosed(() => {
      if (this.#streams.get(key) === stream) this.#streams.delete(key);
    });
    this.#streams.set(key, stream);
    return stream;
  }
}

function keyOf({ transport, host, port, serverName }: DnsServerPlace): string {
  return `${transport} ${host} ${port} ${serverName ?? ""}`;
}
