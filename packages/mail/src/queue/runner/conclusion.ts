import type { Random } from "@hawser/core";
import type { MailQueueTimes } from "../limits.ts";
import type { MailTransportResult, QueuedMail, QueuedRecipient } from "../queue.ts";
import type { ReportedRecipient } from "../report/report.ts";
import type { MailQueueProgress } from "../store.ts";

/** What one recipient has come to. */
export interface Tried {
  readonly recipient: QueuedRecipient;
  readonly result: MailTransportResult;
}

/** What follows for the queue, and what the sender is to hear. */
export interface Conclusion {
  /** The results as they count: what has waited too long has failed. */
  readonly tried: readonly Tried[];
  readonly progress: readonly MailQueueProgress[];
  /** Everything that one report tells; empty for none. */
  readonly reported: readonly ReportedRecipient[];
  readonly isDelayTold: boolean;
}

/** What decides beside the results. */
export interface ConclusionContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly times: MailQueueTimes;
  readonly random: Pick<Random, "number">;
  /** Nobody tried: the way was known to be blocked until then. */
  readonly blockedUntil?: number | undefined;
}

/** Draws the conclusions from an attempt. */
export function conclude(mail: QueuedMail, tried: readonly Tried[], context: ConclusionContext): Conclusion {
  const { now, times } = context;
  const expiresAt = mail.submittedAt + times.expireMs;
  const isLate = !mail.isDelayTold && now - mail.submittedAt >= times.delayReportMs;
  const progress: MailQueueProgress[] = [];
  const reported: ReportedRecipient[] = [];
  const counted = now >= expiresAt ? tried.map((one) => expired(one, times)) : tried;
  for (const one of counted) {
    const { recipient, result } = one;
    progress.push(progressOf(one, { ...context, expiresAt }));
    const action = actionOf(result, recipient, isLate);
    if (action !== undefined) reported.push({ recipient, action, result, expiresAt });
  }
  return {
    tried: counted,
    progress,
    reported,
    isDelayTold: isLate && reported.some(({ action }) => action === "delayed"),
  };
}

/** Nobody tries any more (RFC 3463 §3.5: X.4.7, delivery time expired). */
function expired({ recipient, result }: Tried, { expireMs }: MailQueueTimes): Tried {
  if (result.outcome !== "deferred") return { recipient, result };
  const text = `Given up after ${daysText(expireMs)}: ${result.text}`;
  return { recipient, result: { ...result, outcome: "failed", status: "4.4.7", text } };
}

function progressOf(
  { recipient, result }: Tried,
  context: ConclusionContext & { readonly expiresAt: number },
): MailQueueProgress {
  const { number } = recipient;
  const text = wordsOf(result);
  if (result.outcome !== "deferred") return { number, isDone: true, text };
  const { blockedUntil, expiresAt } = context;
  const attempts = recipient.attempts + (blockedUntil === undefined ? 1 : 0);
  const next = blockedUntil ?? context.now + waitMs(attempts, context);
  return {
    number,
    isDone: false,
    attempts,
    nextAttemptAt: Math.round(Math.min(next, Math.max(expiresAt, context.now))),
    text,
  };
}

/** How long to wait after so many attempts (RFC 5321 §4.5.4.1). */
function waitMs(attempts: number, { times, random }: ConclusionContext): number {
  const { retryMs, jitter } = times;
  const wait = retryMs[Math.min(attempts, retryMs.length) - 1] ?? 1_800_000;
  return wait * (1 + jitter * (random.number() - 0.5));
}

/** What a sender wants to hear of (RFC 3461 §4.1): of failures when he says nothing, and of delays as we think fit. */
function actionOf(
  { outcome }: MailTransportResult,
  { notify }: QueuedRecipient,
  isLate: boolean,
): ReportedRecipient["action"] | undefined {
  if (outcome === "failed") return (notify?.includes("FAILURE") ?? true) ? "failed" : undefined;
  if (outcome === "deferred") return isLate && (notify?.includes("DELAY") ?? true) ? "delayed" : undefined;
  if (outcome === "passed") return undefined;
  return notify?.includes("SUCCESS") === true ? outcome : undefined;
}

/** The words of a result, for people. */
export function wordsOf(result: MailTransportResult): string {
  if (result.outcome === "deferred" || result.outcome === "failed") return result.text;
  return result.outcome;
}

function daysText(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  return hours >= 48 ? `${Math.round(hours / 24)} days` : `${hours} hours`;
}
