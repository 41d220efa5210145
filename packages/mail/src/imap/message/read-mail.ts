import { type MimePart, readMimeTree } from "@hawser/mime";
import type { MailBeginning, MailFolder, StoredMail } from "../../store/store.ts";
import { latin1Of } from "../wire/octet-text.ts";
import { headerPart } from "./header-part.ts";

/** How much of messages is read: their headers, or all of them where they are not long. */
export type MailReach = "header" | "message";

/** Octets that are read of each; what is longer is read by itself. */
const octetsMax: Readonly<Record<MailReach, number>> = { header: 8_192, message: 65_536 };

/** Messages that are asked for at once. */
const windowMessages = 1_024;

/** Fewer are not worth a thread. */
const togetherMin = 4;

/** What has been read of a message together with others. */
export class ReadMail {
  readonly #read: MailBeginning;
  readonly #reach: MailReach;
  #tree: MimePart | undefined;

  constructor(read: MailBeginning, reach: MailReach) {
    this.#read = read;
    this.#reach = reach;
  }

  /** Its parts, or its header alone; `undefined` when too little was read for that. */
  get tree(): MimePart | undefined {
    if (this.#reach === "header") this.#tree ??= headerPart(this.#read);
    else if (this.#read.isWhole) this.#tree ??= readMimeTree(this.#read.octets);
    return this.#tree;
  }

  /** How long the message is; `undefined` when not all of it was read. */
  get octets(): number | undefined {
    return this.#read.isWhole ? this.#read.octets.length : undefined;
  }

  /** Octets as text of one character each; `undefined` when not all of them were read. */
  text(start: number, end: number): string | undefined {
    const { octets } = this.#read;
    return end <= octets.length ? latin1Of(octets.subarray(start, end)) : undefined;
  }
}

/** A message, and what has been read of it, where something was. */
export interface MailWithContent<Item> {
  readonly item: Item;
  readonly mail: ReadMail | undefined;
}

/** A message that is to be read, unless all is known that is wanted of it. */
export interface WantedMail {
  readonly message: StoredMail;
  readonly isKnown: boolean;
}

/** Reads messages together, in their order, and gives a few at a time; none is left out. */
export async function* readTogether<Item extends WantedMail>(
  folder: MailFolder,
  items: readonly Item[],
  reach: MailReach,
): AsyncGenerator<readonly MailWithContent<Item>[]> {
  if (items.length < togetherMin) return yield items.map((item) => ({ item, mail: undefined }));
  for (let from = 0; from < items.length; from += windowMessages)
    yield* readWindow(folder, items.slice(from, from + windowMessages), reach);
}

async function* readWindow<Item extends WantedMail>(
  folder: MailFolder,
  window: readonly Item[],
  reach: MailReach,
): AsyncGenerator<readonly MailWithContent<Item>[]> {
  const isRead = ({ message, isKnown }: Item): boolean =>
    !isKnown && (reach === "header" || message.octets <= octetsMax.message);
  const uids = window.filter(isRead).map(({ message }) => message.uid);
  let at = 0;
  const options = { octetsMax: octetsMax[reach], headerOnly: reach === "header" };
  for await (const batch of folder.readMany(uids, options)) {
    const given: MailWithContent<Item>[] = [];
    for (const read of batch) {
      while (window[at]!.message.uid !== read.uid) given.push({ item: window[at++]!, mail: undefined });
      given.push({ item: window[at++]!, mail: new ReadMail(read, reach) });
    }
    yield given;
  }
  yield window.slice(at).map((item) => ({ item, mail: undefined }));
}
