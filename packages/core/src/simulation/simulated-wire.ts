import type { Instant } from "../clock.ts";
import type { ConnectionSide } from "../memory/medium.ts";
import type { Wire, WireSegment } from "../memory/wire.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedConnection } from "./simulated-connection.ts";
import type { PathWaiter, SimulatedPath } from "./simulated-path.ts";
import type { Happening, Timeline } from "./timeline.ts";

/** A segment of octets under way, to which later writes may be joined. */
interface Flight {
  readonly chunks: Uint8Array[];
  readonly arrival: Instant;
}

/** Where cuts hurt most is near the edges: one in so many is at most this long. */
const shortCut = { chance: 0.25, octetsMax: 8 } as const;

const joinChance = 0.5;

/** One direction of a simulated connection: in order, and reliable until it breaks, as TCP is over a bad network. */
export class SimulatedWire implements Wire, PathWaiter {
  receiver: (segment: WireSegment) => void = () => {};
  readonly #connection: SimulatedConnection;
  readonly #from: ConnectionSide;
  readonly #path: SimulatedPath;
  readonly #timeline: Timeline;
  /** Its own, so that what one connection does changes nothing that befalls another. */
  readonly #random: SeededRandom;
  #carriedOctets = 0;
  #lastArrival: Instant = 0;
  #readUntil: Instant = 0;
  #flight: Flight | undefined;
  /** What a partition holds back; TCP would repeat it until an answer comes. */
  #held: WireSegment[] = [];
  #giveUp: Happening | undefined;

  constructor(connection: SimulatedConnection, from: ConnectionSide, path: SimulatedPath, timeline: Timeline) {
    this.#random = connection.options.random.fork(from);
    this.#connection = connection;
    this.#from = from;
    this.#path = path;
    this.#timeline = timeline;
  }

  cut(octets: number): number {
    const { cuts = false, resetAfterOctets = Number.POSITIVE_INFINITY } = this.#path.faults;
    const left = resetAfterOctets - this.#carriedOctets;
    return Math.min(left > 0 ? left : octets, this.#randomCut(octets, cuts));
  }

  send(segment: WireSegment): void {
    const { broken, silent } = this.#connection;
    if (broken) return;
    if (silent || this.#path.blocked || this.#pathBack.blocked) this.#expectAnswer(segment);
    if (silent) return;
    if (this.#path.blocked) this.#hold(segment);
    else if (segment.type === "open") this.#sendOpen(segment);
    else if (segment.type === "octets") this.#sendOctets(segment.chunk);
    else this.#fly(segment, 0);
  }

  /** The path, or the one back, is open again. */
  healed(): void {
    if (this.#path.blocked) return;
    const held = this.#held;
    this.#held = [];
    for (const segment of held) this.send(segment);
    if (!this.#pathBack.blocked && !this.#connection.silent) this.#stopWaiting();
  }

  /** Lets the other side know that the connection is lost, after what is under way. */
  reset(): void {
    this.#held = [];
    this.#stopWaiting();
    this.#fly({ type: "lost", code: "reset" }, 0);
  }

  #sendOpen(segment: WireSegment): void {
    const { refusals = 0, blackHoles = 0 } = this.#path.faults;
    if (this.#random.chance(refusals)) return this.#connection.refuse();
    if (this.#random.chance(blackHoles)) {
      this.#connection.swallow();
      return this.#expectAnswer(segment);
    }
    this.#fly(segment, 0);
  }

  #sendOctets(chunk: Uint8Array): void {
    const { resets = 0, resetAfterOctets, cuts = false } = this.#path.faults;
    if (this.#random.chance(resets)) return this.#connection.break();
    this.#carriedOctets += chunk.length;
    if (cuts !== true || !this.#joins(chunk)) this.#flyOctets(chunk);
    if (resetAfterOctets !== undefined && this.#carriedOctets >= resetAfterOctets) this.#connection.break();
  }

  /** Adds octets to what is under way, when they could have travelled with it. */
  #joins(chunk: Uint8Array): boolean {
    const flight = this.#flight;
    if (flight === undefined || flight.arrival < this.#path.soonest || !this.#random.chance(joinChance)) return false;
    flight.chunks.push(chunk);
    return true;
  }

  #flyOctets(chunk: Uint8Array): void {
    const flight: Flight = { chunks: [chunk], arrival: this.#arrivalOf(chunk.length) };
    this.#flight = flight;
    this.#timeline.at(flight.arrival, "network", () => {
      if (this.#flight === flight) this.#flight = undefined;
      this.#arrive({ type: "octets", chunk: flight.chunks.length === 1 ? chunk : Buffer.concat(flight.chunks) });
    });
  }

  #fly(segment: WireSegment, octets: number): void {
    if (segment.type !== "credit") this.#flight = undefined;
    this.#timeline.at(this.#arrivalOf(octets), "network", () => this.#arrive(segment));
  }

  /** In order: never before what was sent earlier; and as slowly as the other program reads. */
  #arrivalOf(octets: number): Instant {
    const { readOctetsPerSecond } = this.#path.faults;
    let arrival = Math.max(this.#lastArrival, this.#path.arrivalOf(octets, this.#random));
    if (readOctetsPerSecond !== undefined && octets > 0) {
      arrival = Math.max(arrival, this.#readUntil) + (octets / readOctetsPerSecond) * 1_000;
      this.#readUntil = arrival;
    }
    this.#lastArrival = arrival;
    return arrival;
  }

  #arrive(segment: WireSegment): void {
    if (this.#connection.silent) return;
    this.#connection.note(segment, this.#from);
    this.receiver(segment);
  }

  #randomCut(octets: number, cuts: boolean | "each-octet"): number {
    if (cuts === "each-octet") return 1;
    if (!cuts) return octets;
    const longest = this.#random.chance(shortCut.chance) ? Math.min(octets, shortCut.octetsMax) : octets;
    return this.#random.integer(1, longest + 1);
  }

  #hold(segment: WireSegment): void {
    this.#held.push(segment);
    this.#waitForPaths();
  }

  /** What was sent needs an answer that may not come: gives the connection up when it stays away too long. */
  #expectAnswer(segment: WireSegment): void {
    if (this.#giveUp !== undefined || segment.type === "credit" || segment.type === "lost") return;
    this.#waitForPaths();
    this.#giveUp = this.#timeline.after(this.#connection.giveUpMs, "idle", () => {
      this.#held = [];
      this.#stopWaiting();
      this.#connection.giveUp(this.#from);
    });
  }

  #waitForPaths(): void {
    this.#path.waiters.add(this);
    this.#pathBack.waiters.add(this);
  }

  #stopWaiting(): void {
    this.#path.waiters.delete(this);
    this.#pathBack.waiters.delete(this);
    if (this.#giveUp !== undefined) this.#timeline.cancel(this.#giveUp);
    this.#giveUp = undefined;
  }

  get #pathBack(): SimulatedPath {
    return this.#connection.pathBack(this.#from);
  }
}
