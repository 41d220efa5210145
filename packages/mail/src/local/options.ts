import type { Factory, Listener, Reactor, TlsServerOptions } from "@hawser/core";
import type { MailStore } from "../store/store.ts";
import type { MailLocalFailure } from "./failures.ts";
import type { MailLocal } from "./mail-local.ts";

/** Where something listens: one endpoint, or several, or nowhere. */
export type MailLocalPlaces = string | readonly string[] | false;

/** How a local mail server is made. Every default is for a test: free ports of this machine, and nothing is kept. */
export interface MailLocalOptions {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** Default `tcp:0:interface=127.0.0.1`, as for the others: a free port that no other machine reaches. */
  readonly smtp?: MailLocalPlaces | undefined;
  readonly pop3?: MailLocalPlaces | undefined;
  readonly imap?: MailLocalPlaces | undefined;
  /** The page and the API. They need `@hawser/web`. */
  readonly web?: MailLocalPlaces | undefined;
  /** The certificate for STARTTLS in SMTP, IMAP and POP3, and for `tls:` endpoints. Default: there is no TLS. */
  readonly tls?: Omit<TlsServerOptions, "received" | "sharedWith" | "side"> | undefined;
  /** Takes passwords in clear from other machines as well. Default false: over TLS, from loopback and UNIX sockets alone. */
  readonly allowPlainText?: boolean | undefined;
  /** Refuses messages that break an RFC, and says which. Default false: they are kept, with the complaints beside them. */
  readonly pedantic?: boolean | undefined;
  /** The oldest messages go when there are more. Default 1,000. */
  readonly messagesMax?: number | undefined;
  /** The oldest messages go when they have more octets in all. Default 268,435,456. */
  readonly octetsMax?: number | undefined;
  /** Where messages are kept. Default: memory. The account `local` of the store is used. */
  readonly store?: MailStore | undefined;
  /** What goes wrong from the start. */
  readonly failures?: readonly MailLocalFailure[] | undefined;
  /** The server that {@link MailLocal.release} sends messages on to: `tcp:mail.example.org:25`. Default: there is none. */
  readonly releaseTo?: string | undefined;
  /** Names that the page may be asked for by, beside addresses, `localhost`, and names that no other site can have. */
  readonly webNames?: readonly string[] | undefined;
  /** How endpoints are listened on. Default: core's `listen` on the reactor. */
  readonly listen?: ((endpoint: string, factory: Factory) => Promise<Listener>) | undefined;
}
