import type { Instant } from "../clock.ts";
import type { ConnectOptions } from "../connect.ts";
import type { Connection } from "../connection.ts";
import { connectTo } from "../connection.ts";
import { defaultReactor } from "../default-reactor.ts";
import type { Endpoint } from "../endpoints/endpoint.ts";
import { ConnectionError } from "../errors.ts";
import { reportFault } from "../faults.ts";
import type { Reactor } from "../reactor.ts";
import { type Cancellable, onAbort } from "../tasks/abort.ts";
import { type BackoffOptions, backoff } from "../tasks/backoff.ts";
import { type Deferred, deferred } from "../tasks/deferred.ts";

/** What can be kept connected: it tells when it is gone, and can be let go. {@link Connection} and clients can. */
export interface KeptClient extends AsyncDisposable {
  /** Settles when the connection is gone. */
  readonly closed: Promise<unknown>;
}

/** Where a {@link ClientService} stands. */
export type ClientServiceState<Client> =
  | { readonly name: "connecting"; readonly attempt: number }
  | { readonly name: "connected"; readonly client: Client }
  | { readonly name: "waiting"; readonly until: Instant; readonly error: unknown }
  | { readonly name: "stopped" };

/** How a connection is kept. */
export interface KeepConnectedOptions<Client> extends Cancellable {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** How waits grow after failures. */
  readonly backoff?: Omit<BackoffOptions, "random"> | undefined;
  /** A connection that lived so long was a good one: the next wait begins small again. Default 30,000 ms. */
  readonly stableAfterMs?: number | undefined;
  /** Runs with each new connection. When it throws, the connection is closed and made again; when it returns, nothing. */
  readonly connected?: ((client: Client, signal: AbortSignal) => void | Promise<void>) | undefined;
  /** Told of every change. */
  readonly onState?: ((state: ClientServiceState<Client>) => void) | undefined;
}

const stableAfterMsDefault = 30_000;

/** Makes one connection. The signal aborts when the service stops. */
export type DialClient<Client> = (options: {
  readonly reactor: Reactor;
  readonly signal: AbortSignal;
}) => Promise<Client>;

/**
 * Connects, and connects again whenever the connection is lost or cannot be made, with waits that grow (Twisted's
 * ClientService). `keepConnected("tcp:example.org:79")`, or any client:
 * `keepConnected((options) => connectImap(where, options))`. A connection to an endpoint must be read: one in which
 * something lies unread counts as alive although its peer has ended.
 */
export function keepConnected(
  endpoint: string | Endpoint,
  options?: KeepConnectedOptions<Connection> & Pick<ConnectOptions, "tls" | "timeoutMs">,
): ClientService<Connection>;
export function keepConnected<Client extends KeptClient>(
  dial: DialClient<Client>,
  options?: KeepConnectedOptions<Client>,
): ClientService<Client>;
export function keepConnected<Client extends KeptClient>(
  where: string | Endpoint | DialClient<Client>,
  options: KeepConnectedOptions<Client> & Pick<ConnectOptions, "tls" | "timeoutMs"> = {},
): ClientService<Client> {
  if (typeof where === "function") return new ClientService(where, options);
  const { tls, timeoutMs } = options;
  const dial = (given: ConnectOptions) => connectTo(where, { ...given, tls, timeoutMs });
  return new ClientService(dial as unknown as DialClient<Client>, options);
}

/** A connection that comes back. It begins at once, and ends with {@link stop}. */
export class ClientService<Client extends KeptClient> implements AsyncDisposable {
  readonly #dial: DialClient<Client>;
  readonly #options: KeepConnectedOptions<Client>;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #state: ClientServiceState<Client> = { name: "connecting", attempt: 1 };
  #next: Deferred<Client> = newDeferred();

  constructor(dial: DialClient<Client>, options: KeepConnectedOptions<Client> = {}) {
    this.#dial = dial;
    this.#options = options;
    const stopListening = onAbort(options.signal, () => void this.stop());
    if (options.signal?.aborted) this.#stopping.abort(stopped());
    this.#running = this.#run().finally(stopListening);
  }

  /** Where it stands now. */
  get state(): ClientServiceState<Client> {
    return this.#state;
  }

  /** The present connection; `undefined` when there is none. */
  get client(): Client | undefined {
    return this.#state.name === "connected" ? this.#state.client : undefined;
  }

  /**
   * The present connection, or the next one.
   * @throws {ConnectionError} `aborted` when the service is stopped first; `signal.reason`
   */
  async whenConnected({ signal }: Cancellable = {}): Promise<Client> {
    signal?.throwIfAborted();
    if (this.#state.name === "connected") return this.#state.client;
    const aborted = deferred<never>();
    const stopListening = onAbort(signal, () => aborted.reject(signal!.reason));
    try {
      return await Promise.race([this.#next.promise, aborted.promise]);
    } finally {
      stopListening();
    }
  }

  /** Lets the connection go, gracefully, and makes no more. Safe to repeat. */
  stop(): Promise<void> {
    this.#stopping.abort(stopped());
    return this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const reactor = this.#options.reactor ?? (await defaultReactor());
    const { signal } = this.#stopping;
    const newWaits = () => backoff({ ...this.#options.backoff, random: reactor.random });
    let waits = newWaits();
    for (let attempt = 1; !signal.aborted; attempt++) {
      this.#become({ name: "connecting", attempt });
      const began = reactor.clock.now();
      const error = await this.#liveOnce(reactor, signal);
      if (signal.aborted) break;
      if (reactor.clock.now() - began >= (this.#options.stableAfterMs ?? stableAfterMsDefault)) {
        waits = newWaits();
        attempt = 0;
      }
      const waitMs = waits.next().value;
      this.#become({ name: "waiting", until: reactor.clock.now() + waitMs, error });
      await reactor.clock.sleep(waitMs, { signal }).catch(() => {});
    }
    this.#become({ name: "stopped" });
    this.#next.reject(stopped());
  }

  /** One connection, from the attempt to its end. @returns why it ended */
  async #liveOnce(reactor: Reactor, signal: AbortSignal): Promise<unknown> {
    let client: Client;
    try {
      client = await this.#dial({ reactor, signal });
    } catch (error) {
      return error;
    }
    this.#become({ name: "connected", client });
    this.#next.resolve(client);
    this.#next = newDeferred();
    const error = await this.#untilClosed(client, signal);
    try {
      await client[Symbol.asyncDispose]();
    } catch (late) {
      return error ?? late; // a farewell on a lost connection may fail, and ends the service no more than the loss
    }
    return error;
  }

  async #untilClosed(client: Client, signal: AbortSignal): Promise<unknown> {
    const over = deferred<unknown>();
    const stopListening = onAbort(signal, () => over.resolve(undefined));
    if (signal.aborted) over.resolve(undefined);
    client.closed.then(over.resolve, over.resolve);
    this.#connected(client, signal).catch(over.resolve);
    try {
      return await over.promise;
    } finally {
      stopListening();
    }
  }

  async #connected(client: Client, signal: AbortSignal): Promise<void> {
    await this.#options.connected?.(client, signal);
  }

  #become(state: ClientServiceState<Client>): void {
    this.#state = state;
    try {
      this.#options.onState?.(state);
    } catch (error) {
      reportFault(error, "keepConnected onState");
    }
  }
}

/** A promise that nobody need wait for. */
function newDeferred<Value>(): Deferred<Value> {
  const made = deferred<Value>();
  made.promise.catch(() => {});
  return made;
}

function stopped(): ConnectionError {
  return new ConnectionError("aborted", "The client service was stopped");
}
