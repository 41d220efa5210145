import {
  type Address,
  ConnectionError,
  type Factory,
  formatAddress,
  type Listener,
  limitConnections,
  listen,
  type Reactor,
  type TlsServerOptions,
  traceEvents,
} from "@hawser/core";
import { imapServer } from "../imap/server/server.ts";
import { pop3Server } from "../pop3/server.ts";
import { smtpServer } from "../smtp/server.ts";
import { memoryMail } from "../store/memory/store.ts";
import type { MailStore } from "../store/store.ts";
import { anyLogin } from "./any-login.ts";
import { mailLocalBackend } from "./backend.ts";
import { SmtpConversation } from "./conversation/conversation.ts";
import { MailLocalError } from "./errors.ts";
import { MailFailures, type MailLocalFailure } from "./failures.ts";
import { mailLocalConnectionsMax, mailLocalMessagesMax, mailLocalOctetsMax, mailLocalWaitMs } from "./limits.ts";
import type { MailLocalMessage, MailLocalSummary } from "./message.ts";
import { type MailLocalQuery, mailLocalMatcher } from "./query.ts";
import { detailsOf } from "./reading.ts";
import { MailBook, type MailBookChange, type MailRecord } from "./store/book.ts";
import { MailWaiters } from "./store/waiters.ts";

/** Where something listens: one endpoint, or several, or nowhere. */
export type MailLocalPlaces = string | readonly string[] | false;

/** How a local mail server is made. Every default is for a test: free ports of this machine, and nothing is kept. */
export interface MailLocalOptions {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** Default `tcp:0:interface=127.0.0.1`, as for the others: a free port that no other machine reaches. */
  readonly smtp?: MailLocalPlaces | undefined;
  readonly pop3?: MailLocalPlaces | undefined;
  readonly imap?: MailLocalPlaces | undefined;
  /** The page and the API. They need `@hawser/web`. */
  readonly web?: MailLocalPlaces | undefined;
  /** The certificate for STARTTLS in SMTP, IMAP and POP3, and for `tls:` endpoints. Default: there is no TLS. */
  readonly tls?: Omit<TlsServerOptions, "received" | "sharedWith" | "side"> | undefined;
  /** Takes passwords in clear from other machines as well. Default false: over TLS, from loopback and UNIX sockets alone. */
  readonly allowPlainText?: boolean | undefined;
  /** Refuses messages that break an RFC, and says which. Default false: they are kept, with the complaints beside them. */
  readonly pedantic?: boolean | undefined;
  /** The oldest messages go when there are more. Default 1,000. */
  readonly messagesMax?: number | undefined;
  /** The oldest messages go when they have more octets in all. Default 268,435,456. */
  readonly octetsMax?: number | undefined;
  /** Where messages are kept. Default: memory. The account `local` of the store is used. */
  readonly store?: MailStore | undefined;
  /** What goes wrong from the start. */
  readonly failures?: readonly MailLocalFailure[] | undefined;
  /** Names that the page may be asked for by, beside addresses, `localhost`, and names that no other site can have. */
  readonly webNames?: readonly string[] | undefined;
  /** How endpoints are listened on. Default: core's `listen` on the reactor. */
  readonly listen?: ((endpoint: string, factory: Factory) => Promise<Listener>) | undefined;
}

/** What happened to messages. */
export type MailLocalChange =
  | { readonly type: "added" | "changed"; readonly messages: readonly MailLocalSummary[] }
  | { readonly type: "removed"; readonly ids: readonly number[] };

/** A mail server that takes everything and sends nothing on, for programs that are being written and for their tests. */
export interface MailLocal extends AsyncDisposable {
  /** `smtp://127.0.0.1:1025`; `smtps:` where the endpoint has TLS. Empty: it does not listen. */
  readonly smtpUrl: string;
  readonly pop3Url: string;
  readonly imapUrl: string;
  /** `http://127.0.0.1:8025/` */
  readonly webUrl: string;
  /** All of them, where there are several of a kind. */
  readonly urls: readonly string[];
  /** Those that fit, oldest first. @throws {RangeError} when `since` is no time */
  messages(query?: MailLocalQuery): readonly MailLocalSummary[];
  /** One message with all there is. @throws {MailLocalError} `no-message` */
  message(id: number): Promise<MailLocalMessage>;
  /** Its octets as they were sent. @throws {MailLocalError} `no-message` */
  source(id: number): Promise<Uint8Array>;
  /**
   * The first message that fits: one that is there already, or else the next that comes. What was refused is passed over.
   * @param options `timeoutMs` is 30,000 by default; rejects with `signal.reason` when that comes first
   * @throws {MailLocalError} `no-message` when none came in time, `stopped`
   */
  waitForMessage(
    query?: MailLocalQuery,
    options?: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<MailLocalMessage>;
  /** Removes the messages that fit, or all. @returns how many there were */
  remove(query?: MailLocalQuery | { readonly ids: readonly number[] }): Promise<number>;
  /** Marks messages as read, or as not read. Those that are gone are passed over. */
  setRead(ids: readonly number[], isRead: boolean): Promise<void>;
  /** Calls `listener` after every change, whoever made it. Returns what ends it. */
  onChange(listener: (change: MailLocalChange) => void): () => void;
  /** Lets something go wrong from now on. Returns what ends it. @throws {MailLocalError} `too-many` @throws {TypeError} for a reply that refuses nothing */
  fail(failure: MailLocalFailure): () => void;
  /** What goes wrong now. */
  readonly failures: readonly MailLocalFailure[];
  /** Lets nothing go wrong any more. */
  clearFailures(): void;
  /** Ends all connections and waits; what was kept in memory is gone. Safe to repeat. */
  stop(options?: Parameters<Listener["stop"]>[0]): Promise<void>;
}

/**
 * Starts a local mail server: SMTP that takes everything, POP3 and IMAP to read it, a page to look at it, and calls to wait for it.
 *
 * ```ts
 * import { sendMail } from "@hawser/mail/smtp";
 * import { mailLocal } from "@hawser/mail/local";
 *
 * await using mail = await mailLocal();
 * const via = mail.smtpUrl.replace("smtp://", "tcp:");
 * await sendMail({ from: "app@example.org", to: "alice@example.org", subject: "Welcome", text: "Hello" }, { via });
 * const message = await mail.waitForMessage({ to: "alice@example.org" });
 * console.log(message.subject); // "Welcome"
 * ```
 * @throws {ConnectionError} when an endpoint cannot be listened on
 * @throws {MailLocalError} `no-web` when there is no `@hawser/web`, and `web` is not `false`
 */
export async function mailLocal(options: MailLocalOptions = {}): Promise<MailLocal> {
  const reactor = options.reactor ?? (await import("@hawser/core/node")).nodeReactor;
  const store = options.store ?? memoryMail(reactor);
  const limits = {
    messagesMax: options.messagesMax ?? mailLocalMessagesMax,
    octetsMax: options.octetsMax ?? mailLocalOctetsMax,
  };
  const book = await MailBook.open(await store.account("local"), limits);
  const local = new LocalServer(reactor, book);
  for (const failure of options.failures ?? []) local.fail(failure);
  try {
    await local.listen(options);
  } catch (error) {
    await local.stop();
    throw error;
  }
  return local;
}

const anywhere = "tcp:0:interface=127.0.0.1";

class LocalServer implements MailLocal {
  readonly #reactor: Reactor;
  readonly #book: MailBook;
  readonly #waiters: MailWaiters;
  readonly #failures: MailFailures;
  readonly #listeners: Listener[] = [];
  readonly #closers: (() => void | Promise<void>)[] = [];
  #stopped: Promise<void> | undefined;
  smtpUrl = "";
  pop3Url = "";
  imapUrl = "";
  webUrl = "";
  readonly urls: string[] = [];

  constructor(reactor: Reactor, book: MailBook) {
    this.#reactor = reactor;
    this.#book = book;
    this.#waiters = new MailWaiters(book, reactor.clock);
    this.#failures = new MailFailures(reactor.random);
  }

  async listen(options: MailLocalOptions): Promise<void> {
    const { tls } = options;
    const allowPlainText = options.allowPlainText || undefined; // false would mean loopback, too
    const portal = anyLogin(this.#book, this.#reactor);
    this.#closers.push(() => portal.close());
    const on = (places: MailLocalPlaces | undefined, scheme: string, factory: Factory) =>
      this.#listenOn(places ?? anywhere, scheme, factory, options);
    this.smtpUrl = await on(options.smtp, "smtp", this.#smtp({ ...options, allowPlainText }, portal));
    this.pop3Url = await on(options.pop3, "pop3", pop3Server(portal, { tls, allowPlainText }));
    this.imapUrl = await on(options.imap, "imap", imapServer(portal, { tls, allowPlainText }));
    if (options.web === false) return;
    const { mailLocalSite } = await loadSite();
    const { factory, close } = mailLocalSite(this, options.webNames ?? []);
    this.#closers.push(close);
    this.webUrl = await on(options.web, "http", factory);
  }

  messages(query: MailLocalQuery = {}): readonly MailLocalSummary[] {
    return this.#book.records.filter(mailLocalMatcher(query)).map(({ summary }) => summary);
  }

  async message(id: number): Promise<MailLocalMessage> {
    return this.#whole(this.#record(id));
  }

  async source(id: number): Promise<Uint8Array> {
    this.#record(id);
    return this.#book.read(id);
  }

  async waitForMessage(
    query: MailLocalQuery = {},
    options: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<MailLocalMessage> {
    const { timeoutMs = mailLocalWaitMs, signal } = options;
    signal?.throwIfAborted();
    return this.#whole(await this.#waiters.wait(query, { timeoutMs, signal }));
  }

  async remove(query: MailLocalQuery | { readonly ids: readonly number[] } = {}): Promise<number> {
    const ids = "ids" in query ? query.ids : this.messages(query).map(({ id }) => id);
    return this.#book.remove(ids);
  }

  async setRead(ids: readonly number[], isRead: boolean): Promise<void> {
    await this.#book.setRead(ids, isRead);
  }

  onChange(listener: (change: MailLocalChange) => void): () => void {
    return this.#book.onChange((change) => {
      const told = changeOf(change);
      if (told !== undefined) listener(told);
    });
  }

  fail(failure: MailLocalFailure): () => void {
    return this.#failures.add(failure);
  }

  get failures(): readonly MailLocalFailure[] {
    return this.#failures.all;
  }

  clearFailures(): void {
    this.#failures.clear();
  }

  stop(options?: Parameters<Listener["stop"]>[0]): Promise<void> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop({ graceMs: 0 });
  }

  async #stop(options: Parameters<Listener["stop"]>[0]): Promise<void> {
    this.#waiters.stop();
    for (const close of this.#closers) await close();
    await Promise.all(this.#listeners.map((listener) => listener.stop(options)));
    await this.#book.close();
  }

  #smtp({ tls, allowPlainText, pedantic = false }: MailLocalOptions, portal: ReturnType<typeof anyLogin>): Factory {
    const settings = {
      ...{ tls, portal, sasl: { allowPlainText } },
      name: "mail.localhost",
      limits: { messagesMax: 100_000 },
      addReceived: false, // what is shown is what was sent
      lineEndings: pedantic ? ("refuse" as const) : ("normalize" as const),
      allowEarlyPipelining: !pedantic,
    };
    const parts = { reactor: this.#reactor, book: this.#book, failures: this.#failures, isPedantic: pedantic };
    return {
      accept: (transport) => {
        const conversation = new SmtpConversation();
        const drop = () => transport.abort(new ConnectionError("aborted", "The connection was told to fail"));
        const backend = mailLocalBackend({ ...parts, conversation, drop });
        return traceEvents(conversation.hear, smtpServer(backend, settings)).accept!(transport);
      },
    };
  }

  async #listenOn(
    places: MailLocalPlaces,
    scheme: string,
    factory: Factory,
    options: MailLocalOptions,
  ): Promise<string> {
    const listenAt =
      options.listen ??
      ((endpoint: string, limited: Factory) =>
        listen(endpoint, limited, { reactor: this.#reactor, keyPair: options.tls?.keyPair }));
    const before = this.urls.length;
    for (const endpoint of places === false ? [] : [places].flat()) {
      const listener = await listenAt(endpoint, limitConnections(mailLocalConnectionsMax, factory));
      this.#listeners.push(listener);
      this.urls.push(urlOf(/^(proxy:)?tls:/.test(endpoint) ? `${scheme}s` : scheme, listener.address));
    }
    return this.urls[before] ?? "";
  }

  #record(id: number): MailRecord {
    const record = this.#book.find(id);
    if (record === undefined) throw new MailLocalError("no-message", `Cannot find message ${id}: it is not there`);
    return record;
  }

  async #whole({ summary, arrival, complaints }: MailRecord): Promise<MailLocalMessage> {
    const octets = await this.#book.read(summary.id);
    return {
      ...summary,
      ...detailsOf(octets, summary.recipients),
      ...(arrival && { envelope: arrival.envelope }),
      complaints,
      conversation: arrival?.conversation() ?? [],
    };
  }
}

/** The page is for those who have installed the web. */
async function loadSite(): Promise<typeof import("./web/site.ts")> {
  try {
    return await import("./web/site.ts");
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new MailLocalError("no-web", "Cannot show a page: install @hawser/web, or say web: false", { cause });
  }
}

function changeOf({ change, records }: MailBookChange): MailLocalChange | undefined {
  const messages = records.map(({ summary }) => summary);
  if (change.type === "added") return { type: "added", messages };
  if (change.type === "flags") return { type: "changed", messages };
  if (change.type === "expunged") return { type: "removed", ids: messages.map(({ id }) => id) };
  return undefined;
}

/** Where it can be reached from this machine. */
function urlOf(scheme: string, address: Address): string {
  if (address.family === "unix" || address.family === "opaque") return `${scheme}+unix://${formatAddress(address)}`;
  const isAnywhere = address.host === "::" || address.host === "0.0.0.0";
  const host = isAnywhere ? `127.0.0.1:${address.port}` : formatAddress(address);
  return `${scheme}://${host}${scheme.startsWith("http") ? "/" : ""}`;
}
