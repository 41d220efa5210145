import { parse, resolve } from "node:path";
import { type Cancellable, FileError, type FileTree, type Reactor } from "@hawser/core";
import { MailQueueError } from "../errors.ts";
import type { QueuedMail } from "../queue.ts";
import { afterStep } from "../record.ts";
import type {
  MailQueueDraft,
  MailQueueLease,
  MailQueueMarks,
  MailQueueStep,
  MailQueueStepped,
  MailQueueStore,
} from "../store.ts";
import { isQueueId, QueueFiles, type ReadMail } from "./files.ts";
import { LeaseSeeker } from "./lease.ts";
import { queueLogOctetsMax } from "./limits.ts";
import { putInOrder, removeOrphans } from "./order.ts";

/**
 * Keeps a queue in files of a folder, which is made when it is not there. A message is one file, its envelope on top, for
 * people to read; it is on the medium before anybody is told that it was taken, and its name as well. What happens to it is written
 * behind what has happened, in a file beside it, and what others want (hold, flush) are empty files: so no two processes ever write
 * to the same one.
 */
export async function diskMailQueueStore(
  reactor: Pick<Reactor, "clock" | "files" | "random">,
  root: string,
): Promise<MailQueueStore> {
  return translated(async () => {
    const tree = reactor.files(root);
    await makeFolder(reactor, root, tree);
    for (const name of ["mail", "aside"]) await makeDirectory(tree, name);
    return new DiskQueueStore(reactor, tree);
  });
}

class DiskQueueStore implements MailQueueStore {
  readonly #reactor: Pick<Reactor, "clock" | "files" | "random">;
  readonly #files: QueueFiles;
  readonly #seeker: LeaseSeeker;
  /** What is known of messages while this process has the lease: nobody else writes their logs then. */
  readonly #known = new Map<string, ReadMail>();
  /** The last thing that was begun for a message: what comes next waits for it. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #lease: MailQueueLease | undefined;

  constructor(reactor: Pick<Reactor, "clock" | "files" | "random">, tree: FileTree) {
    this.#reactor = reactor;
    this.#files = new QueueFiles(tree, reactor.random);
    this.#seeker = new LeaseSeeker(reactor, tree);
  }

  add(draft: MailQueueDraft, options: Cancellable & { readonly octetsMax: number }): Promise<QueuedMail> {
    return translated(async () => {
      const mail = await this.#files.write(draft, "part", options);
      if (mail.held) await this.#files.mark(mail.id, "hold");
      await this.#files.publish(mail.id, "part");
      if (this.#isOurs) this.#known.set(mail.id, { mail, logOctets: 0, isLogTorn: false });
      else await this.#files.wake();
      return mail;
    });
  }

  marks(): Promise<ReadonlyMap<string, MailQueueMarks>> {
    return translated(async () => {
      const names = await this.#files.names();
      const [mails, holds, flushes] = [names.get("mail")!, names.get("hold")!, names.get("flush")!];
      for (const id of this.#known.keys()) if (!mails.has(id) && !this.#turns.has(id)) this.#known.delete(id);
      if (this.#isOurs) await removeOrphans(this.#files, names, this.#reactor.clock.wall() - orphanAgeMs);
      return new Map([...mails].map((id) => [id, { held: holds.has(id), flushed: flushes.has(id) }]));
    });
  }

  get(id: string): Promise<QueuedMail | undefined> {
    return translated(async () => {
      if (!isQueueId(id)) return undefined;
      const read = await this.#read(id);
      if (read === undefined) return undefined;
      if (read.mail.to.length > 0) return read.mail;
      if (this.#isOurs) await this.#takeOut(id);
      return undefined;
    });
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    try {
      yield* this.#files.content(isQueueId(id) ? id : "none");
    } catch (error) {
      throw queueError(error);
    }
  }

  setHeld(id: string, held: boolean): Promise<boolean> {
    return this.#say(id, () => (held ? this.#files.mark(id, "hold") : this.#files.remove(id, "hold")));
  }

  flush(id: string): Promise<boolean> {
    return this.#say(id, () => this.#files.mark(id, "flush"));
  }

  remove(id: string): Promise<boolean> {
    return this.#say(id, () => this.#inTurn(id, () => this.#takeOut(id)));
  }

  async heed(id: string): Promise<void> {
    await translated(() => this.#files.remove(id, "flush"));
  }

  step(id: string, step: MailQueueStep): Promise<MailQueueStepped> {
    return translated(() => this.#inTurn(id, () => this.#step(id, step)));
  }

  takeLease(): Promise<MailQueueLease | undefined> {
    return translated(async () => {
      const lease = await this.#seeker.take();
      if (lease === undefined) return undefined;
      try {
        await putInOrder(this.#files, this.#reactor.clock);
      } catch (error) {
        await lease.release();
        throw error;
      }
      this.#known.clear();
      this.#lease = lease;
      const release = async (): Promise<void> => {
        this.#lease = undefined;
        this.#known.clear();
        await translated(() => lease.release());
      };
      return { lost: lease.lost, release };
    });
  }

  version(): Promise<string> {
    return translated(() => this.#files.wakeText());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lease?.release();
  }

  get #isOurs(): boolean {
    return this.#lease !== undefined && !this.#lease.lost.aborted;
  }

  async #read(id: string): Promise<ReadMail | undefined> {
    try {
      const read = await this.#files.read(id);
      if (read !== undefined && this.#isOurs && !this.#known.has(id)) this.#known.set(id, read);
      return read;
    } catch (error) {
      if (this.#isOurs && error instanceof MailQueueError && error.code === "unreadable")
        await this.#files.setAside(id);
      throw error;
    }
  }

  /** First the reports, which nobody sees yet; then the line that counts; then everybody sees them. */
  async #step(id: string, step: MailQueueStep): Promise<MailQueueStepped> {
    if (!this.#isOurs)
      throw new MailQueueError("busy", "Cannot go on with the message: another process runs the queue");
    const known = this.#known.get(id) ?? (await this.#files.read(id));
    const mail = known && afterStep(known.mail, step);
    const reports: QueuedMail[] = [];
    for (const draft of step.reports)
      reports.push(await this.#files.write(draft, "report", { octetsMax: Number.POSITIVE_INFINITY }));
    const isLogged = known !== undefined && mail !== undefined && (mail.to.length > 0 || reports.length > 0);
    const isTakenOut = isLogged && !(await this.#log(known, mail, step));
    for (const report of reports) {
      await this.#files.publish(report.id, "report");
      this.#known.set(report.id, { mail: report, logOctets: 0, isLogTorn: false });
    }
    if (isTakenOut) this.#known.delete(id);
    else if (mail?.to.length === 0) await this.#finish(id, known!.logOctets > 0 || reports.length > 0);
    return { mail: isTakenOut || mail?.to.length === 0 ? undefined : mail, reports };
  }

  /** @returns false when somebody has taken the message out: what is said of it counts no more */
  async #log(known: ReadMail, mail: QueuedMail, step: MailQueueStep): Promise<boolean> {
    if (!(await this.#files.has(mail.id, "mail"))) return false;
    let logOctets = await this.#files.log(mail.id, step, known);
    if (logOctets > queueLogOctetsMax && mail.to.length > 0 && step.reports.length === 0)
      logOctets = await this.#files.rewriteLog(mail.id, await this.#summary(mail, step.at));
    this.#known.set(mail.id, { mail, logOctets, isLogTorn: false });
    return true;
  }

  /** All that a long log says, in one step. */
  async #summary(mail: QueuedMail, at: number): Promise<MailQueueStep> {
    const { steps } = await this.#files.steps(mail.id);
    const done = steps.flatMap(({ progress }) => progress.filter(({ isDone }) => isDone));
    const waiting = mail.to.map(({ number, attempts, nextAttemptAt, lastFailure = "" }) => ({
      ...{ number, isDone: false as const },
      ...{ attempts, nextAttemptAt, text: lastFailure },
    }));
    return { at, progress: [...done, ...waiting], isDelayTold: mail.isDelayTold, reports: [] };
  }

  /** What others have said of it is found without it when everything is looked through: most messages have nothing. */
  async #finish(id: string, hasLog: boolean): Promise<void> {
    await this.#files.remove(id, "mail");
    if (hasLog) await this.#files.remove(id, "log");
    this.#known.delete(id);
  }

  /** The message first: what is left of a message that is gone says nothing. */
  async #takeOut(id: string): Promise<boolean> {
    const wasThere = await this.#files.remove(id, "mail");
    for (const kind of ["log", "hold", "flush"] as const) await this.#files.remove(id, kind);
    this.#known.delete(id);
    return wasThere;
  }

  #say(id: string, act: () => Promise<unknown>): Promise<boolean> {
    return translated(async () => {
      if (!isQueueId(id) || !(await this.#files.has(id, "mail"))) return false;
      await act();
      if (!this.#isOurs) await this.#files.wake();
      return true;
    });
  }

  #inTurn<Result>(id: string, act: () => Promise<Result>): Promise<Result> {
    const result = (this.#turns.get(id) ?? Promise.resolve()).then(act);
    const turn = result
      .catch(() => {})
      .then(() => {
        if (this.#turns.get(id) === turn) this.#turns.delete(id);
      });
    this.#turns.set(id, turn);
    return result;
  }
}

/** What is said of a message may be there a moment before the message. */
const orphanAgeMs = 60_000;

/** Makes the folder of a queue, and those above it, for nobody else to look into. */
async function makeFolder(reactor: Pick<Reactor, "files">, root: string, tree: FileTree): Promise<void> {
  try {
    await tree.list("", { entriesMax: 0 });
  } catch (error) {
    if (!(error instanceof FileError && error.code === "not-found")) throw error;
    const absolute = resolve(root);
    const { root: top } = parse(absolute);
    const levels = absolute.slice(top.length).split(/[\\/]/);
    for (const [i] of levels.entries()) await makeDirectory(reactor.files(top), levels.slice(0, i + 1));
  }
}

async function makeDirectory(tree: FileTree, path: string | readonly string[]): Promise<void> {
  try {
    await tree.makeDirectory(path);
    await tree.setAttributes(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof FileError && error.code === "exists")) throw error;
  }
}

async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw queueError(error);
  }
}

/** What the disk says, in a queue's words. */
function queueError(cause: unknown): unknown {
  if (!(cause instanceof FileError) && !(cause instanceof RangeError)) return cause;
  if (cause instanceof FileError && cause.code === "no-space")
    return new MailQueueError("full", "Cannot keep mail: there is no room on the disk", { cause });
  return new MailQueueError("unavailable", `Cannot use the queue: ${cause.message}`, { cause });
}
