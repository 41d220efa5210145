import { FileError, Lock, type OpenFile, quote, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { type MailFilePlace, mailFilePlace } from "../file-place.ts";

/** What is known of somebody. */
export interface MailGreylistEntry {
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** 0: put off, and not seen again yet. */
  readonly passes: number;
}

/** Where a greylist remembers. Keys are short, and tell nothing. */
export interface MailGreylistStore {
  get(key: string): MailGreylistEntry | undefined | Promise<MailGreylistEntry | undefined>;
  set(key: string, entry: MailGreylistEntry): void | Promise<void>;
}

/** How much is remembered. */
export interface MailGreylistLimits {
  /** Whoever was not seen for the longest time is forgotten beyond it. Default 200,000: some 40 MB. */
  readonly entriesMax?: number | undefined;
}

/** Remembers in memory. */
export function memoryGreylistStore({ entriesMax = 200_000 }: MailGreylistLimits = {}): MailGreylistStore {
  const entries = new Map<string, MailGreylistEntry>();
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => remember(entries, key, entry, entriesMax),
  };
}

/** What {@link mailGreylistFile} takes. */
export interface MailGreylistFileOptions extends MailGreylistLimits {
  /** Whose files. Default: the reactor `node`. */
  readonly reactor?: Pick<Reactor, "files"> | undefined;
}

/** A greylist in a file. */
export interface MailGreylistFile extends MailGreylistStore, AsyncDisposable {}

/**
 * Remembers in a file, which is for one process at a time: each change is a line at its end, and it is
 * written anew when most lines are old. A crash loses the last lines at most: somebody is put off once more.
 * @throws {FileError} when it cannot be read; `RangeError` when it is too large
 */
export async function mailGreylistFile(path: string, options: MailGreylistFileOptions = {}): Promise<MailGreylistFile> {
  const { reactor = nodeReactor, entriesMax = 200_000 } = options;
  const store = new GreylistFile(mailFilePlace(reactor, path), entriesMax);
  await store.open();
  return store;
}

class GreylistFile implements MailGreylistFile {
  readonly #place: MailFilePlace;
  readonly #entriesMax: number;
  readonly #entries = new Map<string, MailGreylistEntry>();
  readonly #turn = new Lock();
  #file: OpenFile | undefined;
  #octets = 0;
  #lines = 0;
  /** Lines that are not written yet: those of one turn go together. */
  #pending = "";

  constructor(place: MailFilePlace, entriesMax: number) {
    this.#place = place;
    this.#entriesMax = entriesMax;
  }

  async open(): Promise<void> {
    const text = await this.#read();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1); // what a crash has torn is no line
    for (const line of whole.split("\n")) {
      const entry = readLine(line);
      if (entry !== undefined) remember(this.#entries, ...entry, this.#entriesMax);
    }
    await this.#rewrite();
  }

  get(key: string): MailGreylistEntry | undefined {
    return this.#entries.get(key);
  }

  async set(key: string, entry: MailGreylistEntry): Promise<void> {
    remember(this.#entries, key, entry, this.#entriesMax);
    this.#pending += lineOf(key, entry);
    this.#lines += 1;
    await this.#turn.run(() => this.#flush());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.run(async () => {
      await this.#flush();
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
    });
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = "";
    if (text === "" || this.#file === undefined) return;
    if (this.#lines > 2 * this.#entries.size + linesSpare) return this.#rewrite();
    await this.#file.write(this.#octets, Buffer.from(text));
    this.#octets += text.length;
  }

  async #rewrite(): Promise<void> {
    const { tree, path } = this.#place;
    const text = [...this.#entries].map(([key, entry]) => lineOf(key, entry)).join("");
    await this.#file?.close();
    await tree.writeFile(path, text);
    await tree.setAttributes(path, { mode: 0o600 });
    this.#file = await tree.open(path, { write: true });
    this.#octets = text.length;
    this.#lines = this.#entries.size;
  }

  async #read(): Promise<string> {
    const { tree, path } = this.#place;
    try {
      return Buffer.from(await tree.readFile(path, { octetsMax: fileOctetsMax })).toString("latin1");
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return "";
      throw error;
    }
  }
}

/** Old lines that may lie in the file before it is written anew, beside as many as there are entries. */
const linesSpare = 1_000;

/** 200,000 entries have 12 MB, old lines as much again. */
const fileOctetsMax = 134_217_728;

function lineOf(key: string, { firstAt, lastAt, passes }: MailGreylistEntry): string {
  if (!/^[\w-]{1,64}$/.test(key)) throw new RangeError(`Cannot remember ${quote(key)}: that is no key`);
  return `${key} ${Math.round(firstAt)} ${Math.round(lastAt)} ${passes}\n`;
}

function readLine(line: string): readonly [string, MailGreylistEntry] | undefined {
  const [, key, firstAt, lastAt, passes] = /^([\w-]{1,64}) (\d{1,15}) (\d{1,15}) (\d{1,9})$/.exec(line) ?? [];
  if (key === undefined) return undefined;
  return [key, { firstAt: Number(firstAt), lastAt: Number(lastAt), passes: Number(passes) }];
}

/** A map keeps its order: what was set last is last, and the first goes. */
function remember(
  entries: Map<string, MailGreylistEntry>,
  key: string,
  entry: MailGreylistEntry,
  entriesMax: number,
): void {
  entries.delete(key);
  entries.set(key, entry);
  if (entries.size > entriesMax) entries.delete(entries.keys().next().value!);
}
