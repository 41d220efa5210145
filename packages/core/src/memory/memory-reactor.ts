import { memoryFiles, type ReactorFiles } from "../files/memory-files.ts";
import type { Processes } from "../processes.ts";
import type { Reactor } from "../reactor.ts";
import { realClock } from "../real/clock.ts";
import { realRandom } from "../real/random.ts";
import type { Threads } from "../threads.ts";
import { Descriptors } from "./descriptors.ts";
import type { Medium } from "./medium.ts";
import { tableNames } from "./table-names.ts";
import { secureOverTls } from "./tls.ts";
import { unsupportedProcesses, unsupportedThreads } from "./unsupported.ts";
import { TurnQueue, TurnWire } from "./wire.ts";
import { WiredNetwork } from "./wired-network.ts";

/** What a {@link memoryReactor} has besides its network, which always stands alone. */
export interface MemoryReactorOptions {
  /** Names beside `localhost` and their addresses, which may be any: this network has them all. */
  readonly names?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Its files: contents by path, or a tree for each root. Default: an empty tree in memory. */
  readonly files?: ReactorFiles | undefined;
  /** Child processes. Default: `unsupported`. */
  readonly processes?: Processes | undefined;
  /** Worker threads. Default: `unsupported`. */
  readonly threads?: Threads | undefined;
}

/**
 * A reactor whose network lies in this process: TCP-like streams, UNIX paths and datagrams with multicast, in real time,
 * with back-pressure and half-close, and with real TLS. Every call makes a network of its own.
 */
export function memoryReactor(options: MemoryReactorOptions = {}): Reactor {
  const reactor: Reactor = {
    kind: "memory",
    clock: realClock,
    random: realRandom,
    get network() {
      return network;
    },
    names: tableNames(new Map(Object.entries(options.names ?? {}))),
    processes: options.processes ?? unsupportedProcesses,
    threads: options.threads ?? unsupportedThreads,
    files: memoryFiles(options.files, () => realClock.wall()),
  };
  const descriptors = new Descriptors();
  const network = new WiredNetwork({ reactor, medium: memoryMedium(), descriptors, secure: secureOverTls });
  return reactor;
}

/** One host that has every address, and arrivals in the next turn. */
function memoryMedium(): Medium {
  const turns = new TurnQueue();
  return {
    route: (network) => ({ network, there: new TurnWire(turns), back: new TurnWire(turns) }),
    localHost: (_network, peer) => (peer.family === "ipv6" ? "::1" : "127.0.0.1"),
    owns: () => true,
    hearers: (network) => [network],
    carry: (_from, _to, _datagram, arrive) => turns.add(arrive),
  };
}
