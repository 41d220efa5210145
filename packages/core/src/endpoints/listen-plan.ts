import type { DatagramSocket } from "../datagram.ts";
import type { ListenOptions } from "../listen.ts";
import type { Port } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * What happens to a connection between the socket and its protocol: a PROXY header is read, TLS is begun. It rejects to
 * refuse the connection.
 */
export type ArrivalStage = (transport: Transport) => Promise<Transport>;

/** How an endpoint will be listened on: nothing has been opened yet. */
export type ListenPlan =
  | {
      readonly type: "streams";
      open(accept: (transport: Transport) => void): Promise<Port>;
      /** In the order in which a connection goes through them. */
      readonly stages: readonly ArrivalStage[];
    }
  | { readonly type: "datagrams"; bind(): Promise<DatagramSocket> };

/** What a kind of endpoint is given to make its {@link ListenPlan}. */
export interface ListenContext {
  readonly reactor: Reactor;
  readonly options: ListenOptions;
  /** The plan of an endpoint that stands inside this one. */
  planInner(endpoint: Endpoint): Promise<ListenPlan>;
}
