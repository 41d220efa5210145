import type { MailAliases } from "../aliases/alias.ts";
import type { MailSenderRewriting } from "./srs.ts";

/** A domain that is ours. */
export interface MailRouterDomain {
  /** As people write it; users of it are called `alice@NAME`, in lower case. */
  readonly name: string;
  /** Everybody here is whoever has the same name there, in a domain of ours. */
  readonly aliasOf?: string | undefined;
  /** Who gets what is for nobody else: an address. Default: nobody, which keeps spam out. */
  readonly catchAll?: string | undefined;
  /** Asked before those of {@link MailRouterOptions.aliases}. */
  readonly aliases?: MailAliases | undefined;
  /** Default: that of the router. */
  readonly hasUser?: MailUserLookup | undefined;
}

/** Whether there is a user of a name like `alice@example.org`, always in lower case. */
export type MailUserLookup = (user: string) => boolean | Promise<boolean>;

/** What a user wants to be done with what comes. */
export interface MailForwarding {
  /** Addresses. */
  readonly to: readonly string[];
  /** Whether it comes into the mailbox as well. Default false. */
  readonly keepsCopy?: boolean | undefined;
}

/** Where mail goes. */
export interface MailRouterOptions {
  /** At least one. Names without a domain belong to the first, where they belong to nobody else. */
  readonly domains: readonly (string | MailRouterDomain)[];
  /** Who has a mailbox: see {@link mailUsersOf}. */
  readonly hasUser: MailUserLookup;
  /** Aliases, as {@link mailAliasesFile} reads them. Names without a domain mean that name in every domain of ours. */
  readonly aliases?: MailAliases | undefined;
  /** What parts a user from a folder in `alice+folder` (RFC 5233): each of these characters does. Default `+`; empty: nothing. */
  readonly separator?: string | undefined;
  /** What a user wants to have sent on. Default: nothing. */
  readonly forwardingOf?:
    | ((user: string) => MailForwarding | undefined | Promise<MailForwarding | undefined>)
    | undefined;
  /**
   * Who reads what comes for `postmaster` and `abuse`, where no alias and no user has that name (RFC 5321 §4.5.1, RFC 2142):
   * an address. Default: a mailbox `postmaster` in the first domain.
   */
  readonly postmaster?: string | undefined;
  /** Reads rewritten senders, so that reports about forwarded mail find their way back. */
  readonly srs?: MailSenderRewriting | undefined;
}
