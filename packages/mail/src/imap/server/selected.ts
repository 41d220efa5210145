import type { MailFolder, StoredMail } from "../../store/store.ts";
import { type ImapNumberSet, type ImapRange, placeOf, placesWithin } from "../wire/number-set.ts";

/** What changed between what a client knows and what is. */
export interface ImapViewChanges {
  /** Sequence numbers from the highest to the lowest, so that each is right when those before it were told (RFC 9051 §7.5.1). */
  readonly expunged: readonly number[];
  readonly expungedUids: readonly number[];
  /** The number of messages, where there are new ones. */
  readonly exists: number | undefined;
  readonly changed: readonly { readonly sequence: number; readonly message: StoredMail }[];
}

const nothing: ImapViewChanges = { expunged: [], expungedUids: [], exists: undefined, changed: [] };

/**
 * A folder as one client sees it: sequence numbers stand until the client is told that messages went, whatever happens in
 * the folder (RFC 9051 §5.5, §7.5.1).
 */
export class ImapSelected {
  readonly folder: MailFolder;
  /** UIDs that `$` stands for (RFC 5182). */
  saved: readonly number[] = [];
  isGone = false;
  /** What is announced, by sequence number less one: the folder's own lists, until they are not the same any more. */
  #known: readonly StoredMail[];
  #uids: readonly number[];
  #owned: StoredMail[] | undefined;
  readonly #tellsRecent: boolean;
  /** UIDs that were new to everybody when this client was told of them. */
  readonly #recent: ImapRange[] = [];
  #lastUid: number;
  /** The state of the folder that was compared last, and whether messages are gone of which the client was not told. */
  #compared: readonly StoredMail[];
  #hasGhosts = false;

  /** @param tellsRecent the client is told which messages are new (RFC 3501 §2.3.2): IMAP4rev2 does not */
  constructor(folder: MailFolder, tellsRecent: boolean) {
    this.folder = folder;
    this.#tellsRecent = tellsRecent;
    this.#compared = folder.messages;
    this.#known = folder.messages;
    this.#uids = uidsOf(folder.messages);
    this.#lastUid = this.#uids.at(-1) ?? 0;
    if (tellsRecent) this.#takeRecent();
    folder.onChange(({ type }) => {
      if (type === "gone") this.isGone = true;
    });
  }

  get count(): number {
    return this.#known.length;
  }

  /** Whether this client was the first to be told of a message. */
  isRecent(uid: number): boolean {
    return this.#recent.some(([from, to]) => from <= uid && uid <= to);
  }

  /** How many of those there are. */
  get recentCount(): number {
    const within = ([from, to]: ImapRange): number => placeOf(this.#uids, to + 1) - placeOf(this.#uids, from);
    return this.#recent.reduce((count, range) => count + within(range), 0);
  }

  /** UIDs by sequence number less one. */
  get uids(): readonly number[] {
    return this.#uids;
  }

  /** The message at a place, as the client knows it. */
  at(place: number): StoredMail {
    return this.#known[place]!;
  }

  /** The message as it is now; `undefined` when it is gone. */
  current(uid: number): StoredMail | undefined {
    const { messages } = this.folder;
    let low = 0;
    let high = messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (messages[middle]!.uid < uid) low = middle + 1;
      else high = middle;
    }
    return messages[low]?.uid === uid ? messages[low] : undefined;
  }

  /** The message at a place as it is now; `undefined` when it is gone. */
  currentAt(place: number): StoredMail | undefined {
    const uid = this.#uids[place]!;
    const here = this.folder.messages[place];
    return here?.uid === uid ? here : this.current(uid);
  }

  /** The place of a UID; -1 when it is not announced. */
  placeOfUid(uid: number): number {
    const place = placeOf(this.#uids, uid);
    return this.#uids[place] === uid ? place : -1;
  }

  /** Places of the messages that a set means. Numbers that are none are passed over. */
  places(set: ImapNumberSet, byUid: boolean): readonly number[] {
    if (set.isSaved) return this.saved.map((uid) => this.placeOfUid(uid)).filter((place) => place >= 0);
    if (byUid) return [...placesWithin(this.#uids, set.ranges(this.#lastUidKnown))];
    const places: number[] = [];
    for (const [from, to] of set.ranges(this.count))
      for (let sequence = Math.max(from, 1); sequence <= Math.min(to, this.count); sequence++)
        places.push(sequence - 1);
    return places;
  }

  /** Whether a set of sequence numbers has some that are none. */
  exceeds(set: ImapNumberSet): boolean {
    if (this.count === 0) return !set.isEmpty;
    return set.ranges(this.count).some(([, to]) => to > this.count);
  }

  /** The client knows of this state of a message: it need not be told again. */
  told(message: StoredMail, place: number = this.placeOfUid(message.uid)): void {
    if (place >= 0 && this.#known[place] !== message) this.#ownKnown()[place] = message;
  }

  /** What the client has to be told now, which it is taken to know afterwards. */
  changes(mayExpunge: boolean): ImapViewChanges {
    const now = this.folder.messages;
    if (now === this.#compared && !(mayExpunge && this.#hasGhosts)) return nothing;
    this.#compared = now;
    if (this.#isBeginningOf(now)) {
      this.#hasGhosts = false;
      return { ...nothing, exists: this.#add(now) };
    }
    const gone = this.#gone(now);
    this.#hasGhosts = gone.length > 0 && !mayExpunge;
    const expungedUids = mayExpunge ? gone.map((place) => this.#uids[place]!) : [];
    if (mayExpunge && gone.length > 0) this.#remove(gone);
    const changed = this.#changed(now);
    return {
      expunged: mayExpunge ? gone.map((place) => place + 1) : [],
      expungedUids,
      exists: this.#add(now),
      changed,
    };
  }

  get #lastUidKnown(): number {
    return this.#uids.at(-1) ?? 0;
  }

  /** Nothing is otherwise than the client knows it, but for what has come. */
  #isBeginningOf(now: readonly StoredMail[]): boolean {
    const known = this.#known;
    for (let place = 0; place < known.length; place++) if (known[place] !== now[place]) return false;
    return true;
  }

  /** Places of what is there no more, from the last to the first. */
  #gone(now: readonly StoredMail[]): readonly number[] {
    const gone: number[] = [];
    let at = 0;
    for (const [place, uid] of this.#uids.entries()) {
      while (at < now.length && now[at]!.uid < uid) at++;
      if (now[at]?.uid !== uid) gone.push(place);
    }
    return gone.reverse();
  }

  #remove(gone: readonly number[]): void {
    const places = new Set(gone);
    this.#known = this.#known.filter((_, place) => !places.has(place));
    this.#uids = this.#known.map(({ uid }) => uid);
    const known = new Set(this.#uids);
    this.saved = this.saved.filter((uid) => known.has(uid));
  }

  #changed(now: readonly StoredMail[]): ImapViewChanges["changed"] {
    const changed: { readonly sequence: number; readonly message: StoredMail }[] = [];
    let place = 0;
    for (const message of now) {
      while (place < this.#uids.length && this.#uids[place]! < message.uid) place++;
      if (this.#uids[place] !== message.uid || this.#known[place]!.modSeq === message.modSeq) continue;
      this.#ownKnown()[place] = message;
      changed.push({ sequence: place + 1, message });
    }
    return changed;
  }

  #add(now: readonly StoredMail[]): number | undefined {
    let first = now.length;
    while (first > 0 && now[first - 1]!.uid > this.#lastUid) first--;
    if (first === now.length) return undefined;
    const added = now.slice(first);
    this.#known = this.#known.concat(added);
    this.#uids = this.#uids.concat(added.map(({ uid }) => uid));
    this.#lastUid = now.at(-1)!.uid;
    if (this.#tellsRecent) this.#takeRecent();
    return this.count;
  }

  /** What is new becomes ours, unless nothing may be changed here: then others will be told of it as well. */
  #takeRecent(): void {
    const from = Math.max(this.folder.recentFrom, (this.#recent.at(-1)?.[1] ?? 0) + 1);
    if (from > this.#lastUid) return;
    const last = this.#recent.at(-1);
    if (last?.[1] === from - 1) this.#recent[this.#recent.length - 1] = [last[0], this.#lastUid];
    else this.#recent.push([from, this.#lastUid]);
    this.folder.takeRecent();
  }

  /** A list that is ours alone, and so may be changed. */
  #ownKnown(): StoredMail[] {
    if (this.#owned === undefined || this.#owned !== this.#known) this.#owned = this.#known.slice();
    this.#known = this.#owned;
    return this.#owned;
  }
}

/** Found once for each state of a folder, and shared by all who see it. */
function uidsOf(messages: readonly StoredMail[]): readonly number[] {
  let uids = knownUids.get(messages);
  if (uids === undefined) {
    uids = messages.map(({ uid }) => uid);
    knownUids.set(messages, uids);
  }
  return uids;
}

const knownUids = new WeakMap<readonly StoredMail[], readonly number[]>();
