import type { ConnectOptions } from "../connect.ts";
import type { Endpoint } from "../endpoints/endpoint.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";

/** What a kind of endpoint is given to connect. */
export interface ConnectContext {
  readonly reactor: Reactor;
  readonly options: ConnectOptions;
  /** Aborts when the caller gives up or the time is over. */
  readonly signal: AbortSignal;
  /** Connects to an endpoint that stands inside this one: a proxy's own address. */
  connectInner(endpoint: Endpoint): Promise<Transport>;
}
