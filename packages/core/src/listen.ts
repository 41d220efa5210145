import type { DatagramSocket } from "./datagram.ts";
import { defaultReactor } from "./default-reactor.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { endpointKindOf } from "./endpoints/kinds.ts";
import type { ListenPlan } from "./endpoints/listen-plan.ts";
import { formatEndpoint, toEndpoint } from "./endpoints/parse.ts";
import type { ReadCertificates } from "./endpoints/tls-options.ts";
import { ConnectionError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import { failureAt } from "./failure-words.ts";
import type { Listener, ListenerOptions } from "./listener.ts";
import { DatagramListener } from "./listeners/datagram-listener.ts";
import { ListenerGroup } from "./listeners/listener-group.ts";
import { PortListener } from "./listeners/port-listener.ts";
import type { StreamListenOptions } from "./network.ts";
import type { Reactor } from "./reactor.ts";
import type { TlsServerOptions } from "./security.ts";

/** How to listen. */
export interface ListenOptions extends StreamListenOptions, ListenerOptions {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** Stops the listener when aborted, with the usual grace for its connections. */
  readonly signal?: AbortSignal | undefined;
  /** The certificates of `tls:` endpoints, in place of their `cert` and `key`. */
  readonly keyPair?: TlsServerOptions["keyPair"] | undefined;
  /** How the files that `cert` and `key` name are read. Default: PEM from the disk. */
  readonly readCertificates?: ReadCertificates | undefined;
  /** Protocols offered by ALPN where the endpoint says nothing. Default: those of the factory. */
  readonly alpn?: readonly string[] | undefined;
  /** For a TLS handshake. Default 10,000 ms. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/**
 * Serves a factory on an endpoint, or on several: `await listen("tcp:7777", httpServer(root))`.
 * @throws {EndpointError} when the text cannot be read
 * @throws {ConnectionError} `address-in-use`, `not-permitted`, …, with the endpoint in its text
 */
export async function listen(
  endpoint: string | Endpoint | readonly (string | Endpoint)[],
  factory: Factory,
  options: ListenOptions = {},
): Promise<Listener> {
  options.signal?.throwIfAborted();
  const places = (isList(endpoint) ? endpoint : [endpoint]).map(toEndpoint);
  const reactor = options.reactor ?? (await defaultReactor());
  const listeners: Listener[] = [];
  try {
    for (const place of places) listeners.push(await listenAt(place, reactor, factory, options));
    options.signal?.throwIfAborted();
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.stop({ graceMs: 0 })));
    throw error;
  }
  const listener = listeners.length === 1 ? listeners[0]! : new ListenerGroup(listeners);
  if (options.signal !== undefined) stopOnAbort(listener, options.signal);
  return listener;
}

function stopOnAbort(listener: Listener, signal: AbortSignal): void {
  const stop = () => void listener.stop();
  signal.addEventListener("abort", stop, { once: true });
  void listener.stopped.then(() => signal.removeEventListener("abort", stop));
}

async function listenAt(
  place: Endpoint,
  reactor: Reactor,
  factory: Factory,
  options: ListenOptions,
): Promise<Listener> {
  const name = formatEndpoint(place);
  try {
    const own = { ...options, alpn: options.alpn ?? factory.alpn };
    return await openPlan(await planFor(place, reactor, own), reactor, factory, own);
  } catch (error) {
    throw failureAt("listen on", name, error);
  }
}

async function planFor(place: Endpoint, reactor: Reactor, options: ListenOptions): Promise<ListenPlan> {
  const kind = endpointKindOf(place);
  if (kind.listen === undefined) throw new ConnectionError("unsupported", `${kind.type}: is for connecting only`);
  return kind.listen(place, { reactor, options, planInner: (inner) => planFor(inner, reactor, options) });
}

function openPlan(plan: ListenPlan, reactor: Reactor, factory: Factory, options: ListenOptions): Promise<Listener> {
  if (plan.type === "datagrams") {
    if (factory.bind === undefined) throw cannotSpeak("datagrams", "streams");
    return new DatagramListener(reactor, factory).open(() => plan.bind() as Promise<DatagramSocket>);
  }
  if (factory.accept === undefined) throw cannotSpeak("streams", "datagrams");
  return new PortListener(reactor, factory, options).open(plan.open, plan.stages);
}

function cannotSpeak(needed: string, spoken: string): ConnectionError {
  return new ConnectionError("unsupported", `the endpoint carries ${needed}, this server speaks over ${spoken}`);
}

function isList(
  endpoint: string | Endpoint | readonly (string | Endpoint)[],
): endpoint is readonly (string | Endpoint)[] {
  return Array.isArray(endpoint);
}
