import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** An example while it runs in a process of its own. */
export interface Example extends AsyncDisposable {
  readonly pid: number;
  /** Waits until the example has printed something like this, and gives its first group. */
  printed(pattern: RegExp): Promise<string>;
  /** Sends SIGTERM and gives how it ended. Without a signal: waits until it ends by itself. */
  ended(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

const patienceMs = 20_000;

/** Starts `node examples/dist/NAME.js …`. */
export function startExample(name: string, ...words: readonly string[]): Example {
  const script = fileURLToPath(new URL(`../${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const tooLong = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  let output = "";
  let look = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      look();
    });
  }
  let isOver = false;
  const over = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("close", (status, signal) => {
      clearTimeout(tooLong);
      isOver = true;
      look();
      resolve(status ?? signal);
    });
  });
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        const found = pattern.exec(output);
        if (found !== null) resolve(found[1] ?? found[0]);
        else if (isOver) reject(new Error(`${name} ended without printing ${pattern}. It printed:\n${output}`));
      };
      look();
    });
  const ended = (signal?: NodeJS.Signals) => {
    if (signal !== undefined) child.kill(signal);
    return over;
  };
  return { pid: child.pid!, printed, ended, [Symbol.asyncDispose]: async () => void (await ended("SIGKILL")) };
}
