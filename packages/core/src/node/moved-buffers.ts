/**
 * Under this symbol what a function gives back from a thread may name buffers that go over to the caller in place of a copy;
 * the thread has them no more. Registered, since a thread's function and what calls it may lie in different bundles.
 */
export const movedBuffers: unique symbol = Symbol.for("hawser.movedBuffers");

/** A result that moves some of its buffers. */
export interface MovesBuffers {
  readonly [movedBuffers]: readonly ArrayBuffer[];
}

export function movesBuffers(value: unknown): value is MovesBuffers {
  return typeof value === "object" && value !== null && movedBuffers in value;
}
