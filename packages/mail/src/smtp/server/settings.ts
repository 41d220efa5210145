import type { Portal, User } from "@hawser/auth";
import type { SaslServerOptions } from "@hawser/auth/sasl";
import type { IpNetwork, TlsServerOptions } from "@hawser/core";
import type { LmtpBackend, SmtpBackend } from "../backend.ts";
import type { SmtpExtension } from "../extension.ts";
import type { SmtpServerLimits } from "../limits.ts";
import type { SmtpOffers } from "../machine/offers.ts";
import type { SmtpLineEndings } from "../wire/data-reader.ts";
import type { SmtpAddress } from "../wire/path.ts";
import type { SmtpKind } from "../words.ts";

/** What every connection of one server shares. */
export interface SmtpServerSettings {
  readonly kind: SmtpKind;
  readonly backend: SmtpBackend | LmtpBackend;
  readonly name: string;
  readonly limits: SmtpServerLimits;
  readonly extensions: readonly SmtpExtension[];
  readonly offers: SmtpOffers;
  readonly lineEndings: SmtpLineEndings;
  readonly allowEarlyPipelining: boolean;
  readonly addReceived: boolean;
  readonly portal: Portal | undefined;
  readonly sasl: Partial<SaslServerOptions<User>>;
  readonly tls: TlsServerOptions | undefined;
  readonly needsLogin: boolean;
  readonly needsTls: boolean;
  readonly maySendAs: ((user: User, from: SmtpAddress) => boolean | Promise<boolean>) | undefined;
  readonly xclientFrom: readonly IpNetwork[];
}
