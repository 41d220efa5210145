import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../random.ts";

/** The operating system's randomness. */
export const realRandom: Random = {
  bytes: (count) => randomBytes(count),
  number: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  integer: (low, high) => randomInt(low, high),
};
