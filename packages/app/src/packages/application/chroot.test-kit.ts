import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a command in the system ended, and what it printed. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/**
 * A small Debian that may be broken: debootstrap's minimal system, made once and kept, below a layer that is thrown away.
 * It has processes and mounts of its own, which end with it, and the network of the machine.
 */
export class Chroot {
  readonly root: string;
  readonly #folder: string;
  readonly #holder: ChildProcess;
  readonly #pid: number;

  /** @throws {Error} that says what this machine lacks */
  constructor() {
    const base = minimalSystem();
    this.#folder = mkdtempSync(join(tmpdir(), "hawser-chroot-"));
    for (const name of ["upper", "work", "root"]) mkdirSync(join(this.#folder, name));
    this.root = join(this.#folder, "root");
    const layers = `lowerdir=${base},upperdir=${this.#folder}/upper,workdir=${this.#folder}/work`;
    // The first process of the new world: when it goes, all others go; and it goes when this one does.
    const script = `mount -t overlay overlay -o ${layers} ${this.root} && mount -t proc proc ${this.root}/proc && exec cat`;
    this.#holder = spawn("unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    this.#pid = this.#firstProcess();
  }

  /** Runs a line of shell in the system, as root. */
  run(line: string): Outcome {
    return this.outside([
      "chroot",
      this.root,
      "/usr/bin/env",
      "-i",
      `PATH=${path}`,
      "DEBIAN_FRONTEND=noninteractive",
      "sh",
      "-c",
      line,
    ]);
  }

  /** Runs a program of this machine that sees the system below {@link root}. */
  outside(words: readonly string[]): Outcome {
    const child = spawnSync("nsenter", [`--target=${this.#pid}`, "--mount", "--pid", "--", ...words], {
      encoding: "utf8",
      env: { PATH: path },
      timeout: 120_000,
    });
    return { status: child.status, output: child.stdout + child.stderr };
  }

  /** Puts a file into the system. */
  put(path: string, content: Uint8Array | string, mode = 0o644): void {
    const child = spawnSync(
      "nsenter",
      [
        `--target=${this.#pid}`,
        "--mount",
        "--",
        "sh",
        "-c",
        `cat >"$1" && chmod "$2" "$1"`,
        "sh",
        this.root + path,
        mode.toString(8),
      ],
      { input: content },
    );
    if (child.status !== 0) throw new Error(`Cannot put ${path}: ${child.stderr}`);
  }

  /** The paths of everything there is, but for what package tools keep for themselves. */
  paths(): readonly string[] {
    const { output } = this.run("find / -xdev -path /proc -prune -o -print");
    return output
      .split("\n")
      .filter((path) => path !== "" && !kept.test(path))
      .sort();
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#holder.once("exit", resolve));
    this.#holder.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #firstProcess(): number {
    for (let attempt = 0; attempt < 200; attempt++) {
      const child = Number(childOf(this.#holder.pid!));
      if (child > 0 && existsSync(`/proc/${child}/root${this.root}/proc/uptime`)) return child;
      spawnSync("sleep", ["0.05"]);
    }
    this.#holder.kill("SIGKILL");
    throw new Error("overlay file systems cannot be mounted here");
  }
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Databases, caches, logs and backups of dpkg, rpm and shadow; what they say is looked at elsewhere. */
const kept =
  /^\/(var\/lib\/(dpkg|rpm|systemd)|var\/log\/dpkg\.log|var\/cache|etc\/(passwd|group|shadow|gshadow|sub[ug]id)-|etc\/\.pwd\.lock|etc\/ld\.so\.cache)/;

/** Says why there can be no chroot here, before anything is tried. */
export function chrootLack(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can make a system to install into";
  return lacks("debootstrap", "unshare", "nsenter", "chroot");
}

/** Says which of some programs is not installed. */
export function lacks(...programs: readonly string[]): string | undefined {
  const missing = programs.find((program) => spawnSync("which", [program]).status !== 0);
  return missing === undefined ? undefined : `${missing} is not installed`;
}

/** The folder of a minimal system of this machine's own Debian, made once. @throws {Error} when that cannot be */
function minimalSystem(): string {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "stable";
  const folder = join(cache, `debootstrap-${suite}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, "draft-"));
  const mirror = mirrorOf(suite);
  const words = ["--variant=minbase", suite, draft, ...(mirror === undefined ? [] : [mirror])];
  const made = spawnSync("debootstrap", words, { encoding: "utf8", timeout: 240_000 });
  if (made.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`debootstrap cannot make a system: ${made.stdout.trim().split("\n").at(-1) ?? made.stderr}`);
  }
  rmSync(join(draft, "var/cache/apt/archives"), { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}

const cache = new URL("../../../../../node_modules/.cache/hawser", import.meta.url).pathname;

/** Where this machine's own packages come from. */
function mirrorOf(suite: string): string | undefined {
  const fields = "$(CODENAME) $(REPO_URI)";
  const { stdout } = spawnSync("apt-get", ["indextargets", "--format", fields, "Created-By: Packages"], {
    encoding: "utf8",
  });
  return stdout
    ?.split("\n")
    .find((line) => line.startsWith(`${suite} `))
    ?.split(" ")[1];
}

function childOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0];
  } catch {
    return undefined;
  }
}
