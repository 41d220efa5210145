import { domainToASCII } from "node:url";
import type { SmtpDecision, SmtpRecipient, SmtpSession } from "./backend.ts";
import { smtpAccept, smtpReject } from "./errors.ts";

/** For whom {@link localDomains} lets mail in. */
export interface LocalDomainsOptions {
  /** Whether somebody is there. Default: everybody is. */
  readonly hasUser?: ((local: string, domain: string) => boolean | Promise<boolean>) | undefined;
  /** Who may send anywhere. Default: whoever has logged in. */
  readonly mayRelay?: ((session: SmtpSession) => boolean) | undefined;
}

/**
 * Makes the `recipient` of a backend that is no open relay: mail for these domains from everybody, mail for others from those
 * who may. Addresses that old servers would have sent on (`user%far@here`, `far!user@here`, `"user@far"@here`) are refused.
 */
export function localDomains(
  domains: Iterable<string>,
  options: LocalDomainsOptions = {},
): (to: SmtpRecipient, session: SmtpSession) => SmtpDecision {
  const { hasUser, mayRelay = ({ login }) => login !== undefined } = options;
  const here = new Set([...domains].map(canonical));
  return (to, session) => {
    if (to.domain === "") return smtpAccept; // postmaster (RFC 5321 §4.5.1)
    if (!here.has(canonical(to.domain))) return mayRelay(session) ? smtpAccept : noRelay;
    if (/[%!@:]/.test(to.local)) return routed;
    const there = hasUser?.(to.local, to.domain) ?? true;
    return typeof there === "boolean" ? verdict(there) : there.then(verdict);
  };
}

function verdict(isThere: boolean): typeof noUser | typeof smtpAccept {
  return isThere ? smtpAccept : noUser;
}

function canonical(domain: string): string {
  return domainToASCII(domain).toLowerCase() || domain.toLowerCase();
}

const noRelay = smtpReject("550 5.7.1 Mail is not sent on from here");
const routed = smtpReject("550 5.1.3 Addresses with a way in them are not taken");
const noUser = smtpReject("550 5.1.1 No such user");
