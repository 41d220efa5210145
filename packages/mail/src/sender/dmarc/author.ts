import { type MailHeader, mailboxesOf, parseAddressList } from "@hawser/mime";
import { asciiDomain } from "../domain.ts";

/**
 * The domain of the author, or why there is none: a message has one field `From`, and all who stand in it are of one domain
 * (RFC 7489 §6.6.1, RFC 9989 §5.3.1).
 */
export function authorDomain(header: MailHeader): { readonly domain: string } | { readonly problem: string } {
  const fields = header.all("from");
  if (fields.length !== 1) return { problem: fields.length === 0 ? "there is no From" : "there are several From" };
  const authors = mailboxesOf(parseAddressList(fields[0]!));
  const domains = new Set(authors.map(({ domain }) => asciiDomain(domain)));
  const [domain] = domains;
  if (domains.size > 1) return { problem: "From names several domains" };
  return domain === undefined ? { problem: "From names no domain" } : { domain };
}
