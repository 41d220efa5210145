import { domainToASCII } from "node:url";

/**
 * A domain as the DNS has it: lower case, without its last dot, labels that are not ASCII as A-labels (RFC 8616 §3).
 * `undefined` for what is no name of at least two labels.
 */
export function asciiDomain(text: string): string | undefined {
  const given = text.endsWith(".") ? text.slice(0, -1) : text;
  if (given.length > domainLengthMax) return undefined;
  const isAscii = /^[\0-\x7f]*$/.test(given);
  // Node takes hosts of URLs, and stops at what ends one there: ASCII but letters, digits and hyphens is kept from it.
  if (!isAscii && !/^[\w.\u0080-\u{10ffff}-]+$/u.test(given)) return undefined;
  const domain = isAscii ? given.toLowerCase() : domainToASCII(given);
  return domain.length <= 253 && domainPattern.test(domain) ? domain : undefined;
}

/** Whether a domain is another, or lies below it. Both as {@link asciiDomain} has them. */
export function isWithinDomain(domain: string, ancestor: string): boolean {
  return domain === ancestor || domain.endsWith(`.${ancestor}`);
}

/** The domain of an address, whatever stands before its last `@`. */
export function domainOfAddress(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** As A-labels it has 253 octets at most: no more characters than these can come to so few. */
const domainLengthMax = 512;

const domainPattern = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/;
