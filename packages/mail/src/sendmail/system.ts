import type { Reactor, Transport } from "@hawser/core/protocol";
import type { MailRouter } from "../domain/domain.ts";
import type { MailQueue } from "../queue/queue.ts";
import type { SendmailLimits } from "./limits.ts";

/** Who called `sendmail`, where, and how to reach them: it reaches nothing by itself. */
export interface SendmailSystem {
  readonly reactor: Reactor;
  readonly user: SendmailUser;
  /** The name of this host, as the system knows it. */
  readonly hostName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard input. Nothing is read before somebody iterates. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Standard input and output as one connection, for SMTP. */
  connection(): Promise<Transport>;
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  complain(line: string): void;
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives up the rights of the system's owner for those of whoever owns a folder, so that the process that runs the queue may read
   * what is put there. Nothing for everybody else. Default: nothing.
   */
  readonly actAsOwnerOf?: ((folder: string) => Promise<void>) | undefined;
  /** Opens the queue in a folder, without running it. Default: the queue of `@hawser/mail/queue`. */
  readonly openQueue?: ((folder: string) => Promise<MailQueue>) | undefined;
  /** Who knows where mail for an address goes, for `-bv`. Default: nobody. */
  readonly router?: MailRouter | undefined;
  readonly limits?: Partial<SendmailLimits> | undefined;
}

/** Whoever called. */
export interface SendmailUser {
  readonly name: string;
  readonly uid: number;
  /** Their folder; `undefined`: they have none. */
  readonly home: string | undefined;
}
