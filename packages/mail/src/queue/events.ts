import type { QueuedMail, QueuedRecipient } from "./queue.ts";

/** What happens in a queue, for logs and figures. */
export type MailQueueEvent =
  | { readonly type: "submitted"; readonly mail: QueuedMail }
  /** This process runs the queue from now on, or no longer. */
  | { readonly type: "running"; readonly runs: boolean }
  | {
      readonly type: "delivered" | "deferred" | "failed" | "passed" | "relayed";
      readonly mail: QueuedMail;
      readonly recipient: QueuedRecipient;
      /** What was said of it. */
      readonly text: string;
      readonly destination: string;
    }
  /** A report to a sender came into the queue. */
  | { readonly type: "reported"; readonly mail: QueuedMail; readonly about: string }
  /** Nobody is left. */
  | { readonly type: "ended"; readonly id: string }
  /** A message cannot be read, and was set aside. */
  | { readonly type: "set-aside"; readonly id: string; readonly error: Error }
  /** The disk does not let us; it is tried again. */
  | { readonly type: "trouble"; readonly error: unknown };
