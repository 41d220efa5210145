import type { Reactor } from "../reactor.ts";
import { realClock } from "../real/clock.ts";
import { realRandom } from "../real/random.ts";
import { diskTree } from "./disk-tree.ts";
import { nodeNames } from "./names.ts";
import { nodeNetwork } from "./network.ts";
import { NodeThreads } from "./threads.ts";

/** The reactor of production: libuv's sockets, the machine's time, the operating system's randomness. */
export const nodeReactor: Reactor = makeNodeReactor("node");

/** A reactor on the operating system, by another name. What is seldom used is loaded when it is. */
export function makeNodeReactor(kind: string): Reactor {
  const reactor: Reactor = {
    kind,
    clock: realClock,
    random: realRandom,
    network: nodeNetwork(() => reactor),
    names: nodeNames,
    processes: {
      spawn: async (program, options) => (await import("./processes.ts")).spawnChild(reactor, program, options ?? {}),
    },
    threads: new NodeThreads(),
    files: (root) => diskTree(root),
  };
  return reactor;
}
