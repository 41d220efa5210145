import type { FileTree, OpenFile } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import type { NewMail } from "../store.ts";
import { ToLineFeeds, ToNetworkLines } from "./line-ends.ts";

/** Octets that are read or given at once. */
const pieceOctets = 65_536;

/** What a message takes: in its file, and with lines that end with CRLF. */
export interface ContentSizes {
  readonly file: number;
  readonly mail: number;
}

/** How a message is written. */
export interface ContentLimits {
  readonly octetsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** The octets are those of such a file already. Default false. */
  readonly isAsItIs?: boolean | undefined;
}

/**
 * Writes a message to a new file and waits until it is on the medium. Its lines end with LF there, as everybody expects in
 * a Maildir; but where a line feed of it stands alone, all octets stay as they are: a file that is as long as its mail is
 * read as it is.
 * @throws {MailStoreError} `too-large`
 */
export async function writeContent(
  tree: FileTree,
  path: string,
  content: NewMail["content"],
  limits: ContentLimits,
): Promise<ContentSizes> {
  const file = await tree.open(path, { read: true, write: true, create: "exclusive", mode: 0o600 });
  try {
    const draft = new ContentDraft(file, limits.isAsItIs === true);
    for await (const piece of content) {
      limits.signal?.throwIfAborted();
      if (draft.mailOctets + piece.length > limits.octetsMax)
        throw new MailStoreError("too-large", `Cannot take the message: it has more than ${limits.octetsMax} octets`);
      await draft.write(piece);
    }
    limits.signal?.throwIfAborted();
    return await draft.end();
  } finally {
    await file.close();
  }
}

class ContentDraft {
  readonly #file: OpenFile;
  readonly #lines = new ToLineFeeds();
  #fileOctets = 0;
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;
  #isAsItIs: boolean;
  mailOctets = 0;

  constructor(file: OpenFile, isAsItIs: boolean) {
    this.#file = file;
    this.#isAsItIs = isAsItIs;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.mailOctets += piece.length;
    if (!this.#isAsItIs && this.#lines.hasOddFeed(piece)) await this.#keepAsItIs();
    await this.#put(this.#isAsItIs ? piece : this.#lines.convert(piece));
  }

  async end(): Promise<ContentSizes> {
    await this.#put(this.#lines.end());
    await this.#flush();
    await this.#file.sync();
    return { file: this.#fileOctets, mail: this.mailOctets };
  }

  /** Small pieces are gathered. */
  async #put(octets: Uint8Array): Promise<void> {
    if (octets.length > 0) this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    if (this.#waitingOctets >= pieceOctets) await this.#flush();
  }

  async #flush(): Promise<void> {
    const octets = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting);
    if (octets.length > 0) await this.#file.write(this.#fileOctets, octets);
    this.#fileOctets += octets.length;
    this.#waiting = [];
    this.#waitingOctets = 0;
  }

  /** Gives back what was taken from the lines until now, from the last to the first, so that the file grows in its place. */
  async #keepAsItIs(): Promise<void> {
    this.#isAsItIs = true;
    await this.#flush();
    let feeds = await this.#countFeeds();
    let end = this.#fileOctets;
    this.#fileOctets += feeds;
    while (feeds > 0) {
      const start = Math.max(0, end - pieceOctets);
      const grown = grownLines(await readExactly(this.#file, start, end - start));
      await this.#file.write(start + feeds - (grown.length - (end - start)), grown);
      feeds -= grown.length - (end - start);
      end = start;
    }
    await this.#put(this.#lines.end());
  }

  async #countFeeds(): Promise<number> {
    let count = 0;
    for (let at = 0; at < this.#fileOctets; at += pieceOctets) {
      const piece = await readExactly(this.#file, at, Math.min(pieceOctets, this.#fileOctets - at));
      for (let feed = piece.indexOf(10); feed !== -1; feed = piece.indexOf(10, feed + 1)) count++;
    }
    return count;
  }
}

/** Every line feed with a carriage return before it, even where there is one. */
function grownLines(octets: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = octets.indexOf(10); at !== -1; at = octets.indexOf(10, at + 1)) {
    pieces.push(octets.subarray(from, at), Buffer.from("\r\n"));
    from = at + 1;
  }
  pieces.push(octets.subarray(from));
  return Buffer.concat(pieces);
}

async function readExactly(file: OpenFile, offset: number, octets: number): Promise<Uint8Array> {
  const read = await file.read(offset, octets);
  if (read.length < octets)
    throw new MailStoreError("unavailable", "Cannot read the message: its file has become shorter");
  return read;
}

/** Where reading can go on: the place in the mail, and in its file. */
export interface ContentPlace {
  readonly mail: number;
  readonly file: number;
  readonly endsWithReturn: boolean;
}

/** Which octets of a message are read. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  /** A place at or before `start` that is known. Default: the beginning. */
  readonly from?: ContentPlace | undefined;
  /** Is told where reading ended. */
  readonly onEnd?: ((place: ContentPlace) => void) | undefined;
}

/** The octets of a message from its file, lines ending with CRLF. A file as long as its mail is given as it is. */
export async function* readContent(
  file: OpenFile,
  sizes: ContentSizes,
  range: ContentRange,
): AsyncGenerator<Uint8Array, void> {
  if (sizes.file === sizes.mail) return yield* readAsItIs(file, range);
  let place = range.from ?? { mail: 0, file: 0, endsWithReturn: false };
  while (place.mail < range.end) {
    const wanted = Math.min(pieceOctets, range.end - place.mail);
    const raw = await file.read(place.file, wanted); // never shorter as mail than as file
    if (raw.length === 0)
      throw new MailStoreError("unavailable", "Cannot read the message: its file has become shorter");
    const lines = new ToNetworkLines(place.endsWithReturn);
    const piece = lines.convert(raw);
    const given = piece.subarray(Math.max(0, range.start - place.mail), range.end - place.mail);
    if (given.length > 0) yield given;
    const next = {
      mail: place.mail + piece.length,
      file: place.file + raw.length,
      endsWithReturn: lines.endsWithReturn,
    };
    if (next.mail <= range.end) range.onEnd?.(next);
    place = next;
  }
}

async function* readAsItIs(file: OpenFile, { start, end }: ContentRange): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end; ) {
    const piece = await file.read(at, Math.min(pieceOctets, end - at));
    if (piece.length === 0)
      throw new MailStoreError("unavailable", "Cannot read the message: its file has become shorter");
    yield piece;
    at += piece.length;
  }
}

/** Reads a file whose name does not tell how long its mail is. */
export async function measureContent(tree: FileTree, path: string): Promise<ContentSizes> {
  const file = await tree.open(path);
  try {
    const lines = new ToNetworkLines();
    let [at, mail] = [0, 0];
    for (let piece = await file.read(0, pieceOctets); piece.length > 0; piece = await file.read(at, pieceOctets)) {
      at += piece.length;
      mail += lines.convert(piece).length;
    }
    return { file: at, mail };
  } finally {
    await file.close();
  }
}
