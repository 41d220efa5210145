import { FileError, type FileTree, Lock, quote, type Reactor, type Timer } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { foreignLockStaleMs, lockRefreshMs, lockStaleMs, lockWaitMaxMs } from "./limits.ts";

/**
 * A lock that other processes see: a file whose name ends with `.lock`, which one of them makes and all others find there.
 * Dovecot locks in the same way. Whoever holds one longer touches it now and then; so one that stays as it is for long was
 * left by a process that died, and is taken away.
 */
export class DotLock {
  readonly #reactor: Pick<Reactor, "clock" | "random">;
  readonly #tree: FileTree;
  readonly #pathOf: () => string;
  readonly #line = new Lock();

  /** @param pathOf where the lock is; it may be elsewhere in the end, when what it locks was moved */
  constructor(reactor: Pick<Reactor, "clock" | "random">, tree: FileTree, pathOf: () => string) {
    this.#reactor = reactor;
    this.#tree = tree;
    this.#pathOf = pathOf;
  }

  /** Waits for the lock, calls `task`, and gives the lock back however that ends. @throws {MailStoreError} `unavailable` */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#line.run(async () => {
      const owner = `${ownMark}${Buffer.from(this.#reactor.random.bytes(12)).toString("hex")}`;
      await this.#take(owner);
      const timer = this.#refresh();
      try {
        return await task();
      } finally {
        timer.cancel();
        await this.#release(owner);
      }
    });
  }

  async #take(owner: string): Promise<void> {
    const { clock, random } = this.#reactor;
    const until = clock.now() + lockWaitMaxMs;
    let seen: { mark: LockMark | undefined; since: number } = { mark: undefined, since: clock.now() };
    for (let waitMs = 4; !(await this.#make(owner)); waitMs = Math.min(100, 2 * waitMs)) {
      const mark = await this.#mark();
      if (mark?.text !== seen.mark?.text) seen = { mark, since: clock.now() };
      if (this.#isStale(mark, clock.now() - seen.since)) await this.#breakStale(mark);
      else if (clock.now() >= until)
        throw new MailStoreError(
          "unavailable",
          `Cannot lock the mailbox: another process holds ${quote(this.#pathOf())}`,
        );
      else await clock.sleep(waitMs * (0.5 + random.number()));
    }
  }

  async #make(owner: string): Promise<boolean> {
    try {
      const file = await this.#tree.open(this.#pathOf(), {
        read: false,
        write: true,
        create: "exclusive",
        mode: 0o600,
      });
      await file.write(0, Buffer.from(owner)).finally(() => file.close());
      return true;
    } catch (error) {
      if (error instanceof FileError && error.code === "exists") return false;
      throw error;
    }
  }

  /** What there is, in such a way that another lock or a touched one looks different. `undefined`: none. */
  async #mark(path = this.#pathOf()): Promise<LockMark | undefined> {
    try {
      const { identity, modified } = await this.#tree.stat(path);
      const content = Buffer.from(await this.#tree.readFile(path)).toString("latin1");
      return {
        text: `${identity} ${modified} ${content}`,
        modified,
        isOurs: content.startsWith(ownMark) || ownMark.startsWith(content),
      };
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  /** We touch ours; other programs do so seldom, and wait for two minutes, as we do for theirs. */
  #isStale(mark: LockMark | undefined, unchangedMs: number): boolean {
    if (mark === undefined) return false;
    if (mark.isOurs) return unchangedMs >= lockStaleMs;
    return unchangedMs >= lockRefreshMs && this.#reactor.clock.wall() - mark.modified >= foreignLockStaleMs;
  }

  /** Only one at a time looks again and takes it away, so that nobody takes away what another has just made. */
  async #breakStale(mark: LockMark | undefined): Promise<void> {
    const path = this.#pathOf();
    const breaking = `${path}.stale`;
    try {
      const file = await this.#tree.open(breaking, { read: false, write: true, create: "exclusive", mode: 0o600 });
      await file.close();
    } catch (error) {
      if (!(error instanceof FileError && error.code === "exists")) throw error;
      const { modified } = await this.#tree.stat(breaking).catch(() => ({ modified: Number.POSITIVE_INFINITY }));
      if (this.#reactor.clock.wall() - modified > lockStaleMs) await this.#tree.remove(breaking).catch(() => {}); // another was quicker
      await this.#reactor.clock.sleep(10);
      return;
    }
    try {
      if ((await this.#mark(path))?.text === mark?.text) await this.#tree.remove(path);
    } finally {
      await this.#tree.remove(breaking).catch(() => {}); // it may be gone with its folder
    }
  }

  #refresh(): { cancel(): void } {
    const { clock } = this.#reactor;
    let timer: Timer;
    const touch = (): void => {
      void this.#tree.setAttributes(this.#pathOf(), { modified: clock.wall() }).catch(() => {}); // told when it is given back
      timer = clock.after(lockRefreshMs, touch, { idle: true });
    };
    timer = clock.after(lockRefreshMs, touch, { idle: true });
    return { cancel: () => timer.cancel() };
  }

  /** It may have gone with its folder, or been taken from us: then it is not ours to remove. */
  async #release(owner: string): Promise<void> {
    try {
      const content = await this.#tree.readFile(this.#pathOf());
      if (Buffer.from(content).toString("latin1") === owner) await this.#tree.remove(this.#pathOf());
    } catch (error) {
      if (!(error instanceof FileError && ["not-found", "not-a-directory"].includes(error.code))) throw error;
    }
  }
}

/** What the locks of all our processes begin with. */
const ownMark = "hawser:";

/** A lock as it was found. */
interface LockMark {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** One of us made it; one that is torn was just being made, or never finished. */
  readonly isOurs: boolean;
}
