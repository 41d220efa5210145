/**
 * Where the lines of a log go. Nothing here throws once it is open: a log that cannot be written ends no service, and
 * tells how many lines were lost as soon as it can be written again.
 */
export interface LogSink {
  /** Writes one line of JSON, with its end, before it returns: what was logged before a crash is there after it. */
  write(line: string): void;
  /** Opens its file anew, after somebody has put the old one aside. */
  reopen(): void;
  /** Resolves when its last lines are where they go, or cannot get there. */
  close(): Promise<void>;
}
