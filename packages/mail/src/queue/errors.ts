import { HawserError } from "@hawser/core/protocol";

/** What kept a queue from doing something. */
export type MailQueueErrorCode =
  | "too-large"
  | "too-many-recipients"
  | "no-recipients"
  | "bad-address" // with a line end or a NUL in it
  | "full" // so many messages wait, or there is no room on the disk
  | "closed"
  | "no-message"
  | "busy" // another process runs the queue
  | "unreadable" // what lies in the queue is torn, or was written by somebody else
  | "unavailable"; // the disk does not let us; see `cause`

/** A queue cannot do what it was asked to. */
export class MailQueueError extends HawserError<MailQueueErrorCode> {}

/** Whether a message was not there: others may take it out at any time. */
export function isGone(error: unknown): error is MailQueueError {
  return error instanceof MailQueueError && error.code === "no-message";
}
