import { Queue } from "@hawser/core";
import type { AppendedMail, NewMail } from "../../store/store.ts";
import { type ImapDeferred, imapDeferred } from "../deferred.ts";
import { imapBad, imapNo } from "../errors.ts";
import { parseImapDateTime } from "../wire/date-time.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import { type ImapLine, ImapScanner } from "../wire/scanner.ts";
import type { ImapSession } from "./session.ts";

/** Chunks of a message that wait for the store: then the client is held back. */
const chunksMax = 4;

/** One APPEND while it comes: its messages go to the store octet by octet (RFC 9051 §6.3.12, RFC 3502). */
export class ImapAppend {
  tag = "*";
  readonly #session: ImapSession;
  readonly #messages = new Queue<NewMail>(1);
  #content: Queue<Uint8Array> | undefined;
  #stored: Promise<AppendedMail> | undefined;
  #failed: ImapDeferred<never> = imapDeferred();
  #name = "";
  #isInUtf8 = false;

  constructor(session: ImapSession) {
    this.#session = session;
  }

  /** A message is about to come. @throws what is to be answered: the message is not wanted then */
  async announced(line: ImapLine, octets: number): Promise<void> {
    const scanner = new ImapScanner(line);
    scanner.isUtf8 = this.#session.isUtf8;
    if (this.#stored === undefined) this.#readMailbox(scanner);
    else this.#endUtf8(scanner);
    if (this.#stored !== undefined) scanner.space();
    const message = this.#readOptions(scanner);
    if (octets > this.#session.appendOctetsMax) throw imapNo("TOOBIG", "The message is too large");
    if (octets === 0) throw imapNo(undefined, "A message of no octets is none");
    if (this.#stored === undefined) await this.#begin();
    const content = new Queue<Uint8Array>(chunksMax);
    this.#content = content;
    await this.#orFailed(this.#messages.put({ ...message, content }));
  }

  async octets(chunk: Uint8Array, isLast: boolean): Promise<void> {
    const content = this.#content;
    if (content === undefined) return;
    try {
      if (chunk.length > 0) await this.#orFailed(content.put(chunk));
      if (isLast) content.close();
    } catch {
      this.#content = undefined; // the store has refused: the rest is read and dropped, and `finish` tells why
    }
  }

  /** The last message is there. Gives what is said behind `OK`. */
  async finish(line: ImapLine): Promise<string> {
    const scanner = new ImapScanner(line);
    try {
      this.#endUtf8(scanner);
      scanner.end();
    } catch (error) {
      this.giveUp(error);
      throw error;
    }
    this.#messages.close();
    const { uidValidity, uids } = await this.#stored!;
    return `[APPENDUID ${uidValidity} ${ImapNumberSet.of(uids)}] APPEND completed`;
  }

  /** No message is kept. */
  giveUp(error: unknown): void {
    const reason = error instanceof Error ? error : new Error("The messages are given up");
    this.#messages.close(reason);
    this.#content?.close(reason);
    this.#content = undefined;
  }

  #readMailbox(scanner: ImapScanner): void {
    const tag = /^[^ ]+/.exec(scanner.rest)?.[0] ?? "*";
    this.tag = tag;
    scanner.expect(`${tag} APPEND `);
    this.#name = scanner.mailbox();
    scanner.space();
  }

  #readOptions(scanner: ImapScanner): Pick<NewMail, "flags" | "receivedAt"> {
    const flags = scanner.peek === "(" ? scanner.list(() => scanner.flag()) : [];
    if (flags.length > 0 || scanner.peek === " ") scanner.skip(" ");
    const receivedAt = scanner.peek === '"' ? parseImapDateTime(scanner.string()) : undefined;
    scanner.skip(" ");
    this.#isInUtf8 = scanner.skip("UTF8 (");
    scanner.end();
    return { flags: flags.filter((flag) => flag.toLowerCase() !== "\\recent"), receivedAt };
  }

  /** `UTF8 (~{310}…)`: the parenthesis is closed behind the literal (RFC 6855 §4). */
  #endUtf8(scanner: ImapScanner): void {
    if (!this.#isInUtf8) return;
    this.#isInUtf8 = false;
    if (!scanner.skip(")")) throw imapBad("The parenthesis behind the message is missing");
  }

  async #begin(): Promise<void> {
    const { account, gone } = this.#session;
    await account.status(this.#name); // refuses at once when there is no such folder
    this.#stored = account.append(this.#name, this.#messages, { signal: gone.signal });
    this.#stored.catch((error: unknown) => {
      this.#failed.reject(error);
      this.giveUp(error);
    });
  }

  /** Waits for something, unless the store has refused. */
  #orFailed(waiting: Promise<void>): Promise<void> {
    return Promise.race([waiting, this.#failed.promise]);
  }
}
