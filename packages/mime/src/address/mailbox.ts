import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { quote } from "@hawser/core/protocol";
import { MimeError } from "../errors.ts";
import { type MailToken, mailTokens } from "../header/tokens.ts";
import { localPartOctetsMax, mailDomainOctetsMax } from "../limits.ts";
import type { MailMailbox } from "./addresses.ts";

/**
 * Reads one address that must be right: `alice@example.org`, `"a b"@example.org`, `alice@[192.0.2.1]` (RFC 5321 §4.1.2), with
 * UTF-8 in either part (RFC 6531 §3.3). No comments, no names, no space.
 *
 * @throws {MimeError} `bad-address`
 */
export function parseMailbox(text: string): MailMailbox {
  const tokens = [...mailTokens(text)];
  const at = tokens.findLastIndex(({ type, text: one }) => type === "special" && one === "@");
  const local = tokens.slice(0, at === -1 ? 0 : at);
  const domain = tokens.slice(at + 1);
  if (at === -1) throw bad(text, "it has no @");
  if (/[\0-\x1f\x7f]/.test(text)) throw bad(text, "it has control characters");
  if (tokens.some(({ isSpaced, type }) => isSpaced || type === "comment")) throw bad(text, "it has spaces or comments");
  if (!isLocalPart(local)) throw bad(text, "what stands before the @ is no name");
  const localPart = local.map((token) => token.text).join("");
  const place = domain.map((token) => token.text).join("");
  if (Buffer.byteLength(localPart) > localPartOctetsMax)
    throw bad(text, `${localPartOctetsMax} octets may stand before the @`);
  if (!isDomain(domain, place)) throw bad(text, "what stands behind the @ is no domain");
  return { type: "mailbox", localPart, domain: place };
}

/** One quoted string, or atoms with single dots between them. */
function isLocalPart(tokens: readonly MailToken[]): boolean {
  if (tokens.length === 1 && tokens[0]!.type === "quoted") return true;
  return (
    tokens.length % 2 === 1 &&
    tokens.every(({ type, text }, i) => (i % 2 === 0 ? type === "atom" : type === "special" && text === "."))
  );
}

function isDomain(tokens: readonly MailToken[], text: string): boolean {
  if (tokens.length === 1 && tokens[0]!.type === "literal") return isLiteral(text.slice(1, -1));
  if (text === "" || tokens.some(({ type, text: one }) => type !== "atom" && one !== ".")) return false;
  const ascii = domainToASCII(text);
  const labels = ascii.split(".");
  return (
    ascii.length <= mailDomainOctetsMax && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  );
}

/** An address of the network (RFC 5321 §4.1.3). */
function isLiteral(text: string): boolean {
  return isIPv4(text) || (/^IPv6:/i.test(text) && isIPv6(text.slice(5)));
}

function bad(text: string, reason: string): MimeError {
  return new MimeError("bad-address", `Cannot read the address ${quote(text)}: ${reason}`);
}
