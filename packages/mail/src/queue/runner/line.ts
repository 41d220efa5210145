import type { MailQueueLimits } from "../limits.ts";
import type { MailTransport, QueuedRecipient } from "../queue.ts";
import { QueueDestination, type QueueJob } from "./destination.ts";
import { DueHeap } from "./due.ts";
import type { QueueEntry } from "./entry.ts";

/** Who is next: messages by their time, then by destination, each in its turn. */
export class QueueLine {
  readonly #transport: MailTransport;
  readonly #limits: MailQueueLimits;
  readonly #heap = new DueHeap<QueueEntry>();
  readonly #destinations = new Map<string, QueueDestination>();
  /** Those that somebody waits for, in the order in which they have their turn. */
  readonly #ready = new Set<QueueDestination>();
  readonly #started = new Set<QueueJob>();

  constructor({ transport, limits }: { readonly transport: MailTransport; readonly limits: MailQueueLimits }) {
    this.#transport = transport;
    this.#limits = limits;
  }

  /** When the next message is due, by the wall clock. */
  get nextDue(): number | undefined {
    return this.#heap.next;
  }

  /** Nobody who is due waits for a turn. */
  get isEmpty(): boolean {
    return this.#ready.size === 0;
  }

  /** Has a message looked at when it is due. */
  schedule(entry: QueueEntry): void {
    const at = entry.nextAttemptAt;
    if (at === entry.dueAt) return;
    entry.dueAt = at;
    if (at < Number.POSITIVE_INFINITY) this.#heap.push(at, entry);
  }

  /** Puts what is due into line. Gives those whose way is blocked: they have another time. */
  turnDue(now: number): readonly QueueJob[] {
    const blocked: QueueJob[] = [];
    for (let row = this.#heap.pop(now); row !== undefined; row = this.#heap.pop(now)) {
      const entry = row.value;
      if (row.at !== entry.dueAt || entry.isRemoved) continue;
      entry.dueAt = Number.POSITIVE_INFINITY;
      for (const job of this.#jobsOf(entry, now)) {
        if (job.destination.isBlocked(now)) blocked.push(job);
        else this.#join(job);
      }
      this.schedule(entry);
    }
    return blocked;
  }

  /** The next that may begin, which counts as active from then on. */
  begin(now: number): QueueJob | undefined {
    if (this.#started.size >= this.#limits.attemptsMax) return undefined;
    for (const destination of this.#ready) {
      if (!destination.hasRoom(this.#limits.destinationAttemptsMax) || destination.isBlocked(now)) continue;
      for (const job of destination.waiting) {
        this.#leave(job);
        if (job.entry.isRemoved || job.entry.mail.held) {
          this.#free(job);
          continue;
        }
        destination.active++;
        this.#started.add(job);
        return job;
      }
    }
    return undefined;
  }

  /** A job is over, or was put off: its recipients have another time. */
  end(job: QueueJob): void {
    if (this.#started.delete(job)) job.destination.active--;
    this.#free(job);
    if (job.destination.isIdle) this.#destinations.delete(job.destination.name);
  }

  /** Forgets destinations that nobody has asked for in a long time: there are as many as senders can think of. */
  forgetBefore(blockedUntil: number): void {
    for (const destination of this.#destinations.values())
      if (destination.waiting.size + destination.active === 0 && destination.blockedUntil < blockedUntil)
        this.#destinations.delete(destination.name);
  }

  /** Takes out all who wait for a destination. */
  takeWaiting(destination: QueueDestination): readonly QueueJob[] {
    const jobs = [...destination.waiting];
    destination.waiting.clear();
    this.#ready.delete(destination);
    return jobs;
  }

  /** Somebody wants to try, whatever is known of the way. */
  unblock(name: string): void {
    const destination = this.#destinations.get(name);
    if (destination !== undefined) destination.blockedUntil = 0;
  }

  #jobsOf(entry: QueueEntry, now: number): readonly QueueJob[] {
    const ways = new Map<string, QueuedRecipient[]>();
    for (const recipient of entry.due(now)) {
      const name = this.#transport.destination(recipient.address);
      const together = ways.get(name);
      if (together === undefined) ways.set(name, [recipient]);
      else together.push(recipient);
    }
    const most = this.#limits.attemptRecipientsMax;
    const jobs: QueueJob[] = [];
    for (const [name, all] of ways)
      for (let at = 0; at < all.length; at += most) {
        const recipients = all.slice(at, at + most);
        for (const { number } of recipients) entry.busy.add(number);
        jobs.push({ entry, recipients, destination: this.#destination(name) });
      }
    return jobs;
  }

  #destination(name: string): QueueDestination {
    let destination = this.#destinations.get(name);
    if (destination === undefined) {
      destination = new QueueDestination(name);
      this.#destinations.set(name, destination);
    }
    return destination;
  }

  #join(job: QueueJob): void {
    job.destination.waiting.add(job);
    this.#ready.add(job.destination);
  }

  /** Takes the first out of the line of its destination, which goes behind the others. */
  #leave(job: QueueJob): void {
    const { destination } = job;
    destination.waiting.delete(job);
    this.#ready.delete(destination);
    if (destination.waiting.size > 0) this.#ready.add(destination);
  }

  #free({ entry, recipients }: QueueJob): void {
    for (const { number } of recipients) entry.busy.delete(number);
    if (!entry.isRemoved) this.schedule(entry);
  }
}
