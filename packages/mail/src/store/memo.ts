/** What is kept of one message: texts by what they are. */
interface Remembered {
  readonly texts: Map<string, string>;
  octets: number;
}

/**
 * Room for what was worked out of messages and may be asked for again, such as what IMAP calls their envelopes: clients show
 * the same messages again and again. All folders of a store share it, and what was not asked for longest goes first.
 */
export class MailMemoRoom {
  readonly #octetsMax: number;
  /** By folder and UID; from what was used longest ago. */
  readonly #all = new Map<string, Remembered>();
  #octets = 0;
  #folders = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** The part of one folder, whose UIDs are never used again. */
  folder(): MailMemo {
    return new MailMemo(this, this.#folders++);
  }

  /** @internal */
  get(key: string, what: string): string | undefined {
    const remembered = this.#all.get(key);
    if (remembered === undefined) return undefined;
    this.#all.delete(key);
    this.#all.set(key, remembered);
    return remembered.texts.get(what);
  }

  /** @internal */
  set(key: string, what: string, text: string): void {
    const remembered = this.#all.get(key) ?? { texts: new Map(), octets: overheadOctets };
    if (remembered.texts.has(what)) return;
    if (!this.#all.has(key)) this.#octets += overheadOctets;
    remembered.texts.set(what, text);
    remembered.octets += text.length + overheadOctets;
    this.#octets += text.length + overheadOctets;
    this.#all.set(key, remembered);
    for (const [oldest, { octets }] of this.#all) {
      if (this.#octets <= this.#octetsMax) break;
      this.#all.delete(oldest);
      this.#octets -= octets;
    }
  }
}

/** What is remembered of the messages of one folder: see {@link MailMemoRoom}. Texts of one character for each octet. */
export class MailMemo {
  readonly #room: MailMemoRoom;
  readonly #folder: number;

  /** @internal */
  constructor(room: MailMemoRoom, folder: number) {
    this.#room = room;
    this.#folder = folder;
  }

  /** A text about a message, if it is remembered. @param what which text, such as `ENVELOPE` */
  get(uid: number, what: string): string | undefined {
    return this.#room.get(`${this.#folder} ${uid}`, what);
  }

  /** Remembers a text. Long ones are not kept: they would drive out many others. */
  set(uid: number, what: string, text: string): void {
    if (text.length <= textOctetsMax) this.#room.set(`${this.#folder} ${uid}`, what, text);
  }
}

/** What a text takes beside its octets, about. */
const overheadOctets = 100;

/** The longest text that is kept. */
const textOctetsMax = 8_192;
