import { defaultReactor } from "./default-reactor.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { endpointKindOf } from "./endpoints/kinds.ts";
import { formatEndpoint, toEndpoint } from "./endpoints/parse.ts";
import { ConnectionError } from "./errors.ts";
import { failureAt } from "./failure-words.ts";
import type { StreamConnectOptions } from "./network.ts";
import type { ProxyHeader } from "./proxy-protocol/header.ts";
import type { Reactor } from "./reactor.ts";
import type { TlsClientOptions } from "./security.ts";
import { withDeadline } from "./tasks/deadline.ts";
import type { TraceSink } from "./trace.ts";
import type { Receiver, Transport } from "./transport.ts";
import { TracedTransport } from "./wrappers/traced-transport.ts";

/** How to connect. */
export interface ConnectOptions extends StreamConnectOptions {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** For everything together: names, all attempts, TLS. Default 30,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** How long one address has for itself before the next is tried beside it (RFC 8305 §5). Default 250 ms. */
  readonly attemptDelayMs?: number | undefined;
  /** What a `tls:` endpoint uses beside its own parameters, which go first. */
  readonly tls?: Partial<Omit<TlsClientOptions, "side">> | undefined;
  /** Sent before everything else, so that the server knows for whom we connect (PROXY protocol). */
  readonly proxyHeader?: ProxyHeader | undefined;
  /** Told of everything that is said; `traceToText(console.log)` prints it. */
  readonly trace?: TraceSink | undefined;
}

const timeoutMsDefault = 30_000;

/**
 * Connects to an endpoint: `await connect("tcp:example.org:80", receiver)`. Names are resolved, and all addresses are
 * tried side by side (RFC 8305). Without a receiver nothing is delivered until {@link Transport.start}.
 * @throws {EndpointError} when the text cannot be read
 * @throws {ConnectionError} with the endpoint, and every attempt in its text; `signal.reason` when aborted
 */
export async function connect(
  endpoint: string | Endpoint,
  receiver?: Receiver | undefined,
  options: ConnectOptions = {},
): Promise<Transport> {
  const where = toEndpoint(endpoint);
  const reactor = options.reactor ?? (await defaultReactor());
  const connected = await connectWithin(reactor, where, options);
  const transport = options.trace === undefined ? connected : new TracedTransport(connected, options.trace, "client");
  if (receiver !== undefined) transport.start(receiver);
  return transport;
}

async function connectWithin(reactor: Reactor, where: Endpoint, options: ConnectOptions): Promise<Transport> {
  const { signal, timeoutMs = timeoutMsDefault } = options;
  const begin = (both: AbortSignal) =>
    connectAt(where, { reactor, options, signal: both }).then((transport) => {
      if (both.aborted) transport.abort(); // made in the very tick in which it was given up: nobody would hold it
      return transport;
    });
  try {
    return await withDeadline(reactor.clock, timeoutMs, begin, { signal });
  } catch (error) {
    signal?.throwIfAborted(); // the caller's own reason is never wrapped, not even one that is a ConnectionError
    throw failureAt("connect to", formatEndpoint(where), error);
  }
}

type Attempt = { readonly reactor: Reactor; readonly options: ConnectOptions; readonly signal: AbortSignal };

async function connectAt(where: Endpoint, attempt: Attempt): Promise<Transport> {
  const kind = endpointKindOf(where);
  if (kind.connect === undefined) throw new ConnectionError("unsupported", `${where.type}: is for listening only`);
  return kind.connect(where, { ...attempt, connectInner: (inner) => connectAt(inner, attempt) });
}
