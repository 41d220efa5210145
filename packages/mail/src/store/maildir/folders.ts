import { every, FileError, type FileTree, quote, type Repetition } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { mailFoldersMax } from "../limits.ts";
import { Listeners } from "../listeners.ts";
import { folderName, inbox, missingFolders, namesAbove, renamedNames } from "../names.ts";
import type { MailFolderInfo, MailFolderUse } from "../store.ts";
import type { UniqueNames } from "./file-name.ts";
import type { MaildirPlace } from "./folder-disk.ts";
import { folderDirectory, folderOfDirectory, type MaildirSpelling } from "./folder-names.ts";
import { MaildirFolderState } from "./folder-state.ts";
import { idleFoldersMax } from "./limits.ts";
import { MailboxFiles } from "./mailbox-files.ts";
import { formatUidList } from "./uid-list.ts";

/** What the folders of an account are made of. */
export interface MaildirFoldersParts extends MaildirPlace {
  readonly spelling: MaildirSpelling;
  readonly names: UniqueNames;
  readonly pollMs: number;
  /** Is called when a folder has gone, with what was in it. */
  readonly onDelete: (state: MaildirFolderState) => Promise<void>;
}

/** Which folders an account has, and how they come, go, and change their names. */
export class MaildirFolders {
  readonly #parts: MaildirFoldersParts;
  readonly #tree: FileTree;
  readonly #files: MailboxFiles;
  readonly #states = new Map<string, MaildirFolderState>();
  readonly #listeners = new Listeners<void>("MailAccount.onFoldersChange");
  #watch: Repetition | undefined;
  #seen = "";

  constructor(parts: MaildirFoldersParts) {
    this.#parts = parts;
    this.#tree = parts.tree;
    this.#files = new MailboxFiles(parts, parts.spelling);
  }

  /** Finishes what a process that died has begun with whole folders. */
  async begin(): Promise<void> {
    const entries = await this.#tree.list("");
    const left = entries.filter(({ name, kind }) => kind === "directory" && name.startsWith(asidePrefix));
    const isOld = (modified: number): boolean => modified < this.#parts.reactor.clock.wall() - asideAgeMs;
    for (const { name, modified } of left) if (isOld(modified)) await removeAll(this.#tree, name);
    const note = await this.#files.folders();
    if (note.renaming !== undefined) await this.#files.lock.run(() => this.#finishRenaming());
  }

  async list(): Promise<readonly MailFolderInfo[]> {
    const directories = await this.directories();
    const [{ uses }, subscribed] = [await this.#files.folders(), await this.#files.subscriptions()];
    const names = new Set([...directories.keys(), ...[...directories.keys()].flatMap(namesAbove)]);
    const there = [...names].map((name) => {
      const selectable = directories.has(name);
      const use = selectable && Object.hasOwn(uses, name) ? { use: uses[name] } : {};
      return { name, selectable, subscribed: subscribed.has(name), ...use };
    });
    return [...there, ...missingFolders(subscribed, names)];
  }

  async create(text: string, { use }: { readonly use?: MailFolderUse | undefined } = {}): Promise<void> {
    const name = folderName(text);
    await this.#changeFolders(async (directories) => {
      if (directories.has(name)) throw folderExists("make", name);
      if (directories.size >= mailFoldersMax)
        throw new MailStoreError("too-many", `Cannot make the folder ${quote(name)}: there are ${mailFoldersMax}`);
      for (const each of [...namesAbove(name), name]) if (!directories.has(each)) await this.#makeFolder(each);
      const { [name]: _, ...uses } = (await this.#files.folders()).uses;
      if (use !== undefined || _ !== undefined)
        await this.#files.writeFolders({ uses: use === undefined ? uses : { ...uses, [name]: use } });
    });
  }

  async delete(text: string): Promise<void> {
    const name = folderName(text);
    if (name === inbox) throw new MailStoreError("not-allowed", "Cannot delete INBOX");
    const state = await this.state(name);
    const aside = `${asidePrefix}${this.#parts.names.next(this.#parts.reactor.clock.wall())}`;
    await this.#changeFolders(async () => {
      await state.locked(async () => {
        await this.#tree.rename(state.directory, aside);
        state.goAway();
        await this.#parts.onDelete(state);
      });
      this.#states.delete(name);
    });
    await removeAll(this.#tree, aside);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#changeFolders(async (directories) => {
      const renaming = renamedNames(from, to, [...directories.keys()]);
      for (const [, after] of renaming) folderDirectory(after, this.#parts.spelling); // the disk may not like it
      for (const above of namesAbove(folderName(to))) if (!directories.has(above)) await this.#makeFolder(above);
      await this.#files.writeFolders({ ...(await this.#files.folders()), renaming });
      await this.#finishRenaming();
    });
  }

  async subscribe(text: string, wanted: boolean): Promise<void> {
    const name = folderName(text);
    await this.#files.subscribe((names) => {
      if (wanted && names.size >= mailFoldersMax)
        throw new MailStoreError("too-many", `Cannot subscribe to ${quote(name)}: there are too many subscriptions`);
      if (wanted) names.add(name);
      else names.delete(name);
    });
  }

  onChange(listener: () => void): () => void {
    const stop = this.#listeners.add(listener);
    // What cannot be read now is looked at the next time.
    this.#watch ??= every(this.#parts.reactor.clock, this.#parts.pollMs, () => this.#lookAtFolders(), {
      idle: true,
      onError: () => {},
    });
    return () => {
      stop();
      if (this.#listeners.size > 0) return;
      this.#watch?.stop();
      this.#watch = undefined;
      this.#seen = "";
    };
  }

  /** Ends all watching. */
  end(): void {
    this.#watch?.stop();
  }

  /** A folder, which is there. */
  async state(text: string): Promise<MaildirFolderState> {
    const name = folderName(text);
    const known = this.#states.get(name);
    if (known?.isGone === false) {
      this.#states.delete(name); // the one that was used last stands last
      this.#states.set(name, known);
      return known;
    }
    const directory = folderDirectory(name, this.#parts.spelling);
    if (!(await this.directories()).has(name)) throw noFolder(text);
    const again = this.#states.get(name); // somebody else may have been here meanwhile
    if (again?.isGone === false) return again;
    const nextUidValidity = (): Promise<number> => this.#files.nextUidValidity();
    const state = new MaildirFolderState(name, directory, { ...this.#parts, nextUidValidity });
    this.#states.set(name, state);
    this.#forgetIdle();
    return state;
  }

  async directories(): Promise<ReadonlyMap<string, string>> {
    const directories = new Map([[inbox as string, ""]]);
    for (const { name, kind } of await this.#tree.list("")) {
      const folder = kind === "directory" ? folderOfDirectory(name, this.#parts.spelling) : undefined;
      if (folder !== undefined) directories.set(folder, name);
    }
    return directories;
  }

  async #lookAtFolders(): Promise<void> {
    const seen = [...(await this.directories()).keys()].sort().join("\n");
    if (this.#seen !== "" && seen !== this.#seen) this.#listeners.tell();
    this.#seen = seen;
  }

  #forgetIdle(): void {
    const idle = [...this.#states.values()].filter(({ openCount }) => openCount === 0);
    for (const { name } of idle.slice(0, Math.max(0, idle.length - idleFoldersMax))) this.#states.delete(name);
  }

  async #changeFolders(change: (directories: ReadonlyMap<string, string>) => Promise<void>): Promise<void> {
    await this.#files.lock.run(async () => {
      await this.#finishRenaming();
      await change(await this.directories());
    });
    if (this.#watch !== undefined) this.#seen = [...(await this.directories()).keys()].sort().join("\n");
    this.#listeners.tell();
  }

  /** Made aside and then given its name, so that nobody sees half a folder. */
  async #makeFolder(name: string): Promise<void> {
    const { reactor, spelling } = this.#parts;
    const directory = folderDirectory(name, spelling);
    const aside = `${asidePrefix}${this.#parts.names.next(reactor.clock.wall())}`;
    const guid = Buffer.from(reactor.random.bytes(16)).toString("hex");
    const uidValidity = await this.#files.nextUidValidity();
    await this.#tree.makeDirectory(aside);
    for (const each of ["tmp", "new", "cur"]) await this.#tree.makeDirectory(`${aside}/${each}`);
    await this.#tree.writeFile(`${aside}/maildirfolder`, "");
    await this.#tree.writeFile(
      `${aside}/dovecot-uidlist`,
      formatUidList({ uidValidity, uidNext: 1, guid, records: [] }),
    );
    try {
      await this.#tree.rename(aside, directory);
    } catch (error) {
      await removeAll(this.#tree, aside);
      if (error instanceof FileError && ["exists", "not-empty"].includes(error.code)) throw folderExists("make", name);
      throw error;
    }
  }

  /** Under the lock of the folders: the names that were to be changed are, and then nobody needs to know any more. */
  async #finishRenaming(): Promise<void> {
    const { renaming, uses } = await this.#files.folders();
    if (renaming === undefined) return;
    for (const [before, after] of renaming) {
      const directories = await this.directories();
      if (directories.has(before) && !directories.has(after)) await this.#renameFolder(before, after);
    }
    const names = new Map(renaming);
    const moved = Object.entries(uses).map(([name, use]) => [names.get(name) ?? name, use] as const);
    await this.#files.writeFolders({ uses: Object.fromEntries(moved) });
  }

  async #renameFolder(before: string, after: string): Promise<void> {
    const state = await this.state(before);
    await state.locked(async () => {
      const directory = folderDirectory(after, this.#parts.spelling);
      await this.#tree.rename(state.directory, directory);
      this.#states.delete(before);
      this.#states.set(after, state);
      state.name = after;
      state.directory = directory;
    });
  }
}

/** Directories that are no folders, or no longer. */
const asidePrefix = "..hawser-";

/** What a process is still at work with is younger. */
const asideAgeMs = 3_600_000;

/** What is told of a folder that is not there. */
export function noFolder(name: string): MailStoreError {
  return new MailStoreError("no-folder", `Cannot find the folder ${quote(name)}`);
}

function folderExists(action: string, name: string): MailStoreError {
  return new MailStoreError("folder-exists", `Cannot ${action} the folder ${quote(name)}: there is one`);
}

/** Removes a directory with all that is in it. Others may be at it too. */
async function removeAll(tree: FileTree, path: string): Promise<void> {
  try {
    for (const { name, kind } of await tree.list(path)) {
      if (kind === "directory") await removeAll(tree, `${path}/${name}`);
      else await tree.remove(`${path}/${name}`).catch(() => {});
    }
    await tree.removeDirectory(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error; // what is left is removed when the mailbox is opened the next time
  }
}
