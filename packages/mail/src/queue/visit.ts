import type { MailQueue } from "./queue.ts";
import { type MailQueueVisitOptions, StoredQueue } from "./stored-queue.ts";

/**
 * Opens a queue without running it: to bring messages, and to look after those that wait. Whoever runs it notices.
 *
 * ```ts no-run
 * await using queue = visitMailQueue({ reactor, store: await diskMailQueueStore(reactor, "/var/spool/hawser/mail") });
 * ```
 */
export function visitMailQueue(options: MailQueueVisitOptions): MailQueue {
  return new StoredQueue(options);
}
