import { imapSyntax } from "../errors.ts";

/** A mailbox's name as IMAP4rev1 spells it: what is not US-ASCII in a base64 of UTF-16 (RFC 3501 §5.1.3). */
export function encodeMailboxUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === "&") return "&-";
    const octets = Buffer.from(run, "utf16le").swap16();
    return `&${octets.toString("base64").replace(/=+$/, "").replaceAll("/", ",")}-`;
  });
}

/** The name that was spelled so. @throws {ImapProtocolError} `bad-syntax` for what is not spelled right */
export function decodeMailboxUtf7(text: string): string {
  const name = text.replace(/&([^-]*)(-?)/g, (_, run: string, end: string) => {
    if (end === "") throw imapSyntax("Cannot read a mailbox's name: & has no end", "RFC 3501 §5.1.3");
    return run === "" ? "&" : decodeRun(run);
  });
  // What could be spelled otherwise may not be: a name has one spelling.
  if (encodeMailboxUtf7(name) !== text)
    throw imapSyntax("Cannot read a mailbox's name: it is no UTF-7", "RFC 3501 §5.1.3");
  return name;
}

function decodeRun(run: string): string {
  const octets = Buffer.from(run.replaceAll(",", "/"), "base64");
  if (!/^[A-Za-z0-9+,]+$/.test(run) || octets.length % 2 !== 0)
    throw imapSyntax("Cannot read a mailbox's name: it is no UTF-7", "RFC 3501 §5.1.3");
  return octets.swap16().toString("utf16le");
}
