/**
 * The reactor kind `cluster`: the same application on every core.
 *
 * @packageDocumentation
 */
export type { ClusterApplication, ClusterStart } from "./application.ts";
export { clusterReactor } from "./reactor.ts";
export { type Cluster, type ClusterEvent, type ClusterOptions, startCluster } from "./supervisor.ts";
