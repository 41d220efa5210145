import { readdirSync, readFileSync, statSync } from "node:fs";

/** What tells one file from all others of a machine, whatever it is called. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** The processes of this machine, as far as we are told about them. */
export interface ProcessTable {
  isAlive(pid: number): boolean;
  /** When it started, in milliseconds since 1970; `undefined` where nobody says. */
  startedAtMs(pid: number): number | undefined;
  /** Whether it has a file open; `undefined` where that is not ours to know. */
  holds(pid: number, file: FileIdentity): boolean | undefined;
  /** Octets of memory that it has resident. */
  memoryOctets(pid: number): number | undefined;
  commandLine(pid: number): readonly string[] | undefined;
}

/** Linux tells all of it in `/proc`; elsewhere only whether a process lives. */
export const systemProcesses: ProcessTable = {
  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return !isZombie(pid);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  },
  startedAtMs(pid) {
    const [ticks, uptime] = [startTicks(statLine(pid)), read("/proc/uptime")];
    if (ticks === undefined || uptime === undefined) return undefined;
    return Date.now() - (Number.parseFloat(uptime) - ticks / ticksPerSecond) * 1_000;
  },
  holds(pid, file) {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, file));
    } catch {
      return undefined;
    }
  },
  memoryOctets(pid) {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  },
  commandLine: (pid) => read(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1),
};

/** USER_HZ: Linux shows times in hundredths of a second on every machine that Node runs on (proc(5)). */
const ticksPerSecond = 100;

/** Field 22 of `/proc/PID/stat`; the second is a name in brackets that may hold anything, brackets too. */
export function startTicks(line: string | undefined): number | undefined {
  const ticks = Number(fieldsAfterName(line)[19]);
  return Number.isSafeInteger(ticks) && line !== undefined ? ticks : undefined;
}

function isZombie(pid: number): boolean {
  return fieldsAfterName(statLine(pid))[0] === "Z";
}

function fieldsAfterName(line = ""): readonly string[] {
  return line.slice(line.lastIndexOf(")") + 2).split(" ");
}

function statLine(pid: number): string | undefined {
  return read(`/proc/${pid}/stat`);
}

function isFile(path: string, { dev, ino }: FileIdentity): boolean {
  try {
    const found = statSync(path);
    return found.dev === dev && found.ino === ino;
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
