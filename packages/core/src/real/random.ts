import { builtIn } from "../process-calls.ts";
import type { Random } from "../random.ts";

/** The operating system's randomness. */
export const realRandom: Random = {
  bytes: (count) => (count <= pooledMax ? pooledBytes(count) : crypto().randomBytes(count)),
  number: () => crypto().randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  integer: (low, high) => crypto().randomInt(low, high),
};

/** Session ids, message ids and the like are cut from octets that were fetched together: a call costs as much for a few as for all. */
function pooledBytes(count: number): Uint8Array {
  if (pooled + count > pool.length) {
    crypto().randomFillSync(pool);
    pooled = 0;
  }
  const bytes = pool.slice(pooled, pooled + count);
  pool.fill(0, pooled, pooled + count); // what was given out is kept by nobody but its owner
  pooled += count;
  return bytes;
}

/** Keys are longer. */
const pooledMax = 16;
const pool = new Uint8Array(1_024);
let pooled = pool.length;

let loaded: typeof import("node:crypto") | undefined;

function crypto(): typeof import("node:crypto") {
  loaded ??= builtIn("node:crypto");
  return loaded;
}
