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

/** Which file each message of a folder is in, found by UID, by path and by base. */
export class FolderFiles {
  readonly #files = new Map<number, PlacedFile>();
  readonly #byBase = new Map<string, number>();
  readonly #byPath = new Map<string, number>();

  get(uid: number): Readonly<PlacedFile> | undefined {
    return this.#files.get(uid);
  }

  hasBase(base: string): boolean {
    return this.#byBase.has(base);
  }

  add(uid: number, file: MailFile, path?: string): void {
    this.#files.set(uid, { ...file, path });
    this.#byBase.set(file.base, uid);
    if (path !== undefined) this.#byPath.set(path, uid);
  }

  move(uid: number, path: string): void {
    const file = this.#files.get(uid);
    if (file === undefined) return;
    if (file.path !== undefined && this.#byPath.get(file.path) === uid) this.#byPath.delete(file.path);
    file.path = path;
    this.#byPath.set(path, uid);
  }

  delete(uid: number): void {
    const file = this.#files.get(uid);
    if (file === undefined) return;
    this.#files.delete(uid);
    if (this.#byBase.get(file.base) === uid) this.#byBase.delete(file.base);
    if (file.path !== undefined && this.#byPath.get(file.path) === uid) this.#byPath.delete(file.path);
  }

  /** Compares with what lies in the directories now. Nothing is changed. */
  compare(paths: readonly string[]): FilesSeen {
    const seen = new Set<number>();
    const moved: [number, string][] = [];
    const [unknown, doubled]: [string[], string[]] = [[], []];
    const others: string[] = [];
    for (const path of paths) {
      const uid = this.#byPath.get(path);
      if (uid === undefined) others.push(path);
      else seen.add(uid);
    }
    const bases = new Set<string>();
    for (const path of others) {
      const { base } = parseFileName(path.slice(path.indexOf("/") + 1));
      const uid = this.#byBase.get(base);
      if (bases.has(base) || (uid !== undefined && seen.has(uid))) doubled.push(path);
      else if (uid === undefined) unknown.push(path);
      else moved.push([uid, path]);
      bases.add(base);
      if (uid !== undefined) seen.add(uid);
    }
    const missing = seen.size === this.#files.size ? [] : [...this.#files.keys()].filter((uid) => !seen.has(uid));
    return { missing, moved, unknown, doubled };
  }
}
