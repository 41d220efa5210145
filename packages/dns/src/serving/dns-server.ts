import {
  type Address,
  ConnectionError,
  type DatagramReceiver,
  type DatagramSocket,
  type Factory,
  limitConnections,
  limitPerPeer,
  type Protocol,
  type Reactor,
  StateError,
  type Transport,
} from "@hawser/core";
import { type DnsServerCounts, noCounts } from "./counts.ts";
import { DatagramChannel } from "./datagram-channel.ts";
import { type DnsServerOptions, type ServerSettings, serverSettings } from "./options.ts";
import { type DnsPlugin, dnsChain, refuseAll } from "./plugin.ts";
import type { DnsTransport } from "./request.ts";
import { DnsResponder } from "./responder.ts";
import { SingleChannel } from "./single-channel.ts";
import { StreamChannel } from "./stream-channel.ts";

/** Who sent a message that came some other way than over a listener's sockets. */
export interface DnsSender {
  readonly peer: Address;
  readonly transport: DnsTransport;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link dnsServer} makes: a factory for any number of listeners. */
export interface DnsServer extends Factory {
  readonly counts: DnsServerCounts;
  started(reactor: Reactor): Promise<void>;
  stopped(): Promise<void>;
  /** Lets every plugin read its files again. @throws what they throw; then they go on as they were */
  reload(): Promise<void>;
  /**
   * Answers one message, as DNS over HTTPS needs it. `undefined`: it is dropped. The server must have been started.
   * @throws {StateError} when it is not started
   */
  answer(octets: Uint8Array, sender: DnsSender): Promise<Uint8Array | undefined>;
}

/**
 * Serves DNS over datagrams and streams, in clear or over TLS: `await listen("udp:53", dnsServer(plugins))`. The plugins are
 * asked in their order; what none of them answers is refused. Limits of connections count for all listeners together.
 *
 * @throws {RangeError} for options that cannot be
 */
export function dnsServer(plugins: DnsPlugin | readonly DnsPlugin[], options: DnsServerOptions = {}): DnsServer {
  const settings = serverSettings(options);
  const service = new DnsService("wrap" in plugins ? plugins : dnsChain(plugins), settings);
  return {
    ...limitConnections(settings.connectionsMax, limitPerPeer(settings.connectionsPerPeerMax, service)),
    counts: service.counts,
    started: (reactor) => service.started(reactor),
    stopped: () => service.stopped(),
    reload: () => service.reload(),
    answer: (octets, sender) => service.answer(octets, sender),
  };
}

class DnsService implements DnsServer {
  readonly alpn: readonly string[] = ["dot"]; // RFC 7858 §3.1
  readonly counts = noCounts();
  readonly #plugin: DnsPlugin;
  readonly #settings: ServerSettings;
  #responder: DnsResponder | undefined;
  #starting: Promise<void> | undefined;
  #listeners = 0;

  constructor(plugin: DnsPlugin, settings: ServerSettings) {
    this.#plugin = plugin;
    this.#settings = settings;
  }

  /** Every listener waits for the plugins, which the first one starts. */
  async started(reactor: Reactor): Promise<void> {
    this.#listeners++;
    this.#starting ??= this.#start(reactor);
    try {
      await this.#starting;
    } catch (error) {
      this.#listeners--;
      this.#starting = undefined;
      throw error;
    }
  }

  async stopped(): Promise<void> {
    if (--this.#listeners > 0) return;
    this.#starting = undefined;
    this.#responder?.stop(new ConnectionError("aborted", "The server stopped before this was answered"));
    this.#responder = undefined;
    await this.#plugin.stopped?.();
  }

  async reload(): Promise<void> {
    await this.#plugin.reload?.();
  }

  bind(socket: DatagramSocket): DatagramReceiver {
    return new DatagramChannel(socket, this.#started());
  }

  accept(transport: Transport): Protocol {
    return new StreamChannel(transport, this.#started());
  }

  async answer(octets: Uint8Array, sender: DnsSender): Promise<Uint8Array | undefined> {
    return new SingleChannel(sender, this.#started()).answer(octets);
  }

  #started(): DnsResponder {
    if (this.#responder === undefined) throw new StateError("Cannot answer: the DNS server is not started");
    return this.#responder;
  }

  async #start(reactor: Reactor): Promise<void> {
    const responder = new DnsResponder(reactor, this.#plugin.wrap(refuseAll), this.#settings, this.counts);
    await this.#plugin.started?.(reactor);
    this.#responder = responder;
  }
}
