import { HawserError } from "@hawser/core";

/** Why a kept password is of no use. */
export type PasswordHashErrorCode =
  | "bad-hash" // of a kind we know, and broken
  | "too-costly" // to verify it would take more time or memory than a login may
  | "unsupported-hash"
  | "missing-package"; // an optional package that is not installed

/** A kept password that cannot be verified. The text says what to do, and never shows the hash. */
export class PasswordHashError extends HawserError<PasswordHashErrorCode> {}
