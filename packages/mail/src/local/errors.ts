import { HawserError } from "@hawser/core";

/** Why a local mail server did not do what it was asked for. */
export type MailLocalErrorCode =
  | "no-message" // in time, or of that id
  | "no-release" // there is no server that messages are sent on to
  | "no-web" // `@hawser/web` is not installed
  | "not-released" // the other server said no, or was not there
  | "stopped" // while somebody waited
  | "too-many"; // waits, or rules of failure

/** What a local mail server says no with. */
export class MailLocalError extends HawserError<MailLocalErrorCode> {}
