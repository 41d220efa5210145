import type { MailQueue, MailTransport } from "./queue.ts";
import { QueueRunner } from "./runner/runner.ts";
import { type MailQueueVisitOptions, StoredQueue } from "./stored-queue.ts";
import { visitMailQueue } from "./visit.ts";

/** What a queue is made of that runs. */
export interface MailQueueOptions extends MailQueueVisitOptions {
  /** The way on. Absent: as {@link visitMailQueue}. */
  readonly transport?: MailTransport | undefined;
  /** What this machine is called in reports (RFC 3464 §2.2.2). Default `localhost`. */
  readonly name?: string | undefined;
  /** Who hears of reports that cannot be delivered. Default: nobody. */
  readonly postmaster?: string | undefined;
}

/**
 * Opens a queue, and runs it unless another process does; when that one ends, it takes over.
 *
 * ```ts no-run
 * const store = await diskMailQueueStore(nodeReactor, "/var/spool/hawser/mail");
 * await using queue = await mailQueue({ reactor: nodeReactor, store, transport: mxTransport({ reactor: nodeReactor }) });
 * await queue.submit({ from: "alice@example.org", to: [{ address: "bob@example.net" }], content });
 * ```
 * @throws {MailQueueError} `unavailable`
 */
export async function mailQueue(options: MailQueueOptions): Promise<MailQueue> {
  const { reactor, store, transport, name = "localhost", postmaster } = options;
  if (transport === undefined) return visitMailQueue(options);
  const parts = { reactor, store, transport, reports: { name, postmaster } };
  const queue = new StoredQueue(options, (place, lease) => new QueueRunner({ ...parts, ...place }, lease));
  await queue.open();
  return queue;
}
