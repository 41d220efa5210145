import { decodeEncodedWords } from "@hawser/mime";
import { textOfOctets } from "../wire/octet-text.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** Somebody in an envelope. */
export interface ImapAddress {
  readonly name: string | undefined;
  readonly address: string;
  /** The group they are in, where there is one. */
  readonly group?: string | undefined;
}

/** The envelope of a message (RFC 9051 §7.5.2), its texts as people read them. */
export interface ImapEnvelope {
  readonly date: string | undefined;
  readonly subject: string | undefined;
  readonly from: readonly ImapAddress[];
  readonly sender: readonly ImapAddress[];
  readonly replyTo: readonly ImapAddress[];
  readonly to: readonly ImapAddress[];
  readonly cc: readonly ImapAddress[];
  readonly bcc: readonly ImapAddress[];
  readonly inReplyTo: string | undefined;
  readonly messageId: string | undefined;
}

/** A part of a message (RFC 9051 §7.5.2). */
export interface ImapBodyPart {
  /** As `BODY[…]` calls it: `1.2`; empty for the multipart that is the message. */
  readonly number: string;
  /** In lower case: `text/plain`. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly id: string | undefined;
  readonly description: string | undefined;
  /** In lower case; empty for multiparts. */
  readonly encoding: string;
  readonly octets: number;
  readonly lines: number | undefined;
  /** `attachment`, `inline`, in lower case. */
  readonly disposition: string | undefined;
  readonly dispositionParameters: ReadonlyMap<string, string>;
  readonly parts: readonly ImapBodyPart[];
  /** The envelope of a message that lies in this one. */
  readonly envelope: ImapEnvelope | undefined;
}

/** Reads `ENVELOPE`. */
export function parseEnvelope(scanner: ImapScanner): ImapEnvelope {
  scanner.expect("(");
  const text = (): string | undefined => {
    const octets = scanner.nstring();
    return octets === undefined ? undefined : textOfOctets(octets);
  };
  const spaced = <Value>(read: () => Value): Value => {
    scanner.space();
    return read();
  };
  const date = text();
  const subject = spaced(text);
  const people = Array.from({ length: 6 }, () => spaced(() => parseAddresses(scanner)));
  const inReplyTo = spaced(text);
  const messageId = spaced(text);
  scanner.expect(")");
  const [from, sender, replyTo, to, cc, bcc] = people as [never, never, never, never, never, never];
  const words = subject === undefined ? undefined : decodeEncodedWords(subject);
  return { date, subject: words, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId };
}

function parseAddresses(scanner: ImapScanner): readonly ImapAddress[] {
  if (scanner.skip("NIL")) return [];
  let group: string | undefined;
  const all = scanner.list(() => parseAddress(scanner));
  return all.flatMap(({ name, mailbox, host }): readonly ImapAddress[] => {
    if (host === undefined) {
      group = mailbox;
      return [];
    }
    return [{ name, address: `${mailbox ?? ""}@${host}`, ...(group !== undefined && { group }) }];
  });
}

function parseAddress(scanner: ImapScanner): {
  readonly name: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
} {
  const words = scanner.list(() => scanner.nstring()); // four, but Twisted's server has fewer for nobody
  const [name, , mailbox, host] = words.map((word) => (word === undefined ? undefined : textOfOctets(word)));
  return { name: name === undefined ? undefined : decodeEncodedWords(name), mailbox, host };
}

/** Reads `BODYSTRUCTURE`, or `BODY`. */
export function parseBodyPart(scanner: ImapScanner, number: string = ""): ImapBodyPart {
  return scanner.nested(() => {
    scanner.expect("(");
    return scanner.peek === "("
      ? parseMultipart(scanner, number)
      : parseSinglePart(scanner, number === "" ? "1" : number);
  });
}

function parseMultipart(scanner: ImapScanner, number: string): ImapBodyPart {
  const parts: ImapBodyPart[] = [];
  while (scanner.peek === "(") {
    parts.push(parseBodyPart(scanner, `${number === "" ? "" : `${number}.`}${parts.length + 1}`));
    if (scanner.rest.startsWith(" (")) scanner.skip(" ");
  }
  scanner.space();
  const subtype = scanner.string().toLowerCase();
  const parameters = scanner.skip(" ") ? parseParameters(scanner) : new Map<string, string>();
  const tail = parseTail(scanner);
  return {
    ...{ number, type: `multipart/${subtype}`, parameters, parts, ...tail },
    ...{ id: undefined, description: undefined, encoding: "", octets: 0, lines: undefined, envelope: undefined },
  };
}

function parseSinglePart(scanner: ImapScanner, number: string): ImapBodyPart {
  const type = scanner.string().toLowerCase();
  scanner.space();
  const subtype = scanner.string().toLowerCase();
  scanner.space();
  const parameters = parseParameters(scanner);
  scanner.space();
  const id = scanner.nstring();
  scanner.space();
  const description = scanner.nstring();
  scanner.space();
  const encoding = (scanner.nstring() ?? "7bit").toLowerCase();
  scanner.space();
  const octets = scanner.number64();
  const message = type === "message" && scanner.rest.startsWith(" (") ? parseEnclosed(scanner, number) : undefined;
  const hasLines = message !== undefined || type === "text";
  const lines = hasLines && scanner.skip(" ") ? scanner.number64() : undefined;
  if (scanner.skip(" ")) scanner.nstring(); // MD5
  const tail = parseTail(scanner);
  return {
    ...{ number, type: `${type}/${subtype}`, parameters, id, description, encoding, octets, lines },
    ...{ parts: message === undefined ? [] : [message.part], envelope: message?.envelope, ...tail },
  };
}

function parseEnclosed(
  scanner: ImapScanner,
  number: string,
): { readonly envelope: ImapEnvelope; readonly part: ImapBodyPart } {
  scanner.space();
  const envelope = parseEnvelope(scanner);
  scanner.space();
  // Parts of the message within are called by its number and theirs; its only one by `.1` (RFC 9051 §6.4.5.1).
  const isMultipart = scanner.rest.startsWith("((");
  return { envelope, part: parseBodyPart(scanner, isMultipart ? number : `${number}.1`) };
}

function parseTail(scanner: ImapScanner): Pick<ImapBodyPart, "disposition" | "dispositionParameters"> {
  let disposition: string | undefined;
  let dispositionParameters: ReadonlyMap<string, string> = new Map();
  if (scanner.skip(" ") && !scanner.skip("NIL")) {
    scanner.expect("(");
    disposition = scanner.string().toLowerCase();
    scanner.space();
    dispositionParameters = parseParameters(scanner);
    scanner.expect(")");
  }
  while (scanner.skip(" ")) skipValue(scanner);
  scanner.expect(")");
  return { disposition, dispositionParameters };
}

/** What extends a structure beyond what we know: strings, numbers, and lists of them. */
export function skipValue(scanner: ImapScanner): void {
  if (scanner.peek === "(") scanner.list(() => skipValue(scanner));
  else if (scanner.isAtString) scanner.string();
  else scanner.word();
}

function parseParameters(scanner: ImapScanner): ReadonlyMap<string, string> {
  if (scanner.skip("NIL")) return new Map();
  const words = scanner.list(() => textOfOctets(scanner.nstring() ?? ""));
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word.toLowerCase(), words[i + 1] ?? ""] as const] : [])));
}
