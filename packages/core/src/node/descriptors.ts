import { channel } from "node:diagnostics_channel";
import { readdirSync, readFileSync } from "node:fs";

/** Published on `hawser:descriptors` when connections begin to be refused, and when they are taken again. */
export interface DescriptorPressure {
  readonly state: "exhausted" | "available";
  /** Descriptors open in this process, and how many it may have (RLIMIT_NOFILE). */
  readonly open: number;
  readonly limit: number;
}

const pressure = channel("hawser:descriptors");

/** Where descriptors cannot be counted, this many are taken to be something else's than connections. */
const othersGuess = 64;

/** How often a full table is counted again, at most. */
const countEveryMs = 100;

/**
 * Keeps accepted connections below the process's limit of descriptors, so that files, name look-ups and connections of
 * our own still find one.
 *
 * At the limit itself libuv accepts connections and closes them without telling anybody, and node has no way to leave
 * them in the kernel's queue. Closing the listening socket meanwhile would give up its port, which a process that has
 * dropped its privileges does not get back. So a connection too many is reset at once: its client can tell, and try again.
 */
export class DescriptorBudget {
  readonly #limit: number;
  readonly #countAll: () => number | undefined;
  #connections = 0;
  #others: number;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #exhausted = false;

  constructor(limit: number, countAll: () => number | undefined) {
    this.#limit = limit;
    this.#countAll = countAll;
    this.#others = countAll() ?? othersGuess;
  }

  /** How many descriptors are left to others: a sixteenth of the limit, 8 to 256. */
  get reserve(): number {
    return Math.min(256, Math.max(8, Math.floor(this.#limit / 16)));
  }

  /** A connection has come. @returns false when it is one too many; it counts until {@link release} all the same. */
  take(): boolean {
    this.#connections += 1;
    if (this.#fits()) return true;
    this.#count();
    if (this.#fits()) return true;
    this.#tell("exhausted");
    return false;
  }

  /** A connection is gone. */
  readonly release = (): void => {
    this.#connections -= 1;
    if (this.#exhausted && this.#fits()) this.#tell("available");
  };

  #fits(): boolean {
    return this.#connections + this.#others + this.reserve <= this.#limit;
  }

  /** Counts what else is open. It changes slowly, and counting a large table takes a millisecond. */
  #count(): void {
    const now = performance.now();
    if (now - this.#countedAtMs < countEveryMs) return;
    this.#countedAtMs = now;
    const open = this.#countAll();
    if (open !== undefined) this.#others = Math.max(0, open - this.#connections);
  }

  #tell(state: DescriptorPressure["state"]): void {
    if (this.#exhausted === (state === "exhausted")) return;
    this.#exhausted = state === "exhausted";
    const open = this.#connections + this.#others;
    pressure.publish({ state, open, limit: this.#limit } satisfies DescriptorPressure);
  }
}

let budget: DescriptorBudget | undefined;

/** The budget of this process. */
export function descriptorBudget(): DescriptorBudget {
  budget ??= new DescriptorBudget(softLimit(), countOpen);
  return budget;
}

/** The soft limit that holds now; node raises it to the hard one when it starts. */
function softLimit(): number {
  try {
    return asLimit(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1]);
  } catch {
    const report = process.report?.getReport() as unknown as ProcessReport | undefined; // other systems: slower, the same fact
    return asLimit(report?.userLimits?.open_files?.soft);
  }
}

interface ProcessReport {
  readonly userLimits?:
    | { readonly open_files?: { readonly soft?: number | string | undefined } | undefined }
    | undefined;
}

function asLimit(text: string | number | undefined): number {
  const limit = Number(text);
  return Number.isInteger(limit) ? limit : Number.POSITIVE_INFINITY;
}

function countOpen(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1; // without the one that reads this
  } catch {
    return undefined;
  }
}
