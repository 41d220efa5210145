import type { Random } from "../random.ts";

/** How waits grow. */
export interface BackoffOptions {
  /** The first wait, before jitter. Default 500 ms (Twisted: 1 s). */
  readonly initialMs?: number | undefined;
  /** By how much each wait is longer than the last. Default 2 (Twisted: e). */
  readonly factor?: number | undefined;
  /** The longest wait. Default 60,000 ms (Twisted: 1 h, in which a service is back for long before we notice). */
  readonly maxMs?: number | undefined;
  /**
   * The part of each wait that is left to chance, 0 to 1, so that thousands of clients do not come back at the same
   * instant. Default 0.5: a wait of 8 s becomes 4 to 8 s (Twisted: a normal distribution, 0.1196 wide).
   */
  readonly jitter?: number | undefined;
  readonly random: Pick<Random, "number">;
}

/** Waits between attempts, in milliseconds: each longer than the last up to a limit, without end. */
export function* backoff(options: BackoffOptions): Generator<number, never, undefined> {
  const { initialMs = 500, factor = 2, maxMs = 60_000, jitter = 0.5, random } = options;
  for (let waitMs = Math.min(initialMs, maxMs); ; waitMs = Math.min(waitMs * factor, maxMs)) {
    yield waitMs * (1 - jitter * random.number());
  }
}
