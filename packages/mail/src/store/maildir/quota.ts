import { FileError, type FileTree } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import type { MailQuota } from "../store.ts";
import { DotLock } from "./dot-lock.ts";
import { isMessageName, sizesInName } from "./file-name.ts";
import type { MaildirPlace } from "./folder-disk.ts";

/** Octets and messages that are used, or that come or go. */
export interface MailUse {
  readonly octets: number;
  readonly messages: number;
}

/** What a mailbox may hold. */
export interface MailUseMax {
  readonly octets?: number | undefined;
  readonly messages?: number | undefined;
}

/**
 * How full a mailbox is, as Maildir++ keeps it in `maildirsize`: what may be on the first line, what came and went on the
 * others. Octets are those of the files. It is counted anew when it has grown to 5,120 octets, when its first line says
 * something else, and when it says that the mailbox is full but is a quarter of an hour old.
 */
export class MaildirQuota {
  readonly #tree: FileTree;
  readonly #place: MaildirPlace;
  readonly #max: MailUseMax;
  readonly #folders: () => Promise<readonly string[]>;
  readonly #lock: DotLock;

  /** @param folders the directories of all folders */
  constructor(place: MaildirPlace, max: MailUseMax, folders: () => Promise<readonly string[]>) {
    this.#tree = place.tree;
    this.#place = place;
    this.#max = max;
    this.#folders = folders;
    this.#lock = new DotLock(place.reactor, place.tree, () => "maildirsize.lock");
  }

  async quota(): Promise<MailQuota> {
    const used = await this.#lock.run(() => this.#used());
    return {
      octetsUsed: used.octets,
      messagesUsed: used.messages,
      ...(this.#max.octets !== undefined && { octetsMax: this.#max.octets }),
      ...(this.#max.messages !== undefined && { messagesMax: this.#max.messages }),
    };
  }

  /** Writes down what will come. @throws {MailStoreError} `over-quota` */
  async reserve(more: MailUse): Promise<void> {
    await this.#lock.run(async () => {
      if (this.#isTooMuch(await this.#used(), more) && this.#isTooMuch(await this.#recountWhenOld(), more))
        throw new MailStoreError("over-quota", "Cannot take the message: the mailbox is full");
      await this.#add(more);
    });
  }

  /** Writes down what has gone. */
  async release({ octets, messages }: MailUse): Promise<void> {
    if (messages === 0) return;
    await this.#lock.run(async () => {
      await this.#used();
      await this.#add({ octets: -octets, messages: -messages });
    });
  }

  #isTooMuch(used: MailUse, more: MailUse): boolean {
    const { octets = Number.POSITIVE_INFINITY, messages = Number.POSITIVE_INFINITY } = this.#max;
    return used.octets + more.octets > octets || used.messages + more.messages > messages;
  }

  get #firstLine(): string {
    const { octets, messages } = this.#max;
    return [octets === undefined ? [] : `${octets}S`, messages === undefined ? [] : `${messages}C`].flat().join(",");
  }

  async #used(): Promise<MailUse> {
    const text = await this.#text();
    const [first, ...lines] = text.split("\n");
    if (text.length >= recountOctets || first !== this.#firstLine || lines.length === 0) return this.#recount();
    const sum = { octets: 0, messages: 0 };
    for (const line of lines) {
      const [octets, messages] = line.trim().split(/ +/).map(Number) as [number, number?];
      if (messages === undefined) continue;
      if (!Number.isSafeInteger(octets) || !Number.isSafeInteger(messages)) return this.#recount();
      sum.octets += octets;
      sum.messages += messages;
    }
    return sum.octets < 0 || sum.messages < 0 ? this.#recount() : sum;
  }

  async #recountWhenOld(): Promise<MailUse> {
    const { modified } = await this.#tree.stat("maildirsize");
    return this.#place.reactor.clock.wall() - modified < recountAgeMs ? this.#used() : this.#recount();
  }

  /** Looks at every file of every folder; most names tell their sizes. */
  async #recount(): Promise<MailUse> {
    let [octets, messages] = [0, 0];
    for (const folder of await this.#folders())
      for (const directory of ["new", "cur"]) {
        const path = folder === "" ? directory : `${folder}/${directory}`;
        for (const size of await this.#sizesIn(path)) {
          octets += size;
          messages++;
        }
      }
    await this.#tree.writeFile("maildirsize", `${this.#firstLine}\n${octets} ${messages}\n`);
    return { octets, messages };
  }

  async #sizesIn(path: string): Promise<readonly number[]> {
    try {
      const names = (await this.#tree.names?.(path)) ?? (await this.#tree.list(path)).map(({ name }) => name);
      const sizes: number[] = [];
      for (const name of names.filter(isMessageName)) {
        const told = sizesInName(name.split(":")[0]!).file;
        sizes.push(told ?? (await this.#tree.stat(`${path}/${name}`).catch(() => ({ octets: 0 }))).octets);
      }
      return sizes;
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return [];
      throw error;
    }
  }

  async #add({ octets, messages }: MailUse): Promise<void> {
    const file = await this.#tree.open("maildirsize", { write: true });
    try {
      await file.write((await file.stat()).octets, Buffer.from(`${octets} ${messages}\n`));
    } finally {
      await file.close();
    }
  }

  async #text(): Promise<string> {
    try {
      return Buffer.from(await this.#tree.readFile("maildirsize")).toString("latin1");
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return "";
      throw error;
    }
  }
}

/** As Maildir++ says. */
const recountOctets = 5_120;
const recountAgeMs = 900_000;
