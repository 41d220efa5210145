import { changedFlags, FlagSpelling, sameFlags } from "./flags.ts";
import { expungedRememberedMax } from "./limits.ts";
import type { FlagChange, FlagChangeResult, MailFolderChange, MailFolderStatus, StoredMail } from "./store.ts";

/** A message that went, and when. */
export interface ExpungedMail {
  readonly uid: number;
  readonly modSeq: number;
}

/** What a folder begins with, or goes on from. */
export interface FolderIndexState {
  readonly id: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: number;
  /** By ascending UID. */
  readonly messages: readonly StoredMail[];
  /** What went, in the order in which it went. Default: nothing. */
  readonly expunged?: readonly ExpungedMail[] | undefined;
  /** Before this mod-sequence it is not known what went. Default: `highestModSeq`. */
  readonly expungedSince?: number | undefined;
  /** The first UID of which nobody was told that it is new. Default 1: when it is not known, all are (RFC 3501 §2.3.2). */
  readonly recentFrom?: number | undefined;
}

/** A message that gets its UID: the next one, or one that somebody else gave it already. */
export type IndexedMail = Omit<StoredMail, "flags" | "modSeq" | "uid"> & {
  readonly flags: Iterable<string>;
  /** Not below the folder's next UID, nor below that of the message before. Default: the next. */
  readonly uid?: number | undefined;
};

/** What is new in a folder, decided but not yet so. */
export type AddedMails = MailFolderChange & { readonly type: "added" };

/** What goes from a folder. */
export type ExpungedMails = MailFolderChange & { readonly type: "expunged" };

/** What a change of flags comes to: what it is answered with, and the messages that become others. */
export type FlagDecision = FlagChangeResult & { readonly changed: readonly StoredMail[] };

/**
 * What is in a folder: UIDs, flags, mod-sequences, and what went. The same for every store, which keeps the octets, and
 * writes down what this says has changed. Each change is first decided, and then applied; a store with a disk writes it
 * down in between, and applies as well what other processes have decided. Pure.
 */
export class FolderIndex {
  readonly id: string;
  readonly #spelling = new FlagSpelling();
  #uidValidity: number;
  #uidNext: number;
  #highestModSeq: number;
  #messages: readonly StoredMail[];
  #counts: Counts;
  /** What went, from the first to the last; of what went before this began nothing is known. */
  readonly #expunged: ExpungedMail[];
  #expungedSince: number;
  #recentFrom: number;

  constructor(state: FolderIndexState) {
    this.id = state.id;
    this.#uidValidity = state.uidValidity;
    this.#uidNext = state.uidNext;
    this.#highestModSeq = state.highestModSeq;
    this.#messages = state.messages.map((message) => ({ ...message, flags: this.#spelling.setOf(message.flags) }));
    this.#counts = this.#messages.reduce((counts, message) => counted(counts, message, 1), nothingCounted);
    this.#expunged = [...(state.expunged ?? [])];
    this.#expungedSince = state.expungedSince ?? state.highestModSeq;
    this.#recentFrom = state.recentFrom ?? 1;
  }

  get messages(): readonly StoredMail[] {
    return this.#messages;
  }

  get uidValidity(): number {
    return this.#uidValidity;
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  get highestModSeq(): number {
    return this.#highestModSeq;
  }

  /** What is remembered of what went, and since when. */
  get expunged(): { readonly mails: readonly ExpungedMail[]; readonly since: number } {
    return { mails: this.#expunged, since: this.#expungedSince };
  }

  /** The keywords that messages here had or have. */
  get keywords(): readonly string[] {
    return this.#spelling.keywords;
  }

  /** Flags as they are spelled here. @throws {MailStoreError} `bad-name`, `too-many` */
  spelled(flags: Iterable<string>): ReadonlySet<string> {
    return this.#spelling.setOf(flags);
  }

  /** A keyword as it is spelled here. `undefined`: there are too many. */
  spelledKeyword(keyword: string): string | undefined {
    if (keyword === "") return undefined;
    try {
      return [...this.#spelling.setOf([keyword])][0];
    } catch {
      return undefined;
    }
  }

  /** Messages with this UID, or a larger one, are new to everybody. */
  get recentFrom(): number {
    return this.#recentFrom;
  }

  /** Somebody was told of all below this UID. */
  tellRecent(uidNext: number): void {
    this.#recentFrom = Math.max(this.#recentFrom, uidNext);
  }

  get status(): MailFolderStatus {
    return {
      id: this.id,
      uidValidity: this.#uidValidity,
      uidNext: this.#uidNext,
      highestModSeq: this.#highestModSeq,
      messageCount: this.#messages.length,
      recentCount: this.#messages.length - this.#placeOf(this.#recentFrom),
      ...this.#counts,
    };
  }

  /** The message with this UID: found by halving. */
  find(uid: number): StoredMail | undefined {
    const at = this.#placeOf(uid);
    return this.#messages[at]?.uid === uid ? this.#messages[at] : undefined;
  }

  /** UIDs that nobody had become taken, up to before this one. */
  reserve(uidNext: number): void {
    this.#uidNext = Math.max(this.#uidNext, uidNext);
  }

  /** Adds messages, which get UIDs and one mod-sequence. @throws {MailStoreError} `bad-name`, `too-many` for their flags */
  add(messages: readonly IndexedMail[]): AddedMails {
    const change = this.decideAdd(messages);
    this.apply(change);
    return change;
  }

  /** What {@link add} would do. */
  decideAdd(messages: readonly IndexedMail[]): AddedMails {
    const modSeq = this.#highestModSeq + 1;
    let uidNext = this.#uidNext;
    const added = messages.map((message) => {
      const uid = message.uid ?? uidNext;
      uidNext = uid + 1;
      return { ...message, flags: this.#spelling.setOf(message.flags), uid, modSeq };
    });
    return { type: "added", messages: added };
  }

  /** Changes flags. What is as it should be already keeps its mod-sequence (RFC 7162 §3.1.3). @throws {MailStoreError} */
  changeFlags(uids: readonly number[], change: FlagChange): FlagDecision {
    const decision = this.decideFlags(uids, change);
    this.apply({ type: "flags", messages: decision.changed });
    return decision;
  }

  /** What {@link changeFlags} would do. */
  decideFlags(uids: readonly number[], change: FlagChange): FlagDecision {
    const flags = this.#spelling.setOf(change.flags);
    const modified: number[] = [];
    const messages: StoredMail[] = [];
    const changed: StoredMail[] = [];
    for (const uid of new Set(uids)) {
      const message = this.find(uid);
      if (message === undefined) continue;
      if (message.modSeq > (change.unchangedSince ?? Number.POSITIVE_INFINITY)) {
        modified.push(uid);
        continue;
      }
      const after = changedFlags(message.flags, change.operation, flags);
      const isSame = sameFlags(message.flags, after);
      const now = isSame ? message : { ...message, flags: after, modSeq: this.#highestModSeq + 1 };
      if (!isSame) changed.push(now);
      messages.push(now);
    }
    return { messages, modified, changed };
  }

  /** Removes messages. `undefined`: none of them was there. */
  expunge(uids: readonly number[]): ExpungedMails | undefined {
    const change = this.decideExpunge(uids);
    if (change !== undefined) this.apply(change);
    return change;
  }

  /** What {@link expunge} would do. */
  decideExpunge(uids: readonly number[]): ExpungedMails | undefined {
    const there = [...new Set(uids)].filter((uid) => this.find(uid) !== undefined);
    if (there.length === 0) return undefined;
    return { type: "expunged", uids: there.sort((a, b) => a - b), modSeq: this.#highestModSeq + 1 };
  }

  /** Makes a change so, that was decided here or by somebody else who has the same folder. */
  apply(change: MailFolderChange): void {
    if (change.type === "added") this.#applyAdded(change.messages);
    else if (change.type === "flags") this.#applyFlags(change.messages);
    else if (change.type === "expunged") this.#applyExpunged(change);
  }

  /** UIDs that went since; `undefined`: that is too long ago to tell. */
  expungedSince(modSeq: number): readonly number[] | undefined {
    if (modSeq < this.#expungedSince) return undefined;
    return this.#expunged.filter((one) => one.modSeq > modSeq).map(({ uid }) => uid);
  }

  #applyAdded(messages: readonly StoredMail[]): void {
    if (messages.length === 0) return;
    const spelled = messages.map((message) => ({ ...message, flags: this.#spelling.setOf(message.flags) }));
    this.#messages = this.#messages.concat(spelled);
    this.#counts = spelled.reduce((counts, message) => counted(counts, message, 1), this.#counts);
    this.#uidNext = Math.max(this.#uidNext, messages.at(-1)!.uid + 1);
    this.#reach(messages.at(-1)!.modSeq);
  }

  #applyFlags(messages: readonly StoredMail[]): void {
    if (messages.length === 0) return;
    const all = this.#messages.slice();
    for (const message of messages) {
      const at = this.#placeOf(message.uid);
      const before = all[at];
      if (before?.uid !== message.uid) continue;
      all[at] = { ...message, flags: this.#spelling.setOf(message.flags) };
      this.#counts = counted(counted(this.#counts, before, -1), message, 1);
      this.#reach(message.modSeq);
    }
    this.#messages = all;
  }

  #applyExpunged({ uids, modSeq }: ExpungedMails): void {
    const gone = new Set(uids);
    for (const uid of uids) {
      const message = this.find(uid);
      if (message !== undefined) this.#counts = counted(this.#counts, message, -1);
      this.#expunged.push({ uid, modSeq });
    }
    this.#messages = this.#messages.filter(({ uid }) => !gone.has(uid));
    const surplus = this.#expunged.splice(0, Math.max(0, this.#expunged.length - expungedRememberedMax));
    this.#expungedSince = surplus.at(-1)?.modSeq ?? this.#expungedSince;
    this.#reach(modSeq);
  }

  #reach(modSeq: number): void {
    this.#highestModSeq = Math.max(this.#highestModSeq, modSeq);
  }

  /** The place of the first message with this UID or a larger one. */
  #placeOf(uid: number): number {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#messages[middle]!.uid < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Counts = Pick<MailFolderStatus, "unseenCount" | "deletedCount" | "octets">;

const nothingCounted: Counts = { unseenCount: 0, deletedCount: 0, octets: 0 };

function counted(counts: Counts, { flags, octets }: StoredMail, by: 1 | -1): Counts {
  return {
    unseenCount: counts.unseenCount + (flags.has("\\Seen") ? 0 : by),
    deletedCount: counts.deletedCount + (flags.has("\\Deleted") ? by : 0),
    octets: counts.octets + by * octets,
  };
}
