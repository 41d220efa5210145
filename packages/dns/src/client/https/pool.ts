import { ConnectionError, Semaphore } from "@hawser/core";
import type { Http1RequestAction } from "@hawser/web/http1";
import type { Dialer } from "../exchange/dialer.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { dnsMediaType, HttpsConnection } from "./connection.ts";

/** Connections to one server: HTTP/1.1 has one question on each at a time, and browsers open six. */
const perServerMax = 6;

/** Connections that a question is put on, when each ends under it. */
const connectionsTried = 3;

/** What is kept for one server. */
interface Server {
  readonly permits: Semaphore;
  /** Those that rest, the one used last at the end. */
  readonly resting: HttpsConnection[];
}

/** How messages are carried (RFC 8484 §4.1): GET can be kept by caches of HTTP, POST is shorter. */
export type DnsHttpsMethod = "GET" | "POST";

/** Messages over HTTPS (RFC 8484), by HTTP/1.1. */
export class HttpsPool {
  readonly #dialer: Dialer;
  readonly #servers = new Map<string, Server>();
  readonly #open = new Set<HttpsConnection>();

  constructor(dialer: Dialer) {
    this.#dialer = dialer;
  }

  /** @throws {ConnectionError}; `signal.reason` */
  async ask(
    place: DnsServerPlace,
    message: Uint8Array,
    method: DnsHttpsMethod,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const server = this.#serverOf(place);
    const request = requestOf(place, message, method);
    using _permit = await server.permits.acquire({ signal });
    for (let tries = 1; ; tries++) {
      const connection = takeUsable(server) ?? (await this.#connect(place, signal));
      const { hasAnswered } = connection;
      try {
        const answer = await connection.ask(request, signal);
        if (connection.isUsable) server.resting.push(connection);
        return answer;
      } catch (error) {
        if (connection.isUsable) server.resting.push(connection);
        const mayBeStale = error instanceof ConnectionError && error.code !== "failed" && hasAnswered;
        if (signal.aborted || !mayBeStale || tries === connectionsTried) throw error;
      }
    }
  }

  abort(reason: Error): void {
    for (const connection of this.#open) connection.abort(reason);
  }

  async #connect(place: DnsServerPlace, signal: AbortSignal): Promise<HttpsConnection> {
    if (this.#dialer.isFull) for (const server of this.#servers.values()) takeUsable(server)?.close();
    const transport = await this.#dialer.dial(place, "http/1.1", signal);
    const connection = new HttpsConnection(transport, this.#dialer.idleTimeoutMs);
    this.#open.add(connection);
    transport.whenClosed(() => this.#open.delete(connection));
    return connection;
  }

  #serverOf({ host, port, serverName = host }: DnsServerPlace): Server {
    const key = `${host} ${port} ${serverName}`;
    let server = this.#servers.get(key);
    if (server === undefined) {
      if (this.#servers.size >= serversMax) this.#servers.clear();
      server = { permits: new Semaphore(perServerMax), resting: [] };
      this.#servers.set(key, server);
    }
    return server;
  }
}

/** Servers that are remembered. */
const serversMax = 256;

function takeUsable({ resting }: Server): HttpsConnection | undefined {
  for (let connection = resting.pop(); connection !== undefined; connection = resting.pop())
    if (connection.isUsable) return connection;
  return undefined;
}

function requestOf(
  { host, port, path = "/dns-query" }: DnsServerPlace,
  message: Uint8Array,
  method: DnsHttpsMethod,
): Http1RequestAction {
  const authority = host.includes(":") ? `[${host}]` : host;
  const common = { type: "request", method, host: port === 443 ? authority : `${authority}:${port}` } as const;
  if (method === "POST")
    return {
      ...common,
      target: path,
      headers: ["accept", dnsMediaType, "content-type", dnsMediaType],
      body: message,
    };
  const mark = path.includes("?") ? "&" : "?";
  const target = `${path}${mark}dns=${Buffer.from(message).toString("base64url")}`;
  return { ...common, target, headers: ["accept", dnsMediaType] };
}
