import { type Cancellable, Queue } from "@hawser/core";
import type { FlagChange } from "../../store/store.ts";
import { formatCopy } from "../commands/copy.ts";
import { formatStore } from "../commands/store.ts";
import { sectionPieces } from "../message/section.ts";
import { formatSearch, type ImapSearchQuery, searchNeedsCharset } from "../search/format.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import type { ImapClient } from "./client.ts";
import {
  fetchMessages,
  type ImapFetchName,
  type ImapFetchOptions,
  type ImapMessage,
  type ImapSectionWanted,
} from "./fetch.ts";
import { ImapIdling } from "./idling.ts";
import type { ImapResponse, ImapStatusLine } from "./responses.ts";

/** What happened in the selected mailbox. */
export type ImapMailboxChange =
  | { readonly type: "exists"; readonly count: number }
  | { readonly type: "expunge"; readonly sequence: number }
  | { readonly type: "vanished"; readonly uids: ImapNumberSet }
  | {
      readonly type: "flags";
      readonly sequence: number;
      readonly uid: number | undefined;
      readonly flags: ReadonlySet<string>;
      readonly modSeq: number | undefined;
    };

/** Where copies went (RFC 4315 §3): the nth of one is the nth of the other. */
export interface ImapCopied {
  readonly uidValidity: number;
  readonly from: ImapNumberSet;
  readonly to: ImapNumberSet;
}

/** Changes that wait for whoever watches. Who takes none loses the connection rather than its memory. */
const changesMax = 100_000;

/** The selected mailbox of a client. Messages are named by UID everywhere: sequence numbers change under one's hands. */
export class ImapMailbox implements AsyncDisposable {
  readonly name: string;
  readonly #client: ImapClient;
  readonly #listeners = new Set<(change: ImapMailboxChange) => void>();
  #exists = 0;
  #flags: readonly string[] = [];
  #codes = new Map<string, string>();
  #isSelected = true;
  #isReadOnly = false;
  readonly #idling: ImapIdling;
  #watchers = 0;

  /** @internal */
  constructor(client: ImapClient, name: string) {
    this.#client = client;
    this.#idling = new ImapIdling(client);
    this.name = name;
  }

  /** How many messages there are, as far as the server has said. */
  get exists(): number {
    return this.#exists;
  }

  get readOnly(): boolean {
    return this.#isReadOnly;
  }

  get flags(): readonly string[] {
    return this.#flags;
  }

  /** When it is another than before, all UIDs mean something else. */
  get uidValidity(): number | undefined {
    return this.#number("UIDVALIDITY");
  }

  get uidNext(): number | undefined {
    return this.#number("UIDNEXT");
  }

  get highestModSeq(): number | undefined {
    return this.#number("HIGHESTMODSEQ");
  }

  /** Never changes, whatever it is called (RFC 8474 §4). */
  get id(): string | undefined {
    return this.#codes.get("MAILBOXID")?.replace(/^\(|\)$/g, "");
  }

  /** Calls `listener` after every change that the server tells. Returns what ends it. */
  onChange(listener: (change: ImapMailboxChange) => void): () => void {
    const own = (change: ImapMailboxChange): void => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /**
   * Messages by their UIDs, as they come: `for await (const message of inbox.fetch("1:*", ["uid", "flags", "envelope"]))`. A server
   * is held back while nobody takes them.
   */
  fetch<const Item extends ImapFetchName | ImapSectionWanted>(
    uids: string | number | ImapNumberSet | readonly number[],
    items: readonly Item[],
    options: ImapFetchOptions = {},
  ): AsyncIterableIterator<ImapMessage<Extract<Item, ImapFetchName>>> {
    const run = this.#client.run.bind(this.#client);
    return fetchMessages(run, this.#client.commands, setOf(uids), items, options);
  }

  /** A section of a message, piece by piece: of any size, in little memory. */
  async *download(
    uid: number,
    section: string = "",
    { octetsAtOnce = 65_536 }: { readonly octetsAtOnce?: number } = {},
  ): AsyncGenerator<Uint8Array, void> {
    for (let start = 0; ; start += octetsAtOnce) {
      let piece: Uint8Array | undefined;
      const pieces = [`UID FETCH ${uid} BODY.PEEK[`, ...sectionPieces(section), `]<${start}.${octetsAtOnce}>`];
      await this.#run("UID FETCH", pieces, (response) => {
        if (response.type !== "fetch" || response.fetched.uid !== uid || response.fetched.sections.size === 0)
          return false;
        piece = [...response.fetched.sections.values()][0];
        return true;
      });
      if (piece === undefined || piece.length === 0) return;
      yield piece;
      if (piece.length < octetsAtOnce) return;
    }
  }

  /** UIDs of the messages that fit, ascending. */
  async search(query: ImapSearchQuery): Promise<readonly number[]> {
    let found: readonly number[] = [];
    const charset = searchNeedsCharset(query) && !this.#client.commands.isUtf8 ? "CHARSET UTF-8 " : "";
    const esearch = this.#client.capabilities.has("ESEARCH") || this.#client.capabilities.has("IMAP4REV2");
    const pieces = [`UID SEARCH ${esearch ? "RETURN (ALL) " : ""}${charset}`, ...formatSearch(query)];
    await this.#run("UID SEARCH", pieces, (response) => {
      if (response.type === "numbers") found = [...response.numbers].sort((a, b) => a - b);
      else if (response.type === "esearch") found = numbersOf(response.results.get("ALL"), this.#exists);
      else return false;
      return true;
    });
    return found;
  }

  /** UIDs in an order (RFC 5256): `sort(["REVERSE DATE"], { seen: false })`. */
  async sort(order: readonly string[], query: ImapSearchQuery = {}): Promise<readonly number[]> {
    let found: readonly number[] = [];
    await this.#run("UID SORT", [`UID SORT (${order.join(" ")}) UTF-8 `, ...formatSearch(query)], (response) => {
      if (response.type !== "numbers") return false;
      found = response.numbers;
      return true;
    });
    return found;
  }

  /**
   * Changes flags. Gives the UIDs that were left alone because of `unchangedSince`.
   * @throws {ImapReplyError}
   */
  async store(
    uids: string | number | ImapNumberSet | readonly number[],
    change: FlagChange & { readonly silent?: boolean | undefined },
  ): Promise<readonly number[]> {
    const set = setOf(uids);
    if (set === "") return [];
    const line = await this.#run("UID STORE", formatStore(set, change, change.silent === true));
    return numbersOf(/^MODIFIED ([\d:,]+)$/i.exec(line.code ?? "")?.[1], Number.MAX_SAFE_INTEGER);
  }

  async copy(uids: string | number | ImapNumberSet | readonly number[], to: string): Promise<ImapCopied | undefined> {
    return this.#copy(false, setOf(uids), to);
  }

  /** Moves messages; without MOVE they are copied, marked and removed. */
  async move(uids: string | number | ImapNumberSet | readonly number[], to: string): Promise<ImapCopied | undefined> {
    const set = setOf(uids);
    const { capabilities } = this.#client;
    if (capabilities.has("MOVE") || capabilities.has("IMAP4REV2")) return this.#copy(true, set, to);
    const copied = await this.#copy(false, set, to);
    await this.store(set, { operation: "add", flags: ["\\Deleted"], silent: true });
    await this.expunge(set);
    return copied;
  }

  /** Removes messages that are marked as deleted: all, or those of a set (RFC 4315 §2.1). */
  async expunge(uids?: string | number | ImapNumberSet | readonly number[]): Promise<void> {
    if (uids === undefined) await this.#run("EXPUNGE", ["EXPUNGE"]);
    else if (setOf(uids) !== "") await this.#run("UID EXPUNGE", [`UID EXPUNGE ${setOf(uids)}`]);
  }

  /**
   * What happens in the mailbox, until the signal aborts or the connection is gone. In between the client idles, and renews
   * that; other commands may be sent all the while.
   */
  async *changes({ signal }: Cancellable = {}): AsyncGenerator<ImapMailboxChange, void> {
    const queue = new Queue<ImapMailboxChange>(changesMax);
    const stop = this.onChange((change) => {
      if (!queue.offer(change)) this.#client.commands.abort(new RangeError("Nobody takes the changes of the mailbox"));
    });
    const end = (): void => queue.close();
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    void this.#client.closed.then((error) => queue.close(error));
    this.#watchers++;
    const watching = this.#idling.watch(() => signal?.aborted === true || this.#watchers === 0 || !this.#isSelected);
    try {
      yield* queue;
    } finally {
      this.#watchers--;
      stop();
      signal?.removeEventListener("abort", end);
      if (this.#watchers === 0) this.#idling.wake();
      await this.pauseIdle().catch(() => {});
      await watching;
    }
  }

  /** Lets go of the mailbox without removing what is marked as deleted. */
  async close(): Promise<void> {
    if (!this.#isSelected || this.#client.commands.isGone) return;
    const { capabilities } = this.#client;
    const can = capabilities.has("UNSELECT") || capabilities.has("IMAP4REV2");
    if (can) await this.#run("UNSELECT", ["UNSELECT"]);
    this.left();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {}); // a connection that is gone has let go of it
  }

  /** @internal Ends IDLE, so that something else can be said. */
  pauseIdle(): Promise<void> {
    return this.#idling.pause();
  }

  /** @internal */
  opened({ code }: ImapStatusLine): void {
    this.#isReadOnly = code?.toUpperCase() === "READ-ONLY";
  }

  /** @internal */
  left(): void {
    this.#isSelected = false;
    this.#idling.wake();
  }

  /** @internal */
  heard(response: ImapResponse): void {
    if (!this.#isSelected) return;
    switch (response.type) {
      case "status-line": {
        const [, name, value] = /^([A-Z]+)(?: (.*))?$/i.exec(response.line.code ?? "") ?? [];
        if (name !== undefined) this.#codes.set(name.toUpperCase(), value ?? "");
        return;
      }
      case "flags":
        this.#flags = response.flags;
        return;
      case "exists":
        this.#exists = response.count;
        return this.#tell({ type: "exists", count: response.count });
      case "expunge":
        this.#exists--;
        return this.#tell({ type: "expunge", sequence: response.sequence });
      case "vanished":
        return this.#vanished(response.uids, response.isEarlier);
      case "fetch": {
        const { flags, uid, modSeq } = response.fetched;
        if (flags !== undefined) this.#tell({ type: "flags", sequence: response.sequence, uid, flags, modSeq });
        return;
      }
      default:
        return;
    }
  }

  #vanished(uids: ImapNumberSet, isEarlier: boolean): void {
    if (!isEarlier) this.#exists -= uids.ranges(0).reduce((sum, [from, to]) => sum + to - from + 1, 0);
    this.#tell({ type: "vanished", uids });
  }

  #tell(change: ImapMailboxChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  #number(name: string): number | undefined {
    const value = this.#codes.get(name);
    return value === undefined ? undefined : Number(value);
  }

  async #copy(isMove: boolean, set: string, to: string): Promise<ImapCopied | undefined> {
    if (set === "") return undefined;
    let code: string | undefined;
    const line = await this.#run(
      isMove ? "UID MOVE" : "UID COPY",
      formatCopy(isMove, set, to, this.#client.commands.isUtf8),
      (response) => {
        if (response.type !== "status-line" || response.line.code?.toUpperCase().startsWith("COPYUID") !== true)
          return false;
        code = response.line.code;
        return true;
      },
    );
    const [, validity, from, there] = /^COPYUID (\d+) ([\d:,]+) ([\d:,]+)$/i.exec(code ?? line.code ?? "") ?? [];
    if (there === undefined) return undefined;
    return { uidValidity: Number(validity), from: ImapNumberSet.parse(from!), to: ImapNumberSet.parse(there) };
  }

  #run(
    name: string,
    pieces: Parameters<ImapClient["run"]>[1],
    take?: Parameters<ImapClient["run"]>[2],
  ): Promise<ImapStatusLine> {
    return this.#client.run(name, pieces, take);
  }
}

function setOf(uids: string | number | ImapNumberSet | readonly number[]): string {
  if (typeof uids === "string") return ImapNumberSet.parse(uids).toString();
  if (typeof uids === "number") return ImapNumberSet.parse(String(uids)).toString();
  return (Array.isArray(uids) ? ImapNumberSet.of(uids as readonly number[]) : uids).toString();
}

/** The numbers of a set, no more than there can be: a server's range must not fill our memory. */
function numbersOf(set: string | undefined, max: number): readonly number[] {
  if (set === undefined) return [];
  const numbers: number[] = [];
  for (const [from, to] of ImapNumberSet.parse(set).ranges(0))
    for (let number = from; number <= to; number++) {
      if (numbers.length >= Math.min(Math.max(max, 0), 10_000_000)) return numbers;
      numbers.push(number);
    }
  return numbers;
}
