import {
  type ConnectionError,
  type DatagramReceiver,
  type DatagramSocket,
  encodeLengthPrefixed,
  type Factory,
  LengthPrefixedReader,
  type Protocol,
  type Reactor,
  type Transport,
} from "@hawser/core";
import { dnsMessageOctetsMax } from "../limits.ts";
import { type DnsPlugin, dnsChain, refuseAll } from "./plugin.ts";
import { type DnsAsker, DnsResponder } from "./responder.ts";

/**
 * Serves DNS over datagrams and streams, in clear or over TLS: `await listen("udp:53", dnsServer(plugins))`. The plugins are
 * asked in their order; what none of them answers is refused.
 */
export function dnsServer(plugins: DnsPlugin | readonly DnsPlugin[]): Factory {
  return new DnsServer("wrap" in plugins ? plugins : dnsChain(plugins));
}

class DnsServer implements Factory {
  readonly alpn: readonly string[] = ["dot"]; // RFC 7858 §3.1
  readonly #plugin: DnsPlugin;
  #responder: DnsResponder | undefined;
  #listeners = 0;

  constructor(plugin: DnsPlugin) {
    this.#plugin = plugin;
  }

  async started(reactor: Reactor): Promise<void> {
    if (this.#listeners++ > 0) return;
    this.#responder = new DnsResponder(reactor, this.#plugin.wrap(refuseAll));
    await this.#plugin.started?.(reactor);
  }

  async stopped(): Promise<void> {
    if (--this.#listeners === 0) await this.#plugin.stopped?.();
  }

  bind(socket: DatagramSocket): DatagramReceiver {
    return new DatagramSide(socket, this.#responder!);
  }

  accept(transport: Transport): Protocol {
    return new StreamSide(transport, this.#responder!);
  }
}

class DatagramSide implements DatagramReceiver {
  readonly #socket: DatagramSocket;
  readonly #responder: DnsResponder;
  readonly #gone = new AbortController();

  constructor(socket: DatagramSocket, responder: DnsResponder) {
    this.#socket = socket;
    this.#responder = responder;
  }

  datagram(payload: Uint8Array, peer: DnsAsker["peer"] & { family: "ipv4" | "ipv6" }): void {
    const send = (octets: Uint8Array): void => this.#socket.send(octets, peer);
    void this.#responder.receive(payload, { peer, transport: "udp", signal: this.#gone.signal, send });
  }

  closed(): void {
    this.#gone.abort();
  }
}

/** Messages with their length before them (RFC 1035 §4.2.2); answers go out as they are ready (RFC 7766 §6.2.1.1). */
class StreamSide implements Protocol {
  readonly #transport: Transport;
  readonly #responder: DnsResponder;
  readonly #gone = new AbortController();
  readonly #reader = new LengthPrefixedReader(16, { octetsMax: dnsMessageOctetsMax });
  readonly #asker: DnsAsker;
  #roomMade: (() => void)[] = [];
  #isFull = false;
  #pending = 0;
  #ended = false;

  constructor(transport: Transport, responder: DnsResponder) {
    this.#transport = transport;
    this.#responder = responder;
    this.#asker = {
      peer: transport.peer,
      transport: transport.security === undefined ? "tcp" : "tls",
      signal: this.#gone.signal,
      send: (octets) => {
        this.#isFull = !transport.write(encodeLengthPrefixed(16, octets));
      },
      hasRoom: () => (this.#isFull ? new Promise((resolve) => this.#roomMade.push(resolve)) : Promise.resolve()),
    };
  }

  data(chunk: Uint8Array): void {
    this.#reader.receive(chunk);
    for (let octets = this.#reader.next(); octets !== undefined; octets = this.#reader.next()) this.#answer(octets);
  }

  end(): void {
    this.#ended = true;
    this.#closeWhenDone();
  }

  drain(): void {
    this.end();
  }

  drained(): void {
    this.#isFull = false;
    const made = this.#roomMade;
    this.#roomMade = [];
    for (const resolve of made) resolve();
  }

  closed(_error?: ConnectionError): void {
    this.#gone.abort();
    this.drained();
  }

  #answer(octets: Uint8Array): void {
    const waiting = this.#responder.receive(octets, this.#asker);
    if (waiting === undefined) return;
    this.#pending++;
    void waiting.finally(() => {
      this.#pending--;
      this.#closeWhenDone();
    });
  }

  #closeWhenDone(): void {
    if (this.#ended && this.#pending === 0) this.#transport.end();
  }
}
