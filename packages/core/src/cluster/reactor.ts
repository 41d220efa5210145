import { makeNodeReactor } from "../node/reactor.ts";
import type { Reactor } from "../reactor.ts";

/** The reactor of a worker: the `node` reactor, whose listening sockets all workers share. */
export const clusterReactor: Reactor = makeNodeReactor("cluster");
