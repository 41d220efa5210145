import type { SaslClientCredentials } from "@hawser/auth/sasl";
import type { ConnectOptions } from "@hawser/core";

/** Who we are to a server. */
export interface ImapLogin extends SaslClientCredentials {
  /** SASL mechanisms that may be used, by name. Default: the best of those that are safe here. */
  readonly mechanisms?: readonly string[] | undefined;
}

/** How to connect to an IMAP server, and as whom. */
export interface ImapConnectOptions extends ConnectOptions {
  /** Absent: nobody logs in. */
  readonly login?: ImapLogin | undefined;
  /**
   * STARTTLS on an endpoint in clear: `required` ends the connection where it is not offered. Default `offered`, and `never` for
   * a server on this machine.
   */
  readonly startTls?: "never" | "offered" | "required" | undefined;
  /** The name to verify after STARTTLS. Default: the host of the endpoint. */
  readonly serverName?: string | undefined;
  /** Sends passwords in clear to everywhere. Default false: to this machine only. */
  readonly allowPlainText?: boolean | undefined;
  /** Turned on after the login, where they are offered (RFC 5161). Default `["IMAP4rev2"]`. */
  readonly enable?: readonly string[] | undefined;
  /** Silence while a command is under way, after which the server is taken for dead. Default 60,000 ms. */
  readonly answerTimeoutMs?: number | undefined;
  /** IDLE is renewed this often: it keeps the connection alive, and finds out whether it is. Default 300,000 ms. */
  readonly idleRenewMs?: number | undefined;
  /** Packs all that is said, where the server can (RFC 4978). Default false. */
  readonly compress?: boolean | undefined;
  /** Octets of one response. Default 134,217,728. */
  readonly responseOctetsMax?: number | undefined;
}
