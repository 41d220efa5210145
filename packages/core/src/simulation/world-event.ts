import type { Address, IpAddress } from "../address.ts";
import type { Instant } from "../clock.ts";
import type { ConnectionSide } from "../memory/medium.ts";

/** Something that happened on the network of a world, when it arrived. Connections are numbered from 1. */
export type WorldEvent =
  | {
      readonly type: "connect";
      readonly at: Instant;
      readonly connection: number;
      readonly client: Address;
      readonly server: Address;
    }
  | { readonly type: "accept"; readonly at: Instant; readonly connection: number }
  | {
      readonly type: "octets";
      readonly at: Instant;
      readonly connection: number;
      readonly from: ConnectionSide;
      readonly chunk: Uint8Array;
    }
  | { readonly type: "end"; readonly at: Instant; readonly connection: number; readonly from: ConnectionSide }
  | { readonly type: "reset"; readonly at: Instant; readonly connection: number; readonly from: ConnectionSide }
  /** This side heard nothing for so long that it gave the connection up. */
  | { readonly type: "timed-out"; readonly at: Instant; readonly connection: number; readonly side: ConnectionSide }
  | {
      readonly type: "datagram" | "datagram-lost";
      readonly at: Instant;
      readonly from: IpAddress;
      readonly to: IpAddress;
      readonly payload: Uint8Array;
    }
  /** The script changed the world: a partition, a heal, other faults. */
  | { readonly type: "note"; readonly at: Instant; readonly text: string };

/** How many octets of content a trace keeps before it stops recording. */
const traceOctetsDefault = 16_777_216;

/** What happened in a world, in order. */
export class WorldTrace {
  readonly #events: WorldEvent[] = [];
  readonly #octetsMax: number;
  #octets = 0;

  constructor(octetsMax: number = traceOctetsDefault) {
    this.#octetsMax = octetsMax;
  }

  get events(): readonly WorldEvent[] {
    return this.#events;
  }

  /** True when the limit was reached: what came later is not here. */
  get cutShort(): boolean {
    return this.#octets > this.#octetsMax;
  }

  add(event: WorldEvent): void {
    if (this.cutShort) return;
    this.#octets += eventOverheadOctets + contentOctets(event);
    if (!this.cutShort) this.#events.push(event);
  }
}

/** What an event costs beside its content, so that many empty ones reach the limit too. */
const eventOverheadOctets = 64;

function contentOctets(event: WorldEvent): number {
  if (event.type === "octets") return event.chunk.length;
  return event.type === "datagram" || event.type === "datagram-lost" ? event.payload.length : 0;
}
