import { formatField, formatMailDate } from "@hawser/mime";
import type { NewQueuedMail } from "../queue/queue.ts";
import type { SendmailFailure } from "./given-back.ts";
import type { SendmailHost } from "./identity.ts";
import { printableLine } from "./printable.ts";
import type { SendmailSystem } from "./system.ts";

/** A report for people, with the message or its header (RFC 3834 §3.1.7). */
export function failureReport(
  { lines, message, author }: SendmailFailure,
  system: SendmailSystem,
  host: SendmailHost,
): NewQueuedMail {
  const { clock, random } = system.reactor;
  const boundary = `=_${Buffer.from(random.bytes(18)).toString("base64url")}`; // no line of the message begins with it, but by chance
  const isShort = message.length <= reportedOctetsMax;
  const header = [
    formatField("From", `Mail Delivery System <MAILER-DAEMON@${host.domain}>`),
    formatField("To", `<${author}>`),
    formatField("Subject", "Your message could not be sent"),
    formatField("Date", formatMailDate({ epochMs: clock.wall(), offsetMinutes: 0 })),
    formatField("Message-ID", `<${Buffer.from(random.bytes(12)).toString("hex")}@${host.hostName}>`),
    formatField("Auto-Submitted", "auto-replied"),
    formatField("MIME-Version", "1.0"),
    formatField("Content-Type", `multipart/mixed; boundary="${boundary}"`),
  ].join("");
  const text = `Your message could not be sent by ${host.hostName}:\r\n\r\n${lines.map((line) => `    ${printableLine(line)}\r\n`).join("")}`;
  const returned = isShort ? message : `${message.slice(0, reportedOctetsMax).split("\r\n\r\n", 1)[0]!}\r\n`;
  const type = isShort ? "message/rfc822" : "text/rfc822-headers";
  const content = [
    header,
    `\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`,
    Buffer.from(text).toString("latin1"),
    `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`,
    returned,
    `\r\n--${boundary}--\r\n`,
  ];
  return { from: "", to: [{ address: author }], content: Buffer.from(content.join(""), "latin1") };
}

/** What a report brings back whole. */
const reportedOctetsMax = 262_144;
