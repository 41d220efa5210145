import { FileError, type FileTree } from "@hawser/core";
import { folderName, inbox } from "../names.ts";
import type { MailFolderUse } from "../store.ts";
import { DotLock } from "./dot-lock.ts";
import type { MaildirPlace } from "./folder-disk.ts";
import { folderDirectory, folderOfDirectory, type MaildirSpelling } from "./folder-names.ts";
import { mailboxFileOctetsMax } from "./limits.ts";

/** What we keep about the folders of a mailbox in `hawser-folders`. */
export interface FoldersNote {
  readonly uses: Readonly<Record<string, MailFolderUse>>;
  /** Names that are being changed: whoever comes next goes on. */
  readonly renaming?: readonly (readonly [before: string, after: string])[] | undefined;
}

const usesKnown: readonly string[] = ["all", "archive", "drafts", "flagged", "junk", "sent", "trash"];

/** The small files of a whole mailbox: what folders are for, who wants to see which, and the UIDVALIDITY that was given last. */
export class MailboxFiles {
  readonly #place: MaildirPlace;
  readonly #tree: FileTree;
  readonly #spelling: MaildirSpelling;
  /** Held while folders come, go, or change their names. */
  readonly lock: DotLock;
  readonly #subscriptionsLock: DotLock;
  readonly #uidValidityLock: DotLock;

  constructor(place: MaildirPlace, spelling: MaildirSpelling) {
    this.#place = place;
    this.#tree = place.tree;
    this.#spelling = spelling;
    const lock = (name: string): DotLock => new DotLock(place.reactor, place.tree, () => name);
    this.lock = lock("hawser-folders.lock");
    this.#subscriptionsLock = lock("subscriptions.lock");
    this.#uidValidityLock = lock("hawser-uidvalidity.lock");
  }

  /** A number that no folder of this mailbox ever had: seconds since 1970, or more. */
  async nextUidValidity(): Promise<number> {
    return this.#uidValidityLock.run(async () => {
      const last = Number(await this.#read("hawser-uidvalidity")) || 0;
      const next = Math.max(Math.floor(this.#place.reactor.clock.wall() / 1_000), last + 1);
      await this.#tree.writeFile("hawser-uidvalidity", `${next}\n`);
      return next;
    });
  }

  async folders(): Promise<FoldersNote> {
    try {
      const note: unknown = JSON.parse((await this.#read("hawser-folders")) || "{}");
      const { uses, renaming } = Object(note) as Record<string, unknown>;
      const entries = Object.entries(Object(uses)).filter(([, use]) => usesKnown.includes(String(use)));
      return { uses: Object.fromEntries(entries) as FoldersNote["uses"], ...(isPairs(renaming) && { renaming }) };
    } catch (error) {
      if (error instanceof SyntaxError) return { uses: {} }; // only what folders are for is lost
      throw error;
    }
  }

  async writeFolders(note: FoldersNote): Promise<void> {
    await this.#tree.writeFile("hawser-folders", `${JSON.stringify(note)}\n`);
  }

  /**
   * Names that the user wants to see, from `subscriptions`: as Dovecot 2.2 and later write it (`V 2`, an empty line, then levels
   * parted by tabs), or one directory a line, as it was before.
   */
  async subscriptions(): Promise<ReadonlySet<string>> {
    const text = await this.#read("subscriptions");
    const isNew = text.startsWith("V\t2\n");
    const lines = text.split("\n").slice(isNew ? 2 : 0);
    const names = lines
      .filter((line) => line !== "")
      .map((line) => this.#nameOf(isNew ? line.replaceAll("\t", ".") : line));
    return new Set(names.filter((name) => name !== undefined));
  }

  async subscribe(change: (names: Set<string>) => void): Promise<void> {
    await this.#subscriptionsLock.run(async () => {
      const names = new Set(await this.subscriptions());
      change(names);
      const lines = [...names].map((name) => this.#lineOf(name));
      await this.#tree.writeFile("subscriptions", ["V\t2", "", ...lines, ""].join("\n"));
    });
  }

  #lineOf(name: string): string {
    return name === inbox ? inbox : folderDirectory(name, this.#spelling).slice(1).replaceAll(".", "\t");
  }

  #nameOf(line: string): string | undefined {
    return line.toUpperCase() === inbox ? inbox : folderOfDirectory(`.${line}`, this.#spelling);
  }

  async #read(name: string): Promise<string> {
    try {
      return Buffer.from(await this.#tree.readFile(name, { octetsMax: mailboxFileOctetsMax })).toString();
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return "";
      throw error;
    }
  }
}

function isName(value: unknown): boolean {
  try {
    return typeof value === "string" && folderName(value) === value;
  } catch {
    return false;
  }
}

function isPairs(value: unknown): value is readonly (readonly [string, string])[] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isName));
}
