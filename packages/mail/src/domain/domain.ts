/** Where mail for an address goes, when all names have been followed. */
export type MailDestination =
  /** A mailbox of a user of ours: `alice@example.org`. `folder` is what the address wished for, and need not be there. */
  | { readonly type: "mailbox"; readonly user: string; readonly folder?: string | undefined }
  /**
   * Somebody elsewhere. `from` is there where the reverse-path changes: the owner of a list, or nothing (`""`) for reports that
   * go back where they belong.
   */
  | { readonly type: "forward"; readonly address: string; readonly from?: string | undefined }
  /** The standard input of a program: a command line for `sh -c` (aliases(5): `|program`). */
  | { readonly type: "program"; readonly command: string }
  /** A file that grows, in the mbox format (aliases(5): `/file`). */
  | { readonly type: "file"; readonly path: string };

/** What is known of an address. */
export type MailRoute =
  /** `missing`: names on the way that lead to nobody, which is a fault of the aliases, not of who writes. */
  | {
      readonly type: "deliver";
      readonly to: readonly MailDestination[];
      readonly missing?: readonly string[] | undefined;
    }
  /** The domain is not one of ours. */
  | { readonly type: "remote" }
  /** Nobody is there, now or ever; `status` as in RFC 3463: `5.1.1`. */
  | { readonly type: "refuse"; readonly status: string; readonly text: string };

/** Tells where mail goes: virtual domains, aliases, catch-alls and subaddresses, followed to their end. */
export interface MailRouter {
  /**
   * @param address as RCPT gave it: `Alice+Lists@Example.ORG`, or `postmaster`
   * @throws {MailAliasError} `unreadable`, when nobody can tell now: it may be asked again
   */
  route(address: string): Promise<MailRoute>;
  /** Whether a domain is ours, whoever is in it. */
  isLocal(domain: string): boolean;
}
