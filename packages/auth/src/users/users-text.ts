import { quote } from "@hawser/core";
import { UserFileError } from "./errors.ts";
import { formatUserLine, parseUserLine, recordOf, type UserLine } from "./user-line.ts";
import type { UserRecord } from "./user-record.ts";

/** A user and the line that makes it. */
interface PlacedUser {
  readonly at: number;
  readonly line: UserLine;
  readonly record: UserRecord;
}

/** A whole users file. What it does not understand it keeps as it is, comments among them. */
export class UsersText {
  readonly problems: readonly UserFileError[];
  readonly #lines: readonly string[];
  readonly #users: ReadonlyMap<string, PlacedUser>;
  #byCertificate: ReadonlyMap<string, UserRecord> | undefined;
  #hashes: readonly string[] | undefined;

  constructor(text: string) {
    this.#lines = text === "" ? [] : text.replace(/\r?\n$/, "").split("\n");
    const problems: UserFileError[] = [];
    this.#users = placeUsers(this.#lines, problems);
    this.problems = problems;
  }

  get names(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** The users, in the order of the file. */
  get records(): readonly UserRecord[] {
    return [...this.#users.values()].map(({ record }) => record);
  }

  find(name: string): UserRecord | undefined {
    return this.#users.get(name)?.record;
  }

  findByCertificate(fingerprint: string): UserRecord | undefined {
    this.#byCertificate ??= new Map(
      this.records.flatMap((record) => (record.certificates ?? []).map((one) => [one, record] as const)),
    );
    return this.#byCertificate.get(fingerprint);
  }

  /** The hash of some user, the same for the same number. */
  decoy(number: number): string | undefined {
    this.#hashes ??= this.records.flatMap(({ password }) => (password === undefined ? [] : [password]));
    return this.#hashes[number % this.#hashes.length];
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
    return textOf(this.#lines.filter((text) => nameOf(text) !== name));
  }

  /** With a user's line changed. @throws {UserFileError} `no-such-user` */
  changed(name: string, change: (line: UserLine) => UserLine): string {
    const { at, line } = this.#placed("change", name);
    return textOf(this.#lines.map((text, index) => (index === at ? writtenLine(change(line)) : text)));
  }

  #placed(action: string, name: string): PlacedUser {
    const placed = this.#users.get(name);
    if (placed === undefined)
      throw new UserFileError("no-such-user", `Cannot ${action} ${quote(name)}: there is no such user`);
    return placed;
  }
}

function placeUsers(lines: readonly string[], problems: UserFileError[]): ReadonlyMap<string, PlacedUser> {
  const users = new Map<string, PlacedUser>();
  for (const [at, text] of lines.entries()) {
    if (/^\s*(#|$)/.test(text)) continue;
    try {
      const line = parseUserLine(text);
      if (users.has(line.name)) problems.push(duplicate(line.name, at + 1));
      else users.set(line.name, { at, line, record: usable(line, at, problems) });
    } catch (error) {
      problems.push(badLine(at + 1, error as RangeError));
    }
  }
  return users;
}

/** A user whose line is broken is known, and locked out: nobody else shall be asked about the name. */
function usable(line: UserLine, at: number, problems: UserFileError[]): UserRecord {
  try {
    return recordOf(line);
  } catch (error) {
    problems.push(badLine(at + 1, error as RangeError));
    return { name: line.name, groups: [], attributes: {}, locked: true };
  }
}

function nameOf(text: string): string | undefined {
  if (/^\s*(#|$)/.test(text)) return undefined;
  try {
    return parseUserLine(text).name;
  } catch {
    return undefined;
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
