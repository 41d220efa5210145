import { domainToASCII, domainToUnicode } from "node:url";
import { quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import { type DomainName, parseDomainName, rootName } from "./domain-name.ts";

/**
 * Reads a name that people typed: labels which are not ASCII become A-labels (RFC 5891 §4, with the mapping of UTS 46), the
 * others stay as they are, escapes and all.
 *
 * @throws {DnsTextError} `bad-name`, `bad-escape`
 */
export function domainNameFromUnicode(text: string, origin: DomainName = rootName): DomainName {
  if (/^[\0-\x7f]*$/.test(text)) return parseDomainName(text, origin);
  const dotted = text.replace(/[\u3002\uff0e\uff61]/g, "."); // other scripts' full stops (RFC 3490 §3.1)
  return parseDomainName(dotted.replace(/(?:\\.|[^.\\])+/gs, asciiLabel), origin);
}

/** Spells a name for people: A-labels are shown as what they stand for, where they stand for something. */
export function domainNameToUnicode(name: DomainName): string {
  return name
    .toString()
    .split(".")
    .map((label) => (/^xn--[\w-]+$/i.test(label) ? unicodeLabel(label) : label))
    .join(".");
}

/** Only what comes back as the same A-label is shown: nothing may look like another name. */
function unicodeLabel(label: string): string {
  const unicode = domainToUnicode(label);
  return domainToASCII(unicode) === label.toLowerCase() ? unicode : label;
}

function asciiLabel(label: string): string {
  if (/^[\0-\x7f]*$/.test(label)) return label;
  // Node takes hosts of URLs, and stops at what ends one there: ASCII but letters, digits and hyphens is kept from it.
  const ascii = /^[\w\u0080-\uffff-]+$/.test(label) ? domainToASCII(label) : "";
  if (/^[\w-]+$/.test(ascii)) return ascii;
  throw new DnsTextError("bad-name", `Cannot read the name: ${quote(label)} has no ASCII form`);
}
