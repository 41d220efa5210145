import { octetText } from "./octet-text.ts";
import { encodeMailboxUtf7 } from "./utf7.ts";

/** What is sent: text of one character per octet, and strings that may have to go as literals. */
export type ImapPiece = string | { readonly literal: Uint8Array };

/** Octets (one character each) as a quoted string, or as a literal where they cannot be quoted. */
export function formatImapString(octets: string, isUtf8: boolean = false): string {
  const isQuotable = isUtf8 ? !/[\0\r\n]/.test(octets) : !/[\0\r\n\x80-\xff]/.test(octets);
  if (isQuotable && octets.length <= 1_024) return `"${octets.replace(/["\\]/g, "\\$&")}"`;
  return `{${octets.length}}\r\n${octets}`;
}

/** A string, or `NIL`. */
export function formatNstring(octets: string | undefined, isUtf8: boolean = false): string {
  return octets === undefined ? "NIL" : formatImapString(octets, isUtf8);
}

/** A mailbox's name in a response: quoted, in UTF-8 or in the UTF-7 of IMAP4rev1. */
export function formatMailbox(name: string, isUtf8: boolean): string {
  return formatImapString(isUtf8 ? octetText(name) : encodeMailboxUtf7(name), isUtf8);
}

/** A string for a command: an atom where it can be one, else quoted, else a literal of its own. */
export function commandString(octets: string): ImapPiece {
  if (/^[^\0-\x20(){%*"\\\]\x7f-\uffff]+$/.test(octets) && octets.toUpperCase() !== "NIL") return octets;
  if (octets.length <= 1_024 && !/[\0\r\n\x80-\xff]/.test(octets)) return `"${octets.replace(/["\\]/g, "\\$&")}"`;
  return { literal: Buffer.from(octets, "latin1") };
}
