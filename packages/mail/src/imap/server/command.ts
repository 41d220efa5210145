import type { ImapScanner } from "../wire/scanner.ts";
import type { ImapSession } from "./session.ts";

/** When a command may come (RFC 9051 §3). */
export type ImapCommandState = "any" | "authenticated" | "not-authenticated" | "selected";

/** What a command is told beside its arguments. */
export interface ImapCommandCall {
  readonly session: ImapSession;
  /** As the client spelled it. */
  readonly tag: string;
  /** It was said with `UID` before it. */
  readonly byUid: boolean;
}

/**
 * What a command ends with: text behind `OK`, with a code in brackets where there is one. `later`: the command goes on, and
 * says its end itself.
 */
export type ImapCommandEnd = string | "later" | undefined;

/** The server's side of one command. */
export interface ImapServerCommand<Arguments> {
  readonly state: ImapCommandState;
  /** Reads what follows the name, to the end of the line. */
  parse(scanner: ImapScanner, byUid: boolean): Arguments;
  run(call: ImapCommandCall, parsed: Arguments): Promise<ImapCommandEnd> | ImapCommandEnd;
  /** It may also be said with `UID` before it. */
  readonly mayBeByUid?: boolean;
  /** No message may be told gone while it runs, when it was said with sequence numbers (RFC 9051 §7.5.1). */
  readonly keepsSequence?: boolean;
  /** A mailbox that is not there could be made, and the command said again (`TRYCREATE`). */
  readonly isIntoMailbox?: boolean;
}

/** Makes a command of the table: keeps the types of its arguments together. */
export function imapCommand<Arguments>(command: ImapServerCommand<Arguments>): ImapServerCommand<unknown> {
  return command as ImapServerCommand<unknown>;
}
