import { HawserError } from "@hawser/core";

/** Why a daemon cannot be started, found or told. */
export type DaemonErrorCode =
  | "already-running"
  | "not-permitted" // needs root, or a file is another's
  | "not-running"
  | "no-program" // a program of the system that is needed is not there
  | "no-chroot" // a file that node needs is not in the folder
  | "timed-out"
  | "failed";

/** A daemon cannot be started, found or told. The command exits with status 1. */
export class DaemonError extends HawserError<DaemonErrorCode> {}
