import { FileError, type FileStat, type FileTree, type OpenFile, type OpenMode, type Random } from "@hawser/core";

/** A file as programs see it, and as the medium has it. */
interface Content {
  cached: Buffer;
  durable: Buffer;
}

/** What every call fails with after the crash. */
export class Crash extends Error {}

/**
 * A disk that stops at a step of one's choice, in the middle of a write if it is one. Then either the process alone is gone, and
 * all that was written is there; or the machine was, and what was not synchronised is there in part, or as zeros.
 */
export class CrashingDisk {
  readonly #random: Random;
  #names = new Map<string, Content>();
  #stepsLeft = Number.POSITIVE_INFINITY;
  #isDead = false;
  steps = 0;

  constructor(random: Random, files: Readonly<Record<string, string>>) {
    this.#random = random;
    for (const [path, text] of Object.entries(files)) {
      const octets = Buffer.from(text, "latin1");
      this.#names.set(path, { cached: octets, durable: octets });
    }
  }

  crashAfter(steps: number): void {
    this.#stepsLeft = steps;
  }

  /** Comes up again. */
  restart({ lostPower }: { readonly lostPower: boolean }): void {
    this.#isDead = false;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
    if (!lostPower) return;
    for (const content of this.#names.values()) {
      const { cached, durable } = content;
      const isLonger = cached.length > durable.length && cached.subarray(0, durable.length).equals(durable);
      const kept = isLonger ? this.#random.integer(durable.length, cached.length + 1) : 0;
      content.cached = isLonger ? Buffer.from(cached.subarray(0, kept)) : durable;
      if (isLonger && this.#random.number() < 0.3) content.cached.fill(0, durable.length);
      content.durable = content.cached;
    }
  }

  text(path: string): string {
    return this.#names.get(path)!.cached.toString("latin1");
  }

  get tree(): FileTree {
    const missing = async (): Promise<never> => Promise.reject(new Error("not there"));
    return {
      stat: async (path) => this.#stat(String(path)),
      open: async (path, mode) => this.#open(String(path), mode ?? {}),
      readFile: async (path) => new Uint8Array(this.#find(String(path)).cached),
      rename: async (from, to) => this.#rename(String(from), String(to)),
      list: missing,
      writeFile: missing,
      makeDirectory: missing,
      remove: missing,
      removeDirectory: missing,
      setAttributes: missing,
      at: () => this.tree,
    };
  }

  /** True when the crash comes in this step. */
  #step(): boolean {
    if (this.#isDead) throw new Crash("the machine is off");
    this.steps++;
    this.#isDead = --this.#stepsLeft < 0;
    return this.#isDead;
  }

  #find(path: string): Content {
    if (this.#isDead) throw new Crash("the machine is off");
    const found = this.#names.get(path);
    if (found === undefined) throw new FileError("not-found", `Cannot open "${path}": no such file or directory`);
    return found;
  }

  #stat(path: string): FileStat {
    return statOf(this.#find(path));
  }

  #open(path: string, mode: OpenMode): OpenFile {
    if (mode.create && !this.#names.has(path)) {
      if (this.#step()) throw new Crash("opening");
      this.#names.set(path, { cached: Buffer.alloc(0), durable: Buffer.alloc(0) });
    }
    const content = this.#find(path);
    if (mode.truncate) {
      if (this.#step()) throw new Crash("emptying");
      content.cached = Buffer.alloc(0);
    }
    return this.#opened(content);
  }

  #opened(content: Content): OpenFile {
    return {
      stat: async () => statOf(content),
      read: async (offset, octets) => new Uint8Array(content.cached.subarray(offset, offset + octets)),
      write: async (offset, chunk) => {
        const crashed = this.#step();
        const written = crashed ? chunk.subarray(0, this.#random.integer(0, chunk.length + 1)) : chunk;
        const next = Buffer.alloc(Math.max(content.cached.length, offset + written.length));
        content.cached.copy(next);
        next.set(written, offset);
        content.cached = next;
        if (crashed) throw new Crash("writing");
      },
      truncate: async (octets) => {
        if (this.#step()) throw new Crash("cutting");
        content.cached = Buffer.from(content.cached.subarray(0, octets));
      },
      sync: async () => {
        if (this.#step()) throw new Crash("synchronising");
        content.durable = content.cached;
      },
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  }

  /** Names are moved at once or not at all, and are on the medium then. */
  #rename(from: string, to: string): void {
    const content = this.#find(from);
    if (this.#step()) throw new Crash("renaming");
    this.#names.set(to, content);
    this.#names.delete(from);
  }
}

function statOf({ cached }: Content): FileStat {
  return { kind: "file", octets: cached.length, modified: 0, identity: "", mode: 0o600 };
}
