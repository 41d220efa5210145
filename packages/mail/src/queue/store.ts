import type { Cancellable } from "@hawser/core";
import type { NewQueuedMail, QueuedMail } from "./queue.ts";

/** A message that is to be kept: it has a name and a time already. */
export interface MailQueueDraft extends NewQueuedMail {
  /** Of letters and digits; later ones sort behind earlier ones. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
}

/** What has become of one recipient. */
export type MailQueueProgress =
  /** It is served or given up, and leaves the list. */
  | { readonly number: number; readonly isDone: true; readonly text: string }
  /** It waits for the next attempt. */
  | {
      readonly number: number;
      readonly isDone: false;
      readonly attempts: number;
      readonly nextAttemptAt: number;
      readonly text: string;
    };

/** One step in the life of a message: all of it is kept, or nothing. */
export interface MailQueueStep {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: readonly MailQueueProgress[];
  /** The sender hears of a delay with this step. */
  readonly isDelayTold?: boolean | undefined;
  /** Reports that are owed for it: they are in the queue as soon as the step is kept, and never else. */
  readonly reports: readonly MailQueueDraft[];
}

/** What is kept after a step. */
export interface MailQueueStepped {
  /** `undefined`: nobody is left, or somebody has taken it out, and it is gone. */
  readonly mail: QueuedMail | undefined;
  readonly reports: readonly QueuedMail[];
}

/** What others may have said of a message. */
export interface MailQueueMarks {
  readonly held: boolean;
  /** Somebody wants it tried now. */
  readonly flushed: boolean;
}

/** The right to run a queue, which one process has at a time. */
export interface MailQueueLease {
  /** Aborts when it was lost: this process was stopped for so long that another one took over. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Where a queue keeps its messages. Many processes may use one at the same time; {@link step} and {@link heed} are for the one that
 * has the lease. A database fits as well: a row for each message and recipient, a step is a transaction, the lease an advisory lock.
 *
 * Everything that has resolved outlives the end of the process and of the machine's power; but a step without anybody done
 * and without reports may be forgotten, which costs an attempt before its time. All reject with `MailQueueError`.
 */
export interface MailQueueStore extends AsyncDisposable {
  /** @throws {MailQueueError} `too-large` beyond `octetsMax`, `full` */
  add(draft: MailQueueDraft, options: Cancellable & { readonly octetsMax: number }): Promise<QueuedMail>;
  /** The names of all messages, with what was said of them. Quick: nothing is opened. */
  marks(): Promise<ReadonlyMap<string, MailQueueMarks>>;
  /** `undefined`: there is none. @throws {MailQueueError} `unreadable`, and it is set aside */
  get(id: string): Promise<QueuedMail | undefined>;
  /** @throws {MailQueueError} `no-message` */
  read(id: string): AsyncIterable<Uint8Array>;
  /** False: there is no such message. */
  setHeld(id: string, held: boolean): Promise<boolean>;
  /** False: there is no such message. */
  flush(id: string): Promise<boolean>;
  /** False: there is no such message. */
  remove(id: string): Promise<boolean>;
  /** A wish to have a message tried now is being met. */
  heed(id: string): Promise<void>;
  step(id: string, step: MailQueueStep): Promise<MailQueueStepped>;
  /** `undefined`: another process has it, for now. Whoever has got it finds the queue in order. */
  takeLease(): Promise<MailQueueLease | undefined>;
  /** Changes when somebody else may have changed something. Quick: it is asked often. */
  version(): Promise<string>;
}
