import { encodedWordsOf, type MailAddress, type MailHeader, type MailMailbox, parseAddressList } from "@hawser/mime";
import { formatNstring } from "../wire/format.ts";
import { isAsciiText, octetText } from "../wire/octet-text.ts";

/** The envelope of a message as FETCH gives it (RFC 9051 §7.5.2): texts as they stand in the header. */
export function formatEnvelope(header: MailHeader, isUtf8: boolean): string {
  const text = (name: string): string => formatNstring(optionalOctets(header.get(name)), isUtf8);
  const from = addresses(header, "from", isUtf8);
  const or = (name: string): string => {
    const own = addresses(header, name, isUtf8);
    return own === "NIL" ? from : own;
  };
  return `(${[
    text("date"),
    text("subject"),
    from,
    or("sender"),
    or("reply-to"),
    addresses(header, "to", isUtf8),
    addresses(header, "cc", isUtf8),
    addresses(header, "bcc", isUtf8),
    text("in-reply-to"),
    text("message-id"),
  ].join(" ")})`;
}

function optionalOctets(text: string | undefined): string | undefined {
  return text === undefined ? undefined : octetText(text);
}

function addresses(header: MailHeader, name: string, isUtf8: boolean): string {
  const list = header.all(name).flatMap((body) => parseAddressList(body));
  return list.length === 0 ? "NIL" : `(${list.map((address) => formatAddress(address, isUtf8)).join("")})`;
}

/** A group is a begin without a host, its members, and an end without anything. */
function formatAddress(address: MailAddress, isUtf8: boolean): string {
  if (address.type === "mailbox") return mailbox(address, isUtf8);
  const members = address.members.map((member) => mailbox(member, isUtf8)).join("");
  return `(NIL NIL ${string(address.name, isUtf8)} NIL)${members}(NIL NIL NIL NIL)`;
}

function mailbox({ name, localPart, domain }: MailMailbox, isUtf8: boolean): string {
  const called = name === undefined || name === "" ? "NIL" : string(displayed(name, isUtf8), isUtf8);
  return `(${called} NIL ${string(localPart, isUtf8)} ${string(domain === "" ? ".MISSING-HOST-NAME." : domain, isUtf8)})`;
}

/** A name goes as encoded words, as it does in a header. */
function displayed(name: string, isUtf8: boolean): string {
  return isUtf8 || isAsciiText(name) ? name : encodedWordsOf(name, "phrase").join(" ");
}

function string(text: string, isUtf8: boolean): string {
  return formatNstring(octetText(text), isUtf8);
}
