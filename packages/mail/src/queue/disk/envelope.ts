import type { SmtpBody, SmtpNotify } from "../../smtp/words.ts";
import type { QueuedMail } from "../queue.ts";
import { firstRecord } from "../record.ts";
import type { MailQueueDraft } from "../store.ts";

/**
 * What stands before a message in its file: JSON for people as well, one recipient a line, an empty line, then the message. What
 * is known only at its end, when the content has been written, has room of a fixed width in the second line.
 */
export function formatEnvelope(draft: MailQueueDraft, octets: number, body: SmtpBody): string {
  const { from, to, submittedAt, notBefore, utf8, ret, envid } = draft;
  const lines = [
    `"queue": ${format}, "octets": ${String(octets).padStart(15)}, "body": ${JSON.stringify(body).padStart(12)}`,
    `"submitted": ${JSON.stringify(new Date(submittedAt).toISOString())}`,
    `"from": ${JSON.stringify(from)}`,
    ...(utf8 === true ? [`"utf8": true`] : []),
    ...(ret === undefined ? [] : [`"ret": ${JSON.stringify(ret)}`]),
    ...(envid === undefined ? [] : [`"envid": ${JSON.stringify(envid)}`]),
    ...(notBefore === undefined ? [] : [`"notBefore": ${JSON.stringify(new Date(notBefore).toISOString())}`]),
    `"to": [\n${to.map(formatRecipient).join(",\n")}\n  ]`,
  ];
  return `{\n${lines.map((line) => `  ${line}`).join(",\n")}\n}\n\n`;
}

function formatRecipient({ address, notify, orcpt }: MailQueueDraft["to"][number]): string {
  return `    ${JSON.stringify({ address, notify, orcpt })}`;
}

/** An envelope, and where in its file the content begins. */
export interface ReadEnvelope {
  readonly mail: QueuedMail;
  readonly octets: number;
}

/** The first octets of a file as an envelope. `undefined`: more of them are needed, or it is none. */
export function parseEnvelope(id: string, head: Buffer): ReadEnvelope | undefined {
  const end = head.indexOf(envelopeEnd);
  if (end === -1) return undefined;
  try {
    const mail = mailOf(id, JSON.parse(head.toString("utf8", 0, end + 2)));
    return mail && { mail, octets: end + envelopeEnd.length };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function mailOf(id: string, value: unknown): QueuedMail | undefined {
  const fields = Object(value) as Record<string, unknown>;
  const { queue, octets, body, submitted, from, utf8, ret, envid, notBefore, to } = fields;
  const submittedAt = Date.parse(String(submitted));
  const isWhole =
    queue === format &&
    isCount(octets) &&
    isBody(body) &&
    Number.isFinite(submittedAt) &&
    typeof from === "string" &&
    (ret === undefined || ret === "FULL" || ret === "HDRS") &&
    (envid === undefined || typeof envid === "string") &&
    Array.isArray(to) &&
    to.length > 0 &&
    to.every(isRecipient);
  if (!isWhole) return undefined;
  const draft: MailQueueDraft = {
    ...{ id, submittedAt, from, to, content: "", ret, envid },
    ...(utf8 === true ? { utf8 } : {}),
    ...(notBefore === undefined ? {} : { notBefore: Date.parse(String(notBefore)) || submittedAt }),
  };
  return firstRecord(draft, octets, body);
}

function isRecipient(value: unknown): value is MailQueueDraft["to"][number] {
  const { address, notify, orcpt } = Object(value) as Record<string, unknown>;
  const isNotify = notify === undefined || (Array.isArray(notify) && notify.every((word) => isNotifyWord(word)));
  return typeof address === "string" && isNotify && (orcpt === undefined || typeof orcpt === "string");
}

function isNotifyWord(word: unknown): word is SmtpNotify {
  return word === "SUCCESS" || word === "FAILURE" || word === "DELAY";
}

function isBody(value: unknown): value is SmtpBody {
  return value === "7BIT" || value === "8BITMIME" || value === "BINARYMIME";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** No line of an envelope begins with a brace but the last one. */
const envelopeEnd = "\n}\n\n";
/** Counts up when files are written that older programs cannot read. */
const format = 1;
