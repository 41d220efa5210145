import type { Login, LoginContext, Portal } from "@hawser/auth/protocol";
import { ConnectionError, type Driver, isConfidential, type Output, type Transport } from "@hawser/core";
import type { MailStoreError } from "../../store/errors.ts";
import { mailOctetsMaxDefault } from "../../store/limits.ts";
import type { MailAccount, StoredMail } from "../../store/store.ts";
import { type ImapDeferred, imapDeferred } from "../deferred.ts";
import { imapNo } from "../errors.ts";
import { imapLingerMs } from "../limits.ts";
import type { ImapServerAction, ImapServerEvent, ImapServerMachine } from "../machine/server.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import { formatFlags } from "./flags.ts";
import type { ImapServerOptions } from "./options.ts";
import type { ImapSelected, ImapViewChanges } from "./selected.ts";

/** What a client may turn on (RFC 5161). */
export type ImapEnabled = "CONDSTORE" | "IMAP4REV2" | "QRESYNC" | "UTF8=ACCEPT";

/** One client's session: who it is, what it has selected, what it has turned on, and what it is told. */
export class ImapSession {
  readonly transport: Transport;
  readonly portal: Portal;
  readonly options: ImapServerOptions;
  readonly enabled: Set<ImapEnabled> = new Set();
  login: Login<MailAccount> | undefined;
  selected: ImapSelected | undefined;
  loginFailures = 0;
  /** The command of now was said with `UID`. */
  byUid = false;
  /** Aborts when the connection is gone. */
  readonly gone: AbortController = new AbortController();
  #driver: Driver<ImapServerEvent, ImapServerAction> | undefined;
  #room: ImapDeferred<void> | undefined;
  #answer: ((line: string) => void | Promise<void>) | undefined;

  constructor(transport: Transport, portal: Portal, options: ImapServerOptions) {
    this.transport = transport;
    this.portal = portal;
    this.options = options;
  }

  /** @internal */
  drivenBy(driver: Driver<ImapServerEvent, ImapServerAction>): void {
    this.#driver = driver;
  }

  get machine(): ImapServerMachine {
    return this.#driver!.machine as ImapServerMachine;
  }

  get context(): LoginContext {
    const { peer, security } = this.transport;
    return { protocol: "imap", peer, security, signal: this.gone.signal };
  }

  /** Whether a password may be sent as it is. */
  get isPrivate(): boolean {
    return this.options.allowPlainText === true || isConfidential(this.transport);
  }

  get account(): MailAccount {
    if (this.login === undefined) throw imapNo(undefined, "Log in first");
    return this.login.avatar;
  }

  get appendOctetsMax(): number {
    return this.options.appendOctetsMax ?? mailOctetsMaxDefault;
  }

  /** Whether names are sent in UTF-8. */
  get isUtf8(): boolean {
    return this.enabled.has("UTF8=ACCEPT") || this.isRev2;
  }

  get isRev2(): boolean {
    return this.enabled.has("IMAP4REV2");
  }

  get open(): ImapSelected {
    if (this.selected === undefined) throw imapNo(undefined, "Select a mailbox first");
    return this.selected;
  }

  /** Sends text of one character per octet, or octets. */
  write(output: Output): void {
    this.#driver!.send({ type: "write", output });
  }

  /** Sends one untagged response. */
  untagged(text: string): void {
    this.write(`* ${text}\r\n`);
  }

  /** Waits until the client has taken what was written, where that is much. @throws {ConnectionError} it is gone */
  room(): Promise<void> | undefined {
    if (this.gone.signal.aborted) throw closed();
    if (!this.#driver!.isFull) return undefined;
    this.#room ??= imapDeferred();
    return this.#room.promise;
  }

  /** The next line goes to `answer`, not to the commands. Without a prompt the client was told to go on before. */
  ask(prompt: string | undefined, answer: (line: string) => void | Promise<void>): void {
    this.#answer = answer;
    this.#driver!.send({ type: "expect-line" });
    if (prompt !== undefined) this.write(`+ ${prompt}\r\n`);
  }

  /** @internal */
  takeAnswer(): ((line: string) => void | Promise<void>) | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  /** The end of a command that went on by itself. */
  finish(tag: string, end: string): void {
    this.write(`${tag} ${end}\r\n`);
  }

  /** Packs what is said from now on, and unpacks what comes. */
  compress(): void {
    this.#driver!.send({ type: "compress" });
  }

  /** Says goodbye and closes. */
  bye(text: string): void {
    this.#driver!.send({ type: "close", text: `* BYE ${text}\r\n` });
    this.hangUp();
  }

  /** Closes when what was said is written: within a turn of the driver it is not yet. */
  hangUp(): void {
    void Promise.resolve().then(() => {
      this.transport.end();
      if (this.gone.signal.aborted) return;
      const { clock } = this.transport.reactor;
      const timer = clock.after(imapLingerMs, () => this.transport.abort(), { idle: true });
      this.gone.signal.addEventListener("abort", () => timer.cancel(), { once: true });
    });
  }

  /** Reads what is there once more; needed when the machine was changed from outside. */
  pull(): void {
    this.#driver!.pull();
  }

  /** The user is known from now on. */
  loggedIn(login: Login<MailAccount>): void {
    this.login = login;
    this.#driver!.send({ type: "logged-in" });
  }

  /** Lets go of the selected mailbox. */
  async unselect(): Promise<void> {
    const { selected } = this;
    this.selected = undefined;
    await selected?.folder[Symbol.asyncDispose]();
  }

  /** Tells the client what has changed in its mailbox. */
  tellChanges(mayExpunge: boolean): void {
    const { selected } = this;
    if (selected === undefined) return;
    if (selected.isGone) return this.bye("Your mailbox was deleted by somebody else");
    this.#tell(selected, selected.changes(mayExpunge));
  }

  #tell(selected: ImapSelected, { expunged, expungedUids, exists, changed }: ImapViewChanges): void {
    if (expungedUids.length > 0 && this.enabled.has("QRESYNC"))
      this.untagged(`VANISHED ${ImapNumberSet.of(expungedUids)}`);
    else for (const sequence of expunged) this.untagged(`${sequence} EXPUNGE`);
    if (exists !== undefined) this.untagged(`${exists} EXISTS`);
    if (exists !== undefined && !this.isRev2) this.untagged(`${selected.recentCount} RECENT`);
    for (const { sequence, message } of changed) {
      const uid = this.byUid || this.isRev2 || this.enabled.has("QRESYNC") ? `UID ${message.uid} ` : "";
      const modSeq = this.enabled.has("CONDSTORE") ? ` MODSEQ (${message.modSeq})` : "";
      this.untagged(`${sequence} FETCH (${uid}FLAGS ${this.flagsOf(message)}${modSeq})`);
    }
  }

  /** Flags of a message as this client is told them: for IMAP4rev1 one of them says that it is new. */
  flagsOf({ uid, flags }: StoredMail): string {
    const told = formatFlags(flags);
    if (this.selected?.isRecent(uid) !== true) return told;
    return told === "()" ? "(\\Recent)" : `${told.slice(0, -1)} \\Recent)`;
  }

  /** @internal */
  hasRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** @internal */
  async lost(): Promise<void> {
    this.gone.abort(closed());
    this.#room?.reject(closed());
    this.#room = undefined;
    await this.unselect();
    await this.login?.logout();
    this.login = undefined;
  }
}

/** What a store says, as IMAP says it (RFC 5530, RFC 9208). */
export function imapReplyOf(
  error: MailStoreError,
  isTarget: boolean,
): { readonly code: string; readonly text: string } {
  const codes: Readonly<Record<MailStoreError["code"], string>> = {
    "bad-name": "CANNOT",
    "folder-exists": "ALREADYEXISTS",
    "no-account": "NONEXISTENT",
    "no-folder": isTarget ? "TRYCREATE" : "NONEXISTENT",
    "no-message": "EXPUNGEISSUED",
    "not-allowed": "CANNOT",
    "over-quota": "OVERQUOTA",
    "read-only": "NOPERM",
    "too-large": "TOOBIG",
    "too-many": "LIMIT",
    unavailable: "UNAVAILABLE",
  };
  return { code: codes[error.code], text: error.message };
}

function closed(): ConnectionError {
  return new ConnectionError("aborted", "Cannot go on: the client is gone");
}
