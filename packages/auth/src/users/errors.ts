import { HawserError } from "@hawser/core";

/** What is wrong with a file of users. */
export type UserFileErrorCode =
  | "bad-line" // cannot be read; it is passed over, and kept when the file is changed
  | "bad-text" // the file is no UTF-8
  | "busy" // others change it all the time, or one of them hangs
  | "duplicate-user" // the first line counts
  | "no-such-user"
  | "user-exists";

/** A file of users is not as it should be, or cannot be changed so. */
export class UserFileError extends HawserError<UserFileErrorCode> {
  /** From 1; `undefined` when it is not about one line. */
  readonly line: number | undefined;

  constructor(code: UserFileErrorCode, message: string, options?: ErrorOptions & { line?: number | undefined }) {
    super(code, message, options);
    this.line = options?.line;
  }
}
