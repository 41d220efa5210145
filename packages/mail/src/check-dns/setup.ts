import { isIP } from "node:net";
import { quote, UsageError } from "@hawser/core";
import type { DkimDnsRecord } from "../sender/dkim/keys.ts";
import type { DmarcPolicy } from "../sender/dmarc/record.ts";
import { asciiDomain } from "../sender/domain.ts";

/** A service that programs look for by SRV (RFC 6186, RFC 8314 §5.1), and its port. */
export interface MailDnsService {
  readonly name: "imap" | "imaps" | "pop3" | "pop3s" | "submission" | "submissions";
  readonly port: number;
}

/** How a domain has its mail: what {@link mailDnsRecords} makes records of, and what is looked for. */
export interface MailDnsSetup {
  /** `example.org`. Letters beyond US-ASCII become A-labels. */
  readonly domain: string;
  /** The name of its mail server: `mail.example.org`. It may be in another domain. */
  readonly host: string;
  /** The addresses of that server, of either family. Default: none are known, and no records are made of them. */
  readonly addresses?: readonly string[] | undefined;
  /** The keys that sign for it, as `dkimDnsRecord` gives them. Default: none. */
  readonly dkim?: readonly DkimDnsRecord[] | undefined;
  /** What others shall do with mail that is not the domain's own. Default `quarantine`. */
  readonly dmarcPolicy?: DmarcPolicy | undefined;
  /** Who gets the reports of DMARC and of TLS. Default `postmaster` of the domain. */
  readonly reportsTo?: string | undefined;
  /** What else may send for the domain: `include:spf.example.net`, terms of SPF. Default: its own mail server alone. */
  readonly spfTerms?: readonly string[] | undefined;
  /** What people's programs connect to. Default: submission, IMAP and POP3, each over TLS from the first octet on. */
  readonly services?: readonly MailDnsService[] | undefined;
  /** Who may give out certificates for the domain: `letsencrypt.org`. Default: nothing is said. */
  readonly caaIssuer?: string | undefined;
}

/** A setup whose names were checked, and which has all that may be left out; an issuer that is empty is none. */
export type CheckedMailDnsSetup = { readonly [Key in keyof MailDnsSetup]-?: NonNullable<MailDnsSetup[Key]> };

/** What people's programs are told of when nothing else is said (RFC 8314 §3). */
export const mailDnsServices: readonly MailDnsService[] = [
  { name: "submissions", port: 465 },
  { name: "imaps", port: 993 },
  { name: "pop3s", port: 995 },
];

/** Checks a setup, and says what it leaves open. @throws {UsageError} for what is no domain or address */
export function checkedMailDnsSetup(setup: MailDnsSetup): CheckedMailDnsSetup {
  const domain = domainOf(setup.domain);
  const addresses = setup.addresses ?? [];
  const wrong = addresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new UsageError(`${quote(wrong)} is no address of a mail server`);
  return {
    domain,
    host: domainOf(setup.host),
    addresses,
    dkim: setup.dkim ?? [],
    dmarcPolicy: setup.dmarcPolicy ?? "quarantine",
    reportsTo: setup.reportsTo ?? `postmaster@${domain}`,
    spfTerms: setup.spfTerms ?? [],
    services: setup.services ?? mailDnsServices,
    caaIssuer: setup.caaIssuer === undefined ? "" : domainOf(setup.caaIssuer),
  };
}

function domainOf(text: string): string {
  const domain = asciiDomain(text);
  if (domain === undefined) throw new UsageError(`${quote(text)} is no domain`);
  return domain;
}
