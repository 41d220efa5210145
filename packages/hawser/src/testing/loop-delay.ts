import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.js", import.meta.url));

/** Loaded into the process before its program: measures how late its event loop is, and tells when it is asked. */
const probe = `data:text/javascript,${encodeURIComponent(`
import { monitorEventLoopDelay } from "node:perf_hooks";
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("message", () => {
  const ms = (nanoseconds) => nanoseconds / 1e6;
  process.send({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) });
  delay.reset();
});
process.channel.unref();
`)}`;

/** How late the event loop of a process was, in milliseconds, since it was asked before. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A `hawser` command whose event loop is measured. */
export interface MeasuredHawser extends AsyncDisposable {
  readonly url: string;
  /** The delay since the last call. */
  loopDelay(): Promise<LoopDelay>;
}

/** Starts `hawser …`, and waits until it says where it listens. */
export async function startMeasured(words: readonly string[]): Promise<MeasuredHawser> {
  const child = spawn(process.execPath, ["--import", probe, main, ...words], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = await listeningUrl(child, words);
  return {
    url,
    loopDelay: () =>
      new Promise((resolve) => {
        child.once("message", (delay) => resolve(delay as LoopDelay));
        child.send("tell");
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function listeningUrl(child: ChildProcess, words: readonly string[]): Promise<string> {
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const url = /^listening on (.*)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once("close", () => reject(new Error(`hawser ${words.join(" ")} has ended:\n${errors}`)));
  });
}
