import { quote } from "@hawser/core/protocol";
import { MimeError } from "../errors.ts";
import { encodedWordsOf } from "../header/encoded-words.ts";
import { type FormatFieldOptions, needsEncodedWords } from "../header/format-field.ts";
import { quotedString } from "../header/tokens.ts";
import type { MailAddress, MailMailbox } from "./addresses.ts";

const atoms =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
const phrase = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff} -]+$/u;

/** `alice@example.org`, or `"a b"@example.org` (RFC 5322 §3.4.1). @throws {MimeError} `bad-address` */
export function formatAddrSpec({ localPart, domain }: Pick<MailMailbox, "domain" | "localPart">): string {
  const local = atoms.test(localPart) ? localPart : quotedString(localPart);
  const isSound = !/[\0-\x1f\x7f]/.test(localPart + domain) && !/[\s<>@,;:"()\\]/.test(domain.replace(/^\[.*\]$/, ""));
  if (!isSound || localPart === "")
    throw new MimeError("bad-address", `Cannot write the address ${quote(`${localPart}@${domain}`)}: its characters`);
  return domain === "" ? local : `${local}@${domain}`;
}

/**
 * Writes an address for a field: `Alice <alice@example.org>`, `Team: a@example.org, b@example.org;`.
 * @throws {MimeError} `bad-address` for characters that would end the line or the address
 */
export function formatMailAddress(address: MailAddress, options: FormatFieldOptions = {}): string {
  if (address.type === "group") {
    const members = address.members.map((member) => formatMailAddress(member, options));
    return `${formatPhrase(address.name, options)}:${members.map((member) => ` ${member}`).join(",")};`;
  }
  const spec = formatAddrSpec(address);
  return address.name ? `${formatPhrase(address.name, options)} <${spec}>` : spec;
}

function formatPhrase(text: string, options: FormatFieldOptions): string {
  if (/[\r\n\0]/.test(text))
    throw new MimeError("bad-address", `Cannot write the name ${quote(text)}: it has several lines`);
  if (needsEncodedWords(text, options)) return encodedWordsOf(text, "phrase").join(" ");
  return phrase.test(text) ? text : quotedString(text);
}
