import { readdirSync, readFileSync } from "node:fs";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";

/** How this process does, as node and the kernel tell. */
export interface ProcessReadings {
  readonly pid: number;
  readonly nodeVersion: string;
  readonly hawserVersion: string;
  readonly uptimeMs: number;
  /** Of processor time, in user and kernel mode together. */
  readonly cpuMs: number;
  readonly residentOctets: number;
  readonly heapUsedOctets: number;
  readonly heapTotalOctets: number;
  /** `undefined` where they cannot be counted. */
  readonly descriptors: number | undefined;
  readonly descriptorsMax: number | undefined;
  /** How late the event loop was, beyond what was asked for, since the reading before. */
  readonly loopDelay: LoopDelay;
}

/** How late timers were in a span of time. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Reads how the process does. A simulation, or a test, may bring its own. */
export interface ProcessGauge {
  read(): ProcessReadings;
  /** Measures no longer. */
  close(): void;
}

/** How often the loop's delay is measured: twenty times finer than people notice, and nothing that could be measured itself. */
const resolutionMs = 10;

/** The gauge of this very process. */
export function processGauge(): ProcessGauge {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const descriptorsMax = descriptorLimit();
  const hawserVersion = ownVersion();
  return {
    read: () => ({
      pid: process.pid,
      nodeVersion: process.version.slice(1),
      hawserVersion,
      uptimeMs: process.uptime() * 1_000,
      cpuMs: cpuMs(),
      ...memory(),
      descriptors: openDescriptors(),
      descriptorsMax,
      loopDelay: loopDelay(histogram),
    }),
    close: () => histogram.disable(),
  };
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL(import.meta.resolve("@hawser/app/package.json")), "utf8"));
  return (manifest as { readonly version: string }).version;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function memory(): Pick<ProcessReadings, "residentOctets" | "heapUsedOctets" | "heapTotalOctets"> {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  return { residentOctets: rss, heapUsedOctets: heapUsed, heapTotalOctets: heapTotal };
}

/** The histogram holds the spans between two ticks; what is above the span that was asked for is delay. */
function loopDelay(histogram: IntervalHistogram): LoopDelay {
  const beyond = (nanoseconds: number) => (histogram.count === 0 ? 0 : Math.max(0, nanoseconds / 1e6 - resolutionMs));
  const read = {
    p50Ms: beyond(histogram.percentile(50)),
    p99Ms: beyond(histogram.percentile(99)),
    maxMs: beyond(histogram.max),
  };
  histogram.reset();
  return read;
}

function openDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1; // without the one that reads this
  } catch {
    return undefined;
  }
}

/** The soft limit, which node has raised to the hard one at its start. */
function descriptorLimit(): number | undefined {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
