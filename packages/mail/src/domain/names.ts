import { domainToASCII } from "node:url";

/**
 * A domain as it is compared: in lower case, A-labels for what is not US-ASCII (RFC 5891), without its last dot; literals as they
 * stand. `undefined` for what is none.
 */
export function mailDomainKey(text: string): string | undefined {
  const domain = text.replace(/\.$/, "").toLowerCase();
  if (/^\[[^\]]{1,64}\]$/.test(domain)) return domain;
  if (domain.length > 255 || !/^[\w.\u0080-\u{10ffff}-]+$/u.test(domain)) return undefined;
  const ascii = /^[\x21-\x7e]*$/.test(domain) ? domain : domainToASCII(domain);
  const isSound = ascii.split(".").every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  return isSound && ascii.length <= 253 ? ascii : undefined;
}

/** What stands before the @, as it is compared here: we may do so with names of our own (RFC 5321 §2.4). */
export function mailLocalKey(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** An address in two parts. */
export interface MailAddressParts {
  readonly local: string;
  /** Empty for `postmaster`. */
  readonly domain: string;
}

/** Parts an address at its last `@`, and takes off the quotation marks before it. */
export function mailAddressParts(address: string): MailAddressParts {
  const at = address.lastIndexOf("@");
  const local = at === -1 ? address : address.slice(0, at);
  return { local: unquotedLocal(local), domain: at === -1 ? "" : address.slice(at + 1) };
}

/** Writes a local part and a domain as one address, with quotation marks where they are needed (RFC 5321 §4.1.2). */
export function mailAddressOf(local: string, domain: string): string {
  const isPlain = /^[^\s"(),:;<>@[\\\]\0-\x1f\x7f]+$/.test(local) && !/^\.|\.\.|\.$/.test(local);
  return `${isPlain ? local : `"${local.replace(/["\\]/g, "\\$&")}"`}@${domain}`;
}

function unquotedLocal(local: string): string {
  return local.length >= 2 && local[0] === '"' && local.endsWith('"')
    ? local.slice(1, -1).replace(/\\(.)/gs, "$1")
    : local;
}
