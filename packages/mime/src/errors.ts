import { HawserError } from "@hawser/core/protocol";

/** What can be wrong with a message, or a part of one, that must be right. */
export type MimeErrorCode =
  | "bad-address"
  | "bad-date"
  | "bad-header" // what was to be written breaks the header, or its lines
  | "bad-parameter"
  | "unknown-charset";

/** Text that is not what it must be, or cannot be written as mail. What peers send by mistake is read as well as it can be, without an error. */
export class MimeError extends HawserError<MimeErrorCode> {}
