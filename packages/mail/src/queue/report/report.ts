import type { Reactor } from "@hawser/core";
import { formatField, formatMailDate, MailHeader, type MimeEntity, type MimeLeaf, writeEntity } from "@hawser/mime";
import { isGone } from "../errors.ts";
import type { MailQueueLimits } from "../limits.ts";
import type { MailTransportResult, NewQueuedMail, QueuedMail, QueuedRecipient } from "../queue.ts";
import { statusFields } from "./fields.ts";
import { reportText, subjectOf } from "./text.ts";

/** What a report tells of one recipient (RFC 3464 §2.3.3). */
export interface ReportedRecipient {
  readonly recipient: QueuedRecipient;
  readonly action: "delayed" | "delivered" | "failed" | "relayed";
  readonly result: MailTransportResult;
  /** Milliseconds since 1970: until then somebody tries. */
  readonly expiresAt: number;
}

/** Who reports, and to whom when there is no sender. */
export interface ReportSettings {
  readonly name: string;
  readonly postmaster: string | undefined;
}

/** What a report is made of. */
export interface ReportParts {
  readonly mail: QueuedMail;
  readonly reported: readonly ReportedRecipient[];
  readonly content: () => AsyncIterable<Uint8Array>;
  readonly reactor: Pick<Reactor, "clock" | "random">;
  readonly limits: MailQueueLimits;
  readonly settings: ReportSettings;
}

/**
 * Writes what a sender is to hear of a message: a text, what programs read, and what the message was (RFC 6522, RFC 3464). It has no
 * sender itself, so that nobody ever reports on a report (RFC 3461 §6.2). `undefined`: there is nobody to hear it.
 */
export async function reportMail(parts: ReportParts): Promise<NewQueuedMail | undefined> {
  const { settings, reactor } = parts;
  const to = addresseeOf(parts);
  if (to === undefined) return undefined;
  const now = reactor.clock.wall();
  const returned = await returnedLeaf(parts);
  const entity: MimeEntity = {
    ...{ type: "multipart", subtype: "report", parameters: { "report-type": "delivery-status" } },
    parts: [
      textLeaf("text/plain", reportText(parts, now)),
      textLeaf("message/delivery-status", statusFields(parts, now)),
      ...(returned === undefined ? [] : [returned]),
    ],
  };
  const boundary = (): string => `=_${Buffer.from(reactor.random.bytes(18)).toString("base64url")}`;
  const id = Buffer.from(reactor.random.bytes(18)).toString("base64url");
  const header = [
    formatField("Date", formatMailDate({ epochMs: now, offsetMinutes: 0 })),
    formatField("From", `Mail Delivery System <MAILER-DAEMON@${settings.name}>`),
    formatField("To", `<${to}>`),
    formatField("Subject", subjectOf(parts.reported)),
    formatField("Message-ID", `<${id}@${settings.name}>`),
    formatField("Auto-Submitted", "auto-replied"), // RFC 3834 §5
    formatField("MIME-Version", "1.0"),
  ];
  const octets = Buffer.from(header.join(""));
  const content = Buffer.concat([...writeEntity(entity, { boundary }, MailHeader.parse(octets))]);
  const utf8 = /[^\x00-\x7f]/.test(to);
  return { from: "", to: [{ address: to }], content, ...(utf8 ? { utf8 } : {}) };
}

/** The sender; for reports that cannot be delivered the postmaster, unless it is his own. */
function addresseeOf({ mail, reported, settings }: ReportParts): string | undefined {
  if (mail.from !== "") return mail.from;
  const failed = reported.filter(({ action }) => action === "failed");
  const isHis = failed.some(({ recipient }) => recipient.address === settings.postmaster);
  return failed.length > 0 && !isHis ? settings.postmaster : undefined;
}

/** What a report brings back: all of a message that failed, where its sender wants that and it is not too much; else its header. */
async function returnedLeaf({ mail, reported, content, limits }: ReportParts): Promise<MimeLeaf | undefined> {
  const hasFailed = reported.some(({ action }) => action === "failed");
  const octetsMax = mail.ret === "FULL" ? limits.reportOctetsMax : mail.ret === "HDRS" ? 0 : limits.reportOctetsDefault;
  const isWhole = hasFailed && mail.utf8 !== true && mail.body !== "BINARYMIME" && mail.octets <= octetsMax;
  try {
    if (isWhole) return leaf("message/rfc822", await wholeOf(content()));
    return textLeaf("text/rfc822-headers", await headerOf(content()));
  } catch (error) {
    if (isGone(error)) throw error;
    return undefined; // the message cannot be read; that it did not arrive is still to be told
  }
}

async function wholeOf(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function headerOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  let head = "";
  for await (const piece of content) {
    head += Buffer.from(piece).toString("latin1");
    const end = head.startsWith("\r\n") ? 0 : head.indexOf("\r\n\r\n") + 2;
    if (end !== 1) return asText(head.slice(0, Math.min(end, headerOctetsMax)));
    if (head.length > headerOctetsMax) break;
  }
  return asText(head.slice(0, headerOctetsMax));
}

/** Whole lines; octets that are no text are told as such. */
function asText(octets: string): string {
  const lines = octets.slice(0, octets.lastIndexOf("\n") + 1);
  return Buffer.from(lines, "latin1").toString();
}

function textLeaf(contentType: string, text: string): MimeLeaf {
  const parameters = contentType.startsWith("text/") ? { charset: "utf-8" } : {};
  return { ...leaf(contentType, Buffer.from(text)), parameters };
}

function leaf(contentType: string, content: Uint8Array): MimeLeaf {
  return { type: "leaf", contentType, content };
}

/** More header than this tells nobody more. */
const headerOctetsMax = 65_536;
