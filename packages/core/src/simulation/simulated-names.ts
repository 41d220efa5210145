import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { Names } from "../names.ts";
import { boundsOf, type NumberRange } from "./faults.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** How badly names are resolved. */
export interface LookupFaults {
  /** How long a lookup takes. Default 1 ms. */
  readonly lookupMs?: NumberRange | undefined;
  /** The probability that a lookup is not answered: `timed-out`. Default 0. */
  readonly lookupFailures?: number | undefined;
}

/** Names that take their time and sometimes do not come. */
export function simulatedNames(names: Names, clock: Clock, random: SeededRandom, faults: LookupFaults): Names {
  const range = boundsOf("lookupMs", faults.lookupMs ?? 1, 0);
  return {
    async lookup(host, options) {
      if (isIP(host) !== 0) return names.lookup(host, options);
      await clock.sleep(random.between(...range), options);
      if (!random.chance(faults.lookupFailures ?? 0)) return names.lookup(host, options);
      throw new ConnectionError("timed-out", `Cannot find the address of ${quote(host)}: no answer`);
    },
  };
}
