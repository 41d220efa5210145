import { parseFileName } from "./file-name.ts";
import type { MailFile } from "./journal.ts";

/** Where the file of a message is: `cur/1.M2.host:2,S` below its folder. */
interface PlacedFile extends MailFile {
  /** `undefined`: a list of the directories has not shown it yet. */
  path: string | undefined;
}

/** What a list of `new` and `cur` shows, compared with what was known. */
export interface FilesSeen {
  /** Messages whose files nobody sees. */
  readonly missing: readonly number[];
  /** Messages whose files have another path now: with other flags, or in `cur`. */
  readonly moved: readonly (readonly [uid: number, path: string])[];
  /** Files that belong to no message known. */
  readonly unknown: readonly string[];
  /** Files that have the base of a message that has a file already. */
  readonly doubled: readonly string[];
}

/** Which directories of a folder were listed. */
export type MaildirDirectory = "cur" | "new";

/** Which file each message of a folder is in, found by UID and by base. */
export class FolderFiles {
  readonly #files = new Map<number, PlacedFile>();
  readonly #byBase = new Map<string, number>();

  get(uid: number): Readonly<PlacedFile> | undefined {
    return this.#files.get(uid);
  }

  hasBase(base: string): boolean {
    return this.#byBase.has(base);
  }

  add(uid: number, { base, guid }: MailFile, path?: string): void {
    this.#files.set(uid, { base, guid, path });
    this.#byBase.set(base, uid);
  }

  move(uid: number, path: string): void {
    const file = this.#files.get(uid);
    if (file !== undefined) file.path = path;
  }

  delete(uid: number): void {
    const file = this.#files.get(uid);
    if (file === undefined) return;
    this.#files.delete(uid);
    if (this.#byBase.get(file.base) === uid) this.#byBase.delete(file.base);
  }

  /** Compares with what lies in the directories now. Nothing is changed. */
  compare(paths: readonly string[]): FilesSeen {
    const seen = new Set<number>();
    const others: { readonly path: string; readonly base: string; readonly uid: number | undefined }[] = [];
    for (const path of paths) {
      const { base } = parseFileName(path.slice(4));
      const uid = this.#byBase.get(base);
      if (uid !== undefined && this.#files.get(uid)!.path === path) seen.add(uid);
      else others.push({ path, base, uid });
    }
    const moved: [number, string][] = [];
    const [unknown, doubled]: [string[], string[]] = [[], []];
    const bases = new Set<string>();
    for (const { path, base, uid } of others) {
      if (bases.has(base) || (uid !== undefined && seen.has(uid))) doubled.push(path);
      else if (uid === undefined) unknown.push(path);
      else moved.push([uid, path]);
      bases.add(base);
      if (uid !== undefined) seen.add(uid);
    }
    const missing = seen.size === this.#files.size ? [] : [...this.#files.keys()].filter((uid) => !seen.has(uid));
    return { missing, moved, unknown, doubled };
  }

  /**
   * Compares with what lies in one of the directories, when the other is as it was. `undefined`: what happened there has to do
   * with the other, or may have, so that both must be listed.
   */
  compareOne(directory: MaildirDirectory, paths: readonly string[]): FilesSeen | undefined {
    const [moved, unknown]: [[number, string][], string[]] = [[], []];
    const bases = new Set<string>();
    let known = 0;
    for (const path of paths) {
      const { base } = parseFileName(path.slice(4));
      const uid = this.#byBase.get(base);
      const before = uid === undefined ? undefined : this.#files.get(uid)!.path;
      if (bases.has(base) || (uid !== undefined && before?.startsWith(directory) !== true)) return undefined;
      bases.add(base);
      if (uid === undefined) unknown.push(path);
      else known++;
      if (uid !== undefined && before !== path) moved.push([uid, path]);
    }
    return known === this.#countIn(directory) ? { missing: [], doubled: [], moved, unknown } : undefined;
  }

  /** How many files are there; those whose place nobody knows could be. */
  #countIn(directory: MaildirDirectory): number {
    let count = 0;
    for (const { path } of this.#files.values()) if (path === undefined || path.startsWith(directory)) count++;
    return count;
  }
}
