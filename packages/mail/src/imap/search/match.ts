import { MailStoreError } from "../../store/errors.ts";
import type { MailBeginning, StoredMail } from "../../store/store.ts";
import type { ImapSelected } from "../server/selected.ts";
import { imapDayOf } from "../wire/date-time.ts";
import { isDayWithin, octetsNeeded, SearchedMail, searchedHeaderOctetsMax } from "./content.ts";
import type { ImapSearchKey } from "./keys.ts";
import { SearchedTexts } from "./words.ts";

/** Messages whose octets are read for one search before those that fit are told: the store reads several at a time. */
const windowMessages = 1_024;

/** A message that may fit. */
interface Candidate {
  readonly place: number;
  readonly message: StoredMail;
  /** Known without its octets. */
  readonly fits: boolean | undefined;
}

/** Finds the messages of a mailbox that fit. What costs little is asked first, and only then their octets are read. */
export class ImapMatcher {
  readonly #selected: ImapSelected;
  readonly #nowMs: number;
  readonly #saved: ReadonlySet<number>;
  readonly #lastUid: number;
  readonly #words = new SearchedTexts();

  constructor(selected: ImapSelected, nowMs: number) {
    this.#selected = selected;
    this.#nowMs = nowMs;
    this.#saved = new Set(selected.saved);
    this.#lastUid = selected.uids.at(-1) ?? 0;
  }

  /** Places of the messages that fit, in their order. Messages that are gone fit nothing. */
  async *find(key: ImapSearchKey): AsyncGenerator<number> {
    for (let place = 0; place < this.#selected.count; place += windowMessages) {
      const candidates = this.#candidates(key, place, Math.min(place + windowMessages, this.#selected.count));
      const unknown = candidates.filter(({ fits }) => fits === undefined);
      const read = unknown.length === 0 ? new Set<number>() : await this.#findByOctets(key, unknown);
      for (const { place, fits } of candidates) if (fits ?? read.has(place)) yield place;
    }
  }

  #candidates(key: ImapSearchKey, from: number, to: number): readonly Candidate[] {
    const candidates: Candidate[] = [];
    for (let place = from; place < to; place++) {
      const message = this.#selected.currentAt(place);
      const fits = message === undefined ? false : this.#quick(key, message, place);
      if (fits !== false) candidates.push({ place, message: message!, fits });
    }
    return candidates;
  }

  /** Places of those whose octets say so. */
  async #findByOctets(key: ImapSearchKey, candidates: readonly Candidate[]): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    const byUid = new Map(candidates.map((candidate) => [candidate.message.uid, candidate]));
    const octetsMax = octetsNeeded(key);
    for await (const some of octetsMax === undefined ? [] : this.#read([...byUid.keys()], octetsMax))
      for (const read of some) {
        const candidate = byUid.get(read.uid)!;
        byUid.delete(read.uid);
        const mail = new SearchedMail(this.#selected.folder, candidate.message, read);
        const fits =
          this.#quick(key, candidate.message, candidate.place, mail) ?? (await this.#fits(key, candidate, mail));
        if (fits) found.add(candidate.place);
      }
    for (const candidate of byUid.values()) {
      const mail = new SearchedMail(this.#selected.folder, candidate.message, undefined);
      if (await this.#fits(key, candidate, mail)) found.add(candidate.place);
    }
    return found;
  }

  #read(uids: readonly number[], octetsMax: number): AsyncIterable<readonly MailBeginning[]> {
    const headerOnly = octetsMax === searchedHeaderOctetsMax;
    return this.#selected.folder.readMany(uids, { octetsMax, headerOnly, anyLines: true });
  }

  async #fits(key: ImapSearchKey, { message, place }: Candidate, mail: SearchedMail): Promise<boolean> {
    try {
      return await this.#slow(key, message, place, mail);
    } catch (error) {
      if (error instanceof MailStoreError && error.code === "no-message") return false;
      throw error;
    }
  }

  /** Whether a message is new is known to this session alone. */
  #hasFlag(message: StoredMail, flag: string): boolean {
    return flag === "\\Recent" ? this.#selected.isRecent(message.uid) : hasFlag(message, flag);
  }

  /** Whether it fits, as far as that can be told without its octets, or by a look at those that were read. */
  #quick(key: ImapSearchKey, message: StoredMail, place: number, mail?: SearchedMail): boolean | undefined {
    switch (key.type) {
      case "all":
        return true;
      case "flag":
        return this.#hasFlag(message, key.flag) === key.isSet;
      case "sequence":
        return key.set.ranges(this.#selected.count).some(([from, to]) => from <= place + 1 && place + 1 <= to);
      case "uid":
        return key.set.ranges(this.#lastUid).some(([from, to]) => from <= message.uid && message.uid <= to);
      case "saved":
        return this.#saved.has(message.uid);
      case "received":
        return isDayWithin(imapDayOf(message.receivedAt), key);
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
        return this.#quickComposed(key, message, place, mail);
    }
  }

  #quickComposed(
    key: ImapSearchKey,
    message: StoredMail,
    place: number,
    mail: SearchedMail | undefined,
  ): boolean | undefined {
    const ask = (one: ImapSearchKey): boolean | undefined => this.#quick(one, message, place, mail);
    if (key.type === "not") {
      const inner = ask(key.key);
      return inner === undefined ? undefined : !inner;
    }
    if (key.type === "and") {
      const all = key.keys.map(ask);
      return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
    }
    if (key.type !== "or") return mail?.surelyFitsNot(key, this.#words) === true ? false : undefined;
    const both = [ask(key.one), ask(key.other)];
    return both.includes(true) ? true : both.includes(undefined) ? undefined : false;
  }

  async #slow(key: ImapSearchKey, message: StoredMail, place: number, mail: SearchedMail): Promise<boolean> {
    const quick = this.#quick(key, message, place, mail);
    if (quick !== undefined) return quick;
    const ask = (one: ImapSearchKey): Promise<boolean> => this.#slow(one, message, place, mail);
    switch (key.type) {
      case "not":
        return !(await ask(key.key));
      case "or":
        return (await ask(key.one)) || (await ask(key.other));
      case "and":
        for (const one of key.keys) if (!(await ask(one))) return false;
        return true;
      default:
        return mail.fits(key, this.#words);
    }
  }
}

function hasFlag({ flags }: StoredMail, wanted: string): boolean {
  if (flags.has(wanted)) return true;
  const lower = wanted.toLowerCase();
  return [...flags].some((flag) => flag.toLowerCase() === lower);
}
