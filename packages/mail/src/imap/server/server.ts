import type { Portal } from "@hawser/auth/protocol";
import type { Factory } from "@hawser/core";
import { ImapServerConnection } from "./connection.ts";
import type { ImapServerOptions } from "./options.ts";

/**
 * Serves mailboxes by IMAP4rev1 and IMAP4rev2 (RFC 3501, RFC 9051). Users log in through the portal, whose realm gives their
 * account; what an account can do is what is offered.
 *
 * ```ts no-run
 * const portal = loginWith(realm(mailAccounts, ({ name }) => store.account(name)), usersFile("users"));
 * await listen("tls:993:cert=mail.pem", imapServer(portal));
 * ```
 */
export function imapServer(portal: Portal, options: ImapServerOptions = {}): Factory {
  return {
    alpn: ["imap"],
    accept: (transport) => new ImapServerConnection(transport, portal, options).driver,
  };
}
