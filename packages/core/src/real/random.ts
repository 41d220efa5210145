import { builtIn } from "../process-calls.ts";
import type { Random } from "../random.ts";

/** The operating system's randomness. */
export const realRandom: Random = {
  bytes: (count) => crypto().randomBytes(count),
  number: () => crypto().randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  integer: (low, high) => crypto().randomInt(low, high),
};

let loaded: typeof import("node:crypto") | undefined;

function crypto(): typeof import("node:crypto") {
  loaded ??= builtIn("node:crypto");
  return loaded;
}
