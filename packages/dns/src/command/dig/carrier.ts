import {
  type Connection,
  ConnectionError,
  connectTo,
  encodeLengthPrefixed,
  ipAddress,
  type Reactor,
  withDeadline,
} from "@hawser/core";
import { dnsHeaderOctets } from "../../message/message.ts";
import type { DigGlobals, DigSettings } from "./settings.ts";

/** Where a question goes. */
export interface DigServer {
  /** A literal address. */
  readonly host: string;
  readonly port: number;
  /** As it was called: shown behind the address. */
  readonly called: string;
}

/** What the words say about the way to a server. */
export type DigWay = Pick<DigSettings, "transport" | "httpPath" | "httpGet" | "tlsVerify" | "tlsCa" | "tlsHostname">;

/**
 * Carries octets to servers and back, one try at a time: what `dig` shows is what came, whatever it is. Nothing is repeated
 * here, and nothing is read but the id that an answer begins with.
 */
export class DigCarrier implements AsyncDisposable {
  readonly #reactor: Reactor;
  readonly #globals: DigGlobals;
  readonly #signal: AbortSignal;
  #kept: { readonly key: string; readonly connection: Connection } | undefined;

  constructor(reactor: Reactor, globals: DigGlobals, signal: AbortSignal) {
    this.#reactor = reactor;
    this.#globals = globals;
    this.#signal = signal;
  }

  /**
   * Sends a question and gives what comes back with its id.
   * @throws {ConnectionError}
   */
  ask(octets: Uint8Array, server: DigServer, way: DigWay, timeoutMs: number): Promise<Uint8Array> {
    return this.#within(timeoutMs, (signal) => {
      if (way.transport === "udp") return this.#datagram(octets, server, signal);
      if (way.transport === "https") return this.#https(octets, server, way, signal);
      return this.#message(octets, server, way, signal);
    });
  }

  /** The messages of a transfer. @throws {ConnectionError} */
  async *messages(
    octets: Uint8Array,
    server: DigServer,
    way: DigWay,
    timeoutMs: number,
  ): AsyncGenerator<Uint8Array, void> {
    const connection = await this.#within(timeoutMs, (signal) => this.#connect(server, way, signal));
    try {
      connection.write(encodeLengthPrefixed(16, octets));
      for (;;) yield await this.#within(timeoutMs, (signal) => readMessage(connection, signal));
    } finally {
      connection.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept?.connection.abort();
    this.#kept = undefined;
  }

  #within<Result>(timeoutMs: number, task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return withDeadline(this.#reactor.clock, timeoutMs, task, { signal: this.#signal });
  }

  async #datagram(octets: Uint8Array, { host, port }: DigServer, signal: AbortSignal): Promise<Uint8Array> {
    const { localHost = host.includes(":") ? "::" : "0.0.0.0", localPort = 0 } = this.#globals;
    const socket = await this.#reactor.network.bind(ipAddress(localHost, localPort));
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        socket.start({
          datagram(payload, from) {
            if (from.port === port && from.host === host && answers(payload, octets)) resolve(payload);
          },
          failed: reject,
          closed: (error) => error && reject(error),
        });
        socket.send(octets, ipAddress(host, port));
      });
    } finally {
      socket.close();
    }
  }

  async #message(octets: Uint8Array, server: DigServer, way: DigWay, signal: AbortSignal): Promise<Uint8Array> {
    const connection = await this.#connection(server, way, signal);
    try {
      connection.write(encodeLengthPrefixed(16, octets));
      for (;;) {
        const answer = await readMessage(connection, signal);
        if (answers(answer, octets)) return answer;
      }
    } catch (error) {
      this.#kept = undefined;
      connection.abort();
      throw error;
    } finally {
      if (this.#kept?.connection !== connection) connection.abort();
    }
  }

  /** The one that is kept open, where that is wanted and it leads there. */
  async #connection(server: DigServer, way: DigWay, signal: AbortSignal): Promise<Connection> {
    if (!this.#globals.keepOpen) return this.#connect(server, way, signal);
    const key = `${way.transport} ${server.host} ${server.port}`;
    if (this.#kept?.key === key) return this.#kept.connection;
    this.#kept?.connection.abort();
    const connection = await this.#connect(server, way, signal);
    this.#kept = { key, connection };
    return connection;
  }

  #connect({ host, port, called }: DigServer, way: DigWay, signal: AbortSignal): Promise<Connection> {
    const { localHost, localPort } = this.#globals;
    const options = { reactor: this.#reactor, signal, localHost, localPort };
    if (way.transport !== "tls") return connectTo({ type: "tcp", host, port }, options);
    const { tlsVerify: verify, tlsCa, tlsHostname = called } = way;
    const ca = tlsCa === undefined ? undefined : [tlsCa];
    return connectTo({ type: "tls", host, port, verify, ca, serverName: tlsHostname, alpn: ["dot"] }, options);
  }

  async #https(octets: Uint8Array, server: DigServer, way: DigWay, signal: AbortSignal): Promise<Uint8Array> {
    const { askByHttps } = await import("./https.ts");
    return askByHttps(octets, server, way, { reactor: this.#reactor, signal });
  }
}

/** Whether a message is long enough to be one, and has the id of the question. */
function answers(payload: Uint8Array, question: Uint8Array): boolean {
  return payload.length >= dnsHeaderOctets && payload[0] === question[0] && payload[1] === question[1];
}

async function readMessage(connection: Connection, signal: AbortSignal): Promise<Uint8Array> {
  if (await connection.isAtEnd({ signal })) throw new ConnectionError("reset", "Cannot read: the server has ended");
  const [high, low] = await connection.readExactly(2, { signal });
  return connection.readExactly((high! << 8) | low!, { signal });
}
