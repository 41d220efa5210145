import { quote } from "@hawser/core";
import { UserFileError } from "./errors.ts";
import { formatUserLine, parseUserLine, recordOf, type UserLine } from "./user-line.ts";
import type { UserRecord } from "./user-record.ts";

/** A user, and the line that makes it; what the line says is read when somebody asks. */
interface PlacedUser {
  readonly at: number;
  record?: UserRecord;
}

/**
 * A whole users file. What it does not understand it keeps as it is, comments among them. Only names are looked at when it
 * is made: a large file must not hold up the loop each time it changes.
 */
export class UsersText {
  readonly isLazy = true;
  readonly #lines: readonly string[];
  readonly #tell: ((problem: UserFileError) => void) | undefined;
  readonly #users = new Map<string, PlacedUser>();
  readonly #problems = new Map<number, UserFileError>();
  #byCertificate: ReadonlyMap<string, UserRecord> | undefined;
  #names: readonly string[] | undefined;

  /** @param tell is told, once for each line, of what is wrong with it, as soon as that matters to somebody */
  constructor(text: string, tell?: (problem: UserFileError) => void) {
    this.#tell = tell;
    this.#lines = text === "" ? [] : text.replace(/\r?\n$/, "").split("\n");
    for (const [at, line] of this.#lines.entries()) this.#place(at, line);
  }

  get names(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** The users, in the order of the file. */
  get records(): readonly UserRecord[] {
    return [...this.#users].map(([name, placed]) => this.#recordOf(name, placed));
  }

  /** What is wrong with lines, in the order of the file. */
  get problems(): readonly UserFileError[] {
    for (const [name, placed] of this.#users) this.#recordOf(name, placed);
    return [...this.#problems].sort(([a], [b]) => a - b).map(([, problem]) => problem);
  }

  find(name: string): UserRecord | undefined {
    const placed = this.#users.get(name);
    return placed === undefined ? undefined : this.#recordOf(name, placed);
  }

  findByCertificate(fingerprint: string): UserRecord | undefined {
    this.#byCertificate ??= new Map(
      this.records.flatMap((record) => (record.certificates ?? []).map((one) => [one, record] as const)),
    );
    return this.#byCertificate.get(fingerprint);
  }

  /** The hash of some user, the same for the same number. */
  decoy(number: number): string | undefined {
    const names = this.#decoys;
    for (let tries = 0; tries < Math.min(names.length, decoyTriesMax); tries++) {
      const { password } = this.find(names[(number + tries) % names.length]!)!;
      if (password !== undefined) return password;
    }
    return undefined;
  }

  /** With one more user. @throws {UserFileError} `user-exists` */
  added(line: UserLine): string {
    const { name } = line;
    if (this.#users.has(name))
      throw new UserFileError("user-exists", `Cannot add ${quote(name)}: there is such a user`);
    return textOf([...this.#lines, writtenLine(line)]);
  }

  /** Without a user, however many lines it has. @throws {UserFileError} `no-such-user` */
  removed(name: string): string {
    this.#placed("remove", name);
    return textOf(this.#lines.filter((text) => !hasName(text, name)));
  }

  /** With a user's line changed. @throws {UserFileError} `no-such-user` */
  changed(name: string, change: (line: UserLine) => UserLine): string {
    const { at } = this.#placed("change", name);
    return textOf(this.#lines.map((text, index) => (index === at ? writtenLine(change(parseUserLine(text))) : text)));
  }

  #placed(action: string, name: string): PlacedUser {
    const placed = this.#users.get(name);
    if (placed === undefined)
      throw new UserFileError("no-such-user", `Cannot ${action} ${quote(name)}: there is no such user`);
    return placed;
  }

  get #decoys(): readonly string[] {
    this.#names ??= [...this.#users.keys()];
    return this.#names;
  }

  #place(at: number, text: string): void {
    try {
      const name = nameOf(text);
      if (name === undefined) return;
      if (this.#users.has(name)) this.#complain(at, duplicate(name, at + 1));
      else this.#users.set(name, { at });
    } catch (error) {
      this.#complain(at, badLine(at + 1, error as RangeError));
    }
  }

  /** A user whose line is broken is known, and locked out: nobody else shall be asked about the name. */
  #recordOf(name: string, placed: PlacedUser): UserRecord {
    placed.record ??= this.#read(name, placed.at);
    return placed.record;
  }

  #read(name: string, at: number): UserRecord {
    try {
      return recordOf(parseUserLine(this.#lines[at]!));
    } catch (error) {
      this.#complain(at, badLine(at + 1, error as RangeError));
      return { name, groups: [], attributes: {}, locked: true };
    }
  }

  #complain(at: number, problem: UserFileError): void {
    this.#problems.set(at, problem);
    this.#tell?.(problem);
  }
}

/** A file in which so many users in a row have no password has hardly any that do. */
const decoyTriesMax = 100;

/** The name at the beginning of a line. `undefined`: it is empty, or a comment. @throws {RangeError} */
function nameOf(text: string): string | undefined {
  if (/^\s*(#|$)/.test(text)) return undefined;
  const head = /^\s*[^\s:]*:/.exec(text);
  if (head === null) throw new RangeError('it has no ":" after the name');
  return parseUserLine(head[0]).name;
}

function hasName(text: string, name: string): boolean {
  try {
    return nameOf(text) === name;
  } catch {
    return false;
  }
}

/** What is told about a line that is passed over. */
export function badLine(line: number, error: Error): UserFileError {
  return new UserFileError("bad-line", `Cannot use line ${line}: ${error.message.replace(/^Cannot/, "cannot")}`, {
    line,
  });
}

/** What is told about a user's second line. */
export function duplicate(name: string, line: number): UserFileError {
  return new UserFileError("duplicate-user", `Cannot use line ${line}: ${quote(name)} has one before`, { line });
}

/** A line that is sure to be read again. @throws {RangeError} */
function writtenLine(line: UserLine): string {
  const text = formatUserLine(line);
  recordOf(parseUserLine(text));
  return text;
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
