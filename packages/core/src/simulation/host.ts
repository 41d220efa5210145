import type { Clock } from "../clock.ts";
import { memoryFiles, type ReactorFiles } from "../files/memory-files.ts";
import type { FileTree } from "../files/tree.ts";
import { Descriptors } from "../memory/descriptors.ts";
import type { Medium } from "../memory/medium.ts";
import { unsupportedProcesses, unsupportedThreads } from "../memory/unsupported.ts";
import { WiredNetwork } from "../memory/wired-network.ts";
import type { Names } from "../names.ts";
import type { Processes } from "../processes.ts";
import type { Random } from "../random.ts";
import type { Reactor } from "../reactor.ts";
import type { Threads } from "../threads.ts";
import { plainSecurity } from "./plain-security.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type LookupFaults, simulatedNames } from "./simulated-names.ts";
import type { Timeline } from "./timeline.ts";
import { type ClockSkew, VirtualClock } from "./virtual-clock.ts";

/** How one host of a {@link World} differs from a good one. */
export interface SimulatedHostOptions {
  /** How far this host's wall clock is ahead. Default 0 ms. */
  readonly clockOffsetMs?: number | undefined;
  /** How much faster its clocks run, in millionths. Default 0. */
  readonly clockDriftPpm?: number | undefined;
  /** How many sockets it may hold; at the limit it accepts no more until one is closed. Default: no limit. */
  readonly descriptorsMax?: number | undefined;
  /** Its files: contents by path, or a tree for each root. Default: an empty tree in memory. */
  readonly files?: ReactorFiles | undefined;
}

/** What a world gives to its hosts. */
export interface SimulatedHostPlace {
  readonly name: string;
  /** From 1: decides the addresses. */
  readonly number: number;
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly medium: Medium;
  readonly names: Names;
  readonly lookups: LookupFaults;
}

/** A host of a simulated world: a {@link Reactor} with addresses, a clock and a stream of random numbers of its own. */
export class SimulatedHost implements Reactor {
  readonly kind = "simulation";
  readonly name: string;
  /** Its IPv4 address, `10.0.0.1` for the first host. Other hosts find it by `name`. */
  readonly address: string;
  /** Its IPv6 address, `fd00::1` for the first host (RFC 4193). */
  readonly address6: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: WiredNetwork;
  readonly names: Names;
  readonly processes: Processes = unsupportedProcesses;
  readonly threads: Threads = unsupportedThreads;
  readonly descriptors: Descriptors;
  readonly #files: (root: string) => FileTree;

  constructor(place: SimulatedHostPlace, options: SimulatedHostOptions) {
    this.name = place.name;
    this.address = `10.0.${place.number >> 8}.${place.number & 255}`;
    this.address6 = `fd00::${place.number.toString(16)}`;
    const skew: ClockSkew = { offsetMs: options.clockOffsetMs ?? 0, driftPpm: options.clockDriftPpm ?? 0 };
    this.clock = new VirtualClock(place.timeline, place.name, skew);
    this.random = place.random.fork("application");
    this.names = simulatedNames(place.names, this.clock, place.random.fork("names"), place.lookups);
    this.descriptors = new Descriptors({ max: options.descriptorsMax, remember: true });
    this.#files = memoryFiles(options.files, () => this.clock.wall());
    this.network = new WiredNetwork({
      reactor: this,
      medium: place.medium,
      descriptors: this.descriptors,
      secure: plainSecurity,
    });
  }

  files(root: string): FileTree {
    return this.#files(root);
  }
}
