import type { DiskAnchor } from "./disk-anchor.ts";

/** So many calls use what one of them found; then it is looked for anew, however many are under way. */
const usesMax = 64;

/** A directory that several calls work in at the same time. */
interface SharedAnchor {
  readonly finding: Promise<DiskAnchor>;
  uses: number;
  holders: number;
}

/**
 * Directories that are held by calls under way, by their paths: another call that wants the same one while they last need not
 * look for it again. Thousands of names are changed in one directory at a time.
 */
export class SharedAnchors {
  readonly #held = new Map<string, SharedAnchor>();

  /** Lends the directory at a path. @param find finds it, and proves that it may be used */
  async lend<Result>(
    path: string,
    find: () => Promise<DiskAnchor>,
    use: (anchor: DiskAnchor) => Promise<Result>,
  ): Promise<Result> {
    const shared = this.#hold(path, find);
    try {
      return await use(await shared.finding);
    } finally {
      if (--shared.holders === 0) await this.#release(path, shared);
    }
  }

  #hold(path: string, find: () => Promise<DiskAnchor>): SharedAnchor {
    const held = this.#held.get(path);
    const shared = held !== undefined && held.uses < usesMax ? held : { finding: find(), uses: 0, holders: 0 };
    this.#held.set(path, shared);
    shared.uses++;
    shared.holders++;
    return shared;
  }

  async #release(path: string, shared: SharedAnchor): Promise<void> {
    if (this.#held.get(path) === shared) this.#held.delete(path);
    const anchor = await shared.finding.catch(() => undefined); // whoever wanted it was told why there is none
    await anchor?.release();
  }
}
