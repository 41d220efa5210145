import type { ConnectContext } from "../connecting/context.ts";
import type { Transport } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointField } from "./fields.ts";
import type { ListenContext, ListenPlan } from "./listen-plan.ts";

/** What every endpoint object has. */
export interface EndpointShape {
  readonly type: string;
}

/** The text of an endpoint, taken apart, for the kind that understands it. */
export interface EndpointSource {
  readonly text: string;
  /** Where the part after `type:` or `type://` begins. */
  readonly start: number;
  readonly isUrl: boolean;
  readonly fields: readonly EndpointField[];
  /** Reads another endpoint that stands inside this one, from an offset to the end of the text. */
  parseInner(offset: number): Endpoint;
}

/**
 * A prefix that endpoints may begin with: how it is spelled, and how to listen on it and connect to it.
 *
 * A kind that cannot listen, or cannot connect, leaves the method out.
 */
export interface EndpointKind<E extends EndpointShape = EndpointShape> {
  readonly type: E["type"];
  /** @throws {EndpointError} */
  read(source: EndpointSource): E;
  /** The canonical text, which {@link read} gives back. */
  write(endpoint: E, formatInner: (endpoint: Endpoint) => string): string;
  listen?(endpoint: E, context: ListenContext): ListenPlan | Promise<ListenPlan>;
  connect?(endpoint: E, context: ConnectContext): Promise<Transport>;
}
