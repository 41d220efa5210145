import type { SendmailHost } from "./identity.ts";
import type { SendmailLimits } from "./limits.ts";
import type { SendmailOutlet } from "./outlet.ts";
import type { SendmailSystem } from "./system.ts";

/** A message that did not go where it should, or not to all. */
export interface SendmailFailure {
  /** The exit status. */
  readonly status: number;
  /** What went wrong, a line each. */
  readonly lines: readonly string[];
  /** The message as far as it is known, lines ending with CRLF, one character an octet. */
  readonly message: string;
  /** Who hears of it. */
  readonly author: string;
}

/** What telling somebody takes. */
export interface GiveBackContext {
  readonly system: SendmailSystem;
  readonly host: SendmailHost;
  readonly limits: SendmailLimits;
  /** `undefined`: it could not be opened. */
  readonly outlet: SendmailOutlet | undefined;
}
