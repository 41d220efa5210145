import { decodeTransfer, type MimePart, partAt } from "@hawser/mime";
import { MailStoreError } from "../../store/errors.ts";
import type { StoredMail } from "../../store/store.ts";
import { imapNo } from "../errors.ts";
import { formatBodyStructure } from "../message/body-structure.ts";
import { formatEnvelope } from "../message/envelope.ts";
import { formatSection, type ImapSection, locateSection } from "../message/section.ts";
import { formatFlags } from "../server/flags.ts";
import type { ImapSession } from "../server/session.ts";
import { formatImapDateTime } from "../wire/date-time.ts";
import type { ImapFetchItem } from "./fetch-items.ts";

type SectionItem = Extract<ImapFetchItem, { readonly type: "section" }>;

/** Text is kept until there is so much of it: one write costs more than many responses. */
const textMax = 16_384;

/** Writes FETCH responses. Bodies are passed on piece by piece, and never kept whole. */
export class FetchWriter {
  readonly #session: ImapSession;
  readonly #items: readonly ImapFetchItem[];
  readonly #wantsFlags: boolean;
  #text = "";
  #flushes = 0;

  constructor(session: ImapSession, items: readonly ImapFetchItem[]) {
    this.#session = session;
    this.#items = items;
    this.#wantsFlags = items.some(({ type }) => type === "FLAGS");
  }

  /** One response. @throws {MailStoreError} `no-message`, before anything of it was written */
  async message(sequence: number, message: StoredMail): Promise<void> {
    const before = this.#text;
    const flushes = this.#flushes;
    this.#text += `* ${sequence} FETCH (`;
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
    if (this.#wantsFlags) this.#session.selected?.told(message);
    this.#text += ")\r\n";
    if (this.#text.length > textMax) this.flush();
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
        return `FLAGS ${formatFlags(message.flags)}`;
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

  /** What needs the parts of the message, or its octets. Gives text, or has written it. */
  async #costly(item: ImapFetchItem, message: StoredMail): Promise<string | undefined> {
    const { isUtf8 } = this.#session;
    const isWhole = item.type === "section" && item.section.numbers.length === 0 && item.section.text === undefined;
    if (isWhole && !item.binary) return this.#range(item, message.uid, 0, message.octets);
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

function labelOf({ label, section, binary, partial }: SectionItem): string {
  if (label !== undefined) return label;
  return `${binary ? "BINARY" : "BODY"}[${formatSection(section)}]${partial === undefined ? "" : `<${partial.start}>`}`;
}
