import { type Cancellable, FileError, type FileErrorCode, type FileStat, type Reactor } from "@hawser/core";
import { UserFileError } from "./errors.ts";
import { type FilePlace, filePlace } from "./file-place.ts";
import { decode, usersFileOctetsMax } from "./watched-file.ts";

/** How patient a change of a file is. */
export interface FileChangeOptions extends Cancellable {
  readonly reactor: Reactor;
  /** How long to try, before it is `busy`. Default 60,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** A lock that has not moved for so long was left by somebody who died. Default 5,000 ms. */
  readonly staleMs?: number | undefined;
}

/**
 * Changes a small text file as a whole, while other processes do the same. Whoever dies in the middle (`kill -9`, a power
 * cut) leaves the old content or the new one, and holds nobody up for long.
 *
 * Each change is written to a draft of its own beside the file (`.users.draft-7f3a…`), synchronised, and renamed over the
 * file. What keeps two changes from overwriting each other is this order:
 *
 * 1. Make the draft, empty.
 * 2. Remove every other draft that there is.
 * 3. Read the file, write the draft, rename it.
 *
 * Of two drafts one was made later. Its owner finds the other one at step 2 and removes it, so that it can no longer be
 * renamed; or does not find it, and then it was renamed before step 3 reads the file. So nobody's change is lost, however
 * slow, suspended or dead anybody is. Whose draft is gone begins anew.
 *
 * The lock (`.users.lock`) is only manners: it keeps them from removing each other's drafts all the time. Therefore it may
 * be taken away from somebody who seems dead; if they live after all, they begin anew.
 * @param change is given the content, `""` for a file that is not there; may be called again; what it throws ends all
 * @throws {UserFileError} `busy`, `bad-text`; {@link FileError}; `signal.reason`
 */
export async function changeFile(
  path: string,
  change: (text: string) => string,
  options: FileChangeOptions,
): Promise<void> {
  await new FileChange(await realPlace(options.reactor, path), path, options).run(change);
}

/** A link stays: what it leads to is changed. */
async function realPlace(reactor: Reactor, path: string): Promise<FilePlace> {
  const place = filePlace(reactor, path);
  if (place.tree.locate === undefined) return place;
  const real = await unless("not-found", () => place.tree.locate!(place.path));
  return real === undefined ? place : filePlace(reactor, real);
}

class FileChange {
  readonly #place: FilePlace;
  readonly #folder: readonly string[];
  readonly #name: string;
  readonly #draft: string;
  readonly #path: string;
  readonly #options: FileChangeOptions;

  constructor(place: FilePlace, path: string, options: FileChangeOptions) {
    this.#place = place;
    this.#folder = place.path.slice(0, -1);
    this.#name = place.path.at(-1)!;
    this.#draft = `.${this.#name}.draft-${Buffer.from(options.reactor.random.bytes(8)).toString("hex")}`;
    this.#path = path;
    this.#options = options;
  }

  async run(change: (text: string) => string): Promise<void> {
    const { clock } = this.#options.reactor;
    const until = clock.now() + (this.#options.timeoutMs ?? 60_000);
    for (;;) {
      const lock = await this.#takeLock(until);
      try {
        if (await this.#tryChange(change)) return;
      } finally {
        await this.#leave(lock);
      }
      if (clock.now() > until) throw this.#busy();
    }
  }

  /** @returns false when somebody has removed our draft */
  async #tryChange(change: (text: string) => string): Promise<boolean> {
    const { tree, path } = this.#place;
    const draft = await tree.open(this.#beside(this.#draft), { write: true, create: "exclusive", mode: 0o600 });
    try {
      await this.#removeOtherDrafts();
      await draft.write(0, Buffer.from(change(await this.#read())));
      await draft.sync();
    } finally {
      await draft.close();
    }
    this.#options.signal?.throwIfAborted();
    const renamed = await unless("not-found", async () => {
      await tree.rename(this.#beside(this.#draft), path, { takePlace: true });
      return true;
    });
    return renamed ?? false;
  }

  async #removeOtherDrafts(): Promise<void> {
    const { tree } = this.#place;
    const others = (await tree.list(this.#folder)).filter(({ name }) => name.startsWith(`.${this.#name}.draft-`));
    for (const { name } of others)
      if (name !== this.#draft) await unless("not-found", () => tree.remove(this.#beside(name)));
  }

  async #read(): Promise<string> {
    const { tree, path } = this.#place;
    const octets = await unless("not-found", () => tree.readFile(path, { octetsMax: usersFileOctetsMax }));
    return octets === undefined ? "" : decode(octets, this.#path);
  }

  /** Waits until nobody holds the lock, or whoever does seems dead. @returns what was taken */
  async #takeLock(until: number): Promise<FileStat> {
    const { reactor, signal, staleMs = 5_000 } = this.#options;
    let seen: { readonly stat: FileStat; readonly since: number } | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const taken = await this.#tryLock();
      if (taken !== undefined) return taken;
      const now = reactor.clock.now();
      if (now > until) throw this.#busy();
      const held = await this.#statLock();
      if (held === undefined) continue;
      if (seen === undefined || !isSameFile(seen.stat, held)) seen = { stat: held, since: now };
      else if (now - seen.since >= staleMs) await this.#leaveLock(held);
      await reactor.clock.sleep(reactor.random.integer(pollMs, 3 * pollMs), { signal });
    }
  }

  async #tryLock(): Promise<FileStat | undefined> {
    const file = await unless("exists", () =>
      this.#place.tree.open(this.#beside(this.#lock), { write: true, create: "exclusive", mode: 0o600 }),
    );
    return file?.stat().finally(() => file.close());
  }

  async #leave(lock: FileStat): Promise<void> {
    const { tree } = this.#place;
    await unless("not-found", () => tree.remove(this.#beside(this.#draft)));
    await this.#leaveLock(lock);
  }

  /** Removes the lock if it still is this one. Somebody may be faster: it is only manners. */
  async #leaveLock(lock: FileStat): Promise<void> {
    const now = await this.#statLock();
    if (now !== undefined && isSameFile(lock, now))
      await unless("not-found", () => this.#place.tree.remove(this.#beside(this.#lock)));
  }

  async #statLock(): Promise<FileStat | undefined> {
    return unless("not-found", () => this.#place.tree.stat(this.#beside(this.#lock)));
  }

  get #lock(): string {
    return `.${this.#name}.lock`;
  }

  #beside(name: string): readonly string[] {
    return [...this.#folder, name];
  }

  #busy(): UserFileError {
    return new UserFileError("busy", `Cannot change ${JSON.stringify(this.#path)}: others change it all the time`);
  }
}

/** How long to wait before looking at a held lock again: up to three times this. A change takes some milliseconds. */
const pollMs = 5;

function isSameFile(one: FileStat, other: FileStat): boolean {
  return one.identity === other.identity && one.modified === other.modified;
}

/** What a call gives; `undefined` when it fails with this code. */
async function unless<Result>(code: FileErrorCode, call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof FileError && error.code === code) return undefined;
    throw error;
  }
}
