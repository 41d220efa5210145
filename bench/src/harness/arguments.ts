import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly name: string;
  /** One JSON object a row instead of tables. */
  readonly json: boolean;
  /** Counted rounds. Default 5. */
  readonly rounds: number;
  /** Seconds of load in each round. Default 2. */
  readonly seconds: number;
  /** Messages in a mailbox, where there is one. Default 100,000. */
  readonly messages: number;
  /** Only these; empty means all. */
  readonly workloads: readonly string[];
  readonly servers: readonly string[];
}

export const usage =
  "npm run bench -- NAME [--json] [--rounds N] [--seconds N] [--messages N] [--workload NAME]... [--server NAME]...";

/** Reads the command line of a benchmark; says what is wrong and ends the process otherwise. */
export function parseBenchArguments(words: readonly string[], names: readonly string[]): BenchOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "2" },
        messages: { type: "string", default: "100000" },
        workload: { type: "string", multiple: true, default: [] },
        server: { type: "string", multiple: true, default: [] },
      },
    });
    const [name] = positionals;
    if (name === undefined || !names.includes(name)) throw new Error(`which benchmark? One of: ${names.join(", ")}`);
    return {
      name,
      json: values.json,
      rounds: positive(values.rounds),
      seconds: positive(values.seconds),
      messages: positive(values.messages),
      workloads: values.workload,
      servers: values.server,
    };
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${usage}\n`);
    process.exit(2);
  }
}

/** Runs to the end and says what stopped it. */
export async function endOnFailure(run: () => Promise<void>): Promise<never> {
  try {
    await run();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1); // and with this process go the servers it started, see launch()
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`"${text}" is not a number above 0`);
}
