import type { Factory } from "@hawser/core";
import { ImapServerConnection } from "./connection.ts";
import type { ImapServerOptions } from "./options.ts";

/**
 * Serves mailboxes by IMAP4rev1 and IMAP4rev2 (RFC 3501, RFC 9051):
 * `await listen("tls:993:cert=mail.pem", imapServer({ portal }))`. What an account can do is what is offered.
 */
export function imapServer(options: ImapServerOptions): Factory {
  return {
    alpn: ["imap"],
    accept: (transport) => new ImapServerConnection(transport, options).driver,
  };
}
