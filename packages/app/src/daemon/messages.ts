import type { ApplicationDescription } from "../application/description.ts";

/** What a process that was started to run an application hears from the one which started it. */
export interface HandOver {
  readonly description: ApplicationDescription;
  /** Asked for where there was a terminal, and needed again for a reload. */
  readonly passphrase: string | undefined;
}

/** What it answers. */
export type RunReport =
  | { readonly type: "listens" } // to messages, that is
  | { readonly type: "up"; readonly lines: readonly string[] }
  | { readonly type: "failed"; readonly name: string; readonly message: string; readonly code: unknown };

/** The variable by which a process knows that it was started so. It names the parent, and is removed at once. */
export const startedBy = "HAWSER_STARTED_BY";

/** An error in words that travel. */
export function failedReport(error: unknown): RunReport {
  const { name, message, code }: Error & { code?: unknown } = error instanceof Error ? error : new Error(String(error));
  return { type: "failed", name, message, code };
}

/** The error as it was there, as far as its name and its code tell. */
export function reportedError({ name, message, code }: Extract<RunReport, { type: "failed" }>): Error {
  return Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });
}
