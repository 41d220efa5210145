import {
  ConnectionError,
  type ConnectionErrorCode,
  ipAddress,
  parseIp,
  quote,
  type Reactor,
  Semaphore,
  StateError,
  type TlsClientOptions,
} from "@hawser/core";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { DnsOpcode } from "../words.ts";
import { type ClientCounts, type DnsClientCounters, newCounts } from "./exchange/counters.ts";
import { askByDatagrams } from "./exchange/datagrams.ts";
import { Dialer, type DnsLocalHosts, localHostFor } from "./exchange/dialer.ts";
import type { DatagramOutcome } from "./exchange/machine.ts";
import { cookieOf } from "./exchange/read-answer.ts";
import { saySame } from "./exchange/say-same.ts";
import { ServerMemory } from "./exchange/server-memory.ts";
import { StreamPool } from "./exchange/stream-pool.ts";
import { askByStream } from "./exchange/streams.ts";
import type { DnsExchangeOptions, DnsExchanger, DnsServerPlace } from "./exchanger.ts";
import type { askByHttps } from "./https/ask.ts";
import type { HttpsPool } from "./https/pool.ts";
import { LimitedWork } from "./limited-work.ts";
import {
  connectionsMaxDefault,
  exchangeTimeoutMsDefault,
  idleTimeoutMsDefault,
  questionsMaxDefault,
  questionsWaitingMax,
} from "./limits.ts";
import { formatDnsServer } from "./server-place.ts";

/** How a client asks. */
export interface DnsClientOptions {
  /** Questions under way at once; more wait in line. Default 256. */
  readonly questionsMax?: number | undefined;
  /** Connections open at once. Default 32. */
  readonly connectionsMax?: number | undefined;
  /** How long a connection stays open without a question, unless its server says less. Default 5,000 ms. */
  readonly idleTimeoutMs?: number | undefined;
  /** DNS cookies, over UDP and TCP (RFC 7873). Default true. */
  readonly cookies?: boolean | undefined;
  /** Names are put in letters of drawn case, which the answer must repeat ("0x20"). Default true. */
  readonly mixedCase?: boolean | undefined;
  /** Addresses of this machine to ask from. Default: as the system chooses. */
  readonly localHosts?: DnsLocalHosts | undefined;
  /** How questions are carried over HTTPS (RFC 8484 §4.1): GET can be kept by caches of HTTP. Default `POST`. */
  readonly httpsMethod?: "GET" | "POST" | undefined;
  /**
   * For TLS and HTTPS: whom to trust. Certificates are verified for the name of the server (RFC 8310 §5.1), unless `verify`
   * is false.
   */
  readonly tls?: Partial<Omit<TlsClientOptions, "side" | "serverName">> | undefined;
}

/**
 * Asks servers over UDP, TCP, TLS and HTTPS: with a port, an id and a spelling that are drawn for each question, cookies, EDNS, and
 * repetitions; over TCP when an answer was cut or could be another's. Connections are used again by those who ask the same
 * server.
 *
 * ```ts no-run
 * await using client = new DnsClient(reactor);
 * const question = { name: parseDomainName("example.org"), type: "MX", class: DnsClass.in } as const;
 * const answer = await client.exchange({ recursionDesired: true, questions: [question] }, parseDnsServer("192.0.2.53"));
 * ```
 */
export class DnsClient implements DnsExchanger, AsyncDisposable {
  readonly #reactor: Reactor;
  readonly #options: DnsClientOptions;
  readonly #counts: ClientCounts = newCounts();
  readonly #memory: ServerMemory;
  readonly #dialer: Dialer;
  readonly #pool: StreamPool;
  #https: Promise<HttpsAsking> | undefined;
  readonly #questions: Semaphore;
  readonly #work: LimitedWork;
  #isClosed = false;

  constructor(reactor: Reactor, options: DnsClientOptions = {}) {
    const { questionsMax = questionsMaxDefault, connectionsMax = connectionsMaxDefault, tls = {} } = options;
    const { idleTimeoutMs = idleTimeoutMsDefault, localHosts = {} } = options;
    this.#reactor = reactor;
    this.#options = options;
    this.#memory = new ServerMemory(reactor.random);
    this.#dialer = new Dialer(reactor, { connectionsMax, idleTimeoutMs, localHosts, tls }, this.#counts);
    this.#pool = new StreamPool(this.#dialer);
    this.#work = new LimitedWork(reactor.clock);
    this.#questions = new Semaphore(questionsMax, { waitingMax: questionsWaitingMax });
  }

  /** What was done and seen so far. */
  get counters(): DnsClientCounters {
    return { ...this.#counts };
  }

  async exchange(
    message: DnsMessageInit,
    server: DnsServerPlace,
    options: DnsExchangeOptions = {},
  ): Promise<DnsMessage> {
    if (this.#isClosed) throw closed();
    const { signal, timeoutMs = exchangeTimeoutMsDefault } = options;
    const timedOut = (): Error => failureOf(server, "timed-out", `no answer within ${timeoutMs} ms`);
    const ask = (both: AbortSignal): Promise<DnsMessage> =>
      this.#questions.run(() => this.#ask(message, server, options, both), { signal: both });
    return this.#work.run({ timeoutMs, signal, timedOut }, async (both) => {
      try {
        return await ask(both);
      } catch (error) {
        throw error instanceof ConnectionError ? failureOf(server, error.code, error.message, error) : error;
      }
    });
  }

  /** Gives up what is under way, and closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#work.abort(closed());
    this.#pool.abort(closed());
    (await this.#https?.catch(() => undefined))?.pool.abort(closed());
  }

  #ask(
    message: DnsMessageInit,
    place: DnsServerPlace,
    options: DnsExchangeOptions,
    signal: AbortSignal,
  ): Promise<DnsMessage> {
    this.#counts.questions++;
    switch (place.transport) {
      case "udp":
        return this.#askByDatagrams(message, place, options, signal);
      case "tcp":
      case "tls":
        return this.#askByStream(message, place, options, signal, false);
      case "https":
        return this.#askByHttps(message, place, options, signal);
      default:
        return place.transport satisfies never;
    }
  }

  async #askByDatagrams(
    message: DnsMessageInit,
    place: DnsServerPlace,
    options: DnsExchangeOptions,
    signal: AbortSignal,
  ): Promise<DnsMessage> {
    const outcome = await this.#datagramOutcome(message, place, options, signal, false);
    if (outcome.type === "answer") return outcome.message;
    if (outcome.type === "failed") throw outcome.error;
    this.#counts.streamRetries++;
    try {
      return await this.#askByStream(message, { ...place, transport: "tcp" }, options, signal, true);
    } catch (error) {
      signal.throwIfAborted();
      const isDoubtful = ["guesses", "no-cookie", "respelled"].includes(outcome.reason);
      if (!isDoubtful || !(error instanceof ConnectionError)) throw error;
      return this.#askTwice(message, place, options, signal, error);
    }
  }

  /**
   * Without a connection two more answers decide, each to another port and id: whoever guessed once does not guess three
   * times. So even servers can be asked that change letters and speak no TCP, as there are in old routers.
   */
  async #askTwice(
    message: DnsMessageInit,
    place: DnsServerPlace,
    options: DnsExchangeOptions,
    signal: AbortSignal,
    error: ConnectionError,
  ): Promise<DnsMessage> {
    const ask = (): Promise<DatagramOutcome> => this.#datagramOutcome(message, place, options, signal, true);
    const [one, other] = await Promise.all([ask(), ask()]);
    if (one.type !== "answer" || other.type !== "answer" || !saySame(one.message, other.message)) throw error;
    const server = this.#memory.of(place.host, place.port);
    if (one.isRespelled && other.isRespelled) server.learnFolding(this.#reactor.clock.now());
    if (carriesNoCookie(one.message) && carriesNoCookie(other.message)) server.forgetCookie();
    return one.message;
  }

  #datagramOutcome(
    message: DnsMessageInit,
    place: DnsServerPlace,
    { edns, keepTruncated, tsigKey, mixedCase: wanted = true }: DnsExchangeOptions,
    signal: AbortSignal,
    trusting: boolean,
  ): Promise<DatagramOutcome> {
    if (parseIp(place.host) === undefined)
      throw new RangeError(`Cannot ask ${quote(place.host)} over UDP: it is no address`);
    const { cookies = true, mixedCase = true, localHosts = {} } = this.#options;
    const server = this.#memory.of(place.host, place.port);
    const options = {
      localHost: localHostFor(place.host, localHosts),
      ...{ edns, keepTruncated, tsigKey, server, cookies, trusting },
      mixedCase: mixedCase && wanted,
      random: this.#reactor.random,
      counts: this.#counts,
    };
    return askByDatagrams(this.#reactor, ipAddress(place.host, place.port), message, options, signal);
  }

  #askByStream(
    message: DnsMessageInit,
    place: DnsServerPlace,
    { edns, tsigKey, mixedCase: wanted = true }: DnsExchangeOptions,
    signal: AbortSignal,
    isRetry: boolean,
  ): Promise<DnsMessage> {
    const { cookies = true, mixedCase = true } = this.#options;
    const isQuery = (message.opcode ?? DnsOpcode.query) === DnsOpcode.query;
    const options = {
      ...{ edns, tsigKey, cookies, reactor: this.#reactor },
      server: this.#memory.of(place.host, place.port),
      mixedCase: isRetry && isQuery && mixedCase && wanted,
    };
    return askByStream(this.#pool, place, message, options, signal);
  }

  async #askByHttps(
    message: DnsMessageInit,
    place: DnsServerPlace,
    { edns, tsigKey }: DnsExchangeOptions,
    signal: AbortSignal,
  ): Promise<DnsMessage> {
    this.#https ??= loadHttps(this.#dialer);
    const { ask, pool } = await this.#https;
    const server = this.#memory.of(place.host, place.port);
    const { httpsMethod: method = "POST" } = this.#options;
    const options = { edns, tsigKey, server, method, reactor: this.#reactor, cookies: false, mixedCase: false };
    return ask(pool, place, message, options, signal);
  }
}

/** HTTP is in a package of its own, which only those install who ask over it. */
interface HttpsAsking {
  readonly pool: HttpsPool;
  readonly ask: typeof askByHttps;
}

async function loadHttps(dialer: Dialer): Promise<HttpsAsking> {
  try {
    const [{ askByHttps: ask }, { HttpsPool: Pool }] = await Promise.all([
      import("./https/ask.ts"),
      import("./https/pool.ts"),
    ]);
    return { ask, pool: new Pool(dialer) };
  } catch (cause) {
    throw new ConnectionError("unsupported", "DNS over HTTPS needs the package @hawser/web", { cause });
  }
}

function carriesNoCookie(message: DnsMessage): boolean {
  return cookieOf(message) === undefined;
}

function closed(): StateError {
  return new StateError("Cannot ask: the DNS client is closed");
}

/** Says whom the network's fault was met with. */
function failureOf(server: DnsServerPlace, code: ConnectionErrorCode, reason: string, cause?: Error): ConnectionError {
  const endpoint = formatDnsServer(server);
  return new ConnectionError(code, `Cannot ask ${endpoint}: ${reason}`, { cause, endpoint });
}
