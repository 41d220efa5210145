import type { MailQueueProgress, MailQueueStep } from "../store.ts";

/** A step as it was written down. */
export interface JournalStep {
  readonly progress: readonly MailQueueProgress[];
  readonly isDelayTold: boolean;
  /** The names of the reports that came into the queue with it. */
  readonly reports: readonly string[];
}

/** A step as a line: JSON, with times that people can read. It counts when its line feed is there. */
export function formatStep({ at, progress, isDelayTold, reports }: MailQueueStep): string {
  const entry = {
    at: timeText(at),
    ...(isDelayTold === true ? { delayTold: true } : {}),
    ...(reports.length > 0 ? { reports: reports.map(({ id }) => id) } : {}),
    done: progress.flatMap((one) => (one.isDone ? [{ to: one.number, text: one.text }] : [])),
    waiting: progress.flatMap((one) => (one.isDone ? [] : [formatWaiting(one)])),
  };
  return `${JSON.stringify(entry)}\n`;
}

function formatWaiting({ number, attempts, nextAttemptAt, text }: MailQueueProgress & { readonly isDone: false }) {
  return { to: number, attempts, next: timeText(nextAttemptAt), text };
}

/** The whole lines of a journal; how many octets they have is what is not torn. `undefined`: one of them makes no sense. */
export function parseJournal(
  octets: Buffer,
): { readonly steps: readonly JournalStep[]; readonly octets: number } | undefined {
  const whole = octets.subarray(0, octets.lastIndexOf(10) + 1);
  try {
    const lines = whole.toString().split("\n").slice(0, -1);
    return { steps: lines.map((line) => stepOf(JSON.parse(line))), octets: whole.length };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function stepOf(value: unknown): JournalStep {
  const { delayTold, reports = [], done, waiting } = Object(value) as Record<string, unknown>;
  const progress = [
    ...listOf(done).map((one) => ({ number: countOf(one["to"]), isDone: true as const, text: String(one["text"]) })),
    ...listOf(waiting).map((one) => ({
      ...{ number: countOf(one["to"]), isDone: false as const, attempts: countOf(one["attempts"]) },
      ...{ nextAttemptAt: countOf(Date.parse(String(one["next"]))), text: String(one["text"]) },
    })),
  ];
  if (!Array.isArray(reports)) throw new TypeError("No list");
  return { progress, isDelayTold: delayTold === true, reports: reports.map(String) };
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new TypeError("No list");
  return value.map((one) => Object(one) as Record<string, unknown>);
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError("No count");
  return value as number;
}

function timeText(at: number): string {
  return new Date(Math.round(at)).toISOString();
}
