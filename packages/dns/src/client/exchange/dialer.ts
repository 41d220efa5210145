import { connect, type Reactor, Semaphore, type TlsClientOptions, type Transport } from "@hawser/core";
import type { DnsServerPlace } from "../exchanger.ts";
import type { ClientCounts } from "./counters.ts";

/** Addresses of this machine to ask from. Default: as the system chooses. */
export interface DnsLocalHosts {
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
}

/** The local address for a server; `undefined`: as the system chooses. */
export function localHostFor(host: string, { ipv4, ipv6 }: DnsLocalHosts): string | undefined {
  return host.includes(":") ? ipv6 : ipv4;
}

/** How connections are made. */
export interface DialerOptions {
  readonly connectionsMax: number;
  readonly idleTimeoutMs: number;
  readonly localHosts: DnsLocalHosts;
  readonly tls: Partial<Omit<TlsClientOptions, "side">>;
}

/** Servers whose TLS sessions are kept. */
const tlsSessionsMax = 256;

/** Opens connections to servers, no more at once than may be, in clear or with TLS. */
export class Dialer {
  readonly reactor: Reactor;
  readonly counts: ClientCounts;
  readonly idleTimeoutMs: number;
  readonly #options: DialerOptions;
  readonly #permits: Semaphore;
  readonly #tls = new Map<string, TlsClientOptions>();

  constructor(reactor: Reactor, options: DialerOptions, counts: ClientCounts) {
    this.reactor = reactor;
    this.counts = counts;
    this.idleTimeoutMs = options.idleTimeoutMs;
    this.#options = options;
    this.#permits = new Semaphore(options.connectionsMax);
  }

  /** Whether one more has to wait until another is closed. */
  get isFull(): boolean {
    return this.#permits.available === 0;
  }

  /** @throws {ConnectionError} `refused`, `bad-certificate`, …; `signal.reason` */
  async dial(place: DnsServerPlace, protocol: string, signal: AbortSignal): Promise<Transport> {
    const permit = await this.#permits.acquire({ signal });
    try {
      const endpoint = { type: "tcp", host: place.host, port: place.port } as const;
      const localHost = localHostFor(place.host, this.#options.localHosts);
      const transport = await connect(endpoint, undefined, { reactor: this.reactor, signal, localHost });
      transport.whenClosed(() => permit.release());
      this.counts.connections++;
      return place.transport === "tcp" ? transport : await this.#secure(transport, place, protocol, signal);
    } catch (error) {
      permit.release();
      throw error;
    }
  }

  async #secure(
    transport: Transport,
    place: DnsServerPlace,
    protocol: string,
    signal: AbortSignal,
  ): Promise<Transport> {
    const giveUp = (): void => transport.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await transport.startTls(this.#tlsOptions(place, protocol));
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
  #tlsOptions({ transport, host, port, serverName = host }: DnsServerPlace, protocol: string): TlsClientOptions {
    const key = `${transport} ${host} ${port} ${serverName}`;
    const known = this.#tls.get(key);
    if (known !== undefined) return known;
    const options = { ...this.#options.tls, alpn: [protocol], side: "client", serverName } as const;
    if (this.#tls.size >= tlsSessionsMax) this.#tls.clear();
    this.#tls.set(key, options);
    return options;
  }
}
