import {
  type Address,
  ConnectionError,
  type Factory,
  formatAddress,
  type Listener,
  limitConnections,
  listen,
  type Reactor,
  traceEvents,
} from "@hawser/core";
import { imapServer } from "../imap/server/server.ts";
import { pop3Server } from "../pop3/server.ts";
import { smtpServer } from "../smtp/server.ts";
import { anyLogin } from "./any-login.ts";
import { mailLocalBackend } from "./backend.ts";
import { SmtpConversation } from "./conversation/conversation.ts";
import { MailLocalError } from "./errors.ts";
import { MailFailures, type MailLocalFailure } from "./failures.ts";
import { mailLocalConnectionsMax, mailLocalWaitMs } from "./limits.ts";
import type { MailLocal, MailLocalChange } from "./mail-local.ts";
import type { MailLocalMessage, MailLocalSummary } from "./message.ts";
import type { MailLocalOptions, MailLocalPlaces } from "./options.ts";
import { type MailLocalQuery, mailLocalMatcher } from "./query.ts";
import { detailsOf } from "./reading.ts";
import { type MailLocalReleased, releaseMail } from "./release.ts";
import type { MailBook, MailBookChange, MailRecord } from "./store/book.ts";
import { MailWaiters } from "./store/waiters.ts";

const anywhere = "tcp:0:interface=127.0.0.1";

/** The servers around one book of messages. */
export class MailLocalServer implements MailLocal {
  readonly #reactor: Reactor;
  readonly #book: MailBook;
  readonly #waiters: MailWaiters;
  readonly #failures: MailFailures;
  readonly #listeners: Listener[] = [];
  readonly #closers: (() => void | Promise<void>)[] = [];
  readonly #releaseTo: string | undefined;
  #stopped: Promise<void> | undefined;
  smtpUrl = "";
  pop3Url = "";
  imapUrl = "";
  webUrl = "";
  readonly urls: string[] = [];

  constructor(reactor: Reactor, book: MailBook, releaseTo: string | undefined) {
    this.#reactor = reactor;
    this.#releaseTo = releaseTo;
    this.#book = book;
    this.#waiters = new MailWaiters(book, reactor.clock);
    this.#failures = new MailFailures(reactor.random);
  }

  async listen(options: MailLocalOptions): Promise<void> {
    const { tls, allowPlainText } = options;
    const portal = anyLogin(this.#book, this.#reactor);
    this.#closers.push(() => portal.close());
    const on = (places: MailLocalPlaces | undefined, scheme: string, factory: Factory) =>
      this.#listenOn(places ?? anywhere, scheme, factory, options);
    this.smtpUrl = await on(options.smtp, "smtp", this.#smtp(options, portal));
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

  get canRelease(): boolean {
    return this.#releaseTo !== undefined;
  }

  async release(id: number, to?: readonly string[]): Promise<MailLocalReleased> {
    const record = this.#record(id);
    if (this.#releaseTo === undefined)
      throw new MailLocalError("no-release", "Cannot send a message on: there is no server to send it to");
    return releaseMail(this.#reactor, this.#releaseTo, record, await this.#book.read(id), to);
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
