import { formatField, formatMailDate } from "@hawser/mime";
import { describeSmtpReply, type SmtpReply } from "../../smtp/wire/reply.ts";
import type { ReportedRecipient, ReportParts } from "./report.ts";

/** What programs read of a report: fields about the message, then some about each recipient (RFC 3464 §2.1). */
export function statusFields({ mail, reported, settings }: ReportParts, now: number): string {
  const message = [
    ...(mail.envid === undefined ? [] : [field("Original-Envelope-Id", mail.envid)]),
    field("Reporting-MTA", `dns; ${settings.name}`),
    field("Arrival-Date", dateOf(mail.submittedAt)),
  ];
  return [message, ...reported.map((one) => recipientFields(one, now))].map((group) => group.join("")).join("\r\n");
}

function recipientFields({ recipient, action, result, expiresAt }: ReportedRecipient, now: number): readonly string[] {
  return [
    ...(recipient.orcpt === undefined ? [] : [field("Original-Recipient", originalOf(recipient.orcpt))]),
    field("Final-Recipient", typedAddress(recipient.address)),
    field("Action", action),
    field("Status", statusOf(result)),
    ...(result.by === undefined ? [] : [field("Remote-MTA", `dns; ${hostOf(result.by)}`)]),
    ...diagnosticOf(result),
    field("Last-Attempt-Date", dateOf(now)),
    ...(action === "delayed" ? [field("Will-Retry-Until", dateOf(expiresAt))] : []),
  ];
}

/** `mx.example.net[192.0.2.1]` without what is for people. */
function hostOf(by: string): string {
  return by.startsWith("[") ? by : by.replace(/\[.*$/, "");
}

/** Three numbers (RFC 3463 §2), of the class that fits what has happened. */
function statusOf(result: ReportedRecipient["result"]): string {
  const told = "status" in result ? result.status : (result.reply?.enhanced ?? "2.0.0");
  return /^[245]\.\d{1,3}\.\d{1,3}$/.test(told) ? told : "5.0.0";
}

function diagnosticOf(result: ReportedRecipient["result"]): readonly string[] {
  if (result.reply !== undefined) return [field("Diagnostic-Code", `smtp; ${oneLine(result.reply)}`)];
  return "text" in result ? [field("Diagnostic-Code", `x-hawser; ${result.text}`)] : [];
}

function oneLine(reply: SmtpReply): string {
  return describeSmtpReply({ ...reply, lines: [reply.lines.join(" ")] });
}

/** `rfc822; alice@example.org`; what is beyond US-ASCII has a type and a spelling of its own (RFC 6533 §3). */
function typedAddress(address: string): string {
  if (!/[^\x20-\x7e]/.test(address)) return `rfc822; ${address}`;
  const spelt = [...address].map((char) => {
    const code = char.codePointAt(0)!;
    const isPlain = code > 0x20 && code < 0x7f && char !== "+" && char !== "=" && char !== "\\";
    return isPlain ? char : `\\x{${code.toString(16).toUpperCase().padStart(2, "0")}}`;
  });
  return `utf-8; ${spelt.join("")}`;
}

function originalOf(orcpt: string): string {
  const [, type = "rfc822", address = ""] = /^(?:([A-Za-z0-9.-]+);)?(.*)$/s.exec(orcpt) ?? [];
  return type.toLowerCase() === "rfc822" ? typedAddress(address) : `${type}; ${address}`;
}

/** Nothing of what a peer said begins a field of its own. */
function field(name: string, value: string): string {
  return formatField(name, value.replace(/[^\x20-\x7e]+/g, "?").slice(0, valueCharsMax));
}

function dateOf(epochMs: number): string {
  return formatMailDate({ epochMs, offsetMinutes: 0 });
}

/** A reply of many long lines tells no more than its beginning. */
const valueCharsMax = 900;
