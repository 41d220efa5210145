/** A number, or the two bounds between which each use draws one. */
export type NumberRange = number | readonly [low: number, high: number];

/** How badly a network carries. Probabilities lie between 0 and 1. */
export interface SimulatedFaults {
  /** How long a segment or datagram is under way; a range is jitter. Default 1 ms. */
  readonly latencyMs?: NumberRange | undefined;
  /** What a path carries, shared by all that uses it. Default: no limit. */
  readonly octetsPerSecond?: number | undefined;
  /** How fast a receiving program reads from a connection. Default: no limit. */
  readonly readOctetsPerSecond?: number | undefined;
  /** Cuts and joins byte streams at any place; `each-octet` brings them one by one. Default false. */
  readonly cuts?: boolean | "each-octet" | undefined;
  /** The probability, per segment, that the connection is reset on both sides instead. Default 0. */
  readonly resets?: number | undefined;
  /** Resets a connection when this many octets have passed one way: exactly they arrive. Default: never. */
  readonly resetAfterOctets?: number | undefined;
  /** The probability that a connection is refused. Default 0. */
  readonly refusals?: number | undefined;
  /** The probability that a connection attempt is never answered. Default 0. */
  readonly blackHoles?: number | undefined;
  /** The probability that a datagram is lost. Default 0. */
  readonly datagramLoss?: number | undefined;
  /** The probability that a datagram arrives twice. Default 0. */
  readonly datagramDuplicates?: number | undefined;
  /** The probability that a datagram is overtaken by later ones. Default 0. */
  readonly datagramReordering?: number | undefined;
}

const probabilities = [
  "resets",
  "refusals",
  "blackHoles",
  "datagramLoss",
  "datagramDuplicates",
  "datagramReordering",
] as const satisfies (keyof SimulatedFaults)[];

const amounts = ["octetsPerSecond", "readOctetsPerSecond"] as const satisfies (keyof SimulatedFaults)[];

/** Refuses faults that mean nothing, with a `RangeError`. */
export function checkFaults(faults: SimulatedFaults): void {
  for (const key of probabilities) {
    const value = faults[key] ?? 0;
    if (!(value >= 0 && value <= 1)) throw new RangeError(`Cannot use ${key} ${value}: a probability is from 0 to 1`);
  }
  for (const key of amounts) {
    const value = faults[key] ?? 1;
    if (!(value > 0)) throw new RangeError(`Cannot use ${key} ${value}: it must be more than 0`);
  }
  const after = faults.resetAfterOctets ?? 0;
  if (!(after >= 0)) throw new RangeError(`Cannot use resetAfterOctets ${after}: it must be 0 or more`);
  boundsOf("latencyMs", faults.latencyMs ?? 0, 0);
}

/** Both bounds of a range; a `RangeError` when they are in the wrong order, or below `least`. */
export function boundsOf(name: string, range: NumberRange, least: number): readonly [low: number, high: number] {
  const [low, high] = typeof range === "number" ? [range, range] : range;
  if (low >= least && low <= high && Number.isFinite(high)) return [low, high];
  throw new RangeError(`Cannot use ${name} ${low} to ${high}: it must be a rising range from ${least}`);
}
