import { connect, type Permit, type Reactor, Semaphore, type TlsClientOptions, type Transport } from "@hawser/core";
import type { DnsServerPlace } from "../exchanger.ts";
import { SharedWork } from "../shared-work.ts";
import type { ClientCounts } from "./counters.ts";
import { DnsStream } from "./stream.ts";

/** How connections are made and kept. */
export interface StreamPoolOptions {
  readonly connectionsMax: number;
  readonly idleTimeoutMs: number;
  readonly tls: Partial<Omit<TlsClientOptions, "side">>;
}

/** One connection for each server, used again by all who ask it (RFC 7766 §6.2.2), over TCP or TLS (RFC 7858). */
export class StreamPool {
  readonly #reactor: Reactor;
  readonly #options: StreamPoolOptions;
  readonly #counts: ClientCounts;
  readonly #permits: Semaphore;
  readonly #streams = new Map<string, DnsStream>();
  readonly #openings = new SharedWork<DnsStream>();
  readonly #tls = new Map<string, TlsClientOptions>();

  constructor(reactor: Reactor, options: StreamPoolOptions, counts: ClientCounts) {
    this.#reactor = reactor;
    this.#options = options;
    this.#counts = counts;
    this.#permits = new Semaphore(options.connectionsMax);
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

  /** Closes all connections at once. */
  abort(reason: Error): void {
    this.#openings.abort(reason);
    for (const stream of this.#streams.values()) stream.abort(reason);
    this.#streams.clear();
  }

  async #connect(key: string, place: DnsServerPlace, signal: AbortSignal): Promise<DnsStream> {
    const permit = await this.#permit(signal);
    try {
      const transport = await this.#dial(place, signal);
      transport.whenClosed(() => permit.release());
      this.#counts.connections++;
      const stream = new DnsStream(transport, this.#options.idleTimeoutMs, this.#counts);
      transport.whenClosed(() => {
        if (this.#streams.get(key) === stream) this.#streams.delete(key);
      });
      this.#streams.set(key, stream);
      return stream;
    } catch (error) {
      permit.release();
      throw error;
    }
  }

  /** Where there are as many connections as may be, the one that rests longest makes room. */
  #permit(signal: AbortSignal): Promise<Permit> {
    if (this.#permits.available === 0)
      for (const stream of this.#streams.values())
        if (stream.isIdle) {
          stream.close();
          break;
        }
    return this.#permits.acquire({ signal });
  }

  async #dial(place: DnsServerPlace, signal: AbortSignal): Promise<Transport> {
    const endpoint = { type: "tcp", host: place.host, port: place.port } as const;
    const transport = await connect(endpoint, undefined, { reactor: this.#reactor, signal });
    if (place.transport === "tcp") return transport;
    const giveUp = (): void => transport.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await transport.startTls(this.#tlsOptions(place));
      signal.throwIfAborted();
      return transport;
    } catch (error) {
      transport.abort();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** The same object for the same server, so that its sessions are resumed. The name is verified unless told otherwise (RFC 8310 §5.1). */
  #tlsOptions(place: DnsServerPlace): TlsClientOptions {
    const serverName = place.serverName ?? place.host;
    const key = `${place.host} ${place.port} ${serverName}`;
    const known = this.#tls.get(key);
    if (known !== undefined) return known;
    const options = { alpn: ["dot"], ...this.#options.tls, side: "client", serverName } as const;
    if (this.#tls.size >= tlsSessionsMax) this.#tls.clear();
    this.#tls.set(key, options);
    return options;
  }
}

/** Servers whose TLS sessions are kept. */
const tlsSessionsMax = 256;

function keyOf({ transport, host, port, serverName }: DnsServerPlace): string {
  return `${transport} ${host} ${port} ${serverName ?? ""}`;
}
