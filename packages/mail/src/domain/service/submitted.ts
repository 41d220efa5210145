import type { User } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import {
  formatAddrSpec,
  formatMailDate,
  type MailField,
  MailHeader,
  mailboxesOf,
  parseAddressList,
} from "@hawser/mime";
import { DkimSigner } from "../../sender/dkim/signer.ts";
import { asciiDomain, isWithinDomain } from "../../sender/domain.ts";
import { withoutForgedResults } from "../../sender/results/forged.ts";
import { smtpReject } from "../../smtp/errors.ts";
import { mailAddressParts } from "../names.ts";
import type { MailArrival } from "./arrival.ts";
import type { MailDomainOptions } from "./options.ts";

/** Who submits a message, where somebody has logged in. */
export interface MailSubmitter {
  readonly user: User | undefined;
  maySendAs(user: User, address: string): Promise<boolean>;
}

/**
 * A message from one of us (RFC 6409 §8): the addresses in `From` are the sender's own, what is missing is added, what others shall
 * not see is taken away, and all of it is signed.
 * @throws {SmtpReplyError} 550 for a message with no `From`, several, or another's
 */
export async function submittedArrival(
  given: MailHeader,
  { user, maySendAs }: MailSubmitter,
  options: MailDomainOptions,
): Promise<MailArrival> {
  const authors = authorsOf(given);
  if (user !== undefined) for (const author of authors) if (!(await maySendAs(user, author))) throw notYours;
  const header = completed(given, options);
  const signer = signerFor(header, authors, options);
  return {
    receive: (chunk) => signer?.receive(chunk),
    finish: async () => ({ header: new MailHeader([...(signer?.finish() ?? []), ...header.fields]), isJunk: false }),
  };
}

function authorsOf(header: MailHeader): readonly string[] {
  const [from, ...others] = header.all("from");
  if (from === undefined || others.length > 0) throw oneFrom;
  try {
    const authors = mailboxesOf(parseAddressList(from)).map(formatAddrSpec);
    if (authors.length > 0) return authors;
  } catch {} // what cannot be read names nobody
  throw oneFrom;
}

/** `Date` and `Message-ID` are there (RFC 6409 §8.2, §8.3), `Bcc` is not (RFC 5322 §3.6.3). */
function completed(given: MailHeader, { reactor, name }: MailDomainOptions): MailHeader {
  const header = withoutForgedResults(given.without("bcc", "resent-bcc", "return-path"), name);
  const added: MailField[] = [];
  if (!header.has("date"))
    added.push(plainField("Date", formatMailDate({ epochMs: reactor.clock.wall(), offsetMinutes: 0 })));
  if (!header.has("message-id")) added.push(plainField("Message-ID", messageId(reactor, name)));
  return new MailHeader([...header.fields, ...added]);
}

function messageId({ random }: Reactor, name: string): string {
  return `<${Buffer.from(random.bytes(16)).toString("hex")}@${name}>`;
}

function plainField(name: string, body: string): MailField {
  return { name, octets: `${name}: ${body}\r\n` };
}

/** By the keys of the author's domain, or of one above it: others would not count for DMARC. */
function signerFor(
  header: MailHeader,
  authors: readonly string[],
  { dkim = [], reactor }: MailDomainOptions,
): DkimSigner | undefined {
  const domain = asciiDomain(mailAddressParts(authors[0]!).domain);
  const keys = dkim.filter(
    (key) => domain !== undefined && isWithinDomain(domain, asciiDomain(key.domain) ?? key.domain),
  );
  return keys.length === 0 ? undefined : new DkimSigner(header, { keys, now: reactor.clock.wall() });
}

const oneFrom = smtpReject("550 5.6.0 The message must have one field From, with an address");
const notYours = smtpReject("550 5.7.1 The address in From is not yours");
