import { segmentOctetsMax } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { inbox } from "../names.ts";

/**
 * How folders are spelled on the disk: in IMAP's modified UTF-7, as Courier and Dovecot before 2.4 do, or in UTF-8, as
 * Dovecot does when it is told to, and from 2.4 on by itself.
 */
export type MaildirSpelling = "utf-7" | "utf-8";

/**
 * The directory of a folder below the mailbox (Maildir++): `a/b` is `.a.b`, and `INBOX` the mailbox itself, `""`.
 * In UTF-7 also a full stop and a backslash inside a level are told in base64, as Courier does; in UTF-8 they cannot be told.
 * @throws {MailStoreError} `bad-name`
 */
export function folderDirectory(name: string, spelling: MaildirSpelling): string {
  if (name === inbox) return "";
  const levels = name.split("/");
  if (spelling === "utf-8" && levels.some((level) => /[.\\]/.test(level)))
    throw new MailStoreError("bad-name", "Cannot call a folder so: this mailbox has no full stops in names");
  const directory = levels.map((level) => `.${spelling === "utf-8" ? level : encodeUtf7(level)}`).join("");
  if (Buffer.byteLength(directory) > segmentOctetsMax)
    throw new MailStoreError("bad-name", "Cannot call a folder so: that is too long for the disk");
  return directory;
}

/** The name of a folder by its directory. `undefined`: it is none, or one that we would spell in another way. */
export function folderOfDirectory(directory: string, spelling: MaildirSpelling): string | undefined {
  if (!directory.startsWith(".")) return undefined;
  const levels = directory.slice(1).split(".");
  const name = levels.map((level) => (spelling === "utf-8" ? level : decodeUtf7(level))).join("/");
  try {
    const isSpelledSo = name === name.normalize("NFC") && folderDirectory(name, spelling) === directory;
    return isSpelledSo && levels.every((level) => level !== "") && name.toUpperCase() !== inbox ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Modified UTF-7 (RFC 3501 §5.1.3): base64 of UTF-16 between `&` and `-`, `,` in place of `/`, no padding. */
function encodeUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+|[.\\]+/g, (run) => (run === "&" ? "&-" : `&${base64OfUtf16(run)}-`));
}

function decodeUtf7(text: string): string {
  return text.replace(/&([^-]*)-/g, (_, run: string) => (run === "" ? "&" : utf16OfBase64(run)));
}

function base64OfUtf16(text: string): string {
  const octets = Buffer.from(text, "utf16le").swap16();
  return octets.toString("base64").replace(/=+$/, "").replaceAll("/", ",");
}

function utf16OfBase64(text: string): string {
  const octets = Buffer.from(text.replaceAll(",", "/"), "base64");
  return octets
    .subarray(0, octets.length & ~1)
    .swap16()
    .toString("utf16le");
}
