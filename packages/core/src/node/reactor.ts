import { ConnectionError } from "../errors.ts";
import type { Reactor } from "../reactor.ts";
import { nodeClock } from "./clock.ts";
import { nodeNames } from "./names.ts";
import { nodeNetwork } from "./network.ts";
import { nodeRandom } from "./random.ts";
import { NodeThreads } from "./threads.ts";

/** The reactor of production: libuv's sockets, the machine's time, the operating system's randomness. */
export const nodeReactor: Reactor = {
  kind: "node",
  clock: nodeClock,
  random: nodeRandom,
  network: nodeNetwork(() => nodeReactor),
  names: nodeNames,
  processes: {
    spawn: async (program, options) => (await import("./processes.ts")).spawnChild(nodeReactor, program, options ?? {}),
  },
  threads: new NodeThreads(),
  files: () => {
    throw new ConnectionError("unsupported", "No files yet");
  },
};
