import { HawserError } from "@hawser/core";

/** Why somebody may not log in. */
export type LoginErrorCode =
  | "bad-credentials" // unknown user or wrong password: never told apart
  | "throttled" // too many attempts; see `retryAfterMs`
  | "no-avatar" // known, but not for what the protocol asked for
  | "incomplete" // right so far, but the protocol has no second step
  | "unsupported" // no checker judges such credentials
  | "temporary"; // a user database cannot be asked now; see `cause`

/** A login that was refused. The text is for the log; a protocol tells its peer only the code. */
export class LoginError extends HawserError<LoginErrorCode> {
  /** How long the peer had better wait, in milliseconds, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(code: LoginErrorCode, message: string, options?: ErrorOptions & { retryAfterMs?: number | undefined }) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}
