import type { Clock, FileTree, OpenFile, OpenMode, Random } from "@hawser/core";
import type { ManualClock } from "@hawser/core/testing";

/** How the disk of a simulated process behaves. */
export interface SimulatedDiskOptions {
  readonly clock: Pick<Clock, "sleep">;
  readonly random: Random;
  /** Every call takes up to so many milliseconds, so that processes come between each other. Default 0: no time at all. */
  readonly delayMaxMs?: number;
  /** The process dies within its so-manieth change: nothing it waits for ever comes. Default: it lives. */
  readonly changesMax?: number;
}

/** A process's view of a tree that others use too. */
export class SimulatedDisk {
  readonly tree: FileTree;
  /** Resolves when the process dies. */
  readonly death: Promise<"died">;
  readonly #options: SimulatedDiskOptions;
  #changesLeft: number;
  #isDead = false;
  #die!: (word: "died") => void;

  constructor(tree: FileTree, options: SimulatedDiskOptions) {
    this.#options = options;
    this.#changesLeft = options.changesMax ?? Number.POSITIVE_INFINITY;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.tree = this.#wrap(tree);
  }

  #wrap(tree: FileTree): FileTree {
    return {
      stat: (path) => this.#look(() => tree.stat(path)),
      list: (path, options) => this.#look(() => tree.list(path, options)),
      names: (path) => this.#look(() => tree.names!(path)),
      readFiles: (path, names, options) => this.#look(() => tree.readFiles!(path, names, options)),
      link: (from, to) => this.#change(() => tree.link!(from, to)),
      readFile: (path, options) => this.#look(() => tree.readFile(path, options)),
      open: (path, mode) => this.#open(tree, path, mode),
      writeFile: (path, content) => this.#change(() => tree.writeFile(path, content)),
      makeDirectory: (path) => this.#change(() => tree.makeDirectory(path)),
      rename: (from, to, options) => this.#change(() => tree.rename(from, to, options)),
      remove: (path) => this.#change(() => tree.remove(path)),
      removeDirectory: (path) => this.#change(() => tree.removeDirectory(path)),
      setAttributes: (path, attributes) => this.#change(() => tree.setAttributes(path, attributes)),
      at: (path) => this.#wrap(tree.at(path)),
    };
  }

  async #open(tree: FileTree, path: Parameters<FileTree["open"]>[0], mode: OpenMode = {}): Promise<OpenFile> {
    const open = (): Promise<OpenFile> => tree.open(path, mode);
    const file = await (mode.create ? this.#change(open) : this.#look(open));
    const write = async (offset: number, chunk: Uint8Array): Promise<void> => {
      const part = this.#changesLeft <= 1 ? this.#options.random.integer(0, chunk.length + 1) : chunk.length;
      await this.#change(() => file.write(offset, chunk.subarray(0, part)), true);
    };
    const wrapped: OpenFile = {
      stat: () => this.#look(() => file.stat()),
      read: (offset, octets) => this.#look(() => file.read(offset, octets)),
      write,
      truncate: (octets) => this.#change(() => file.truncate(octets)),
      sync: () => this.#look(() => file.sync()),
      close: () => this.#look(() => file.close()),
      [Symbol.asyncDispose]: () => wrapped.close(),
    };
    return wrapped;
  }

  async #look<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.#pause();
    return act();
  }

  async #change<Result>(act: () => Promise<Result>, isPart = false): Promise<Result> {
    await this.#pause();
    if (--this.#changesLeft > 0) return act();
    if (isPart || this.#options.random.number() < 0.5) await act().catch(() => {}); // done, but nobody is told
    this.#isDead = true;
    this.#die("died");
    return never();
  }

  async #pause(): Promise<void> {
    const { clock, random, delayMaxMs = 0 } = this.#options;
    if (this.#isDead) return never();
    if (delayMaxMs > 0) await clock.sleep(random.number() * delayMaxMs);
    if (this.#isDead) return never();
  }
}

function never<Result>(): Promise<Result> {
  return new Promise(() => {});
}

/** Lets time pass until something is done. */
export async function during<Result>(clock: ManualClock, work: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  for (let turns = 0; !isDone; turns++) {
    if (turns > 200_000) throw new Error("Cannot go on: what is waited for does not come");
    await clock.elapse(turns < 20 ? 0 : 10);
  }
  return work;
}
