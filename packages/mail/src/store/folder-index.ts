import { changedFlags, FlagSpelling, sameFlags } from "./flags.ts";
import { expungedRememberedMax } from "./limits.ts";
import type { FlagChange, FlagChangeResult, MailFolderChange, MailFolderStatus, StoredMail } from "./store.ts";

/** What a folder begins with, or goes on from. */
export interface FolderIndexState {
  readonly id: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: number;
  /** By ascending UID. */
  readonly messages: readonly StoredMail[];
}

/** A message that gets its UID. */
export type IndexedMail = Omit<StoredMail, "flags" | "modSeq" | "uid"> & { readonly flags: Iterable<string> };

/**
 * What is in a folder: UIDs, flags, mod-sequences, and what went. The same for every store, which keeps the octets, and
 * writes down what this says has changed. Pure.
 */
export class FolderIndex {
  readonly id: string;
  readonly #spelling = new FlagSpelling();
  #uidValidity: number;
  #uidNext: number;
  #highestModSeq: number;
  #messages: readonly StoredMail[];
  /** What went, from the first to the last; of what went before this began nothing is known. */
  #expunged: { readonly uid: number; readonly modSeq: number }[] = [];
  #expungedSince: number;

  constructor(state: FolderIndexState) {
    this.id = state.id;
    this.#uidValidity = state.uidValidity;
    this.#uidNext = state.uidNext;
    this.#highestModSeq = state.highestModSeq;
    this.#messages = state.messages.map((message) => ({ ...message, flags: this.#spelling.setOf(message.flags) }));
    this.#expungedSince = state.highestModSeq;
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

  /** The keywords that messages here had or have. */
  get keywords(): readonly string[] {
    return this.#spelling.keywords;
  }

  get status(): MailFolderStatus {
    const count = (one: (message: StoredMail) => boolean): number => this.#messages.filter(one).length;
    return {
      id: this.id,
      uidValidity: this.#uidValidity,
      uidNext: this.#uidNext,
      highestModSeq: this.#highestModSeq,
      messageCount: this.#messages.length,
      unseenCount: count(({ flags }) => !flags.has("\\Seen")),
      deletedCount: count(({ flags }) => flags.has("\\Deleted")),
      octets: this.#messages.reduce((sum, { octets }) => sum + octets, 0),
    };
  }

  /** The message with this UID: found by halving. */
  find(uid: number): StoredMail | undefined {
    const at = this.#placeOf(uid);
    return this.#messages[at]?.uid === uid ? this.#messages[at] : undefined;
  }

  /** Adds messages, which get the next UIDs and one mod-sequence. */
  add(messages: readonly IndexedMail[]): MailFolderChange & { readonly type: "added" } {
    const flags = messages.map((message) => this.#spelling.setOf(message.flags)); // may refuse: nothing has happened yet
    const modSeq = messages.length === 0 ? this.#highestModSeq : ++this.#highestModSeq;
    const added = messages.map((message, i) => ({ ...message, flags: flags[i]!, uid: this.#uidNext++, modSeq }));
    this.#messages = [...this.#messages, ...added];
    return { type: "added", messages: added };
  }

  /** Changes flags. What is as it should be already keeps its mod-sequence (RFC 7162 §3.1.3). */
  changeFlags(
    uids: readonly number[],
    change: FlagChange,
  ): FlagChangeResult & { readonly changed: readonly StoredMail[] } {
    const flags = this.#spelling.setOf(change.flags);
    const modified: number[] = [];
    const now: StoredMail[] = [];
    const changed = new Map<number, StoredMail>();
    for (const uid of uids) {
      const message = this.find(uid);
      if (message === undefined) continue;
      if (message.modSeq > (change.unchangedSince ?? Number.POSITIVE_INFINITY)) {
        modified.push(uid);
        continue;
      }
      const after = changedFlags(message.flags, change.operation, flags);
      const isSame = sameFlags(message.flags, after);
      const then = isSame ? message : { ...message, flags: after, modSeq: this.#highestModSeq + 1 };
      if (!isSame) changed.set(uid, then);
      now.push(then);
    }
    if (changed.size > 0) {
      this.#highestModSeq++;
      this.#messages = this.#messages.map((message) => changed.get(message.uid) ?? message);
    }
    return { messages: now, modified, changed: [...changed.values()] };
  }

  /** Removes messages. `undefined`: none of them was there. */
  expunge(uids: readonly number[]): (MailFolderChange & { readonly type: "expunged" }) | undefined {
    const gone = new Set(uids.filter((uid) => this.find(uid) !== undefined));
    if (gone.size === 0) return undefined;
    const modSeq = ++this.#highestModSeq;
    this.#messages = this.#messages.filter(({ uid }) => !gone.has(uid));
    const sorted = [...gone].sort((a, b) => a - b);
    this.#expunged.push(...sorted.map((uid) => ({ uid, modSeq })));
    const surplus = this.#expunged.splice(0, Math.max(0, this.#expunged.length - expungedRememberedMax));
    this.#expungedSince = surplus.at(-1)?.modSeq ?? this.#expungedSince;
    return { type: "expunged", uids: sorted, modSeq };
  }

  /** UIDs that went since; `undefined`: that is too long ago to tell. */
  expungedSince(modSeq: number): readonly number[] | undefined {
    if (modSeq < this.#expungedSince) return undefined;
    return this.#expunged.filter((one) => one.modSeq > modSeq).map(({ uid }) => uid);
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
