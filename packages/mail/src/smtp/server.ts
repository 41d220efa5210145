import type { Portal, User } from "@hawser/auth";
import type { SaslServerOptions } from "@hawser/auth/sasl";
import { type Factory, parseIpNetwork, type TlsServerOptions } from "@hawser/core";
import type { LmtpBackend, SmtpBackend } from "./backend.ts";
import type { SmtpExtension } from "./extension.ts";
import { smtpExtensions } from "./extensions/index.ts";
import { type SmtpServerLimits, smtpServerLimits } from "./limits.ts";
import { SmtpOffers } from "./machine/offers.ts";
import { SmtpServerConnection } from "./server/connection.ts";
import type { SmtpServerSettings } from "./server/settings.ts";
import type { SmtpLineEndings } from "./wire/data-reader.ts";
import type { SmtpAddress } from "./wire/path.ts";
import type { SmtpKind } from "./words.ts";

/** How a mail server serves. Every default is safe on the open Internet. */
export interface SmtpServerOptions {
  /** Our name in the greeting and in Received fields. Default `localhost`; on the Internet it must be our own. */
  readonly name?: string | undefined;
  /** Bounds of everything a client may make grow. */
  readonly limits?: Partial<SmtpServerLimits> | undefined;
  /** Who may log in. Passwords in clear are taken over TLS, from loopback and on UNIX sockets alone. Default: nobody. */
  readonly portal?: Portal | undefined;
  /** How logins are done: mechanisms, `actAs`, and what else `saslServer` takes. */
  readonly sasl?: Partial<Omit<SaslServerOptions<User>, "context" | "wanted">> | undefined;
  /** Our certificate, for STARTTLS. Default: it is not offered. */
  readonly tls?: Omit<TlsServerOptions, "received" | "sharedWith" | "side"> | undefined;
  /** Nothing is done without TLS. Not for servers that take mail from everybody (RFC 3207 §4). Default false. */
  readonly requireTls?: boolean | undefined;
  /** Nobody sends without a login. Default false; {@link submissionServer} has it. */
  readonly requireLogin?: boolean | undefined;
  /** Which addresses somebody who has logged in may send as. Default: any; {@link submissionServer} has one's own. */
  readonly maySendAs?: ((user: User, from: SmtpAddress) => boolean | Promise<boolean>) | undefined;
  /**
   * What becomes of a CR or LF that stands alone. `refuse` ends the session: the next server may take it for the end of the
   * message (SMTP smuggling). `normalize` makes CRLF of it. Default `refuse`.
   */
  readonly lineEndings?: SmtpLineEndings | undefined;
  /** Forgives clients that do not wait where they must (RFC 2920 §3.1). Default false. */
  readonly allowEarlyPipelining?: boolean | undefined;
  /** Begins each message with a Received field (RFC 5321 §4.4). Default true. */
  readonly addReceived?: boolean | undefined;
  /** Networks of proxies that may say for whom they speak (XCLIENT). Default: none. */
  readonly xclientFrom?: readonly string[] | undefined;
  /** What EHLO offers. Default: {@link smtpExtensions}. */
  readonly extensions?: readonly SmtpExtension[] | undefined;
}

/** Receives mail: `listen("tcp:2525", smtpServer({ recipient, message }))` (RFC 5321). */
export function smtpServer(backend: SmtpBackend, options: SmtpServerOptions = {}): Factory {
  return factoryOf("smtp", backend, options);
}

/** Delivers mail that a server hands over, with an answer for each recipient (RFC 2033). Never on port 25. */
export function lmtpServer(backend: LmtpBackend, options: SmtpServerOptions = {}): Factory {
  return factoryOf("lmtp", backend, options);
}

/** Takes mail from people's own programs (RFC 6409): whoever sends has logged in, and sends as oneself. */
export function submissionServer(
  backend: SmtpBackend,
  options: SmtpServerOptions & { readonly portal: Portal },
): Factory {
  return factoryOf("smtp", backend, { requireLogin: true, maySendAs: isOwnAddress, ...options });
}

/** Whether an address is a user's: the name, or what the user database says under `mail`. */
export function isOwnAddress(user: User, from: SmtpAddress): boolean {
  const address = from.address.toLowerCase();
  const own = [user.name, ...(user.attributes["mail"] ?? "").split(/[\s,]+/)];
  return own.some((one) => one !== "" && one.toLowerCase() === address);
}

function factoryOf(kind: SmtpKind, backend: LmtpBackend | SmtpBackend, options: SmtpServerOptions): Factory {
  const settings = settingsOf(kind, backend, options);
  return { accept: (transport) => new SmtpServerConnection(settings, transport).greet() };
}

function settingsOf(
  kind: SmtpKind,
  backend: LmtpBackend | SmtpBackend,
  options: SmtpServerOptions,
): SmtpServerSettings {
  const { name = "localhost", extensions = smtpExtensions } = options;
  const limits = { ...smtpServerLimits, ...options.limits };
  return {
    kind,
    backend,
    name,
    limits,
    extensions,
    offers: new SmtpOffers(name, limits, extensions),
    lineEndings: options.lineEndings ?? "refuse",
    allowEarlyPipelining: options.allowEarlyPipelining ?? false,
    addReceived: options.addReceived ?? true,
    portal: options.portal,
    sasl: options.sasl ?? {},
    tls: options.tls && { ...options.tls, side: "server" },
    needsLogin: options.requireLogin ?? false,
    needsTls: options.requireTls ?? false,
    maySendAs: options.maySendAs,
    xclientFrom: (options.xclientFrom ?? []).map(parseIpNetwork),
  };
}
