import { type Reactor, Semaphore, type Timer } from "@hawser/core";
import { isGone, MailQueueError } from "../errors.ts";
import type { MailQueueEvent } from "../events.ts";
import type { MailQueueLimits, MailQueueTimes } from "../limits.ts";
import type { MailTransport, MailTransportResult, QueuedMail } from "../queue.ts";
import { afterStep } from "../record.ts";
import { type ReportSettings, reportMail } from "../report/report.ts";
import type { MailQueueDraft, MailQueueLease, MailQueueMarks, MailQueueStepped, MailQueueStore } from "../store.ts";
import { type Conclusion, conclude, wordsOf } from "./conclusion.ts";
import { deliverOnce } from "./deliver.ts";
import type { QueueJob } from "./destination.ts";
import { QueueEntry } from "./entry.ts";
import { QueueLine } from "./line.ts";

/** What a runner works with. */
export interface RunnerParts {
  readonly reactor: Reactor;
  readonly store: MailQueueStore;
  readonly transport: MailTransport;
  readonly limits: MailQueueLimits;
  readonly times: MailQueueTimes;
  readonly reports: ReportSettings;
  readonly newId: () => string;
  readonly tell: (event: MailQueueEvent) => void;
}

/** Runs a queue while it has the lease: tries what is due, writes down what came of it, and reports. */
export class QueueRunner {
  readonly #parts: RunnerParts;
  readonly #lease: MailQueueLease;
  readonly #line: QueueLine;
  readonly #entries = new Map<string, QueueEntry>();
  /** Messages that this process is just bringing: they are admitted when they are whole. */
  readonly #arriving = new Set<string>();
  /** What ends each attempt that is under way. */
  readonly #attempts = new Map<QueueJob, AbortController>();
  readonly #writing = new Semaphore(writesAtOnce);
  /** What is under way, of every kind. */
  readonly #work = new Set<Promise<unknown>>();
  #timer: Timer | undefined;
  #isStopped = false;
  /** Why nothing goes on any more: its time is over, or the lease is lost. */
  #cutReason: Error | undefined;
  #scan: Promise<void> | undefined;
  #waiters: (() => void)[] = [];

  constructor(parts: RunnerParts, lease: MailQueueLease) {
    this.#parts = parts;
    this.#lease = lease;
    this.#line = new QueueLine(parts);
    lease.lost.addEventListener("abort", () => this.#lose(), { once: true });
  }

  /** How many messages it knows. */
  get size(): number {
    return this.#entries.size;
  }

  get isLost(): boolean {
    return this.#lease.lost.aborted;
  }

  /** Brings a message: nobody else admits it meanwhile. */
  async bring(draft: MailQueueDraft, add: () => Promise<QueuedMail>): Promise<QueuedMail> {
    this.#arriving.add(draft.id);
    try {
      const mail = await add();
      this.#admit(mail);
      return mail;
    } finally {
      this.#arriving.delete(draft.id);
    }
  }

  /** Looks through the whole queue, for what other processes have brought, said or taken out. */
  scan(): Promise<void> {
    this.#scan ??= this.#track(this.#look()).finally(() => {
      this.#scan = undefined;
      this.#pump();
    });
    return this.#scan;
  }

  /** Looks through the queue as it is from now on. */
  async scanAgain(): Promise<void> {
    await this.#scan;
    await this.scan();
  }

  /** Resolves when nothing is under way or due. */
  async settled(): Promise<void> {
    while (!this.#isQuiet) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Begins nothing more; ends what is under way when its time is over, and gives the lease back. */
  async stop(graceMs: number, signal?: AbortSignal): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    const cut = (): void => this.#cut(new MailQueueError("closed", "The queue was stopped"));
    const timer = this.#parts.reactor.clock.after(graceMs, cut);
    signal?.addEventListener("abort", cut, { once: true });
    if (signal?.aborted) cut();
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
    timer.cancel();
    signal?.removeEventListener("abort", cut);
    await this.#lease.release();
    this.#wake();
  }

  get #now(): number {
    return this.#parts.reactor.clock.wall();
  }

  get #isStopping(): boolean {
    return this.#isStopped || this.isLost;
  }

  get #isQuiet(): boolean {
    return (
      this.#isStopping ||
      (this.#work.size === 0 && this.#line.isEmpty && (this.#line.nextDue ?? Number.POSITIVE_INFINITY) > this.#now)
    );
  }

  #lose(): void {
    this.#timer?.cancel();
    this.#cut(this.#lease.lost.reason as Error);
    this.#wake();
  }

  #cut(reason: Error): void {
    this.#cutReason ??= reason;
    for (const attempt of this.#attempts.values()) attempt.abort(reason);
  }

  async #look(): Promise<void> {
    const { times, store } = this.#parts;
    this.#line.forgetBefore(this.#now - times.blockedMaxMs);
    const before = new Set(this.#entries.keys());
    const marks = await store.marks();
    for (const id of before) if (!marks.has(id)) this.#drop(id);
    const rows = [...marks].sort(([one], [other]) => (one < other ? -1 : 1));
    for (let at = 0; at < rows.length && !this.#isStopping; at += readsAtOnce) {
      await Promise.all(rows.slice(at, at + readsAtOnce).map(([id, mark]) => this.#heed(id, mark)));
      if ((this.#line.nextDue ?? Number.POSITIVE_INFINITY) <= this.#now) this.#pump();
    }
  }

  /** Learns of a message, and does what others have said of it. */
  async #heed(id: string, { held, flushed }: MailQueueMarks): Promise<void> {
    const entry = this.#entries.get(id) ?? (await this.#fetch(id));
    if (entry === undefined) return;
    if (entry.mail.held !== held) entry.mail = { ...entry.mail, held };
    if (flushed) await this.#hurry(entry);
    this.#line.schedule(entry);
  }

  async #fetch(id: string): Promise<QueueEntry | undefined> {
    if (this.#arriving.has(id)) return undefined;
    try {
      const mail = await this.#parts.store.get(id);
      if (mail === undefined || this.#arriving.has(id)) return undefined;
      return this.#entries.get(id) ?? this.#enter(mail);
    } catch (error) {
      this.#parts.tell(
        error instanceof MailQueueError && error.code === "unreadable"
          ? { type: "set-aside", id, error }
          : { type: "trouble", error },
      );
      return undefined;
    }
  }

  async #hurry(entry: QueueEntry): Promise<void> {
    entry.hurry(this.#now);
    for (const { address } of entry.mail.to) this.#line.unblock(this.#parts.transport.destination(address));
    await this.#parts.store.heed(entry.mail.id);
  }

  #admit(mail: QueuedMail): void {
    if (this.#entries.has(mail.id)) return;
    this.#line.schedule(this.#enter(mail));
    this.#pump();
  }

  #enter(mail: QueuedMail): QueueEntry {
    const entry = new QueueEntry(mail);
    this.#entries.set(mail.id, entry);
    return entry;
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    entry.isRemoved = true;
    const reason = new MailQueueError("no-message", "The message was taken out of the queue");
    for (const [job, attempt] of this.#attempts) if (job.entry === entry) attempt.abort(reason);
  }

  /** Begins whatever may begin now, and sets the alarm for what may not. */
  #pump(): void {
    if (this.#isStopping) return;
    const now = this.#now;
    for (const job of this.#line.turnDue(now)) void this.#track(this.#postpone(job));
    for (let job = this.#line.begin(now); job !== undefined; job = this.#line.begin(now))
      void this.#track(this.#try(job));
    this.#timer?.cancel();
    const next = this.#line.nextDue;
    if (next !== undefined)
      this.#timer = this.#parts.reactor.clock.after(Math.min(Math.max(0, next - now), alarmMsMax), () => this.#pump(), {
        idle: true,
      });
    if (this.#isQuiet) this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    const tracked = work.finally(() => {
      this.#work.delete(tracked);
      if (this.#isQuiet) this.#wake();
    });
    this.#work.add(tracked);
    tracked.catch(() => {});
    return tracked;
  }

  async #try(job: QueueJob): Promise<void> {
    const { entry, recipients, destination } = job;
    const { reactor, transport, store, limits, times } = this.#parts;
    const { mail } = entry;
    const attempt = new AbortController();
    this.#attempts.set(job, attempt);
    try {
      const results = await deliverOnce({
        ...{ clock: reactor.clock, transport, mail, recipients, timeoutMs: limits.attemptTimeoutMs },
        content: () => store.read(mail.id),
        signal: attempt.signal,
      });
      if (results === undefined) return;
      if (destination.learn(results, this.#now, times))
        for (const other of this.#line.takeWaiting(destination)) void this.#track(this.#postpone(other));
      await this.#keep(job, results);
    } finally {
      this.#attempts.delete(job);
      this.#line.end(job);
      this.#pump();
    }
  }

  /** Nobody tries, since the way is blocked; but who waits too long is told all the same. */
  async #postpone(job: QueueJob): Promise<void> {
    const { blockage, blockedUntil } = job.destination;
    try {
      if (blockage === undefined) return; // it was found open meanwhile
      const spreadMs = (blockedUntil - this.#now) * 0.1 * this.#parts.reactor.random.number();
      const results = job.recipients.map(() => blockage);
      await this.#keep(job, results, Math.round(blockedUntil + spreadMs));
    } finally {
      this.#line.end(job);
      this.#pump();
    }
  }

  /** Writes down what came of it. */
  async #keep(job: QueueJob, results: readonly MailTransportResult[], blockedUntil?: number): Promise<void> {
    const { entry, recipients, destination } = job;
    const { reactor, times, tell } = this.#parts;
    const given = recipients.map((recipient, i) => ({ recipient, result: results[i]! }));
    const { random } = reactor;
    const conclusion = conclude(entry.mail, given, { now: this.#now, times, random, blockedUntil });
    if (blockedUntil !== undefined && isOldNews(conclusion)) {
      entry.mail = afterStep(entry.mail, conclusion);
      return;
    }
    const stepped = await this.#writing.run(() => this.#write(entry, conclusion));
    if (stepped === undefined) return;
    for (const { recipient, result } of conclusion.tried)
      tell({ type: result.outcome, mail: entry.mail, recipient, text: wordsOf(result), destination: destination.name });
    for (const report of stepped.reports) {
      tell({ type: "reported", mail: report, about: entry.mail.id });
      this.#admit(report);
    }
    this.#follow(entry, stepped.mail);
  }

  #follow(entry: QueueEntry, mail: QueuedMail | undefined): void {
    if (mail !== undefined) {
      entry.mail = { ...mail, held: entry.mail.held };
      return;
    }
    const { id } = entry.mail;
    if (this.#entries.get(id) !== entry) return; // taken out meanwhile
    this.#entries.delete(id);
    entry.mail = { ...entry.mail, to: [] };
    this.#parts.tell({ type: "ended", id });
  }

  /** What cannot be written is tried until it can: nobody is served twice for it. */
  async #write(
    entry: QueueEntry,
    { progress, reported, isDelayTold }: Conclusion,
  ): Promise<MailQueueStepped | undefined> {
    const { reactor, store, tell } = this.#parts;
    const { mail } = entry;
    for (let waitMs = 100; ; waitMs = Math.min(writeWaitMsMax, waitMs * 2)) {
      try {
        const reports = reported.length === 0 || entry.isRemoved ? [] : await this.#report(mail, reported);
        return await store.step(mail.id, { at: this.#now, progress, isDelayTold, reports });
      } catch (error) {
        if (this.#cutReason !== undefined) return undefined;
        tell({ type: "trouble", error });
        await reactor.clock.sleep(waitMs);
      }
    }
  }

  async #report(mail: QueuedMail, reported: Conclusion["reported"]): Promise<readonly MailQueueDraft[]> {
    const { reactor, store, limits, reports, newId } = this.#parts;
    const content = () => store.read(mail.id);
    try {
      const report = await reportMail({ mail, reported, content, reactor, limits, settings: reports });
      return report === undefined ? [] : [{ ...report, id: newId(), submittedAt: this.#now }];
    } catch (error) {
      if (isGone(error)) return []; // of what was taken out nobody hears
      throw error;
    }
  }
}

/** A message that waits behind a blockage need not be written down each time. */
function isOldNews({ tried, reported }: Conclusion): boolean {
  const isKnown = tried.every(({ recipient, result }) => recipient.lastFailure === wordsOf(result));
  return isKnown && reported.length === 0 && tried.every(({ result }) => result.outcome === "deferred");
}

/** Messages that are looked at together. */
const readsAtOnce = 32;
/** A log or a report is written by so many at once; the others wait. */
const writesAtOnce = 16;
/** A stop waits for the last of these waits. */
const writeWaitMsMax = 5_000;
/** Timers of Node end at 2^31 ms; and a wall clock may be set. */
const alarmMsMax = 600_000;
