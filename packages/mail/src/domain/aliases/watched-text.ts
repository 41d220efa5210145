import { FileError, type FileStat, type Instant, type Reactor } from "@hawser/core";
import { MailAliasError } from "../errors.ts";
import { mailFilePlace } from "../file-place.ts";

/** The text of a small file, read again when the file has changed. Who asks at the same time shares a look. */
export class WatchedText {
  readonly #reactor: Pick<Reactor, "clock" | "files">;
  readonly #path: string;
  readonly #octetsMax: number;
  readonly #lookMs: number;
  #lookedAt: Instant | undefined;
  #read: { readonly mark: string; readonly isSettled: boolean; readonly text: string } | undefined;
  #underWay: Promise<string | undefined> | undefined;

  constructor(
    reactor: Pick<Reactor, "clock" | "files">,
    path: string,
    { octetsMax, lookMs }: { readonly octetsMax: number; readonly lookMs: number },
  ) {
    this.#reactor = reactor;
    this.#path = path;
    this.#octetsMax = octetsMax;
    this.#lookMs = lookMs;
  }

  /** The text as it is now. @throws {MailAliasError} */
  async text(): Promise<string> {
    return (await this.changed(false)) ?? this.#read!.text;
  }

  /** The text, where it is another than the last time; `undefined`: it is the same. @throws {MailAliasError} */
  changed(isAsked: boolean): Promise<string | undefined> {
    const { clock } = this.#reactor;
    const isFresh = this.#lookedAt !== undefined && clock.now() - this.#lookedAt < this.#lookMs;
    if (isFresh && !isAsked && this.#underWay === undefined && this.#read !== undefined)
      return Promise.resolve(undefined);
    this.#underWay ??= this.#look().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #look(): Promise<string | undefined> {
    this.#lookedAt = this.#reactor.clock.now();
    try {
      const { tree, path } = mailFilePlace(this.#reactor, this.#path);
      const stat = await tree.stat(path);
      const mark = markOf(stat);
      if (this.#read?.isSettled && this.#read.mark === mark) return undefined;
      return this.#keep(stat, await tree.readFile(path, { octetsMax: this.#octetsMax }));
    } catch (cause) {
      throw this.#problem(cause);
    }
  }

  #keep(stat: FileStat, octets: Uint8Array): string | undefined {
    const before = this.#read?.text;
    const text = new TextDecoder("utf-8", { fatal: true }).decode(octets);
    // A file that was changed just now may change again within the same tick of its file system's clock.
    const isSettled = Math.abs(this.#reactor.clock.wall() - stat.modified) > settleMs;
    this.#read = { mark: markOf(stat), isSettled, text };
    return text === before ? undefined : text;
  }

  #problem(cause: unknown): MailAliasError {
    const place = { path: this.#path };
    if (cause instanceof RangeError)
      return new MailAliasError("too-large", `it has more than ${this.#octetsMax} octets`, place, { cause });
    if (cause instanceof TypeError) return new MailAliasError("unreadable", "it is no UTF-8", place, { cause });
    const reason = cause instanceof FileError ? cause.code.replaceAll("-", " ") : "the file system failed";
    return new MailAliasError("unreadable", reason, place, { cause });
  }
}

const settleMs = 2_500;

function markOf({ identity, octets, modified }: FileStat): string {
  return `${identity} ${octets} ${modified}`;
}
