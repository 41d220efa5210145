import { HawserError } from "@hawser/core/protocol";

/** What kept a queue from doing something. */
export type MailQueueErrorCode = "too-large" | "full" | "closed" | "no-message" | "busy" | "unreadable";

/** A queue cannot do what it was asked to. */
export class MailQueueError extends HawserError<MailQueueErrorCode> {}
