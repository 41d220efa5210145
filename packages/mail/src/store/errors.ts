import { HawserError } from "@hawser/core";

/** Why a store did not do what it was asked for. */
export type MailStoreErrorCode =
  | "bad-name" // a folder cannot be called so
  | "folder-exists"
  | "no-account"
  | "no-folder"
  | "no-message" // it was expunged
  | "not-allowed" // such as deleting INBOX
  | "over-quota"
  | "read-only"
  | "too-large"
  | "too-many"
  | "unavailable"; // the disk, or whatever is below, failed; see `cause`. It may be tried again

/** A store refused, or could not do it. Nothing was changed. */
export class MailStoreError extends HawserError<MailStoreErrorCode> {}
