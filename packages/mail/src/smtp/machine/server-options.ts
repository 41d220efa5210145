import type { SmtpExtension } from "../extension.ts";
import type { SmtpServerLimits } from "../limits.ts";
import type { SmtpLineEndings } from "../wire/data-reader.ts";
import type { SmtpKind } from "../words.ts";
import type { SmtpOffers } from "./offers.ts";

/** What a machine on the server's side is made with. */
export interface SmtpServerMachineOptions {
  readonly kind: SmtpKind;
  /** Our name, in the greeting. */
  readonly name: string;
  readonly limits: SmtpServerLimits;
  readonly extensions: readonly SmtpExtension[];
  /** What is offered, where sessions share it. */
  readonly offers?: SmtpOffers | undefined;
  readonly lineEndings: SmtpLineEndings;
  /** Forgives clients that say more before they may (RFC 2920 §3.1). */
  readonly allowEarlyPipelining: boolean;
}
