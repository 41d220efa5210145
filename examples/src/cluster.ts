// The same site on every core: kill a worker, and another takes its place.      node examples/dist/cluster.js
import cluster from "node:cluster";
import { formatAddress, listen, type Reactor } from "@hawser/core";
import { type ClusterApplication, startCluster } from "@hawser/core/cluster";
import { httpServer, text } from "@hawser/web";

/** What each worker runs. */
export async function start(endpoint: string, reactor: Reactor): Promise<ClusterApplication> {
  const site = httpServer(() => text(`Process ${process.pid}\n`));
  const listener = await listen(endpoint, site, { reactor });
  return { listening: [formatAddress(listener.address)], stop: (options) => listener.stop(options) };
}

if (cluster.isPrimary) {
  const workers = await startCluster({
    application: new URL(import.meta.url),
    parameters: process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  });
  console.log(`listening on http://${workers.listening[0]}/`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void workers.stop());
}
