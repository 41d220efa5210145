import type { LogSettings } from "../logs/index.ts";
import type { Account } from "./accounts.ts";
import type { ProcessLimits } from "./process-limits.ts";

/** How an application is run, with every path made absolute. */
export interface RunSettings {
  /** In the background, parted from the terminal. */
  readonly daemon: boolean;
  /** Where the application runs. Default: the folder of its description. */
  readonly rundir?: string | undefined;
  readonly pidFile?: string | undefined;
  readonly log: LogSettings;
  readonly umask?: number | undefined;
  /** Who it becomes once it listens. */
  readonly account?: Account | undefined;
  /** The new root folder. */
  readonly chroot?: string | undefined;
  readonly limits: ProcessLimits;
  /** So many processes, or one for each core; absent for a single one. */
  readonly cluster?: { readonly workers: number | undefined } | undefined;
  /** Where a profile is written at the end. */
  readonly profile?: string | undefined;
  /** How long a daemon may take to start before it is given up. */
  readonly startMs: number;
}
