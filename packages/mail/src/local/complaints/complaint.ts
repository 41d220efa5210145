/** How bad it is: an `error` breaks a MUST, a `warning` a SHOULD; `advice` breaks nothing. */
export type MailComplaintLevel = "advice" | "error" | "warning";

/** One thing that is wrong with a message, or with how it was sent. */
export interface MailComplaint {
  /** Names the rule, and stays the same: `date-missing`. */
  readonly code: string;
  readonly level: MailComplaintLevel;
  /** What is wrong, in a sentence. */
  readonly text: string;
  /** Where it is written: `RFC 5322 §3.6`. */
  readonly section: string;
  /** The line of the source, from 1. Absent: it is about all of it, or about the conversation. */
  readonly line?: number | undefined;
  /** What was said or written, cut to some characters. */
  readonly excerpt?: string | undefined;
}
