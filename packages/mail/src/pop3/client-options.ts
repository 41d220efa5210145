import type { SaslKeyCache } from "@hawser/auth/sasl";
import type { ConnectOptions } from "@hawser/core";

/** Who logs in. */
export interface Pop3Login {
  readonly user: string;
  readonly password?: string | undefined;
  /** An access token of OAuth 2.0. */
  readonly token?: string | undefined;
}

/** How to connect to a POP3 server. */
export interface Pop3ConnectOptions extends ConnectOptions {
  readonly login?: Pop3Login | undefined;
  /** TLS on a connection that begins in clear: `required` where the endpoint is not on this machine, else `preferred`; or `never`. */
  readonly startTls?: "never" | "preferred" | "required" | undefined;
  /** The name that the server's certificate must have. Default: the host of the endpoint. */
  readonly serverName?: string | undefined;
  /** Sends passwords in clear to everywhere. Default false: over TLS, to this machine and on UNIX sockets alone. */
  readonly allowPlainText?: boolean | undefined;
  /** APOP where there is nothing better than a password in clear (RFC 1939 §7). Default false. */
  readonly apop?: boolean | undefined;
  /** How long one reply, or one line of it, may take. Default 60,000 ms. */
  readonly replyTimeoutMs?: number | undefined;
  /** Octets of a message's line: servers hand out whatever they have. Default 1,048,576. */
  readonly lineOctetsMax?: number | undefined;
  /** SCRAM's keys, shared by connections to one server. */
  readonly keys?: SaslKeyCache | undefined;
}
