import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";

/** Servers run on one core and the load on another, so that neither takes the other's time. */
const serverCore = "0";
const loadCore = "1";
const pinned = cpus().length >= 2 && readable("/usr/bin/taskset");

/** `getconf CLK_TCK` on every Linux: the unit of /proc/PID/stat. */
const ticksPerSecond = 100;

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Microseconds of processor time that the process and its children have used. */
  cpuMicroseconds(): number;
  stop(): Promise<void>;
}

/** Starts a server that prints a line ending in `:PORT/` or ` PORT` when it listens. */
export async function startServer(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const child = launch(command, serverCore, environment);
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-2_000);
  });
  const port = await listeningPort(child, () => errors);
  const pid = child.pid!;
  return {
    pid,
    port,
    cpuMicroseconds: () => treeOf(pid).reduce((sum, member) => sum + cpuTicks(member), 0) * (1e6 / ticksPerSecond),
    stop: () => stop(child),
  };
}

/** Runs a program on the load's core to its end and gives what it printed. */
export function runLoad(command: readonly string[]): Promise<string> {
  const child = launch(command, loadCore, {});
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(output);
      else reject(new Error(`${command.join(" ")} ended with status ${status}:\n${output}`));
    });
  });
}

/** Octets of memory that a process and all below it hold. */
export function residentOctetsOf(pid: number): number {
  return treeOf(pid).reduce((sum, member) => sum + residentOctets(member), 0);
}

/** Where a program is, if it is installed. */
export function findProgram(name: string): string | undefined {
  return ["/usr/bin", "/usr/sbin", "/usr/local/bin"].map((folder) => `${folder}/${name}`).find(readable);
}

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

function launch(command: readonly string[], core: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const words = pinned ? ["taskset", "-c", core, ...command] : command;
  const child = spawn("/bin/sh", ["-c", 'ulimit -n "$(ulimit -Hn)"; exec "$@"', "sh", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ...environment },
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

function listeningPort(child: ChildProcess, errors: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const port = /[: ](\d+)\/?$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("error", reject);
    child.once("exit", (status) =>
      reject(new Error(`Server ended with status ${status} before it listened:\n${errors()}`)),
    );
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const hurry = setTimeout(() => child.kill("SIGKILL"), 3_000);
    child.once("exit", () => {
      clearTimeout(hurry);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** A process and all below it. */
function treeOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, Number(statFields(pid)?.[1] ?? 0));
  }
  const tree = [root];
  for (const member of tree) for (const [pid, parent] of parents) if (parent === member) tree.push(pid);
  return tree;
}

function cpuTicks(pid: number): number {
  const fields = statFields(pid);
  return fields === undefined ? 0 : Number(fields[11]) + Number(fields[12]);
}

function residentOctets(pid: number): number {
  return Number(statFields(pid)?.[21] ?? 0) * 4_096;
}

/** The fields of /proc/PID/stat after the name, which may hold spaces: [0] is the state, [1] the parent. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function readable(path: string): boolean {
  try {
    readFileSync(path, { flag: "r" });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
