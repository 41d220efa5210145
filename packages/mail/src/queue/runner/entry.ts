import type { QueuedMail, QueuedRecipient } from "../queue.ts";

/** A message as whoever runs the queue knows it. */
export class QueueEntry {
  mail: QueuedMail;
  /** Recipients, by number, that wait for their turn or are under way. */
  readonly busy: Set<number> = new Set();
  /** Somebody has taken the message out. */
  isRemoved: boolean = false;
  /** When it is looked at next; what the heap has for other times counts no more. */
  dueAt: number = Number.POSITIVE_INFINITY;

  constructor(mail: QueuedMail) {
    this.mail = mail;
  }

  /** When the first of those that only wait may be tried. */
  get nextAttemptAt(): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.mail.held) return next;
    for (const { number, nextAttemptAt } of this.mail.to)
      if (nextAttemptAt < next && !this.busy.has(number)) next = nextAttemptAt;
    return next;
  }

  due(now: number): readonly QueuedRecipient[] {
    return this.mail.to.filter(({ number, nextAttemptAt }) => nextAttemptAt <= now && !this.busy.has(number));
  }

  /** Everybody may be tried now. */
  hurry(now: number): void {
    const to = this.mail.to.map((one) => (one.nextAttemptAt <= now ? one : { ...one, nextAttemptAt: now }));
    this.mail = { ...this.mail, to };
  }
}
