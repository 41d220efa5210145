import { loadavg } from "node:os";
import type { BenchOptions } from "./arguments.ts";
import { report } from "./report.ts";

/** What one round of load on one server gave. */
export interface Sample {
  readonly operations: number;
  readonly seconds: number;
  readonly cpuMicroseconds: number;
  /** What else is worth a column, such as octets of memory for each connection. */
  readonly extra?: Readonly<Record<string, number>> | undefined;
}

/** A server that is up for a workload, ready to be measured round by round. */
export interface Contestant {
  readonly server: string;
  round(seconds: number): Promise<Sample>;
  stop(): Promise<void>;
}

export interface Workload {
  readonly name: string;
  readonly question: string;
  /** Starts every server that can run this workload, and checks its answer; those that cannot are named with the reason. */
  enter(
    servers: readonly string[],
    options: BenchOptions,
  ): Promise<{ readonly contestants: readonly Contestant[]; readonly absent: Readonly<Record<string, string>> }>;
  /** Some questions need no repetition, or bring their own. */
  readonly roundsMax?: number | undefined;
}

export interface Bench {
  readonly name: string;
  /** Who is compared; the first is ours. */
  readonly servers: readonly string[];
  readonly workloads: readonly Workload[];
}

/** The medians of one server in one workload. */
export interface Row {
  readonly workload: string;
  readonly server: string;
  readonly opsPerSecond: number;
  readonly cpuMicrosecondsPerOp: number;
  /** Smallest and largest of the rounds. */
  readonly cpuSpread: readonly [number, number];
  readonly extra: Readonly<Record<string, number>>;
}

/**
 * Runs every workload: all its servers up at once, a warm-up, then rounds in turn, so that the machine's moods meet all alike.
 * When one fails the others run all the same. @throws {AggregateError} at the end, for those that failed
 */
export async function runBench(bench: Bench, options: BenchOptions): Promise<void> {
  const servers =
    options.servers.length === 0 ? bench.servers : bench.servers.filter((name) => options.servers.includes(name));
  const failures: unknown[] = [];
  for (const workload of bench.workloads) {
    if (options.workloads.length > 0 && !options.workloads.includes(workload.name)) continue;
    await runWorkload(workload, servers, options).catch((error: unknown) => {
      process.stderr.write(`${workload.name}: ${String(error)}\n`);
      failures.push(error);
    });
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} workloads failed`);
}

async function runWorkload(workload: Workload, servers: readonly string[], options: BenchOptions): Promise<void> {
  const { contestants, absent } = await workload.enter(servers, options);
  try {
    const samples = await interleave(contestants, options, workload.roundsMax);
    const rows = contestants.map(({ server }) => summarize(workload.name, server, samples.get(server)!));
    report(workload, rows, absent, { json: options.json, load: loadavg()[0]! });
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
}

async function interleave(
  contestants: readonly Contestant[],
  options: BenchOptions,
  roundsMax = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ server }) => [server, []]));
  const rounds = Math.min(options.rounds, roundsMax);
  for (let round = roundsMax > 1 ? -1 : 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const sample = await contestant.round(round < 0 ? Math.min(1, options.seconds) : options.seconds);
      if (round >= 0) samples.get(contestant.server)!.push(sample);
    }
  }
  return samples;
}

function summarize(workload: string, server: string, samples: readonly Sample[]): Row {
  const cpu = samples.map((sample) => sample.cpuMicroseconds / sample.operations).sort((a, b) => a - b);
  const extra: Record<string, number> = {};
  for (const name of Object.keys(samples[0]?.extra ?? {}))
    extra[name] = median(samples.map((sample) => sample.extra![name]!));
  return {
    workload,
    server,
    opsPerSecond: median(samples.map((sample) => sample.operations / sample.seconds)),
    cpuMicrosecondsPerOp: median(cpu),
    cpuSpread: [cpu[0]!, cpu.at(-1)!],
    extra,
  };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
