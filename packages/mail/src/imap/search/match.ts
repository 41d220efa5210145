import {
  allParts,
  decodeCharset,
  decodeEncodedWords,
  decodeTransfer,
  type MimePart,
  parseMailDate,
} from "@hawser/mime";
import { MailStoreError } from "../../store/errors.ts";
import type { MailFolder, StoredMail } from "../../store/store.ts";
import { imapSearchOctetsMax } from "../limits.ts";
import type { ImapSelected } from "../server/selected.ts";
import { imapDayOf } from "../wire/date-time.ts";
import type { ImapSearchKey } from "./keys.ts";

/** Finds the messages of a mailbox that fit. What costs little is asked first, and only then their octets are read. */
export class ImapMatcher {
  readonly #selected: ImapSelected;
  readonly #nowMs: number;
  readonly #saved: ReadonlySet<number>;
  readonly #lastUid: number;

  constructor(selected: ImapSelected, nowMs: number) {
    this.#selected = selected;
    this.#nowMs = nowMs;
    this.#saved = new Set(selected.saved);
    this.#lastUid = selected.uids.at(-1) ?? 0;
  }

  /** Places of the messages that fit, in their order. Messages that are gone fit nothing. */
  async *find(key: ImapSearchKey): AsyncGenerator<number> {
    for (let place = 0; place < this.#selected.count; place++) {
      const message = this.#selected.current(this.#selected.uids[place]!);
      if (message !== undefined && (await this.#fits(key, message, place))) yield place;
    }
  }

  async #fits(key: ImapSearchKey, message: StoredMail, place: number): Promise<boolean> {
    const quick = this.#quick(key, message, place);
    if (quick !== undefined) return quick;
    try {
      return await this.#slow(key, message, place);
    } catch (error) {
      if (error instanceof MailStoreError && error.code === "no-message") return false;
      throw error;
    }
  }

  /** Whether it fits, as far as that can be told without its octets. */
  #quick(key: ImapSearchKey, message: StoredMail, place: number): boolean | undefined {
    switch (key.type) {
      case "all":
        return true;
      case "flag":
        return hasFlag(message, key.flag) === key.isSet;
      case "sequence":
        return key.set.ranges(this.#selected.count).some(([from, to]) => from <= place + 1 && place + 1 <= to);
      case "uid":
        return key.set.ranges(this.#lastUid).some(([from, to]) => from <= message.uid && message.uid <= to);
      case "saved":
        return this.#saved.has(message.uid);
      case "received":
        return isWithin(imapDayOf(message.receivedAt), key);
      case "younger":
        return this.#nowMs - message.receivedAt <= key.seconds * 1_000;
      case "older":
        return this.#nowMs - message.receivedAt >= key.seconds * 1_000;
      case "larger":
        return message.octets > key.octets;
      case "smaller":
        return message.octets < key.octets;
      case "modseq":
        return message.modSeq >= key.modSeq;
      case "emailid":
        return message.id === key.id;
      case "threadid":
        return false;
      default:
        return this.#quickComposed(key, message, place);
    }
  }

  #quickComposed(key: ImapSearchKey, message: StoredMail, place: number): boolean | undefined {
    const ask = (one: ImapSearchKey): boolean | undefined => this.#quick(one, message, place);
    if (key.type === "not") {
      const inner = ask(key.key);
      return inner === undefined ? undefined : !inner;
    }
    if (key.type === "and") {
      const all = key.keys.map(ask);
      return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
    }
    if (key.type !== "or") return undefined;
    const both = [ask(key.one), ask(key.other)];
    return both.includes(true) ? true : both.includes(undefined) ? undefined : false;
  }

  async #slow(key: ImapSearchKey, message: StoredMail, place: number): Promise<boolean> {
    switch (key.type) {
      case "not":
        return !(await this.#fits(key.key, message, place));
      case "or":
        return (await this.#fits(key.one, message, place)) || (await this.#fits(key.other, message, place));
      case "and":
        for (const one of key.keys) if (!(await this.#fits(one, message, place))) return false;
        return true;
      default: {
        const { folder } = this.#selected;
        return fitsContent(key, folder, message, await folder.structure(message.uid));
      }
    }
  }
}

async function fitsContent(
  key: ImapSearchKey,
  folder: MailFolder,
  { uid, receivedAt }: StoredMail,
  tree: MimePart,
): Promise<boolean> {
  switch (key.type) {
    case "header": {
      const bodies = tree.header.all(key.name);
      return key.text === "" ? bodies.length > 0 : bodies.some((body) => includes(decodeEncodedWords(body), key.text));
    }
    case "sent":
      return isWithin(imapDayOf(sentAt(tree) ?? receivedAt), key);
    case "text":
      if (headersOf(tree).some((text) => includes(text, key.text))) return true;
      return bodyIncludes(folder, uid, tree, key.text);
    case "body":
      return bodyIncludes(folder, uid, tree, key.text);
    default:
      return false;
  }
}

/** The day that the sender's clock showed, as a moment in UTC (RFC 9051 §6.4.4: without regard to time and zone). */
export function sentAt(tree: MimePart): number | undefined {
  try {
    const { epochMs, offsetMinutes } = parseMailDate(tree.header.get("date") ?? "");
    return epochMs + offsetMinutes * 60_000;
  } catch {
    return undefined;
  }
}

function headersOf(tree: MimePart): readonly string[] {
  return [...allParts(tree)].flatMap(({ header }) =>
    header.fields.map(({ octets }) => decodeEncodedWords(Buffer.from(octets, "latin1").toString("utf8"))),
  );
}

async function bodyIncludes(folder: MailFolder, uid: number, tree: MimePart, wanted: string): Promise<boolean> {
  let left = imapSearchOctetsMax;
  for (const part of allParts(tree)) {
    if (part.parts.length > 0 || !/^(?:text|message)\//.test(part.contentType.value)) continue;
    left -= part.end - part.bodyStart;
    if (left < 0) return false;
    const pieces: Uint8Array[] = [];
    for await (const piece of folder.read(uid, { start: part.bodyStart, end: part.end })) pieces.push(piece);
    const octets = decodeTransfer(Buffer.concat(pieces), part.transferEncoding);
    if (includes(decodeCharset(octets, part.contentType.parameters.get("charset") ?? "utf-8"), wanted)) return true;
  }
  return false;
}

/** Case does not count (RFC 9051 §6.4.4). */
function includes(text: string, wanted: string): boolean {
  return folded(text).includes(folded(wanted));
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function isWithin(day: number, { from, before }: { readonly from: number; readonly before: number }): boolean {
  return from <= day && day < before;
}

function hasFlag({ flags }: StoredMail, wanted: string): boolean {
  if (flags.has(wanted)) return true;
  const lower = wanted.toLowerCase();
  return [...flags].some((flag) => flag.toLowerCase() === lower);
}
