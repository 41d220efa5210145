import { HawserError } from "@hawser/core/protocol";
import { SendmailExit, type SendmailExitStatus } from "./exit.ts";

/** Why a message was not taken: names of {@link SendmailExit}. */
export type SendmailErrorCode = Exclude<keyof typeof SendmailExit, "ok">;

/** A message was not taken, or the words that came with it mean nothing. */
export class SendmailError extends HawserError<SendmailErrorCode> {
  /** What the program exits with. */
  get status(): SendmailExitStatus {
    return SendmailExit[this.code];
  }
}
