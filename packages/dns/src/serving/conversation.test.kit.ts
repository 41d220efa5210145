import {
  type DatagramSocket,
  encodeLengthPrefixed,
  type Factory,
  ipAddress,
  LengthPrefixedReader,
  type Transport,
} from "@hawser/core";
import type { World } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import type { DnsTypeName } from "../records/types.ts";
import type { DnsPlugin } from "./plugin.ts";
import { dnsResponse } from "./reply.ts";
import { encodeDnsSets } from "./sets.ts";

/** A plugin that knows records by name and type, and denies other names of `example`. */
export function recordsPlugin(...texts: readonly string[]): DnsPlugin {
  const sets = encodeDnsSets(texts.map((text) => parseDnsRecord(text)));
  const zone = parseDomainName("example");
  return {
    name: "records",
    wrap: (next) => (request) => {
      const { name, type } = request.query;
      const answers = sets.filter((set) => set.name.equals(name) && set.type === type);
      if (answers.length > 0) return dnsResponse({ authoritative: true, answers });
      return name.isWithin(zone) ? dnsResponse({ authoritative: true, rcode: 3 }) : next(request);
    },
  };
}

/** A question with one name. */
export function question(name: string, type: DnsTypeName = "A", more: DnsMessageInit = {}): DnsMessageInit {
  return { id: 7, questions: [{ name: parseDomainName(name), type, class: 1 }], ...more };
}

/** A client's socket: what it sends, and what came back. */
export class DatagramClient {
  readonly #socket: DatagramSocket;
  readonly #server: string;
  readonly received: Uint8Array[] = [];

  private constructor(socket: DatagramSocket, server: string) {
    this.#socket = socket;
    this.#server = server;
    socket.start({ datagram: (payload) => this.received.push(payload), closed: () => {} });
  }

  static async open(world: World, host = "client"): Promise<DatagramClient> {
    const client = world.host(host);
    const [server] = await client.names.lookup("server");
    return new DatagramClient(await client.network.bind(ipAddress("0.0.0.0", 0)), server!.host);
  }

  send(octets: Uint8Array): void {
    this.#socket.send(octets, ipAddress(this.#server, 53));
  }

  /** Sends, waits a second of the world's time, and gives what came meanwhile. */
  async ask(octets: Uint8Array, waitMs = 1_000): Promise<readonly Uint8Array[]> {
    const before = this.received.length;
    this.send(octets);
    await this.#socket.reactor.clock.sleep(waitMs);
    return this.received.slice(before);
  }

  async exchange(message: DnsMessageInit, waitMs?: number): Promise<DnsMessage> {
    const [answer] = await this.ask(encodeDnsMessage(message), waitMs);
    if (answer === undefined) throw new Error("no answer came");
    return decodeDnsMessage(answer);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A client's connection. */
export class StreamClient {
  readonly transport: Transport;
  readonly received: Uint8Array[] = [];
  readonly #reader = new LengthPrefixedReader(16);
  isEnded = false;
  isClosed = false;
  /** Whether chunks are taken. */
  #wake: () => void = () => {};

  private constructor(transport: Transport) {
    this.transport = transport;
    transport.start({
      data: (chunk) => {
        this.#reader.receive(chunk);
        this.received.push(...this.#reader);
        this.#wake();
      },
      end: () => {
        this.isEnded = true;
        this.#wake();
      },
      closed: () => {
        this.isClosed = true;
        this.#wake();
      },
    });
  }

  static async open(world: World, host = "client"): Promise<StreamClient> {
    return new StreamClient(await world.connect("tcp:server:53", undefined, { reactor: world.host(host) }));
  }

  send(octets: Uint8Array): void {
    this.transport.write(encodeLengthPrefixed(16, octets));
  }

  get messages(): readonly DnsMessage[] {
    return this.received.map((octets) => decodeDnsMessage(octets));
  }

  /** Waits until so many messages came, or the server ended. */
  async until(count: number): Promise<readonly DnsMessage[]> {
    while (this.received.length < count && !this.isEnded && !this.isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.messages;
  }

  async exchange(message: DnsMessageInit): Promise<DnsMessage> {
    this.send(encodeDnsMessage(message));
    const messages = await this.until(this.received.length + 1);
    return messages.at(-1)!;
  }

  async untilEnded(): Promise<void> {
    await this.until(Number.POSITIVE_INFINITY);
  }
}

/** Listens for datagrams and streams at port 53 of the host `server`. */
export async function serve(world: World, factory: Factory): Promise<void> {
  const reactor = world.host("server");
  await world.listen("udp:53", factory, { reactor });
  await world.listen("tcp:53", factory, { reactor });
}
