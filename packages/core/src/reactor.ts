import type { Clock } from "./clock.ts";
import type { FileTree } from "./files/tree.ts";
import type { Names } from "./names.ts";
import type { Network } from "./network.ts";
import type { Processes } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Threads } from "./threads.ts";

/**
 * Where every effect comes from (DESIGN §3.1). Engines and servers reach time, chance, the network, names, child
 * processes, threads and files through this object and nothing else; so the same program runs on real sockets, in one
 * process's memory, and in a seeded world whose every fault can be replayed.
 */
export interface Reactor {
  /** `node`, `cluster`, `memory`, `simulation`, or a name of your own. */
  readonly kind: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly names: Names;
  readonly processes: Processes;
  readonly threads: Threads;
  /** The tree of files below a folder: the disk's on `node`, a world's own in a `simulation`. */
  files(root: string): FileTree;
}
