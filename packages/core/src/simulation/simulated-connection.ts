import { type Address, formatAddress } from "../address.ts";
import type { ConnectionSide } from "../memory/medium.ts";
import type { WireSegment } from "../memory/wire.ts";
import type { WireLink } from "../memory/wire-link.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedPath } from "./simulated-path.ts";
import { SimulatedWire } from "./simulated-wire.ts";
import type { Timeline } from "./timeline.ts";
import type { WorldTrace } from "./world-event.ts";

export interface SimulatedConnectionOptions {
  readonly number: number;
  readonly client: Address;
  readonly server: Address;
  /** The path from the client to the server, and the one back. */
  readonly there: SimulatedPath;
  readonly back: SimulatedPath;
  readonly random: SeededRandom;
  readonly timeline: Timeline;
  readonly trace: WorldTrace;
  /** How long TCP repeats itself before it gives a connection up. */
  readonly giveUpMs: number;
}

/** A connection between two simulated hosts: its wires, and what befell it. */
export class SimulatedConnection {
  readonly options: SimulatedConnectionOptions;
  readonly there: SimulatedWire;
  readonly back: SimulatedWire;
  readonly links: Partial<Record<ConnectionSide, WireLink>> = {};
  /** Both sides were reset by the network: what is sent now goes nowhere. */
  broken = false;
  #vanished = false;
  #swallowed = false;

  constructor(options: SimulatedConnectionOptions) {
    this.options = options;
    this.there = new SimulatedWire(this, "client", options.there, options.timeline);
    this.back = new SimulatedWire(this, "server", options.back, options.timeline);
  }

  get giveUpMs(): number {
    return this.options.giveUpMs;
  }

  /** True when nothing that either side sends is ever heard. */
  get silent(): boolean {
    return this.#swallowed || this.#vanished;
  }

  pathBack(from: ConnectionSide): SimulatedPath {
    return from === "client" ? this.options.back : this.options.there;
  }

  /** Answers the client's `open` with a reset. */
  refuse(): void {
    this.back.reset();
  }

  /** Never answers. */
  swallow(): void {
    this.#swallowed = true;
  }

  /** Resets both sides, as a box in the middle does. */
  break(): void {
    this.broken = true;
    this.there.reset();
    this.back.reset();
  }

  /** One side goes without a word; the other learns of it only when it sends. */
  vanish(side: ConnectionSide): void {
    this.#vanished = true;
    this.links[side]?.vanish();
  }

  /** This side has heard nothing for too long. */
  giveUp(side: ConnectionSide): void {
    const { trace, timeline, number } = this.options;
    if (this.links[side]?.gone) return;
    trace.add({ type: "timed-out", at: timeline.now, connection: number, side });
    const toSide = side === "client" ? this.back : this.there;
    toSide.receiver({ type: "lost", code: "timed-out" });
  }

  /** Records what arrived. */
  note(segment: WireSegment, from: ConnectionSide): void {
    const { trace, timeline, number, client, server } = this.options;
    const moment = { at: timeline.now, connection: number };
    switch (segment.type) {
      case "open":
        return trace.add({ type: "connect", ...moment, client, server });
      case "opened":
        return trace.add({ type: "accept", ...moment });
      case "octets":
        return trace.add({ type: "octets", ...moment, from, chunk: segment.chunk });
      case "end":
        return trace.add({ type: "end", ...moment, from });
      case "lost":
        return trace.add({ type: "reset", ...moment, from });
      default:
    }
  }

  describe(): string {
    const { number, client, server } = this.options;
    const side = (name: ConnectionSide) => `${name} ${this.links[name]?.describe() ?? "not connected"}`;
    return `connection ${number}, ${formatAddress(client)} to ${formatAddress(server)}: ${side("client")}; ${side("server")}`;
  }
}
