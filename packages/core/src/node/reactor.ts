import { ConnectionError } from "../errors.ts";
import type { Reactor } from "../reactor.ts";
import { nodeClock } from "./clock.ts";
import { diskTree } from "./disk-tree.ts";
import { nodeNames } from "./names.ts";
import { nodeNetwork } from "./network.ts";
import { nodeRandom } from "./random.ts";

/** The reactor of production: libuv's sockets, the machine's time, the operating system's randomness. */
export const nodeReactor: Reactor = {
  kind: "node",
  clock: nodeClock,
  random: nodeRandom,
  network: nodeNetwork(() => nodeReactor),
  names: nodeNames,
  processes: { spawn: () => unsupported() },
  threads: { run: () => unsupported(), close: async () => {} },
  files: (root) => diskTree(root),
};

function unsupported(): Promise<never> {
  return Promise.reject(new ConnectionError("unsupported", "Not supported"));
}
