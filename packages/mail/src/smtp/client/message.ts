import { domainToASCII } from "node:url";
import { SmtpClientError } from "../errors.ts";
import { formatCommandLine } from "../wire/command.ts";
import { readSmtpAddress } from "../wire/path.ts";
import { encodeXtext } from "../wire/xtext.ts";
import type { SmtpBody, SmtpNotify } from "../words.ts";

/** Octets of a message: at once, or as they come. Text is UTF-8. */
export type SmtpContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Somebody to be written to, and what the sender wants to hear of it (RFC 3461 §4). */
export interface SmtpRecipientInit {
  readonly address: string;
  /** When to report; an empty list: never. */
  readonly notify?: readonly SmtpNotify[] | undefined;
  /** Whom the message was for at first: `rfc822;alice@example.org`. */
  readonly orcpt?: string | undefined;
}

/** A message and its envelope, to be sent as it is. */
export interface SmtpMessage {
  /** Where reports go; empty for none (the null reverse-path). */
  readonly from: string;
  readonly to: string | readonly (string | SmtpRecipientInit)[];
  readonly content: SmtpContent;
  /**
   * What the octets are. Default: looked up where they are there at once; else `8BITMIME`, where the server takes that. In
   * all but `BINARYMIME` a CR or LF that stands alone becomes CRLF.
   */
  readonly body?: SmtpBody | undefined;
  /** The header is in UTF-8 (RFC 6531). Default: when an address is. */
  readonly utf8?: boolean | undefined;
  /** Octets, for servers that want to know (RFC 1870). Default: looked up where they are there at once. */
  readonly size?: number | undefined;
  /** What a report shall bring back, and what it shall call the message (RFC 3461 §4.3, §4.4). */
  readonly ret?: "FULL" | "HDRS" | undefined;
  readonly envid?: string | undefined;
}

/** What a message is when it goes to one server: its commands, all of them fit for that server. */
export interface SmtpPlan {
  readonly mail: string;
  readonly recipients: readonly { readonly address: string; readonly argument: string }[];
  readonly body: SmtpBody | undefined;
  /** Octets beyond US-ASCII may come. */
  readonly isEightBit: boolean;
  readonly content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Fits a message to what a server can, before anything is said.
 * @throws {SmtpClientError} for what would have to be changed or risked
 * @throws {TypeError} for CR, LF or NUL in an argument
 */
export function planMessage(message: SmtpMessage, extensions: ReadonlyMap<string, string>): SmtpPlan {
  const to = typeof message.to === "string" ? [message.to] : message.to;
  if (to.length === 0) throw new SmtpClientError("no-recipients", "Cannot send the message: it has no recipient");
  checkRecipients(to.length, extensions);
  const content = typeof message.content === "string" ? Buffer.from(message.content) : message.content;
  const octets = content instanceof Uint8Array ? content : undefined;
  const utf8 = message.utf8 ?? false;
  const hasUtf8 = extensions.has("SMTPUTF8");
  const recipients = to.map((one) => (typeof one === "string" ? { address: one } : one));
  const from = message.from === "" ? "" : sendable(message.from, hasUtf8);
  const paths = recipients.map(({ address }) => sendable(address, hasUtf8));
  const needsUtf8 = utf8 || [from, ...paths].some((path) => /[^\x00-\x7f]/.test(path));
  if (needsUtf8 && !hasUtf8)
    throw new SmtpClientError(
      "needs-smtputf8",
      "Cannot send the message: its header or an address is in UTF-8, and the server takes none",
    );
  const body = bodyOf(message, octets, extensions);
  const size = message.size ?? octets?.length;
  checkSize(size, extensions);
  const mail = [
    `FROM:<${from}>`,
    ...(size !== undefined && extensions.has("SIZE") ? [`SIZE=${size}`] : []),
    ...(body === undefined || body === "7BIT" ? [] : [`BODY=${body}`]),
    ...(needsUtf8 ? ["SMTPUTF8"] : []),
    ...reportWords(message, extensions),
  ].join(" ");
  const isEightBit = body !== undefined && body !== "7BIT";
  const plan = { mail, body, isEightBit, content };
  const rows = recipients.map((one, i) => ({
    address: one.address,
    argument: [`TO:<${paths[i]}>`, ...recipientWords(one, extensions)].join(" "),
  }));
  for (const argument of [mail, ...rows.map((row) => row.argument)]) formatCommandLine("MAIL", argument); // refuses CR, LF, NUL
  return { ...plan, recipients: rows };
}

/** An address as this server takes it: a domain that is not of US-ASCII has another spelling (RFC 5891), a local part has none. */
function sendable(text: string, hasUtf8: boolean): string {
  const read = readSmtpAddress(text);
  const isPostmaster = text.toLowerCase() === "postmaster";
  if (read === undefined && !isPostmaster)
    throw new SmtpClientError(
      "bad-address",
      `Cannot send to or from ${JSON.stringify(text.slice(0, 64))}: it is no address`,
    );
  if (read === undefined || hasUtf8 || !/[^\x00-\x7f]/.test(read.domain)) return text;
  return `${text.slice(0, text.length - read.domain.length)}${domainToASCII(read.domain)}`;
}

function bodyOf(
  { body }: SmtpMessage,
  octets: Uint8Array | undefined,
  extensions: ReadonlyMap<string, string>,
): SmtpBody | undefined {
  const hasEightBit = extensions.has("8BITMIME");
  if (body === "BINARYMIME") {
    if (extensions.has("BINARYMIME") && extensions.has("CHUNKING")) return body;
    throw new SmtpClientError("needs-binarymime", "Cannot send the message: it is binary, and the server takes none");
  }
  if (body === "7BIT") return body;
  const isEightBit = body === "8BITMIME" || octets?.some((octet) => octet > 127) === true;
  if (isEightBit && !hasEightBit)
    throw new SmtpClientError(
      "needs-8bitmime",
      "Cannot send the message: it has octets beyond US-ASCII, and the server takes none",
    );
  return (isEightBit || octets === undefined) && hasEightBit ? "8BITMIME" : undefined;
}

function checkSize(size: number | undefined, extensions: ReadonlyMap<string, string>): void {
  const most = Number(extensions.get("SIZE") ?? 0);
  if (size === undefined || !(most > 0) || size <= most) return;
  throw new SmtpClientError(
    "too-large",
    `Cannot send the message: it has ${size} octets, and the server takes ${most}`,
  );
}

function checkRecipients(count: number, extensions: ReadonlyMap<string, string>): void {
  const most = Number(/\bRCPTMAX=(\d{1,6})\b/.exec(extensions.get("LIMITS") ?? "")?.[1] ?? 0);
  if (most === 0 || count <= most) return;
  throw new SmtpClientError(
    "too-many-recipients",
    `Cannot send the message: it has ${count} recipients, and the server takes ${most}`,
  );
}

/** Reports are asked for where they can be had; elsewhere the message goes without (RFC 3461 §4, §6.1). */
function reportWords({ ret, envid }: SmtpMessage, extensions: ReadonlyMap<string, string>): readonly string[] {
  if (!extensions.has("DSN")) return [];
  return [
    ...(ret === undefined ? [] : [`RET=${ret}`]),
    ...(envid === undefined ? [] : [`ENVID=${encodeXtext(envid)}`]),
  ];
}

function recipientWords(
  { notify, orcpt }: SmtpRecipientInit,
  extensions: ReadonlyMap<string, string>,
): readonly string[] {
  if (!extensions.has("DSN")) return [];
  const [, type = "rfc822", address] = /^(?:([A-Za-z0-9.-]+);)?(.*)$/s.exec(orcpt ?? "") ?? [];
  return [
    ...(notify === undefined ? [] : [`NOTIFY=${notify.length === 0 ? "NEVER" : notify.join(",")}`]),
    ...(orcpt === undefined ? [] : [`ORCPT=${type};${encodeXtext(address!)}`]),
  ];
}
