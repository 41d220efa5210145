import { type ConnectionError, type Reactor, StateError, type TlsClientOptions } from "@hawser/core";
import type { MailFolderUse } from "../../store/store.ts";
import { formatCreate } from "../commands/create.ts";
import { formatId, type ImapIdFields } from "../commands/id.ts";
import { formatList } from "../commands/list.ts";
import { formatSelect, type ImapKnownState, mailboxPiece } from "../commands/select.ts";
import { formatStatus, type ImapStatusItem } from "../commands/status.ts";
import { type ImapDeferred, imapDeferred } from "../deferred.ts";
import { ImapProtocolError } from "../errors.ts";
import { formatImapDateTime } from "../wire/date-time.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import type { ImapSent } from "./command-queue.ts";
import { type ImapCommandStream, unaskedMaxOf } from "./command-stream.ts";
import { logIntoImap } from "./login.ts";
import { ImapMailbox, type ImapMailboxChange } from "./mailbox.ts";
import type { ImapConnectOptions, ImapLogin } from "./options.ts";
import type { ImapResponse, ImapStatusLine } from "./responses.ts";

/** A mailbox in a list. */
export interface ImapListed {
  readonly name: string;
  readonly delimiter: string | undefined;
  /** As they are spelled: `\HasChildren`, `\Sent`. */
  readonly attributes: readonly string[];
  /** What was asked for with `status`. */
  readonly status: ReadonlyMap<string, number | string> | undefined;
}

/** Where an appended message went; absent where the server does not say (RFC 4315 §3). */
export interface ImapAppended {
  readonly uidValidity: number;
  readonly uids: ImapNumberSet;
}

/** How a mailbox is selected. */
export interface ImapSelectOptions {
  /** Nothing is changed, not even `\\Seen` (EXAMINE). Default false. */
  readonly readOnly?: boolean | undefined;
  /** Mod-sequences are told. Default: where the server can (RFC 7162). */
  readonly condstore?: boolean | undefined;
  /** What is known from before: what went and what changed since is told at once. QRESYNC must be in `enable`. */
  readonly known?: ImapKnownState | undefined;
  /** Hears of all changes, those that come along with the selecting included. */
  readonly onChange?: ((change: ImapMailboxChange) => void) | undefined;
}

/** A message to be appended. */
export interface ImapNewMessage {
  readonly content: Uint8Array | { readonly octets: number; readonly chunks: AsyncIterable<Uint8Array> };
  readonly flags?: Iterable<string> | undefined;
  /** Milliseconds since 1970. */
  readonly receivedAt?: number | undefined;
}

/**
 * A client of an IMAP server. Commands may be sent before the answers to those before have come. Nothing is emitted: what goes
 * wrong rejects what was asked for, and {@link closed} tells when the connection is gone. To come back by itself:
 * `keepConnected((options) => connectImap(where, { ...options, login }))`.
 */
export class ImapClient implements AsyncDisposable {
  /** Settles when the connection is gone, with the error if it was lost; never rejects. */
  readonly closed: Promise<ConnectionError | undefined>;
  /** @internal */
  readonly commands: ImapCommandStream;
  readonly #options: ImapConnectOptions;
  #capabilities: ReadonlySet<string> = new Set();
  #mailbox: ImapMailbox | undefined;
  #running = 0;
  #quiet: ImapDeferred<void> | undefined;

  /** @internal Use {@link connectImap}. */
  constructor(wire: (heard: (response: ImapResponse) => void) => ImapCommandStream, options: ImapConnectOptions) {
    this.#options = options;
    this.commands = wire((response) => this.#heard(response));
    this.closed = this.commands.closed;
  }

  get reactor(): Reactor {
    return this.commands.transport.reactor;
  }

  /** What the server can do, in capitals. */
  get capabilities(): ReadonlySet<string> {
    return this.#capabilities;
  }

  /** The mailbox that is selected. */
  get mailbox(): ImapMailbox | undefined {
    return this.#mailbox;
  }

  /** @internal */
  get idleRenewMs(): number | undefined {
    return this.#options.idleRenewMs;
  }

  /** Sends any command. @throws {ImapReplyError} {@link ConnectionError} */
  async run(
    name: string,
    pieces: readonly ImapSent[],
    take?: (response: ImapResponse) => boolean | Promise<void>,
  ): Promise<ImapStatusLine> {
    this.#running++;
    try {
      await this.#mailbox?.pauseIdle();
      const line = await this.commands.run(name, pieces, take);
      this.#learn(line);
      return line;
    } finally {
      if (--this.#running === 0) this.#quiet?.resolve();
    }
  }

  /** @internal Settles when nothing is under way: then there is room for IDLE. */
  async quiet(): Promise<void> {
    while (this.#running > 0) {
      this.#quiet = imapDeferred();
      await this.#quiet.promise;
    }
  }

  async noop(): Promise<void> {
    await this.run("NOOP", ["NOOP"]);
  }

  /** Who the server says it is (RFC 2971). */
  async id(fields: ImapIdFields = new Map()): Promise<ReadonlyMap<string, string>> {
    let told: ReadonlyMap<string, string> = new Map();
    await this.run("ID", formatId(fields), (response) => {
      if (response.type !== "id") return false;
      told = response.fields;
      return true;
    });
    return told;
  }

  /** Makes the connection a protected one. @throws {ImapProtocolError} when something came along in clear */
  async startTls(tls: Omit<TlsClientOptions, "side">): Promise<void> {
    await this.commands.upgrade("STARTTLS", ["STARTTLS"], async () => {
      if (this.commands.unreadOctets > 0) {
        const error = new ImapProtocolError(
          "unexpected",
          "Cannot start TLS: octets in clear came along with the answer",
        );
        this.commands.abort(error);
        throw error;
      }
      await this.commands.transport.startTls({ side: "client", ...tls });
    });
    this.#capabilities = new Set(); // what was said in clear may be anybody's
    await this.refresh();
  }

  /** Asks what the server can do. */
  async refresh(): Promise<void> {
    await this.run("CAPABILITY", ["CAPABILITY"]);
  }

  /** Logs in by the best mechanism that is offered and safe, else by LOGIN. */
  async login(login: ImapLogin): Promise<void> {
    const { allowPlainText, serverName } = this.#options;
    const { commands, reactor, capabilities } = this;
    await this.#told(() => logIntoImap({ commands, reactor, capabilities, allowPlainText, serverName }, login));
    await this.turnOn();
  }

  async #told(run: () => Promise<ImapStatusLine>): Promise<void> {
    const before = this.#capabilities;
    const line = await run();
    if (this.#capabilities === before) this.#capabilities = new Set();
    this.#learn(line);
    if (this.#capabilities.size === 0) await this.refresh();
  }

  /** Packs all that is said from now on (RFC 4978). Nothing else may be under way. */
  async compress(): Promise<void> {
    await this.#mailbox?.pauseIdle();
    if (this.commands.pendingCount > 0) throw new StateError("Cannot compress: commands are under way");
    await this.commands.compress();
  }

  /** @internal Turns on what was asked for, as far as it is offered. */
  async turnOn(): Promise<void> {
    const wanted = (this.#options.enable ?? ["IMAP4rev2"]).filter((name) => this.#capabilities.has(name.toUpperCase()));
    if (wanted.length > 0 && this.#capabilities.has("ENABLE")) await this.run("ENABLE", [`ENABLE ${wanted.join(" ")}`]);
    if (this.#options.compress === true && this.#capabilities.has("COMPRESS=DEFLATE")) await this.compress();
  }

  /** Selects a mailbox. One that was selected is let go. @throws {ImapReplyError} */
  async select(name: string, options: ImapSelectOptions = {}): Promise<ImapMailbox> {
    const { readOnly = false, condstore = this.#capabilities.has("CONDSTORE"), known, onChange } = options;
    await this.#mailbox?.pauseIdle();
    this.#mailbox?.left();
    const mailbox = new ImapMailbox(this, name);
    if (onChange !== undefined) mailbox.onChange(onChange);
    this.#mailbox = mailbox;
    try {
      const { isUtf8 } = this.commands;
      const line = await this.run("SELECT", formatSelect(name, { readOnly, condstore, isUtf8, resync: known }));
      mailbox.opened(line);
      return mailbox;
    } catch (error) {
      mailbox.left();
      if (this.#mailbox === mailbox) this.#mailbox = undefined;
      throw error;
    }
  }

  /** Mailboxes of a pattern: `*` is anything, `%` one level. */
  async list(
    pattern: string = "*",
    options: { readonly status?: readonly ImapStatusItem[]; readonly subscribed?: boolean } = {},
  ): Promise<readonly ImapListed[]> {
    const listed = new Map<string, ImapListed>();
    const isExtended = this.#has("LIST-EXTENDED") && (options.status === undefined || this.#has("LIST-STATUS"));
    const pieces = formatList(pattern, { ...options, isUtf8: this.commands.isUtf8, isExtended });
    await this.run("LIST", pieces, (response) => {
      if (response.type === "list" || response.type === "lsub")
        listed.set(response.name, { ...response, status: undefined });
      else if (response.type === "status" && listed.has(response.name))
        listed.set(response.name, { ...listed.get(response.name)!, status: response.items });
      else return false;
      return true;
    });
    const all = [...listed.values()].map(({ name, delimiter, attributes, status }) => ({
      name,
      delimiter,
      attributes,
      status,
    }));
    if (options.status === undefined || isExtended) return all;
    const { status } = options;
    return Promise.all(
      all.map(async (one) => ({ ...one, status: await this.status(one.name, status).catch(() => undefined) })),
    );
  }

  async status(name: string, items: readonly ImapStatusItem[]): Promise<ReadonlyMap<string, number | string>> {
    let told: ReadonlyMap<string, number | string> = new Map();
    await this.run("STATUS", formatStatus(name, items, this.commands.isUtf8), (response) => {
      if (response.type !== "status") return false;
      told = response.items;
      return true;
    });
    return told;
  }

  async create(name: string, options: { readonly use?: MailFolderUse } = {}): Promise<void> {
    await this.run("CREATE", formatCreate(name, options.use, this.commands.isUtf8));
  }

  async delete(name: string): Promise<void> {
    await this.run("DELETE", ["DELETE ", mailboxPiece(name, this.commands.isUtf8)]);
  }

  async rename(from: string, to: string): Promise<void> {
    const { isUtf8 } = this.commands;
    await this.run("RENAME", ["RENAME ", mailboxPiece(from, isUtf8), " ", mailboxPiece(to, isUtf8)]);
  }

  async subscribe(name: string, wanted: boolean = true): Promise<void> {
    await this.run("SUBSCRIBE", [wanted ? "SUBSCRIBE " : "UNSUBSCRIBE ", mailboxPiece(name, this.commands.isUtf8)]);
  }

  /** Adds a message to a mailbox, or several at once where the server can (RFC 3502). */
  async append(name: string, ...messages: readonly ImapNewMessage[]): Promise<ImapAppended | undefined> {
    if (messages.length > 1 && !this.#has("MULTIAPPEND"))
      throw new StateError("Cannot append several messages at once: the server cannot");
    const pieces = messages.flatMap(appendPieces);
    const line = await this.run("APPEND", ["APPEND ", mailboxPiece(name, this.commands.isUtf8), ...pieces]);
    const [, uidValidity, uids] = /^APPENDUID (\d+) ([\d:,]+)$/i.exec(line.code ?? "") ?? [];
    return uids === undefined ? undefined : { uidValidity: Number(uidValidity), uids: ImapNumberSet.parse(uids) };
  }

  /** Quotas: name, used and limit of each (RFC 9208). */
  async quota(name: string = "INBOX"): Promise<readonly (readonly [name: string, used: number, max: number])[]> {
    const all: (readonly [string, number, number])[] = [];
    await this.run("GETQUOTAROOT", ["GETQUOTAROOT ", mailboxPiece(name, this.commands.isUtf8)], (response) => {
      if (response.type !== "quota") return false;
      all.push(...response.resources);
      return true;
    });
    return all;
  }

  /** Says good bye, and waits until the connection is closed. */
  async close(): Promise<void> {
    if (!this.commands.isGone) {
      await this.#mailbox?.pauseIdle().catch(() => {});
      await this.commands.run("LOGOUT", ["LOGOUT"]).catch(() => {});
      this.commands.transport.end();
    }
    this.#mailbox?.left();
    const timer = this.reactor.clock.after(graceMs, () => this.commands.transport.abort());
    await this.closed;
    timer.cancel();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #has(name: string): boolean {
    return this.#capabilities.has(name) || (this.#capabilities.has("IMAP4REV2") && rev2.has(name));
  }

  #heard(response: ImapResponse): void {
    if (response.type === "capability") this.#can(response.names);
    else if (response.type === "enabled") {
      if (response.names.some((name) => name === "IMAP4REV2" || name === "UTF8=ACCEPT")) this.commands.isUtf8 = true;
    } else if (response.type === "status-line") this.#learn(response.line);
    this.#mailbox?.heard(response);
  }

  /** `[CAPABILITY …]` in a status. */
  #learn({ code }: ImapStatusLine): void {
    if (code?.toUpperCase().startsWith("CAPABILITY ") === true) this.#can(code.toUpperCase().split(" ").slice(1));
  }

  #can(names: readonly string[]): void {
    this.#capabilities = new Set(names);
    this.commands.unaskedMax = unaskedMaxOf(this.#capabilities);
  }
}

/** How long a server may take to close after our good bye. */
const graceMs = 5_000;

/** What IMAP4rev2 has without saying so (RFC 9051 §E). */
const rev2: ReadonlySet<string> = new Set([
  "LIST-EXTENDED",
  "LIST-STATUS",
  "MOVE",
  "UIDPLUS",
  "ESEARCH",
  "UNSELECT",
  "IDLE",
]);

function appendPieces({ content, flags, receivedAt }: ImapNewMessage): readonly ImapSent[] {
  const words = flags === undefined ? "" : ` (${[...flags].join(" ")})`;
  const date = receivedAt === undefined ? "" : ` "${formatImapDateTime(receivedAt)}"`;
  const sent =
    content instanceof Uint8Array ? { literal: content } : { octets: content.octets, content: content.chunks };
  return [`${words}${date} `, sent];
}
