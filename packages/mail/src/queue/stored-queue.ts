import { type Cancellable, every, type Reactor, type Repetition, type StopOptions } from "@hawser/core";
import { MailQueueError } from "./errors.ts";
import type { MailQueueEvent } from "./events.ts";
import { type MailQueueLimits, type MailQueueTimes, mailQueueLimits, mailQueueTimes } from "./limits.ts";
import type { MailQueue, NewQueuedMail, QueuedMail } from "./queue.ts";
import { noMessage } from "./record.ts";
import type { QueueRunner } from "./runner/runner.ts";
import type { MailQueueDraft, MailQueueLease, MailQueueStore } from "./store.ts";

/** What a queue is made of, whether this process runs it or not. */
export interface MailQueueVisitOptions {
  readonly reactor: Reactor;
  /** Where it keeps its messages; it is disposed of with the queue. */
  readonly store: MailQueueStore;
  readonly limits?: Partial<MailQueueLimits> | undefined;
  readonly times?: Partial<MailQueueTimes> | undefined;
  /** Is told what happens. What it throws is lost. */
  readonly onEvent?: ((event: MailQueueEvent) => void) | undefined;
}

/** What a runner gets of the queue that it runs. */
export interface RunnerPlace {
  readonly limits: MailQueueLimits;
  readonly times: MailQueueTimes;
  readonly newId: () => string;
  readonly tell: (event: MailQueueEvent) => void;
}

/** Makes what runs the queue. */
export type MakeRunner = (place: RunnerPlace, lease: MailQueueLease) => QueueRunner;

/** A queue in a store. What runs it comes from outside, so that whoever only brings a message need not load it. */
export class StoredQueue implements MailQueue {
  readonly #options: MailQueueVisitOptions;
  readonly #makeRunner: MakeRunner | undefined;
  readonly #store: MailQueueStore;
  readonly #limits: MailQueueLimits;
  readonly #times: MailQueueTimes;
  #runner: QueueRunner | undefined;
  #polls: Repetition | undefined;
  #version = "";
  #scannedAt = 0;
  /** How many messages there were when all were counted, and how many this process has brought since. */
  #count = { known: 0, at: Number.NEGATIVE_INFINITY, since: 0 };
  #stopping: Promise<void> | undefined;

  constructor(options: MailQueueVisitOptions, makeRunner?: MakeRunner) {
    this.#options = options;
    this.#makeRunner = makeRunner;
    this.#store = options.store;
    this.#limits = { ...mailQueueLimits, ...options.limits };
    this.#times = { ...mailQueueTimes, ...options.times };
  }

  async open(): Promise<void> {
    if (this.#makeRunner === undefined) return;
    await this.#run();
    const { clock } = this.#options.reactor;
    const onError = (error: unknown): void => this.#tell({ type: "trouble", error });
    this.#polls = every(clock, this.#times.pollMs, () => this.#poll(), { idle: true, onError });
  }

  get isRunning(): boolean {
    return this.#runner !== undefined && !this.#runner.isLost;
  }

  async submit(mail: NewQueuedMail, options: Cancellable = {}): Promise<QueuedMail> {
    this.#refuseWhenStopped();
    this.#check(mail);
    await this.#refuseWhenFull();
    const draft = { ...mail, id: this.#newId(), submittedAt: this.#options.reactor.clock.wall() };
    const { messageOctetsMax: octetsMax } = this.#limits;
    const add = (): Promise<QueuedMail> => this.#store.add(draft, { ...options, octetsMax });
    const runner = this.#runner;
    const queued = await (runner === undefined ? add() : runner.bring(draft, add));
    this.#count.since++;
    this.#tell({ type: "submitted", mail: queued });
    return queued;
  }

  async list(): Promise<readonly QueuedMail[]> {
    const ids = [...(await this.#store.marks()).keys()].sort();
    const mails: QueuedMail[] = [];
    for (let at = 0; at < ids.length; at += readsAtOnce) {
      const some = ids.slice(at, at + readsAtOnce).map((id) => this.#store.get(id).catch(unlessUnreadable));
      for (const mail of await Promise.all(some)) if (mail !== undefined) mails.push(mail);
    }
    return mails.sort((one, other) => one.submittedAt - other.submittedAt);
  }

  async get(id: string): Promise<QueuedMail> {
    const mail = await this.#store.get(id);
    if (mail === undefined) throw noMessage(id);
    return mail;
  }

  read(id: string): AsyncIterable<Uint8Array> {
    return this.#store.read(id);
  }

  hold(id: string): Promise<void> {
    return this.#change(id, () => this.#store.setHeld(id, true));
  }

  release(id: string): Promise<void> {
    return this.#change(id, () => this.#store.setHeld(id, false));
  }

  async flush(which: { readonly id?: string | undefined; readonly domain?: string | undefined } = {}): Promise<number> {
    const { id, domain } = which;
    const mails = id === undefined ? await this.list() : [await this.get(id)];
    const meant = mails.filter((mail) => !mail.held && (domain === undefined || isFor(mail, domain)));
    let count = 0;
    for (const mail of meant) if (await this.#store.flush(mail.id)) count++;
    if (count > 0) await this.#runner?.scanAgain();
    return count;
  }

  remove(id: string): Promise<void> {
    return this.#change(id, () => this.#store.remove(id));
  }

  async settled(): Promise<void> {
    await this.#runner?.settled();
  }

  stop(options: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop({ graceMs = graceMsDefault, signal }: StopOptions): Promise<void> {
    await this.#polls?.[Symbol.asyncDispose]();
    const runner = this.#runner;
    this.#runner = undefined;
    await runner?.stop(graceMs, signal);
    if (runner !== undefined) this.#tell({ type: "running", runs: false });
    await this.#store[Symbol.asyncDispose]();
  }

  /** Runs the queue, if nobody else does. */
  async #run(): Promise<void> {
    const lease = await this.#store.takeLease();
    if (lease === undefined) return;
    const place = {
      ...{ limits: this.#limits, times: this.#times },
      newId: () => this.#newId(),
      tell: (event: MailQueueEvent) => this.#tell(event),
    };
    this.#version = await this.#store.version();
    this.#scannedAt = this.#options.reactor.clock.now();
    this.#runner = this.#makeRunner!(place, lease);
    this.#tell({ type: "running", runs: true });
    void this.#runner.scan().catch((error: unknown) => this.#tell({ type: "trouble", error }));
  }

  async #poll(): Promise<void> {
    if (this.#runner?.isLost) {
      const lost = this.#runner;
      this.#runner = undefined;
      await lost.stop(0);
      this.#tell({ type: "running", runs: false });
    }
    if (this.#runner === undefined) return this.#run();
    const version = await this.#store.version();
    const now = this.#options.reactor.clock.now();
    if (version === this.#version && now - this.#scannedAt < this.#times.scanMs) return;
    [this.#version, this.#scannedAt] = [version, now];
    await this.#runner.scanAgain();
  }

  async #change(id: string, change: () => Promise<boolean>): Promise<void> {
    if (!(await change())) throw noMessage(id);
    await this.#runner?.scanAgain();
  }

  #refuseWhenStopped(): void {
    if (this.#stopping !== undefined)
      throw new MailQueueError("closed", "Cannot take the message: the queue is closed");
  }

  #check({ from, to, envid }: NewQueuedMail): void {
    const { recipientsMax } = this.#limits;
    if (to.length === 0) throw new MailQueueError("no-recipients", "Cannot take the message: it has no recipient");
    if (to.length > recipientsMax)
      throw new MailQueueError(
        "too-many-recipients",
        `Cannot take the message: it has ${to.length} recipients, and ${recipientsMax} are allowed`,
      );
    const words = [from, envid ?? "", ...to.flatMap(({ address, orcpt = "" }) => [address, orcpt])];
    if (to.some(({ address }) => address === "") || words.some((word) => word.length > 2_000 || /[\0\r\n]/.test(word)))
      throw new MailQueueError("bad-address", "Cannot take the message: an address of its envelope is none");
  }

  /** Whoever runs the queue knows how many there are; others count now and then. */
  async #refuseWhenFull(): Promise<void> {
    const { messagesMax } = this.#limits;
    const now = this.#options.reactor.clock.now();
    if (this.#runner === undefined && now - this.#count.at > countAgeMaxMs)
      this.#count = { known: (await this.#store.marks()).size, at: now, since: 0 };
    const size = this.#runner?.size ?? this.#count.known + this.#count.since;
    if (size >= messagesMax)
      throw new MailQueueError("full", `Cannot take the message: ${messagesMax} messages wait already`);
  }

  /** Sorts by time, and is nobody else's. */
  #newId(): MailQueueDraft["id"] {
    const { clock, random } = this.#options.reactor;
    return `${clock.wall().toString(36).padStart(9, "0")}${Buffer.from(random.bytes(5)).toString("hex")}`;
  }

  #tell(event: MailQueueEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch {} // whoever listens must not stop the mail
  }
}

function isFor({ to }: QueuedMail, domain: string): boolean {
  const suffix = `@${domain.toLowerCase()}`;
  return to.some(({ address }) => address.toLowerCase().endsWith(suffix));
}

/** What cannot be read is set aside by whoever runs the queue. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof MailQueueError && error.code === "unreadable")) throw error;
}

/** Messages that are looked at together. */
const readsAtOnce = 32;
const graceMsDefault = 30_000;
/** So old may a count of the messages be that another process runs. */
const countAgeMaxMs = 10_000;
