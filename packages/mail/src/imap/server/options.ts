import type { SaslMechanism } from "@hawser/auth/sasl";
import type { TlsServerOptions } from "@hawser/core";

/** How an IMAP server serves. */
export interface ImapServerOptions {
  /** The certificate for STARTTLS; absent: it is not offered. */
  readonly tls?: Omit<TlsServerOptions, "side"> | undefined;
  /** SASL mechanisms, by name. Default: those of `saslServer`. */
  readonly mechanisms?: readonly (string | SaslMechanism)[] | undefined;
  /** Takes passwords in clear from everywhere. Default false: only from loopback and UNIX sockets. */
  readonly allowPlainText?: boolean | undefined;
  /** The largest message that APPEND takes (RFC 7889). Default 52,428,800 octets. */
  readonly appendOctetsMax?: number | undefined;
  /** What the greeting and ID say. Default `Hawser`. */
  readonly name?: string | undefined;
  /** Silence before the server leaves. Default 31 minutes; the RFC wants 30 at least (RFC 9051 §5.4). */
  readonly idleTimeoutMs?: number | undefined;
  /** While a client idles, what others deliver is looked for this often, where nobody tells. Default 5,000 ms. */
  readonly pollMs?: number | undefined;
}
