import { quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import { dnsLabelOctetsMax, dnsNameOctetsMax } from "../limits.ts";

/**
 * Presentation format of names (RFC 1035 §5.1, RFC 4343 §2.1): labels parted by dots; `\.` is a dot inside of a label,
 * `\DDD` the octet of that decimal number.
 *
 * @param origin the wire form of what a relative name is relative to
 * @throws {DnsTextError} `bad-name`, `bad-escape`
 */
export function wireOfText(text: string, origin: string): string {
  if (text === "@") return origin;
  if (text === ".") return "\0";
  let wire = "";
  let label = "";
  for (let at = 0; at < text.length; ) {
    if (text[at] === ".") {
      wire += labelWire(label, text);
      label = "";
      at++;
    } else {
      const octet = octetAt(text, at);
      label += String.fromCharCode(octet);
      at += text[at] === "\\" ? escapeLength(text, at) : 1;
    }
  }
  wire += label === "" && wire !== "" ? "\0" : labelWire(label, text) + origin;
  if (wire.length > dnsNameOctetsMax) throw badName(text, `it has ${wire.length} octets, and ${dnsNameOctetsMax} may`);
  return wire;
}

/** Spells a name, with its last dot. */
export function textOfWire(wire: string): string {
  if (wire === "\0") return ".";
  let text = "";
  for (let at = 0; wire.charCodeAt(at) !== 0; ) {
    const end = at + 1 + wire.charCodeAt(at);
    text += `${labelText(wire.slice(at + 1, end))}.`;
    at = end;
  }
  return text;
}

/** Spells a label: what has a meaning in master files is escaped, and what cannot be printed is written as a number. */
export function labelText(label: string): string {
  if (plainLabel.test(label)) return label;
  return label.replace(/[^\w*-]/g, (octet) => {
    const code = octet.charCodeAt(0);
    if (code < 0x21 || code > 0x7e) return `\\${String(code).padStart(3, "0")}`;
    return special.test(octet) ? `\\${octet}` : octet;
  });
}

/** The octet that a character, or the escape that begins with it, stands for. @throws {DnsTextError} */
export function octetAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code !== 0x5c) {
    if (code > 0x20 && code < 0x7f) return code;
    throw badName(text, code > 0x7f ? "it is not ASCII: see domainNameFromUnicode" : "it holds a space or a control");
  }
  return escapedOctet(text, at);
}

/** What `\X` or `\DDD` stands for. @throws {DnsTextError} `bad-escape` */
export function escapedOctet(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (!isDigit(next)) {
    if (next >= 0x20 && next < 0x7f) return next;
    throw new DnsTextError("bad-escape", `Cannot read ${quote(text)}: a backslash has nothing to escape`);
  }
  const digits = text.slice(at + 1, at + 4);
  if (/^\d{3}$/.test(digits) && Number(digits) < 256) return Number(digits);
  throw new DnsTextError("bad-escape", `Cannot read ${quote(text)}: write \\ and three digits up to 255`);
}

/** How many characters the escape has that begins here. */
export function escapeLength(text: string, at: number): number {
  return isDigit(text.charCodeAt(at + 1)) ? 4 : 2;
}

function labelWire(label: string, text: string): string {
  if (label === "") throw badName(text, "a label is empty");
  if (label.length > dnsLabelOctetsMax) throw badName(text, `a label has more than ${dnsLabelOctetsMax} octets`);
  return String.fromCharCode(label.length) + label;
}

function badName(text: string, reason: string): DnsTextError {
  return new DnsTextError("bad-name", `Cannot read the name ${quote(text)}: ${reason}`);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const plainLabel = /^[\w*-]+$/;
const special = /[".();@$\\]/;
