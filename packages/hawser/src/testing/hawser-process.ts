import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../bin/hawser.js", import.meta.url));

/** A running `hawser` command. */
export interface HawserProcess extends AsyncDisposable {
  readonly pid: number;
  /** Where it said it listens, one for each endpoint. */
  readonly urls: readonly string[];
  readonly url: string;
  /** What it has printed, line by line. */
  readonly lines: readonly string[];
  /** What it has printed on standard error. */
  readonly errors: string;
  /** Closes our end of its standard output. */
  stopReading(): void;
  /** Sends SIGTERM and gives the exit status. */
  stop(): Promise<number | null>;
}

/** Starts `hawser …` and waits until it says where it listens, `endpoints` times. */
export async function startHawser(
  words: readonly string[],
  endpoints = 1,
  surroundings: HawserSurroundings = {},
): Promise<HawserProcess> {
  const child = spawnHawser(words, surroundings);
  const ended = exit(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines: string[] = [];
  const urls: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("listening on ")) urls.push(line.slice("listening on ".length));
      if (urls.length === endpoints) resolve();
    });
    ended.then((status) => reject(new Error(`hawser ${words.join(" ")} ended with status ${status}:\n${errors}`)));
  });
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  return {
    pid: child.pid!,
    urls,
    url: urls[0]!,
    lines,
    get errors() {
      return errors;
    },
    stopReading: () => void child.stdout.destroy(),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** In what a command runs. */
export interface HawserSurroundings {
  /** Default: the present folder. */
  readonly directory?: string | undefined;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Words that start it elsewhere: `ip netns exec NAME`. They must become the command, not start it as a child. */
  readonly within?: readonly string[] | undefined;
  /** What stands on its standard input. Default: nothing. */
  readonly input?: string | undefined;
}

/** Runs `hawser …` to its end. */
export async function runHawser(
  words: readonly string[],
  surroundings: HawserSurroundings = {},
): Promise<{ status: number | null; output: string; errors: string }> {
  const child = spawnHawser(words, surroundings);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return { status: await exit(child), output, errors };
}

function spawnHawser(
  words: readonly string[],
  { directory, environment, within = [], input = "" }: HawserSurroundings,
) {
  const [program, ...all] = [...within, process.execPath, main, ...words];
  const child = spawn(program!, all, {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: directory,
    env: { ...process.env, ...environment },
  });
  child.stdin.on("error", () => {}); // a command may end without reading what it was given
  child.stdin.end(input);
  return child;
}

function exit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", (status) => resolve(status)));
}
