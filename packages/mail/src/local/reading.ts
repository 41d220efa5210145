import {
  bodyOf,
  decodeEncodedWords,
  fieldBody,
  type MailAddress,
  type MailHeader,
  type MimePart,
  mailboxesOf,
  parseMimeValue,
  type ReceivedMessage,
  readMessage,
} from "@hawser/mime";
import { mailLocalWordsMax } from "./limits.ts";
import { linksOf, textOfHtml } from "./links.ts";
import type {
  MailLocalAddress,
  MailLocalAttachment,
  MailLocalEnvelope,
  MailLocalMessage,
  MailLocalPart,
  MailLocalSummary,
} from "./message.ts";

/** What is known of a message beside its octets. */
export interface MailLocalFacts {
  readonly id: number;
  readonly receivedAt: number;
  readonly isRead: boolean;
  readonly isRefused: boolean;
  readonly complaintCount: number;
  readonly envelope: MailLocalEnvelope | undefined;
}

/** What the message says of itself, beyond what the summary has. */
type Details = Omit<MailLocalMessage, keyof MailLocalSummary | "complaints" | "conversation" | "envelope">;

const previewCharacters = 160;

/** What a list shows of a message, and the words that it is found by. */
export function summaryOf(octets: Uint8Array, facts: MailLocalFacts): { summary: MailLocalSummary; words: string } {
  const read = readMessage(octets);
  const text = (read.text?.trim() || textOfHtml(read.html ?? "")).replace(/\s+/g, " ");
  const { id, receivedAt, isRead, isRefused, complaintCount, envelope } = facts;
  const [from, to, cc] = [addresses(read.from), addresses(read.to), addresses(read.cc)];
  const recipients = envelope?.to ?? unique([...to, ...cc].map(({ address }) => address));
  const summary: MailLocalSummary = {
    ...{ id, receivedAt: new Date(receivedAt).toISOString(), from, to, cc, recipients },
    subject: read.subject ?? "",
    preview: [...text].slice(0, previewCharacters).join(""),
    octets: octets.length,
    attachmentCount: read.attachments.length,
    ...{ isRead, isRefused, complaintCount },
  };
  const people = [...from, ...to, ...cc].flatMap(({ name, address }) => [name, address]);
  const names = read.attachments.map(({ filename }) => filename ?? "");
  const words = [summary.subject, ...people, ...recipients, envelope?.from ?? "", text, ...names].join("\n");
  return { summary, words: words.slice(0, mailLocalWordsMax).toLowerCase() };
}

/** All that a message says. */
export function detailsOf(octets: Uint8Array, recipients: readonly string[]): Details {
  const read = readMessage(octets);
  const text = (read.text ?? "").replace(/\r\n?/g, "\n");
  const html = read.html ?? "";
  const named = new Set([...addresses(read.to), ...addresses(read.cc)].map(({ address }) => address.toLowerCase()));
  return {
    replyTo: addresses(read.replyTo),
    bcc: recipients.filter((address) => !named.has(address.toLowerCase())),
    messageId: read.messageId ?? "",
    date: read.date === undefined ? "" : new Date(read.date.epochMs).toISOString(),
    header: fieldsOf(read.header),
    ...{ text, html, links: linksOf(text, html) },
    attachments: attachmentsOf(read, html),
    structure: partOf(read.tree, ""),
  };
}

function addresses(list: readonly MailAddress[]): readonly MailLocalAddress[] {
  return mailboxesOf(list).map(({ name = "", localPart, domain }) => ({
    name,
    address: domain === "" ? localPart : `${localPart}@${domain}`,
  }));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** Encoded words are decoded everywhere: people look at it, and nobody sends by it. */
function fieldsOf(header: MailHeader): MailLocalMessage["header"] {
  return header.fields.map((field) => ({ name: field.name, value: decodeEncodedWords(fieldBody(field)) }));
}

function attachmentsOf({ attachments, tree }: ReceivedMessage, html: string): readonly MailLocalAttachment[] {
  const numbers = new Map(numberedParts(tree).map(([number, part]) => [part, number]));
  return attachments.map(({ part, filename = "", contentType, contentId = "", isInline, content }) => ({
    ...{ part: numbers.get(part) ?? "", filename, contentType, contentId },
    isInline: isInline || (contentId !== "" && html.includes(`cid:${contentId}`)),
    octets: content().length,
  }));
}

function partOf(part: MimePart, number: string): MailLocalPart {
  const isLeaf = part.parts.length === 0;
  const disposition = parseMimeValue(part.header.get("content-disposition") ?? "");
  return {
    part: number === "" && isLeaf ? "1" : number,
    contentType: part.contentType.value,
    transferEncoding: part.transferEncoding,
    charset: part.contentType.parameters.get("charset") ?? "",
    filename: disposition.parameters.get("filename") ?? part.contentType.parameters.get("name") ?? "",
    octets: part.end - part.bodyStart,
    parts: part.parts.map((inner, i) => partOf(inner, numberBelow(part, number, i))),
  };
}

/** As IMAP counts (RFC 9051 §6.4.5.1): the multipart in an enclosed message has the number of that message. */
function numberBelow(parent: MimePart, number: string, index: number): string {
  const isMessage = !parent.contentType.value.startsWith("multipart/");
  if (isMessage && parent.parts[0]!.contentType.value.startsWith("multipart/")) return number;
  return number === "" ? String(index + 1) : `${number}.${index + 1}`;
}

/** Every part that has a body of its own, with its number. */
export function numberedParts(tree: MimePart): readonly (readonly [number: string, part: MimePart])[] {
  const found: (readonly [string, MimePart])[] = [];
  const waiting: (readonly [string, MimePart])[] = [["", tree]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [number, part] = next;
    if (!part.contentType.value.startsWith("multipart/") || part.parts.length === 0)
      found.push([number === "" ? "1" : number, part]);
    for (const [i, inner] of part.parts.entries()) waiting.push([numberBelow(part, number, i), inner]);
  }
  return found;
}

/** A part by its number, decoded; `undefined`: there is none. */
export function partContent(
  octets: Uint8Array,
  tree: MimePart,
  number: string,
): { readonly part: MimePart; readonly content: Uint8Array } | undefined {
  const part = numberedParts(tree).find(([one]) => one === number)?.[1];
  return part && { part, content: bodyOf(part, octets) };
}
