import type { MailFolder, StoredMail } from "../store/store.ts";

/** Messages that are read before they are asked for, and how long they may be: two mebioctets at most wait for their turn. */
const aheadMessages = 32;
const aheadOctetsMax = 65_536;

/** Clients fetch one message after the other: once one does, the next ones are read together. */
export class ReadAhead {
  readonly #folder: MailFolder;
  readonly #messages: readonly StoredMail[];
  /** By their numbers. */
  #read: ReadonlyMap<number, Uint8Array> = new Map();
  #last = 0;

  constructor(folder: MailFolder, messages: readonly StoredMail[]) {
    this.#folder = folder;
    this.#messages = messages;
  }

  /** The message of a number, when it has been read, or it is time to read it with others. `undefined`: read it by itself. */
  async read(number: number): Promise<Uint8Array | undefined> {
    const isNext = number === this.#last + 1;
    this.#last = number;
    if (isNext && number > 1 && !this.#read.has(number)) this.#read = await this.#readFrom(number);
    return this.#read.get(number);
  }

  async #readFrom(number: number): Promise<ReadonlyMap<number, Uint8Array>> {
    const read = new Map<number, Uint8Array>();
    const next = this.#messages.slice(number - 1, number - 1 + aheadMessages);
    const small = next.filter(({ octets }) => octets <= aheadOctetsMax);
    const numbers = new Map(next.map(({ uid }, i) => [uid, number + i]));
    const uids = small.map(({ uid }) => uid);
    for await (const some of this.#folder.readMany(uids, { octetsMax: aheadOctetsMax }))
      for (const { uid, octets, isWhole } of some) if (isWhole) read.set(numbers.get(uid)!, octets);
    return read;
  }
}
