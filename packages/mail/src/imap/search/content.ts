import {
  allParts,
  decodeCharset,
  decodeEncodedWords,
  decodeTransfer,
  type MimePart,
  parseMailDate,
  readMimeTree,
} from "@hawser/mime";
import type { MailBeginning, MailFolder, StoredMail } from "../../store/store.ts";
import { imapSearchOctetsMax } from "../limits.ts";
import { headerPart } from "../message/header-part.ts";
import { imapDayOf } from "../wire/date-time.ts";
import type { ImapSearchKey } from "./keys.ts";
import { PlainOctets, type SearchedTexts, type SearchedWords } from "./words.ts";

/** Octets of a header that are read at once with those of others. */
export const searchedHeaderOctetsMax = 16_384;

/** Octets of a message that are read at once with those of others; longer ones are read by themselves. */
const messageOctetsMax = 262_144;

/** How much of a message must be read to tell whether it fits: `undefined`, where its octets say nothing. */
export function octetsNeeded(key: ImapSearchKey): number | undefined {
  switch (key.type) {
    case "and":
      return key.keys.reduce<number | undefined>((most, one) => larger(most, octetsNeeded(one)), undefined);
    case "or":
      return larger(octetsNeeded(key.one), octetsNeeded(key.other));
    case "not":
      return octetsNeeded(key.key);
    case "header":
    case "sent":
      return searchedHeaderOctetsMax;
    case "text":
    case "body":
      return messageOctetsMax;
    default:
      return undefined;
  }
}

function larger(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

/** A message that is searched: what has been read of it, and the rest where that is needed. */
export class SearchedMail {
  readonly #folder: MailFolder;
  readonly #message: StoredMail;
  readonly #read: MailBeginning | undefined;
  #plain: PlainOctets | undefined;
  #header: MimePart | undefined;
  #tree: Promise<MimePart> | undefined;
  #whole: Uint8Array | undefined;

  /** @param read what it begins with, lines ending in any way; absent where nothing was read */
  constructor(folder: MailFolder, message: StoredMail, read: MailBeginning | undefined) {
    this.#folder = folder;
    this.#message = message;
    this.#read = read;
  }

  /** Whether a look at the octets that were read tells that they do not say what a key asks for. */
  surelyFitsNot(key: ImapSearchKey, texts: SearchedTexts): boolean {
    if (key.type === "header" && key.text !== "") {
      const header = this.#readHeader();
      return header !== undefined && texts.of(key.text).isSurelyNotInHeader(this.#plainOf(header));
    }
    if ((key.type !== "text" && key.type !== "body") || this.#read?.isWhole !== true) return false;
    return texts.of(key.text).isSurelyNotIn(this.#plainOf(this.#read.octets));
  }

  /** Whether its octets say what a key asks for. @throws {MailStoreError} `no-message` when it is gone */
  async fits(key: ImapSearchKey, texts: SearchedTexts): Promise<boolean> {
    switch (key.type) {
      case "header": {
        const bodies = (await this.#headerTree()).header.all(key.name);
        const words = texts.of(key.text);
        return bodies.some((body) => words.isIn(decodeEncodedWords(body)));
      }
      case "sent":
        return isDayWithin(imapDayOf(sentAt(await this.#headerTree()) ?? this.#message.receivedAt), key);
      case "text":
        return this.#textFits(texts.of(key.text), true);
      case "body":
        return this.#textFits(texts.of(key.text), false);
      default:
        return false;
    }
  }

  async #textFits(words: SearchedWords, withHeaders: boolean): Promise<boolean> {
    const tree = await this.#wholeTree();
    if (withHeaders && headersOf(tree).some((text) => words.isIn(text))) return true;
    return this.#bodyIncludes(tree, words);
  }

  async #bodyIncludes(tree: MimePart, words: SearchedWords): Promise<boolean> {
    let left = imapSearchOctetsMax;
    for (const part of allParts(tree)) {
      if (part.parts.length > 0 || !/^(?:text|message)\//.test(part.contentType.value)) continue;
      left -= part.end - part.bodyStart;
      if (left < 0) return false;
      const octets = decodeTransfer(await this.#octetsOf(part), part.transferEncoding);
      if (words.isIn(decodeCharset(octets, part.contentType.parameters.get("charset") ?? "utf-8"))) return true;
    }
    return false;
  }

  async #octetsOf({ bodyStart, end }: MimePart): Promise<Uint8Array> {
    if (this.#whole !== undefined) return this.#whole.subarray(bodyStart, end);
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#folder.read(this.#message.uid, { start: bodyStart, end })) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Keys ask for the header alone, or for all that was read; seldom for both. */
  #plainOf(octets: Uint8Array): PlainOctets {
    if (this.#plain?.octets !== octets) this.#plain = new PlainOctets(octets);
    return this.#plain;
  }

  #readHeader(): Uint8Array | undefined {
    return this.#headerPart() && this.#read!.octets.subarray(0, this.#headerPart()!.bodyStart);
  }

  #headerPart(): MimePart | undefined {
    if (this.#read !== undefined) this.#header ??= headerPart(this.#read);
    return this.#header;
  }

  async #headerTree(): Promise<MimePart> {
    return this.#headerPart() ?? this.#wholeTree();
  }

  #wholeTree(): Promise<MimePart> {
    this.#tree ??= this.#readTree();
    return this.#tree;
  }

  async #readTree(): Promise<MimePart> {
    if (this.#read?.isWhole !== true) return this.#folder.structure(this.#message.uid);
    this.#whole = this.#read.octets; // places in it are those of its lines as they are
    return readMimeTree(this.#whole);
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

/** Whether a day lies between two others, the first one included. */
export function isDayWithin(
  day: number,
  { from, before }: { readonly from: number; readonly before: number },
): boolean {
  return from <= day && day < before;
}

function headersOf(tree: MimePart): readonly string[] {
  return [...allParts(tree)].flatMap(({ header }) =>
    header.fields.map(({ octets }) => decodeEncodedWords(Buffer.from(octets, "latin1").toString("utf8"))),
  );
}
