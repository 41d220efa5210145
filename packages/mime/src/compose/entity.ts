import { formatField } from "../header/format-field.ts";
import { MailHeader } from "../header/header.ts";
import { formatMimeValue } from "../header/parameters.ts";
import { mailLineOctetsMax } from "../limits.ts";
import { encodeTransfer, type TransferEncoding } from "../transfer/encodings.ts";

/** A part that is to be written: a leaf with octets, or a multipart. */
export type MimeEntity = MimeLeaf | MimeMultipart;

/** One content. */
export interface MimeLeaf {
  readonly type: "leaf";
  /** `text/plain` */
  readonly contentType: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly content: Uint8Array;
  /** `inline` or `attachment` (RFC 2183 §2), with what it is called. */
  readonly disposition?: string | undefined;
  readonly filename?: string | undefined;
  /** How others in the message name it: `cid:` without its angle brackets (RFC 2392 §2). */
  readonly contentId?: string | undefined;
}

/** Several parts in one (RFC 2046 §5.1). */
export interface MimeMultipart {
  readonly type: "multipart";
  /** `mixed`, `alternative`, `related`, … */
  readonly subtype: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly parts: readonly MimeEntity[];
}

/** What the way of a message lets through. */
export interface MimeWriteOptions {
  /** 8bit may be used for text (8BITMIME, RFC 6152). Default false. */
  readonly eightBit?: boolean | undefined;
  /** Makes a boundary that no content has. */
  readonly boundary: () => string;
}

/** Writes an entity piece by piece: first its fields and the empty line, then its body. @throws {MimeError} `bad-header` */
export function* writeEntity(
  entity: MimeEntity,
  options: MimeWriteOptions,
  header: MailHeader = new MailHeader(),
): Generator<Uint8Array, void> {
  if (entity.type === "multipart") yield* writeMultipart(entity, options, header);
  else yield* writeLeaf(entity, options, header);
}

function* writeMultipart(
  { subtype, parameters = {}, parts }: MimeMultipart,
  options: MimeWriteOptions,
  header: MailHeader,
): Generator<Uint8Array, void> {
  const boundary = options.boundary();
  const value = formatMimeValue(`multipart/${subtype}`, [...Object.entries(parameters), ["boundary", boundary]]);
  yield header.toOctets();
  yield Buffer.from(`${formatField("Content-Type", value)}\r\n`);
  for (const part of parts) {
    yield Buffer.from(`--${boundary}\r\n`);
    yield* writeEntity(part, options);
    yield Buffer.from("\r\n");
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

function* writeLeaf(leaf: MimeLeaf, options: MimeWriteOptions, header: MailHeader): Generator<Uint8Array, void> {
  const { contentType, parameters = {}, content, disposition, filename, contentId } = leaf;
  const encoding = encodingFor(leaf, options);
  const fields = [formatField("Content-Type", formatMimeValue(contentType, Object.entries(parameters)))];
  if (encoding !== "7bit") fields.push(formatField("Content-Transfer-Encoding", encoding));
  if (contentId !== undefined) fields.push(formatField("Content-ID", `<${contentId}>`));
  if (disposition !== undefined) {
    const named = filename === undefined ? [] : [["filename", filename] as const];
    fields.push(formatField("Content-Disposition", formatMimeValue(disposition, named)));
  }
  yield header.toOctets();
  yield Buffer.from(`${fields.join("")}\r\n`, "latin1");
  yield encodeTransfer(content, encoding);
}

/** Text that is nearly all of US-ASCII stays legible; what is no text goes as base64, and messages and reports may not be encoded at all (RFC 2046 §5.2, RFC 3464 §2.1). */
function encodingFor({ contentType, content }: MimeLeaf, { eightBit = false }: MimeWriteOptions): TransferEncoding {
  const { isSevenBit, hasLongLine, hasBareEnd, oddOctets } = surveyOf(content);
  if (contentType.startsWith("message/")) return isSevenBit ? "7bit" : "8bit";
  if (!contentType.startsWith("text/")) return "base64";
  if (!hasLongLine && !hasBareEnd && (isSevenBit || eightBit)) return isSevenBit ? "7bit" : "8bit";
  return oddOctets * 6 > content.length ? "base64" : "quoted-printable";
}

/** What a content's octets need of a transfer encoding. */
interface Survey {
  readonly isSevenBit: boolean;
  readonly hasLongLine: boolean;
  /** A CR or LF that stands alone. */
  readonly hasBareEnd: boolean;
  /** How many would be three characters of quoted-printable. */
  readonly oddOctets: number;
}

function surveyOf(content: Uint8Array): Survey {
  let oddOctets = 0;
  let hasNul = false;
  let hasLongLine = false;
  let hasBareEnd = false;
  let lineStart = 0;
  let high = 0;
  for (let at = 0; at < content.length; at++) {
    const octet = content[at]!;
    if (octet === 10) {
      if (content[at - 1] !== 13) hasBareEnd = true;
      if (at - lineStart > mailLineOctetsMax) hasLongLine = true;
      lineStart = at + 1;
    } else if (octet === 13) {
      if (content[at + 1] !== 10) hasBareEnd = true;
    } else if (octet === 0) hasNul = true;
    else if (octet > 126) {
      high++;
      oddOctets++;
    } else if (octet === 61) oddOctets++;
  }
  if (content.length - lineStart > mailLineOctetsMax) hasLongLine = true;
  return { isSevenBit: high === 0 && !hasNul, hasLongLine, hasBareEnd: hasBareEnd || hasNul, oddOctets };
}
