import { quote } from "@hawser/core/protocol";
import {
  formatAddrSpec,
  formatMailAddress,
  type MailAddress,
  type MailMailbox,
  MimeError,
  mailAddressesMax,
  mailboxesOf,
  parseAddressList,
  parseMailbox,
} from "@hawser/mime";
import { SendmailError } from "./errors.ts";

/**
 * An address as the envelope has it; one without a domain gets this host's. A name and comments around it are left out.
 * @throws {SendmailError} `data` for what is no address
 */
export function envelopeAddress(text: string, domain: string): string {
  const found = mailboxesOf(parseAddressList(text));
  const [mailbox] = found;
  if (mailbox === undefined || found.length > 1) throw bad(text);
  return checkedAddress(qualified(mailbox, domain), text);
}

/**
 * The recipients of an operand: one, or several with commas between, as Sendmail takes them.
 * @throws {SendmailError} `data`
 */
export function operandAddresses(text: string, domain: string): readonly string[] {
  const found = mailboxesOf(parseAddressList(text));
  if (found.length === 0) throw bad(text);
  return found.map((mailbox) => checkedAddress(qualified(mailbox, domain), text));
}

/** The addresses of a field; whoever is named in it. @throws {SendmailError} `data` for one that cannot be right */
export function fieldAddresses(body: string, domain: string): readonly string[] {
  const found = mailboxesOf(parseAddressList(body));
  if (found.length >= mailAddressesMax)
    // those behind them are not read
    throw new SendmailError("data", `Cannot send the message: a field has more than ${mailAddressesMax - 1} addresses`);
  return found.map((mailbox) => checkedAddress(qualified(mailbox, domain), body));
}

/** The body of a field in which every address has a domain; `undefined`: it is so already, or it cannot be written otherwise. */
export function qualifiedField(body: string, domain: string): string | undefined {
  const addresses = parseAddressList(body);
  const mailboxes = mailboxesOf(addresses);
  if (mailboxes.length >= mailAddressesMax || mailboxes.every((mailbox) => mailbox.domain !== "")) return undefined;
  try {
    return addresses.map((address) => formatMailAddress(qualifiedAddress(address, domain))).join(", ");
  } catch (error) {
    if (error instanceof MimeError) return undefined;
    throw error;
  }
}

function qualifiedAddress(address: MailAddress, domain: string): MailAddress {
  if (address.type === "mailbox") return qualified(address, domain);
  return { ...address, members: address.members.map((member) => qualified(member, domain)) };
}

function qualified(mailbox: MailMailbox, domain: string): MailMailbox {
  return mailbox.domain === "" ? { ...mailbox, domain } : mailbox;
}

function checkedAddress(mailbox: MailMailbox, text: string): string {
  try {
    const address = formatAddrSpec(mailbox);
    parseMailbox(address);
    return address;
  } catch (error) {
    throw bad(text, error);
  }
}

function bad(text: string, cause?: unknown): SendmailError {
  return new SendmailError("data", `Cannot send to or from ${quote(text)}: it is no address`, { cause });
}
