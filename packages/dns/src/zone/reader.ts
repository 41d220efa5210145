import { quote } from "@hawser/core";
import { DnsTextError, type DnsTextPosition } from "../errors.ts";
import { dnsIncludeDepthMax } from "../limits.ts";
import { type DomainName, rootName } from "../name/domain-name.ts";
import { type DnsEntry, DnsTokenizer } from "../presentation/tokenizer.ts";
import { DnsWords } from "../presentation/words.ts";
import type { DnsRecord } from "../records/record.ts";
import type { SoaData } from "../records/soa.ts";
import { type DnsRecordDefaults, type DnsRecordParts, readRecordParts } from "../records/text.ts";
import { DnsClass } from "../words.ts";
import { generatedTexts } from "./generate.ts";

/** How a master file is read. */
export interface MasterFileOptions extends DnsRecordDefaults {
  /** The name of the file, for the positions that errors tell. */
  readonly file?: string | undefined;
  /**
   * Gives the text of a file that `$INCLUDE` names, told which file names it. Default: `$INCLUDE` is refused, since a zone
   * that came from elsewhere must not read our files.
   */
  readonly include?: ((file: string, from: string | undefined) => string) | undefined;
}

/** A record, and where its text stands. */
export interface MasterFileRecord {
  readonly record: DnsRecord;
  readonly position: DnsTextPosition;
}

/** A file that is being read; those that include it wait below it. */
interface OpenFile {
  readonly tokenizer: DnsTokenizer;
  readonly file: string | undefined;
  origin: DomainName;
  /** Whose record comes when a line begins with a blank. */
  owner: DomainName | undefined;
}

/**
 * Reads a master file, record by record (RFC 1035 §5): `$ORIGIN`, `$TTL` (RFC 2308 §4), `$INCLUDE` and BIND's `$GENERATE`,
 * names relative to the origin, owners and TTLs that are left out, times with units, entries of several lines.
 *
 * ```ts
 * const reader = new MasterFileReader("$TTL 1h\n@ A 192.0.2.1", { origin: parseDomainName("example.org") });
 * for (const { record, position } of reader) console.log(position.line, formatDnsRecord(record));
 * ```
 */
export class MasterFileReader implements Iterable<MasterFileRecord> {
  readonly #options: MasterFileOptions;
  readonly #open: OpenFile[];
  /** Records of a `$GENERATE` that are still to be read. */
  #generated: Iterator<string> | undefined;
  #generatedAt: DnsTextPosition | undefined;
  /** Of `$TTL`. */
  #ttl: number | undefined;
  /** The TTL of the record before, for files that know no `$TTL` (RFC 1035 §5.1). */
  #lastTtl: number | undefined;
  #class: number;

  constructor(text: string, options: MasterFileOptions = {}) {
    const { origin = rootName, file } = options;
    this.#options = options;
    this.#class = options.class ?? DnsClass.in;
    this.#open = [{ tokenizer: new DnsTokenizer(text, file), file, origin, owner: undefined }];
  }

  /** The next record. @throws {DnsTextError} with the place of the fault */
  next(): MasterFileRecord | undefined {
    for (let file = this.#open.at(-1); file !== undefined; file = this.#open.at(-1)) {
      const record = this.#nextGenerated(file);
      if (record !== undefined) return record;
      const entry = file.tokenizer.next();
      if (entry === undefined) this.#open.pop();
      else if (isDirective(entry)) this.#direct(file, entry);
      else return this.#record(file, entry);
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<MasterFileRecord> {
    for (let one = this.next(); one !== undefined; one = this.next()) yield one;
  }

  #record(file: OpenFile, { tokens, indented, position }: DnsEntry, at: DnsTextPosition = position): MasterFileRecord {
    const words = new DnsWords(tokens, file.origin);
    const owner = indented ? file.owner : words.name();
    if (owner === undefined) throw words.error("missing-value", "there is no owner before it whose it could be");
    file.owner = owner;
    const parts = readRecordParts(words, this.#class);
    this.#class = parts.class;
    return { record: { name: owner, ...parts, ttl: this.#ttlOf(parts, words) } as DnsRecord, position: at };
  }

  /** What is written, `$TTL`, what the caller says, the TTL before; for the first SOA, its own minimum. */
  #ttlOf({ ttl, type, data }: DnsRecordParts, words: DnsWords): number {
    const minimum = type === "SOA" ? (data as SoaData).minimumSeconds : undefined;
    const found = ttl ?? this.#ttl ?? this.#options.ttl ?? this.#lastTtl ?? minimum;
    if (found === undefined) throw words.error("missing-value", "it has no TTL, and no $TTL came before");
    if (found > ttlMax) throw words.error("bad-value", `a TTL is at most ${ttlMax} seconds`);
    this.#lastTtl = found;
    return found;
  }

  #direct(file: OpenFile, { tokens, position }: DnsEntry): void {
    const words = new DnsWords(tokens, file.origin);
    const directive = words.word().toUpperCase();
    if (directive === "$ORIGIN") file.origin = words.name();
    else if (directive === "$TTL") this.#ttl = words.period();
    else if (directive === "$INCLUDE") this.#include(file, words);
    else if (directive === "$GENERATE") {
      this.#generated = generatedTexts(words);
      this.#generatedAt = position;
    } else throw words.error("bad-directive", `nobody knows ${quote(directive)}`);
    words.done();
  }

  /** The file that includes goes on with its own origin and owner (RFC 1035 §5.1). */
  #include(from: OpenFile, words: DnsWords): void {
    const file = words.word();
    const origin = words.isDone ? from.origin : words.name();
    const { include } = this.#options;
    if (include === undefined) throw words.error("no-include", `${quote(file)} is not given`);
    if (this.#open.length > dnsIncludeDepthMax) throw words.error("no-include", "too many files include each other");
    let text: string;
    try {
      text = include(file, from.file);
    } catch (cause) {
      throw words.error("no-include", `${quote(file)} cannot be had`, { cause });
    }
    this.#open.push({ tokenizer: new DnsTokenizer(text, file), file, origin, owner: from.owner });
  }

  #nextGenerated(file: OpenFile): MasterFileRecord | undefined {
    if (this.#generated === undefined) return undefined;
    const at = this.#generatedAt!;
    try {
      const text = this.#generated.next();
      if (!text.done) return this.#record(file, new DnsTokenizer(text.value).next()!, at);
      this.#generated = undefined;
      return undefined;
    } catch (cause) {
      if (!(cause instanceof DnsTextError)) throw cause;
      throw new DnsTextError(cause.code, `${cause.message} (made by $GENERATE)`, { cause, position: at });
    }
  }
}

/** Reads a whole master file. @throws {DnsTextError} with the place of the fault */
export function parseMasterFile(text: string, options: MasterFileOptions = {}): readonly DnsRecord[] {
  return Array.from(new MasterFileReader(text, options), ({ record }) => record);
}

function isDirective({ tokens, indented }: DnsEntry): boolean {
  const [first] = tokens;
  return !indented && !first!.quoted && first!.text.startsWith("$");
}

/** RFC 2181 §8 */
const ttlMax = 0x7fffffff;
