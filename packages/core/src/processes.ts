import type { Transport } from "./transport.ts";

/** What a child process is given: nothing that is not named here. */
export interface SpawnOptions {
  readonly arguments?: readonly string[] | undefined;
  /** The whole environment of the child. Default: empty. Nothing is inherited by accident. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Default: this process's. */
  readonly directory?: string | undefined;
  /** Run on a pseudo-terminal of this size, where the optional `node-pty` is installed. */
  readonly terminal?:
    | { readonly columns: number; readonly rows: number; readonly type?: string | undefined }
    | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Make the child the leader of its own group, so that {@link ChildProcess.kill} reaches its children. Default true. */
  readonly group?: boolean | undefined;
  /** Kills the child (SIGTERM, then SIGKILL after `killTimeoutMs`) when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Default 2,000 ms. */
  readonly killTimeoutMs?: number | undefined;
}

/** How a child ended: by `exit` with a status, or killed by a signal. */
export interface ProcessExit {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** A running child. Its pipes are transports, so any protocol runs over them. */
export interface ChildProcess {
  readonly pid: number;
  /** Standard input (write side) and output (read side) as one transport. */
  readonly transport: Transport;
  /** Standard error, read-only; with a terminal it is part of `transport` and this is `undefined`. */
  readonly errors: Transport | undefined;
  /** Resolves when the child has ended and its pipes are closed. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal (default SIGTERM) to the child, and to its group when it leads one. */
  kill(signal?: NodeJS.Signals): void;
  /** Tells the terminal its new size. Nothing without one. */
  resize(columns: number, rows: number): void;
}

/** Child processes. */
export interface Processes {
  /**
   * Starts a program. No shell is involved.
   * @throws {ConnectionError} `not-permitted`, or `failed` with the cause (no such file, not executable, …)
   */
  spawn(program: string, options?: SpawnOptions): Promise<ChildProcess>;
}
