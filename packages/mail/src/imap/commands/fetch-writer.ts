import { decodeTransfer, type MimePart, partAt } from "@hawser/mime";
import { MailStoreError } from "../../store/errors.ts";
import type { MailMemo } from "../../store/memo.ts";
import type { StoredMail } from "../../store/store.ts";
import { imapNo } from "../errors.ts";
import { formatBodyStructure } from "../message/body-structure.ts";
import { formatEnvelope } from "../message/envelope.ts";
import type { MailReach, ReadMail } from "../message/read-mail.ts";
import { formatSection, type ImapSection, locateSection } from "../message/section.ts";
import type { ImapSession } from "../server/session.ts";
import { formatImapDateTime } from "../wire/date-time.ts";
import type { ImapFetchItem } from "./fetch-items.ts";

type SectionItem = Extract<ImapFetchItem, { readonly type: "section" }>;

/** Text is kept until there is so much of it: one write costs more than many responses. */
const textMax = 32_768;

/** Writes FETCH responses. Bodies are passed on piece by piece, and never kept whole. */
export class FetchWriter {
  readonly #session: ImapSession;
  readonly #items: readonly ImapFetchItem[];
  readonly #wantsFlags: boolean;
  readonly #memo: MailMemo;
  /** What answers are remembered by; `undefined` for those that are not. */
  readonly #names: readonly (string | undefined)[];
  /** Places of the items for which a message must be read. */
  readonly #costlyItems: readonly number[];
  #text = "";
  #flushes = 0;

  constructor(session: ImapSession, items: readonly ImapFetchItem[]) {
    this.#session = session;
    this.#items = items;
    this.#wantsFlags = items.some(({ type }) => type === "FLAGS");
    this.#memo = session.open.folder.memo;
    this.#names = items.map((item) => memoName(item, session.isUtf8));
    this.#costlyItems = [...items.keys()].filter((i) => reachOfItem(items[i]!) !== undefined);
  }

  /** One response that needs nothing but what is known. True: there is so much by now that it was written. */
  quickMessage(place: number, message: StoredMail): boolean {
    let text = `* ${place + 1} FETCH (`;
    for (const [i, item] of this.#items.entries()) text += (i === 0 ? "" : " ") + this.#simple(item, message)!;
    return this.#add(text, place, message);
  }

  /** The same with what has been read; `undefined`: more is needed, see {@link message}. */
  readMessage(place: number, message: StoredMail, mail: ReadMail | undefined): boolean | undefined {
    let text = `* ${place + 1} FETCH (`;
    for (const [i, item] of this.#items.entries()) {
      const told = this.#simple(item, message) ?? this.#remembered(i, message.uid) ?? this.#read(i, message.uid, mail);
      if (told === undefined) return undefined;
      text += (i === 0 ? "" : " ") + told;
    }
    return this.#add(text, place, message);
  }

  /** Whether everything is remembered that a message would have to be read for. */
  isRemembered(uid: number): boolean {
    return this.#costlyItems.every((i) => this.#remembered(i, uid) !== undefined);
  }

  #remembered(i: number, uid: number): string | undefined {
    const name = this.#names[i];
    return name === undefined ? undefined : this.#memo.get(uid, name);
  }

  #add(text: string, place: number, message: StoredMail): boolean {
    this.#text += `${text})\r\n`;
    this.#told(place, message);
    if (this.#text.length <= textMax) return false;
    this.flush();
    return true;
  }

  /**
   * One response, for which the message is read.
   * @throws {MailStoreError} `no-message`, before anything of it was written
   */
  async message(place: number, message: StoredMail): Promise<void> {
    const before = this.#text;
    const flushes = this.#flushes;
    this.#text += `* ${place + 1} FETCH (`;
    let isFirst = true;
    try {
      for (const item of this.#items) {
        if (!isFirst) this.#text += " ";
        isFirst = false;
        const text = this.#simple(item, message) ?? (await this.#costly(item, message));
        if (text !== undefined) this.#text += text;
      }
    } catch (error) {
      if (this.#flushes !== flushes) throw this.#broken(); // half of it is on its way
      this.#text = before;
      throw error;
    }
    this.#told(place, message);
    this.#text += ")\r\n";
    if (this.#text.length > textMax) this.flush();
  }

  #told(place: number, message: StoredMail): void {
    if (this.#wantsFlags) this.#session.selected?.told(message, place);
  }

  /** Writes what is kept. */
  flush(): void {
    this.#flushes++;
    if (this.#text !== "") this.#session.write(this.#text);
    this.#text = "";
  }

  #simple(item: ImapFetchItem, message: StoredMail): string | undefined {
    switch (item.type) {
      case "FLAGS":
        return `FLAGS ${this.#session.flagsOf(message)}`;
      case "UID":
        return `UID ${message.uid}`;
      case "INTERNALDATE":
        return `INTERNALDATE "${formatImapDateTime(message.receivedAt)}"`;
      case "RFC822.SIZE":
        return `RFC822.SIZE ${message.octets}`;
      case "MODSEQ":
        return `MODSEQ (${message.modSeq})`;
      case "EMAILID":
        return `EMAILID (${message.id})`;
      case "THREADID":
        return "THREADID NIL";
      default:
        return undefined;
    }
  }

  /** What can be told from what has been read; `undefined`: more is needed. */
  #read(i: number, uid: number, mail: ReadMail | undefined): string | undefined {
    const text = mail && this.#readItem(this.#items[i]!, mail);
    const name = this.#names[i];
    if (text !== undefined && name !== undefined) this.#memo.set(uid, name, text);
    return text;
  }

  #readItem(item: ImapFetchItem, mail: ReadMail): string | undefined {
    const whole = wholeMessage(item);
    if (whole !== undefined) return this.#readRange(whole, mail, { start: 0, end: mail.octets });
    const { isUtf8 } = this.#session;
    const { tree } = mail;
    if (tree === undefined) return undefined;
    if (item.type === "ENVELOPE") return `ENVELOPE ${formatEnvelope(tree.header, isUtf8)}`;
    if (item.type === "BODY" || item.type === "BODYSTRUCTURE")
      return `${item.type} ${formatBodyStructure(tree, item.type === "BODYSTRUCTURE", isUtf8)}`;
    if (item.type !== "section" || item.binary) return undefined;
    const content = locateSection(tree, item.section);
    if (content === undefined) return `${labelOf(item)} NIL`;
    return content.type === "octets" ? this.#octets(item, content.octets, "") : this.#readRange(item, mail, content);
  }

  #readRange(
    item: SectionItem,
    mail: ReadMail,
    { start, end }: { readonly start: number; readonly end: number | undefined },
  ): string | undefined {
    if (end === undefined) return undefined;
    const from = Math.min(end, start + (item.partial?.start ?? 0));
    const to = Math.min(end, from + (item.partial?.count ?? Number.POSITIVE_INFINITY));
    const text = mail.text(from, to);
    return text === undefined ? undefined : `${labelOf(item)} {${to - from}}\r\n${text}`;
  }

  /** What needs the parts of the message, or its octets. Gives text, or has written it. */
  async #costly(item: ImapFetchItem, message: StoredMail): Promise<string | undefined> {
    const { isUtf8 } = this.#session;
    const whole = wholeMessage(item);
    if (whole !== undefined) return this.#range(whole, message.uid, 0, message.octets);
    const tree = await this.#session.open.folder.structure(message.uid);
    if (item.type === "ENVELOPE") return `ENVELOPE ${formatEnvelope(tree.header, isUtf8)}`;
    if (item.type === "BODY" || item.type === "BODYSTRUCTURE")
      return `${item.type} ${formatBodyStructure(tree, item.type === "BODYSTRUCTURE", isUtf8)}`;
    if (item.type === "binary-size") return this.#binarySize(item.section, tree, message.uid);
    if (item.type !== "section") return undefined;
    return item.binary ? this.#binary(item, tree, message.uid) : this.#section(item, tree, message.uid);
  }

  async #section(item: SectionItem, tree: MimePart, uid: number): Promise<string | undefined> {
    const content = locateSection(tree, item.section);
    if (content === undefined) return `${labelOf(item)} NIL`;
    if (content.type === "octets") return this.#octets(item, content.octets, "");
    return this.#range(item, uid, content.start, content.end);
  }

  /** Octets as they stand. The first are read before their number is told: a message that is gone is then passed over. */
  async #range(item: SectionItem, uid: number, start: number, end: number): Promise<undefined> {
    const from = Math.min(end, start + (item.partial?.start ?? 0));
    const to = Math.min(end, from + (item.partial?.count ?? Number.POSITIVE_INFINITY));
    const pieces = this.#session.open.folder.read(uid, { start: from, end: to })[Symbol.asyncIterator]();
    let piece = await pieces.next();
    this.#text += `${labelOf(item)} {${to - from}}\r\n`;
    let left = to - from;
    for (; piece.done !== true && left > 0; piece = await pieces.next()) {
      const octets = piece.value.subarray(0, left);
      left -= octets.length;
      await this.#pass(octets);
    }
    if (left > 0) throw this.#broken();
    return undefined;
  }

  async #pass(octets: Uint8Array): Promise<void> {
    if (octets.length < textMax) {
      this.#text += Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
      if (this.#text.length <= textMax) return;
    }
    this.flush();
    if (octets.length >= textMax) this.#session.write(octets);
    await this.#session.room();
  }

  /** Half a response is told, and the rest is not there: nothing that we could say now would be understood. */
  #broken(): Error {
    const error = new MailStoreError("unavailable", "Cannot send the message: it ended before its end");
    this.#session.transport.abort(error);
    return error;
  }

  #octets(item: SectionItem, octets: Uint8Array, mark: string): string {
    const { start = 0, count = octets.length } = item.partial ?? {};
    const part = octets.subarray(start, start + count);
    return `${labelOf(item)} ${mark}{${part.length}}\r\n${Buffer.from(part.buffer, part.byteOffset, part.length).toString("latin1")}`;
  }

  async #binary(item: SectionItem, tree: MimePart, uid: number): Promise<string> {
    const octets = await this.#decoded(item.section, tree, uid);
    return octets === undefined ? `${labelOf(item)} NIL` : this.#octets(item, octets, octets.includes(0) ? "~" : "");
  }

  async #binarySize(section: ImapSection, tree: MimePart, uid: number): Promise<string> {
    const octets = await this.#decoded(section, tree, uid);
    return `BINARY.SIZE[${section.numbers.join(".")}] ${octets?.length ?? 0}`;
  }

  /** A part without its transfer encoding; the whole message has none. */
  async #decoded({ numbers }: ImapSection, tree: MimePart, uid: number): Promise<Uint8Array | undefined> {
    const part = partAt(tree, numbers);
    if (part === undefined) return undefined;
    const start = numbers.length === 0 ? part.start : part.bodyStart;
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#session.open.folder.read(uid, { start, end: part.end })) pieces.push(piece);
    const octets = Buffer.concat(pieces);
    if (numbers.length === 0) return octets;
    if (!["7bit", "8bit", "binary", "base64", "quoted-printable"].includes(part.transferEncoding))
      throw imapNo("UNKNOWN-CTE", "The part has a transfer encoding that nobody knows");
    return decodeTransfer(octets, part.transferEncoding);
  }
}

/** What asks for the message as it is. */
function wholeMessage(item: ImapFetchItem): SectionItem | undefined {
  if (item.type !== "section" || item.binary) return undefined;
  return item.section.numbers.length === 0 && item.section.text === undefined ? item : undefined;
}

/** What is asked for again and again: what clients list. */
function memoName(item: ImapFetchItem, isUtf8: boolean): string | undefined {
  if (item.type === "section")
    return reachOfItem(item) === "header" && item.partial === undefined && !item.binary ? labelOf(item) : undefined;
  const isListed = item.type === "ENVELOPE" || item.type === "BODY" || item.type === "BODYSTRUCTURE";
  return isListed ? `${item.type}${isUtf8 ? " UTF-8" : ""}` : undefined;
}

/** How much of messages must be read to answer; `undefined`: nothing. */
export function reachOf(items: readonly ImapFetchItem[]): MailReach | undefined {
  const reaches = items.map(reachOfItem);
  return reaches.includes("message") ? "message" : reaches.find((reach) => reach !== undefined);
}

function reachOfItem(item: ImapFetchItem): MailReach | undefined {
  switch (item.type) {
    case "ENVELOPE":
      return "header";
    case "section":
      return item.section.numbers.length === 0 && item.section.text?.startsWith("HEADER") === true
        ? "header"
        : "message";
    case "BODY":
    case "BODYSTRUCTURE":
    case "binary-size":
      return "message";
    default:
      return undefined;
  }
}

function labelOf({ label, section, binary, partial }: SectionItem): string {
  if (label !== undefined) return label;
  return `${binary ? "BINARY" : "BODY"}[${formatSection(section)}]${partial === undefined ? "" : `<${partial.start}>`}`;
}
