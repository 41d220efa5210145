import { quote, UsageError } from "@hawser/core";
import { domainName } from "../spelling.ts";

/** What `hawser mail quickstart` makes. */
export interface MailQuickstart {
  /** The first user, by the whole address. */
  readonly user: string;
  readonly domain: string;
  readonly hostname: string;
  readonly dir: string;
  readonly address: readonly string[];
  readonly relay: string | undefined;
  readonly tlsCert: string;
  readonly tlsKey: string | undefined;
  readonly tryOut: boolean;
}

/** `[USER@]DOMAIN`. @throws {UsageError} */
export function parseFirstUser(text: string): { readonly user: string; readonly domain: string } {
  const at = text.lastIndexOf("@");
  const local = at < 0 ? "admin" : text.slice(0, at);
  const domain = domainName(text.slice(at + 1));
  if (!/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/.test(local) || local.includes(".."))
    throw new UsageError(`${quote(local)} is no name of a user: small letters, digits, and ._- between them`);
  return { user: `${local}@${domain}`, domain };
}
