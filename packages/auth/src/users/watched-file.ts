import { type FileStat, type Reactor, reportFault } from "@hawser/core";
import { UserFileError } from "./errors.ts";
import { type FilePlace, filePlace } from "./file-place.ts";

/** What was read, and from which file it was. */
interface Reading<Content> {
  readonly stat: FileStat;
  readonly isSettled: boolean;
  readonly content: Content;
}

/** What a parser gives. */
export interface WatchedContent {
  /** What is wrong with parts of it. */
  readonly problems: readonly Error[];
  /** The problems are found only when somebody asks for them, or needs such a part; nobody is told before. */
  readonly isLazy?: boolean | undefined;
}

/** A file that is read again when it has changed. Asking costs one `stat`; readers at the same time share a reading. */
export class WatchedFile<Content extends WatchedContent> {
  readonly #reactor: Reactor;
  readonly #path: string;
  readonly #place: FilePlace;
  readonly #parse: (text: string) => Content;
  #reading: Reading<Content> | undefined;
  #underWay: Promise<Content> | undefined;

  constructor(reactor: Reactor, path: string, parse: (text: string) => Content) {
    this.#reactor = reactor;
    this.#path = path;
    this.#place = filePlace(reactor, path);
    this.#parse = parse;
  }

  /** The content as it is now. @throws {FileError} when the file cannot be read; {@link UserFileError} when it is no text */
  async read(): Promise<Content> {
    this.#underWay ??= this.#refresh().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** What is wrong with the file or parts of it. */
  async problems(): Promise<readonly Error[]> {
    try {
      return (await this.read()).problems;
    } catch (error) {
      return [error instanceof Error ? error : new Error(String(error))];
    }
  }

  async #refresh(): Promise<Content> {
    const { tree, path } = this.#place;
    const stat = await tree.stat(path);
    const known = this.#reading;
    if (known?.isSettled && isSame(known.stat, stat)) return known.content;
    const octets = await tree.readFile(path, { octetsMax: usersFileOctetsMax });
    const content = this.#parse(decode(octets, this.#path));
    this.#report(content);
    this.#reading = { stat, content, isSettled: Math.abs(this.#reactor.clock.wall() - stat.modified) > settleMs };
    return content;
  }

  /** Once for each version of the file that has some. */
  #report(content: Content): void {
    if (content.isLazy || this.#reading?.content.isLazy) return;
    const { problems } = content;
    const told = (this.#reading?.content.problems ?? []).map(({ message }) => message);
    for (const problem of problems) if (!told.includes(problem.message)) reportFault(problem, `users of ${this.#path}`);
  }
}

/** Decodes a file of users. @throws {UserFileError} `bad-text` */
export function decode(octets: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch (cause) {
    throw new UserFileError("bad-text", `Cannot read the users in ${JSON.stringify(path)}: it is no UTF-8`, { cause });
  }
}

/** 16 MiB: a hundred thousand users. More belong into a database. */
export const usersFileOctetsMax: number = 16 * 1024 * 1024;

/**
 * A file that was changed just now may be changed again without another time of modification, since file systems count it
 * in steps (FAT: 2 s). It is read again until it has been quiet for so long.
 */
const settleMs = 2_500;

function isSame(one: FileStat, other: FileStat): boolean {
  return one.identity === other.identity && one.octets === other.octets && one.modified === other.modified;
}
