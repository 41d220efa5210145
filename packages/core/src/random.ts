/** Randomness, as a reactor gives it: the operating system's on `node`, seeded in a `simulation`. */
export interface Random {
  /** `count` unpredictable octets, fit for keys and session ids on every reactor but a simulated one. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  number(): number;
  /** A whole number in [low, high), each equally likely. */
  integer(low: number, high: number): number;
}
