/** The types of records that a mail domain has. */
export type MailDnsType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "PTR" | "SRV" | "TLSA" | "TXT";

/** How much depends on a record. */
export type MailDnsNeed =
  /** Without it mail does not come, or does not arrive. */
  | "required"
  /** Without it others trust the mail less, or programs must be told by hand. */
  | "advised"
  /** For those who want more. */
  | "optional";

/** A record to publish. */
export interface MailDnsRecord {
  /** Without its last dot: `_dmarc.example.org`. */
  readonly name: string;
  readonly type: MailDnsType;
  /** As it stands in a zone file: `10 mail.example.org.`, `"v=spf1 mx ~all"`. */
  readonly data: string;
  readonly need: MailDnsNeed;
  /** What it is good for, on one line. */
  readonly why: string;
}

/** A record of text, cut into strings of 255 octets (RFC 1035 §3.3.14), with quotation marks around them. */
export function mailDnsText(text: string): string {
  const octets = Buffer.from(text);
  const strings: string[] = [];
  for (let at = 0; at < octets.length || at === 0; at += 255)
    strings.push(quotedText(octets.subarray(at, at + 255).toString("latin1")));
  return strings.join(" ");
}

function quotedText(text: string): string {
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/[^ -~]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`);
  return `"${escaped}"`;
}
