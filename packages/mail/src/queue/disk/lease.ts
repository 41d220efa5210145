import { FileError, type FileTree, type Reactor, type Timer } from "@hawser/core";
import type { MailQueueLease } from "../store.ts";
import { unlessMissing } from "./files.ts";
import { queueLeaseStaleMs, queueLeaseTouchMs } from "./limits.ts";
import { isProcessGone, processMark } from "./process-mark.ts";

/** What a lease and its keeper need of a reactor. */
type LeaseReactor = Pick<Reactor, "clock" | "files" | "random">;

/**
 * The file `lock`, which whoever runs the queue has made and touches now and then. It is taken from a process that is gone: at
 * once where the system tells so, else when it has not been touched for long. Only watching tells the latter, so that no two clocks
 * need to agree: ask again and again.
 */
export class LeaseSeeker {
  readonly #reactor: LeaseReactor;
  readonly #tree: FileTree;
  #seen: { readonly mark: string; readonly since: number } | undefined;

  constructor(reactor: LeaseReactor, tree: FileTree) {
    this.#reactor = reactor;
    this.#tree = tree;
  }

  /** `undefined`: somebody else has it. */
  async take(): Promise<MailQueueLease | undefined> {
    const owner = `${Buffer.from(this.#reactor.random.bytes(12)).toString("hex")} ${await processMark(this.#reactor)}\n`;
    if (await this.#make(owner)) return new DiskLease(this.#reactor, this.#tree, owner);
    const mark = await lockMark(this.#tree);
    if (mark === undefined || !(await this.#isLeft(mark))) return undefined;
    await this.#breakLock(mark);
    return (await this.#make(owner)) ? new DiskLease(this.#reactor, this.#tree, owner) : undefined;
  }

  /** The file is there with all that is in it, or it is not: a torn one would be nobody's. */
  async #make(owner: string): Promise<boolean> {
    try {
      const file = await this.#tree.open("lock", { read: false, write: true, create: "exclusive", mode: 0o600 });
      await file.write(0, Buffer.from(owner)).finally(() => file.close());
      return true;
    } catch (error) {
      if (error instanceof FileError && error.code === "exists") return false;
      throw error;
    }
  }

  async #isLeft({ mark, text }: LockMark): Promise<boolean> {
    const now = this.#reactor.clock.now();
    if (mark !== this.#seen?.mark) this.#seen = { mark, since: now };
    if (text.endsWith("\n") && (await isProcessGone(this.#reactor, text.slice(text.indexOf(" ") + 1, -1)))) return true;
    return now - this.#seen!.since >= queueLeaseStaleMs;
  }

  /** One at a time looks again and takes it away, so that nobody takes away what another has just made. */
  async #breakLock({ mark }: LockMark): Promise<void> {
    try {
      const file = await this.#tree.open("lock.left", { read: false, write: true, create: "exclusive", mode: 0o600 });
      await file.close();
    } catch (error) {
      if (!(error instanceof FileError && error.code === "exists")) throw error;
      return this.#clearBreaker();
    }
    try {
      if ((await lockMark(this.#tree))?.mark === mark) await this.#tree.remove("lock");
    } finally {
      await unlessMissing(this.#tree.remove("lock.left"));
    }
  }

  /** Whoever was about to take a lock away may have died of it. */
  async #clearBreaker(): Promise<void> {
    const breaker = await unlessMissing(this.#tree.stat("lock.left"));
    if (breaker !== undefined && this.#reactor.clock.wall() - breaker.modified > queueLeaseStaleMs)
      await unlessMissing(this.#tree.remove("lock.left"));
  }
}

class DiskLease implements MailQueueLease {
  readonly #reactor: LeaseReactor;
  readonly #tree: FileTree;
  readonly #owner: string;
  readonly #lost = new AbortController();
  #timer: Timer;

  constructor(reactor: LeaseReactor, tree: FileTree, owner: string) {
    this.#reactor = reactor;
    this.#tree = tree;
    this.#owner = owner;
    this.#timer = this.#touchLater();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#timer.cancel();
    if (!this.lost.aborted && (await this.#isOurs())) await unlessMissing(this.#tree.remove("lock"));
  }

  #touchLater(): Timer {
    return this.#reactor.clock.after(queueLeaseTouchMs, () => void this.#touch(), { idle: true });
  }

  async #touch(): Promise<void> {
    try {
      if (!(await this.#isOurs())) return this.#lost.abort(new Error("Another process runs the queue now"));
      await this.#tree.setAttributes("lock", { modified: this.#reactor.clock.wall() });
    } catch {} // a disk that fails is noticed by those who need it; the lease may go stale meanwhile
    this.#timer = this.#touchLater();
  }

  async #isOurs(): Promise<boolean> {
    return (await lockMark(this.#tree))?.text === this.#owner;
  }
}

interface LockMark {
  /** Another one when it was made anew, or touched. */
  readonly mark: string;
  readonly text: string;
}

async function lockMark(tree: FileTree): Promise<LockMark | undefined> {
  const stat = await unlessMissing(tree.stat("lock"));
  const octets = stat === undefined ? undefined : await unlessMissing(tree.readFile("lock", { octetsMax: 4_096 }));
  if (stat === undefined || octets === undefined) return undefined;
  const text = Buffer.from(octets).toString();
  return { mark: `${stat.identity} ${stat.modified} ${text}`, text };
}
