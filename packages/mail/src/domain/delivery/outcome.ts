import { reportFault } from "@hawser/core";
import { MailQueueError } from "../../queue/errors.ts";
import type { MailTransportResult } from "../../queue/queue.ts";
import { SmtpReplyError } from "../../smtp/errors.ts";
import { MailStoreError } from "../../store/errors.ts";
import { MailAliasError } from "../errors.ts";

/** A delivery that did not come about. */
export type MailNotDelivered = Extract<MailTransportResult, { outcome: "deferred" | "failed" }>;

export const delivered: MailTransportResult = { outcome: "delivered" };

/** Somebody has the message. */
export function isServed({ outcome }: MailTransportResult): boolean {
  return outcome !== "deferred" && outcome !== "failed";
}

/** It may come about later. */
export function deferred(status: string, text: string): MailNotDelivered {
  return { outcome: "deferred", status, text };
}

/** It never will. */
export function failed(status: string, text: string): MailNotDelivered {
  return { outcome: "failed", status, text };
}

/** What happens to mail for a mailbox that is full. */
export type MailOverQuota = "defer" | "fail";

/** What an error of a delivery means. What nobody has foreseen is reported, and tried again. */
export function outcomeOf(error: unknown, overQuota: MailOverQuota): MailNotDelivered {
  if (error instanceof MailStoreError) return storeOutcome(error, overQuota);
  if (error instanceof SmtpReplyError)
    return (error.temporary ? deferred : failed)(
      error.enhanced ?? (error.temporary ? "4.0.0" : "5.0.0"),
      error.message,
    );
  if (error instanceof MailQueueError)
    return error.code === "too-large"
      ? failed("5.3.4", "The message is too large to be sent on")
      : deferred("4.3.1", "The queue takes nothing now");
  if (error instanceof MailAliasError) return deferred("4.3.5", "The aliases cannot be read now");
  reportFault(error, "mail delivery");
  return deferred("4.3.0", "Something went wrong here");
}

function storeOutcome(error: MailStoreError, overQuota: MailOverQuota): MailNotDelivered {
  switch (error.code) {
    case "over-quota":
      return overQuota === "fail" ? failed("5.2.2", "The mailbox is full") : deferred("4.2.2", "The mailbox is full");
    case "no-account":
      return failed("5.1.1", "No such mailbox");
    case "too-large":
      return failed("5.2.3", "The message is too large for the mailbox");
    default:
      reportFault(error, "mail delivery");
      return deferred("4.2.0", "The mailbox cannot be reached now");
  }
}

/** Several outcomes as one: what waits keeps all waiting; else one that failed is told, whatever became of the others. */
export function joinedOutcome(outcomes: readonly MailTransportResult[]): MailTransportResult {
  const waiting = outcomes.find(({ outcome }) => outcome === "deferred");
  const lost = outcomes.filter((one) => one.outcome === "failed");
  if (waiting !== undefined) return waiting;
  if (lost.length === 0) return outcomes.find(({ outcome }) => outcome === "delivered") ?? outcomes[0] ?? delivered;
  const { status, text } = lost[0] as MailNotDelivered;
  return failed(status, lost.length < outcomes.length ? `${text}; others behind this name have it` : text);
}
