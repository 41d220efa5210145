import type { StopOptions } from "../listener.ts";
import type { Reactor } from "../reactor.ts";

/** What runs in every worker of a cluster. */
export interface ClusterApplication {
  /** Where it listens, for people; told once by {@link Cluster.listening}. Default: nowhere. */
  readonly listening?: readonly string[] | undefined;
  /** Accepts no more and lets connections finish. */
  stop(options?: StopOptions): Promise<void>;
}

/** The export `start` of a cluster's module. It runs once in each worker and must listen on the same endpoints in the same order. */
export type ClusterStart = (parameters: never, reactor: Reactor) => Promise<ClusterApplication>;
