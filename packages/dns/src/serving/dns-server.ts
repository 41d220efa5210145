import {
  type DatagramReceiver,
  type DatagramSocket,
  type Factory,
  limitConnections,
  limitPerPeer,
  type Protocol,
  type Reactor,
  type Transport,
} from "@hawser/core";
import { DatagramChannel } from "./datagram-channel.ts";
import { type DnsServerOptions, type ServerSettings, serverSettings } from "./options.ts";
import { type DnsPlugin, dnsChain, refuseAll } from "./plugin.ts";
import { DnsResponder } from "./responder.ts";
import { StreamChannel } from "./stream-channel.ts";

/**
 * Serves DNS over datagrams and streams, in clear or over TLS: `await listen("udp:53", dnsServer(plugins))`. The plugins are
 * asked in their order; what none of them answers is refused.
 *
 * @throws {RangeError} for options that cannot be
 */
export function dnsServer(plugins: DnsPlugin | readonly DnsPlugin[], options: DnsServerOptions = {}): Factory {
  const settings = serverSettings(options);
  const server = new DnsServer("wrap" in plugins ? plugins : dnsChain(plugins), settings);
  return limitConnections(settings.connectionsMax, limitPerPeer(settings.connectionsPerPeerMax, server));
}

class DnsServer implements Factory {
  readonly alpn: readonly string[] = ["dot"]; // RFC 7858 §3.1
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
    await this.#plugin.stopped?.();
  }

  bind(socket: DatagramSocket): DatagramReceiver {
    return new DatagramChannel(socket, this.#responder!);
  }

  accept(transport: Transport): Protocol {
    return new StreamChannel(transport, this.#responder!);
  }

  async #start(reactor: Reactor): Promise<void> {
    this.#responder = new DnsResponder(reactor, this.#plugin.wrap(refuseAll), this.#settings);
    await this.#plugin.started?.(reactor);
  }
}
