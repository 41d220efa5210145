import type { SmtpNotify } from "../smtp/words.ts";

/** What is done. */
export type SendmailMode =
  /** `-bm`: takes a message from standard input. */
  | "submit"
  /** `-bs`: speaks SMTP on standard input and output. */
  | "smtp"
  /** `-bp`: prints the queue. */
  | "list"
  /** `-q`: tries the queue again now. */
  | "flush"
  /** `-bv`: tells whether addresses are good. */
  | "verify"
  /** `-bi`: makes what is known of aliases new. */
  | "aliases";

/** Who hears of a failure, and how: the letter of `-oe`. */
export type SendmailErrorMode = "mail" | "mail-and-succeed" | "print" | "quiet" | "write";

/** What the words of `sendmail` say. */
export interface SendmailRequest {
  readonly mode: SendmailMode;
  /** The operands, as they are. */
  readonly recipients: readonly string[];
  /** `-t`: the header says for whom the message is, too. */
  readonly headerRecipients: boolean;
  /** A line with a dot alone ends the message: not with `-i`. */
  readonly dotEnds: boolean;
  /** `-f`: the reverse-path; empty for none. */
  readonly sender?: string | undefined;
  /** `-F` */
  readonly fullName?: string | undefined;
  readonly errorMode: SendmailErrorMode;
  /** `-B` */
  readonly body?: "7BIT" | "8BITMIME" | undefined;
  /** `-N`; an empty list: never. */
  readonly notify?: readonly SmtpNotify[] | undefined;
  /** `-R` */
  readonly ret?: "FULL" | "HDRS" | undefined;
  /** `-V` */
  readonly envid?: string | undefined;
  /** `-G`: the message comes from elsewhere, and is not completed. */
  readonly isGateway: boolean;
  readonly isVerbose: boolean;
  /** `-qI`, `-qR`: which messages are tried again. */
  readonly flushId?: string | undefined;
  readonly flushDomain?: string | undefined;
}
