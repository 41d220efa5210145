import type { Random } from "@hawser/core";
import { type MailAddress, parseAddressList } from "../address/addresses.ts";
import { formatMailAddress } from "../address/format.ts";
import { formatMailDate, type MailDate } from "../date.ts";
import { MimeError } from "../errors.ts";
import { formatField, formatTextField } from "../header/format-field.ts";
import { MailHeader } from "../header/header.ts";
import { type MimeEntity, type MimeLeaf, writeEntity } from "./entity.ts";

/** Somebody, or several: as text as one types it, or taken apart. */
export type MailAddressInit = MailAddress | string | readonly (MailAddress | string)[];

/** A file that goes with a message, or a picture in it. */
export interface MailAttachment {
  readonly content: Uint8Array | string;
  readonly filename?: string | undefined;
  /** Default: `text/plain` for text, else `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** Makes it a part of the HTML text, which names it `cid:` and this. */
  readonly contentId?: string | undefined;
}

/** A message as people think of it (RFC 5322 §3.6). */
export interface MailDraft {
  readonly from: MailAddressInit;
  /** Who really sent it, when `from` has several (RFC 5322 §3.6.2). */
  readonly sender?: MailAddressInit | undefined;
  readonly replyTo?: MailAddressInit | undefined;
  readonly to?: MailAddressInit | undefined;
  readonly cc?: MailAddressInit | undefined;
  /** Written only where `keepBcc` says so: the envelope has them. */
  readonly bcc?: MailAddressInit | undefined;
  readonly subject?: string | undefined;
  /** Default: now, in UTC. */
  readonly date?: MailDate | undefined;
  /** Without angle brackets. Default: drawn by chance, at the domain of `from`. */
  readonly messageId?: string | undefined;
  readonly inReplyTo?: string | undefined;
  readonly references?: readonly string[] | undefined;
  /** The text, and the same with markup; both make an alternative (RFC 2046 §5.1.4). */
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly attachments?: readonly MailAttachment[] | undefined;
  /** Other fields, text for people, in their order: `[["List-Id", "<a.example>"]]`. */
  readonly fields?: readonly (readonly [name: string, text: string])[] | undefined;
}

/** What writing a message needs from outside, and what its way lets through. */
export interface ComposeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Pick<Random, "bytes">;
  /** Text may have eight bits (8BITMIME, RFC 6152). Default false. */
  readonly eightBit?: boolean | undefined;
  /** The header may be in UTF-8 (SMTPUTF8, RFC 6532). Default false. */
  readonly utf8?: boolean | undefined;
  /** Default false. */
  readonly keepBcc?: boolean | undefined;
}

/**
 * Writes a message: header, text, HTML and attachments, with lines that end with CRLF.
 *
 * @throws {MimeError} `bad-address`, `bad-header`: nothing of what is given can begin a field of its own
 */
export function composeMessage(draft: MailDraft, options: ComposeOptions): Uint8Array {
  return Buffer.concat([...composeMessageChunks(draft, options)]);
}

/** The same piece by piece, for those who send it at once. */
export function* composeMessageChunks(draft: MailDraft, options: ComposeOptions): Generator<Uint8Array, void> {
  const header = headerOf(draft, options);
  const boundary = (): string => `=_${Buffer.from(options.random.bytes(18)).toString("base64url")}`; // "=_" is in no base64 or quoted-printable
  yield* writeEntity(contentOf(draft), { eightBit: options.eightBit, boundary }, header);
}

function headerOf(draft: MailDraft, options: ComposeOptions): MailHeader {
  const { subject, inReplyTo, references = [], fields = [] } = draft;
  const date = draft.date ?? { epochMs: options.now, offsetMinutes: 0 };
  const written = [
    formatField("Date", formatMailDate(date)),
    ...addressFields(draft, options),
    ...(subject === undefined ? [] : [formatTextField("Subject", subject, options)]),
    formatField("Message-ID", `<${draft.messageId ?? newMessageId(draft, options)}>`),
    ...(inReplyTo === undefined ? [] : [formatField("In-Reply-To", `<${inReplyTo}>`)]),
    ...(references.length === 0 ? [] : [formatField("References", references.map((id) => `<${id}>`).join(" "))]),
    ...fields.map(([name, text]) => formatTextField(name, text, options)),
    formatField("MIME-Version", "1.0"),
  ];
  return MailHeader.parse(Buffer.from(written.join(""), "latin1"));
}

function* addressFields(draft: MailDraft, options: ComposeOptions): Generator<string, void> {
  const { from, sender, replyTo, to, cc, bcc } = draft;
  const hidden = options.keepBcc === true ? bcc : undefined;
  const given = { From: from, Sender: sender, "Reply-To": replyTo, To: to, Cc: cc, Bcc: hidden };
  for (const [name, init] of Object.entries(given)) {
    if (init === undefined) continue;
    const addresses = addressesOf(init);
    if (addresses.length > 0)
      yield formatField(name, addresses.map((address) => formatMailAddress(address, options)).join(", "));
  }
}

/** The addresses that somebody gave. @throws {MimeError} `bad-address` for text that holds none */
export function addressesOf(init: MailAddressInit): readonly MailAddress[] {
  const all = Array.isArray(init) ? (init as readonly (MailAddress | string)[]) : [init as MailAddress | string];
  return all.flatMap((one) => {
    if (typeof one !== "string") return [one];
    const read = parseAddressList(one);
    if (read.length === 0 && one.trim() !== "")
      throw new MimeError("bad-address", "Cannot find an address in what was given");
    return read;
  });
}

/** Unique by chance (RFC 5322 §3.6.4). */
function newMessageId({ from }: MailDraft, { random }: ComposeOptions): string {
  const [first] = addressesOf(from);
  const domain = first?.type === "mailbox" && first.domain !== "" ? first.domain : "localhost";
  return `${Buffer.from(random.bytes(18)).toString("base64url")}@${domain}`;
}

function contentOf({ text, html, attachments = [] }: MailDraft): MimeEntity {
  const embedded = attachments.filter(({ contentId }) => contentId !== undefined && html !== undefined);
  const attached = attachments.filter((one) => !embedded.includes(one));
  const markup = html === undefined ? undefined : related(textLeaf("text/html", html), embedded);
  const plain = text === undefined && markup !== undefined ? undefined : textLeaf("text/plain", text ?? "");
  const choices = [plain, markup].filter((one) => one !== undefined);
  const body: MimeEntity =
    choices.length === 1 ? choices[0]! : { type: "multipart", subtype: "alternative", parts: choices };
  if (attached.length === 0) return body;
  return { type: "multipart", subtype: "mixed", parts: [body, ...attached.map((one) => fileLeaf(one, "attachment"))] };
}

function related(html: MimeLeaf, embedded: readonly MailAttachment[]): MimeEntity {
  if (embedded.length === 0) return html;
  const parts = [html, ...embedded.map((one) => fileLeaf(one, "inline"))];
  return { type: "multipart", subtype: "related", parameters: { type: "text/html" }, parts };
}

/** Lines end with CRLF, the last one too, as everywhere in mail. */
function textLeaf(contentType: string, text: string): MimeLeaf {
  const lines = text.replace(/\r\n|\r|\n/g, "\r\n");
  const whole = lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
  return { type: "leaf", contentType, parameters: { charset: "utf-8" }, content: Buffer.from(whole) };
}

function fileLeaf({ content, filename, contentType, contentId }: MailAttachment, disposition: string): MimeLeaf {
  const isText = typeof content === "string";
  return {
    type: "leaf",
    contentType: contentType ?? (isText ? "text/plain" : "application/octet-stream"),
    parameters: isText ? { charset: "utf-8" } : {},
    content: isText ? Buffer.from(content) : content,
    ...{ disposition, filename, contentId },
  };
}
