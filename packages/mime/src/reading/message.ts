import { type MailAddress, parseAddressList } from "../address/addresses.ts";
import { decodeCharset } from "../charset.ts";
import { type MailDate, parseMailDate } from "../date.ts";
import { MimeError } from "../errors.ts";
import type { MailHeader } from "../header/header.ts";
import { parseMimeValue } from "../header/parameters.ts";
import { decodeTransfer } from "../transfer/encodings.ts";
import type { MimePart } from "../tree/part.ts";
import { type MimeTreeOptions, readMimeTree } from "../tree/reader.ts";

/** A file that came with a message. */
export interface ReceivedAttachment {
  readonly part: MimePart;
  /** The last piece of the name that its sender gave it: a path leads nowhere. */
  readonly filename: string | undefined;
  readonly contentType: string;
  /** Without its angle brackets. */
  readonly contentId: string | undefined;
  readonly isInline: boolean;
  /** Decoded when asked for. */
  content(): Uint8Array;
}

/** A message as people see it. */
export interface ReceivedMessage {
  readonly header: MailHeader;
  readonly tree: MimePart;
  readonly subject: string | undefined;
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly date: MailDate | undefined;
  /** Without its angle brackets. */
  readonly messageId: string | undefined;
  /** All plain text that is to be read on the spot, and the same with markup. */
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly attachments: readonly ReceivedAttachment[];
}

/** Reads a whole message. Whatever it is, something comes out; HTML comes as it was sent, and is not to be trusted. */
export function readMessage(octets: Uint8Array, options?: MimeTreeOptions): ReceivedMessage {
  const tree = readMimeTree(octets, options);
  const { header } = tree;
  const { texts, attachments } = contentsOf(tree, octets);
  const addresses = (name: string): readonly MailAddress[] => header.all(name).flatMap(parseAddressList);
  return {
    ...{ header, tree, attachments },
    subject: header.text("subject"),
    from: addresses("from"),
    to: addresses("to"),
    cc: addresses("cc"),
    replyTo: addresses("reply-to"),
    date: dateOf(header),
    messageId: idOf(header.get("message-id")),
    text: joined(texts, "text/plain"),
    html: joined(texts, "text/html"),
  };
}

/** The octets of a part's body, decoded. */
export function bodyOf(part: MimePart, message: Uint8Array): Uint8Array {
  return decodeTransfer(message.subarray(part.bodyStart, part.end), part.transferEncoding);
}

/** The text of a part's body, its charset taken into account. */
export function textOfPart(part: MimePart, message: Uint8Array): string {
  return decodeCharset(bodyOf(part, message), part.contentType.parameters.get("charset") ?? "us-ascii");
}

type Text = { readonly contentType: string; readonly text: string };

function contentsOf(
  tree: MimePart,
  octets: Uint8Array,
): { readonly texts: readonly Text[]; readonly attachments: readonly ReceivedAttachment[] } {
  const texts: Text[] = [];
  const attachments: ReceivedAttachment[] = [];
  for (const part of leavesOf(tree)) {
    const contentType = part.contentType.value;
    const disposition = parseMimeValue(part.header.get("content-disposition") ?? "");
    const filename = filenameOf(part, disposition.parameters.get("filename"));
    const isText = contentType === "text/plain" || contentType === "text/html";
    if (isText && disposition.value !== "attachment" && filename === undefined)
      texts.push({ contentType, text: textOfPart(part, octets) });
    else attachments.push(attachmentOf(part, octets, filename, disposition.value));
  }
  return { texts, attachments };
}

/** All but multiparts; an enclosed message is one thing. */
function* leavesOf(part: MimePart): Generator<MimePart, void> {
  if (part.parts.length === 0 || !part.contentType.value.startsWith("multipart/")) yield part;
  else for (const one of part.parts) yield* leavesOf(one);
}

function attachmentOf(
  part: MimePart,
  octets: Uint8Array,
  filename: string | undefined,
  disposition: string,
): ReceivedAttachment {
  return {
    ...{ part, filename },
    contentType: part.contentType.value,
    contentId: idOf(part.header.get("content-id")),
    isInline: disposition === "inline",
    content: () => bodyOf(part, octets),
  };
}

function filenameOf(part: MimePart, told: string | undefined): string | undefined {
  const name = told ?? part.contentType.parameters.get("name");
  const last = name
    ?.split(/[/\\]/)
    .at(-1)
    ?.replace(/[\0-\x1f\x7f]/g, "")
    .trim();
  return last === "" || last === "." || last === ".." ? undefined : last;
}

function joined(texts: readonly Text[], contentType: string): string | undefined {
  const some = texts.filter((text) => text.contentType === contentType);
  return some.length === 0 ? undefined : some.map(({ text }) => text).join("\r\n");
}

function idOf(text: string | undefined): string | undefined {
  return /<([^<>\s]+)>/.exec(text ?? "")?.[1];
}

function dateOf(header: MailHeader): MailDate | undefined {
  try {
    return parseMailDate(header.get("date") ?? "");
  } catch (error) {
    if (error instanceof MimeError) return undefined;
    throw error;
  }
}
