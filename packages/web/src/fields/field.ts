import { splitHttpList } from "./lexer.ts";

/**
 * One header or trailer field as a typed value, both ways. A new field is one such object; nothing else in the toolkit
 * has to know it.
 */
export interface HttpField<T> {
  /** The name as it is usually written, such as `Cache-Control`. */
  readonly name: string;
  /**
   * What joins several lines of this field before they are parsed. Without it, a second line makes the field
   * malformed.
   */
  readonly separator?: string | undefined;
  /** Reads what a peer sent; `undefined` when it is malformed. Never throws. */
  parse(text: string): T | undefined;
  /**
   * Writes a value of ours.
   * @throws {TypeError} when the value cannot be written
   */
  format(value: T): string;
}

/** Where fields are read from: the lines of each name, in the order they came. `HttpHeaders` is one. */
export interface HttpFieldSource {
  getAll(name: string): readonly string[];
}

/** The typed value of a field; `undefined` when it is absent or malformed. */
export function readField<T>(source: HttpFieldSource, field: HttpField<T>): T | undefined {
  const lines = source.getAll(field.name);
  if (lines.length === 0) return undefined;
  if (lines.length === 1) return field.parse(lines[0]!);
  return field.separator === undefined ? undefined : field.parse(lines.join(field.separator));
}

/** Each well-formed line of a field by itself: for `Set-Cookie`, which cannot be joined (RFC 9110 §5.3). */
export function readEachField<T>(source: HttpFieldSource, field: HttpField<T>): T[] {
  return source.getAll(field.name).flatMap((line) => field.parse(line) ?? []);
}

/**
 * The name and the text of a field line.
 * @throws {TypeError} when the value cannot be written
 */
export function writeField<T>(field: HttpField<T>, value: T): [name: string, text: string] {
  return [field.name, field.format(value)];
}

/** How a list treats a member that it cannot read: leave it out, or call the whole field malformed. */
export type HttpBadMember = "skip" | "reject";

/** Makes a field that is a comma-separated list (RFC 9110 §5.6.1). */
export function httpListField<T>(
  name: string,
  badMember: HttpBadMember,
  parseMember: (member: string) => T | undefined,
  formatMember: (member: T) => string,
): HttpField<readonly T[]> {
  return {
    name,
    separator: ", ",
    parse: (text) => parseHttpList(text, badMember, parseMember),
    format: (members) => members.map(formatMember).join(", "),
  };
}

/** Reads a comma-separated list, member by member. */
export function parseHttpList<T>(
  text: string,
  badMember: HttpBadMember,
  parseMember: (member: string) => T | undefined,
): readonly T[] | undefined {
  const members = splitHttpList(text);
  if (members === undefined) return undefined;
  const values: T[] = [];
  for (const member of members) {
    const value = parseMember(member);
    if (value !== undefined) values.push(value);
    else if (badMember === "reject") return undefined;
  }
  return values;
}
