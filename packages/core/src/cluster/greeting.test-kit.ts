import { listen, type Reactor, type Transport } from "@hawser/core";
import type { ClusterApplication } from "./application.ts";

/** The application of the cluster's tests: says its process id, then echoes until the peer ends. */
export async function start(parameters: { port: number }, reactor: Reactor): Promise<ClusterApplication> {
  const accept = (transport: Transport) => {
    transport.write(`${reactor.kind} ${process.pid}\n`);
    return { data: (chunk: Uint8Array) => void transport.write(chunk), end: () => transport.end(), closed() {} };
  };
  const listener = await listen(`tcp:${parameters.port}`, { accept }, { reactor });
  const { address } = listener;
  return { listening: [`${"port" in address ? address.port : ""}`], stop: (options) => listener.stop(options) };
}
