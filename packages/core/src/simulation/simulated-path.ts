import type { Instant } from "../clock.ts";
import type { Datagram } from "../memory/medium.ts";
import { boundsOf, type SimulatedFaults } from "./faults.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Timeline } from "./timeline.ts";
import type { WorldTrace } from "./world-event.ts";

/** Something that waits for a path to be open again. */
export interface PathWaiter {
  healed(): void;
}

/** How much later a datagram comes that others overtake, in its latency's multiples. */
const overtakenFactor = 4;

/** The one-way road from a host to another: what all connections and datagrams between them share. */
export class SimulatedPath {
  readonly waiters: Set<PathWaiter> = new Set();
  readonly #random: SeededRandom;
  readonly #timeline: Timeline;
  readonly #trace: WorldTrace;
  #faults: SimulatedFaults = {};
  #blocked = false;
  #latencyMs: readonly [low: number, high: number] = [1, 1];
  /** When what was sent before has left: bandwidth is shared. */
  #busyUntil: Instant = 0;
  #lastDatagramAt: Instant = 0;

  constructor(random: SeededRandom, timeline: Timeline, trace: WorldTrace) {
    this.#random = random;
    this.#timeline = timeline;
    this.#trace = trace;
  }

  get faults(): SimulatedFaults {
    return this.#faults;
  }

  set faults(faults: SimulatedFaults) {
    this.#faults = faults;
    this.#latencyMs = boundsOf("latencyMs", faults.latencyMs ?? 1, 0);
  }

  /** A partition: nothing gets through. Streams wait for its end, datagrams are lost. */
  get blocked(): boolean {
    return this.#blocked;
  }

  block(): void {
    this.#blocked = true;
  }

  heal(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    for (const waiter of [...this.waiters]) waiter.healed();
  }

  /** The earliest that anything sent now could arrive. */
  get soonest(): Instant {
    return this.#timeline.now + this.#latencyMs[0];
  }

  /** When so many octets arrive that are sent now: they queue for the bandwidth, then travel. */
  arrivalOf(octets: number, random: SeededRandom): Instant {
    const { octetsPerSecond } = this.#faults;
    let departure = this.#timeline.now;
    if (octetsPerSecond !== undefined) {
      departure = Math.max(departure, this.#busyUntil) + (octets / octetsPerSecond) * 1_000;
      this.#busyUntil = departure;
    }
    return departure + random.between(...this.#latencyMs);
  }

  /** Sends a datagram on its way: once, twice, late or never. */
  carry(datagram: Datagram, arrive: () => void): void {
    const { datagramLoss = 0, datagramDuplicates = 0 } = this.#faults;
    if (this.#blocked || this.#random.chance(datagramLoss)) return this.#lose(datagram);
    this.#carryOnce(datagram, arrive);
    if (this.#random.chance(datagramDuplicates)) this.#carryOnce(datagram, arrive);
  }

  #carryOnce(datagram: Datagram, arrive: () => void): void {
    let at = this.arrivalOf(datagram.payload.length, this.#random);
    if (this.#random.chance(this.#faults.datagramReordering ?? 0)) at += this.#latencyMs[1] * overtakenFactor;
    else {
      at = Math.max(at, this.#lastDatagramAt);
      this.#lastDatagramAt = at;
    }
    this.#timeline.at(at, "network", () => {
      this.#trace.add({ type: "datagram", at: this.#timeline.now, ...datagram });
      arrive();
    });
  }

  #lose(datagram: Datagram): void {
    this.#trace.add({ type: "datagram-lost", at: this.#timeline.now, ...datagram });
  }
}
