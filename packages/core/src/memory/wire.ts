import { nextTurn } from "../real/turn.ts";

/** What travels between the two ends of a connection: TCP's segments (RFC 9293), without their numbers. */
export type WireSegment =
  | { readonly type: "open" } // SYN
  | { readonly type: "opened" } // SYN, ACK
  | { readonly type: "octets"; readonly chunk: Uint8Array }
  | { readonly type: "end" } // FIN
  | { readonly type: "credit"; readonly octets: number } // the window opens again by so much
  | { readonly type: "lost"; readonly code: "reset" | "timed-out" }; // RST, or the sender's own despair

/**
 * One direction of a connection. In memory it brings every segment in the next turn; in a simulation it is slow, cuts,
 * and breaks. Whatever it does, segments that arrive do so in order, and never inside a call of `send`.
 */
export interface Wire {
  /** Takes what arrives. */
  receiver: (segment: WireSegment) => void;
  send(segment: WireSegment): void;
  /** How many of `octets` that wait, at least 1, leave as one segment. */
  cut(octets: number): number;
}

/** What arrives in the next turn: one turn of the event loop for all wires together. */
export class TurnQueue {
  #arrivals: (() => void)[] = [];

  add(arrive: () => void): void {
    if (this.#arrivals.push(arrive) === 1) nextTurn(this.#deliver);
  }

  readonly #deliver = (): void => {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    for (const arrive of arrivals) arrive();
  };
}

/** The perfect wire. */
export class TurnWire implements Wire {
  receiver: (segment: WireSegment) => void = () => {};
  readonly #turns: TurnQueue;

  constructor(turns: TurnQueue) {
    this.#turns = turns;
  }

  send(segment: WireSegment): void {
    this.#turns.add(() => this.receiver(segment));
  }

  cut(octets: number): number {
    return octets;
  }
}
