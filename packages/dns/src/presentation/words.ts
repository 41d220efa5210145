import { quote } from "@hawser/core";
import { DnsTextError, type DnsTextErrorCode, formatTextPosition } from "../errors.ts";
import { type DomainName, parseDomainName, rootName } from "../name/domain-name.ts";
import { parseDnsPeriod } from "./period.ts";
import { type DnsToken, DnsTokenizer } from "./tokenizer.ts";

/** The words of an entry, read from the left to the right. Every fault names the place of the word it is about. */
export class DnsWords {
  readonly tokens: readonly DnsToken[];
  /** What names without a last dot are relative to. */
  readonly origin: DomainName;
  #next: number;

  constructor(tokens: readonly DnsToken[], origin: DomainName = rootName, next: number = 0) {
    this.tokens = tokens;
    this.origin = origin;
    this.#next = next;
  }

  get isDone(): boolean {
    return this.#next >= this.tokens.length;
  }

  /** The next word, which stays there. */
  peek(): DnsToken | undefined {
    return this.tokens[this.#next];
  }

  /** @throws {DnsTextError} `missing-value` */
  token(): DnsToken {
    const token = this.tokens[this.#next];
    if (token === undefined) throw this.error("missing-value", "a value is missing");
    this.#next++;
    return token;
  }

  /** The next word as written. @throws {DnsTextError} `missing-value` */
  word(): string {
    return this.token().text;
  }

  /** All words that are left, without the blanks between them. */
  rest(): string {
    let rest = "";
    while (!this.isDone) rest += this.word();
    return rest;
  }

  /** @throws {DnsTextError} `bad-name`, `bad-escape`, `missing-value` */
  name(): DomainName {
    const { text } = this.token();
    return this.placed(() => parseDomainName(text, this.origin));
  }

  /** A whole number up to `max`. @throws {DnsTextError} `bad-value` */
  integer(max: number): number {
    const word = this.word();
    const value = /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
    if (value <= max) return value;
    throw this.bad(word, `a number from 0 to ${max} is needed`);
  }

  /** A time, in seconds or with units: `1h30m`. @throws {DnsTextError} `bad-value` */
  period(): number {
    const word = this.word();
    const seconds = parseDnsPeriod(word);
    if (seconds === undefined) throw this.bad(word, "seconds are needed, or a time like 1h30m");
    return seconds;
  }

  /** Says that nothing more may come. @throws {DnsTextError} `surplus-value` */
  done(): void {
    if (this.isDone) return;
    const { text } = this.token();
    throw this.error("surplus-value", `${quote(text)} is too much`);
  }

  /** A fault of the last word. */
  bad(word: string, reason: string): DnsTextError {
    return this.error("bad-value", `${quote(word)} is wrong here: ${reason}`);
  }

  /** A fault at the last word. */
  error(code: DnsTextErrorCode, reason: string, options?: ErrorOptions): DnsTextError {
    const position = this.tokens[Math.max(0, this.#next - 1)]?.position;
    const where = position === undefined ? "" : ` in ${formatTextPosition(position)}`;
    return new DnsTextError(code, `Cannot read the record${where}: ${reason}`, { ...options, position });
  }

  /** Gives faults of what `read` reads the place of the last word. */
  placed<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof DnsTextError) || cause.position !== undefined) throw cause;
      throw this.error(cause.code, cause.message, { cause });
    }
  }
}

/** The words of one entry that stands for itself. @throws {DnsTextError} when there are more entries than one */
export function wordsOf(text: string, origin: DomainName = rootName): DnsWords {
  const tokenizer = new DnsTokenizer(text);
  const tokens = tokenizer.next()?.tokens ?? [];
  const second = tokenizer.next();
  if (second === undefined) return new DnsWords(tokens, origin);
  const message = `Cannot read the record ${quote(text)}: it has more than one line`;
  throw new DnsTextError("surplus-value", message, { position: second.position });
}
