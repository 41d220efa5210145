import { formatMailDate } from "@hawser/mime";
import { describeSmtpReply } from "../../smtp/wire/reply.ts";
import type { ReportedRecipient, ReportParts } from "./report.ts";

/** What a report is called. */
export function subjectOf(reported: readonly ReportedRecipient[]): string {
  const actions = new Set(reported.map(({ action }) => action));
  if (actions.has("failed")) return "Your message was not delivered";
  return actions.has("delayed") ? "Your message is delayed" : "Your message was delivered";
}

/** What people read of a report. */
export function reportText({ mail, reported, settings }: ReportParts, now: number): string {
  const groups = order.flatMap((action) => {
    const some = reported.filter((one) => one.action === action);
    return some.length === 0 ? [] : [[introductions[action], ...some.map(paragraphOf)].join("\n\n")];
  });
  const [{ expiresAt } = { expiresAt: now }] = reported;
  const isDelayed = reported.some(({ action }) => action === "delayed");
  const lines = [
    `This is the mail server ${settings.name}.`,
    ...groups,
    ...(isDelayed ? [`You need do nothing: we go on trying until ${dateOf(expiresAt)}.`] : []),
    `The message came to us on ${dateOf(mail.submittedAt)}.`,
  ];
  return `${lines.join("\n\n")}\n`.replace(/\n/g, "\r\n");
}

function paragraphOf({ recipient, result }: ReportedRecipient): string {
  const said = result.reply === undefined ? undefined : describeSmtpReply(result.reply);
  const text = said ?? ("text" in result ? result.text : "");
  const who = result.by === undefined || said === undefined ? "" : `${result.by} said: `;
  const words = `${who}${text}`.replace(/[\0-\x1f\x7f]+/g, " ").slice(0, 900);
  return words === "" ? `  ${recipient.address}` : `  ${recipient.address}\n    ${words}`;
}

function dateOf(epochMs: number): string {
  return formatMailDate({ epochMs, offsetMinutes: 0 });
}

const order = ["failed", "delayed", "delivered", "relayed"] as const;

const introductions: Readonly<Record<ReportedRecipient["action"], string>> = {
  failed: "Your message could not be delivered to:",
  delayed: "Your message has not been delivered yet to:",
  delivered: "Your message was delivered to:",
  relayed: "Your message was passed on, to a server that will tell you nothing more of it, for:",
};
