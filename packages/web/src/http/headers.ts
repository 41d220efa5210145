import { quote } from "@hawser/core/protocol";

import { lowerHttpFieldName } from "./field-names.ts";
import { isHttpFieldValue, isHttpToken, trimBlanks } from "./octets.ts";

const noMarks: readonly number[] = [];

/** What {@link HttpHeaders} can be made from: a record (an array is several fields), or pairs, as another `HttpHeaders` is. */
export type HttpHeadersInit =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[]>>;

/**
 * The fields of one message: ordered, repeatable, with names in any case (RFC 9110 §5). Values are octets, one character
 * each (U+0000 to U+00FF); who needs another charset decodes them.
 *
 * A parsed head costs next to nothing: its text is kept with the places of its fields, and strings are made only for
 * those that are asked for.
 */
export class HttpHeaders implements Iterable<[name: string, value: string]> {
  /** Lower-case name, value, name, value, …; `undefined` while {@link #head} is enough. */
  #list: string[] | undefined;
  #isShared = false;
  #head = "";
  #marks: readonly number[] = noMarks;

  /** @throws {TypeError} as {@link append} does */
  constructor(init?: HttpHeadersInit) {
    this.#list = init === undefined ? undefined : [];
    if (init === undefined) return;
    if (Symbol.iterator in init) {
      for (const [name, value] of init as Iterable<readonly [string, string]>) this.append(name, value);
      return;
    }
    for (const [name, value] of Object.entries(init)) {
      for (const each of Array.isArray(value) ? value : [value]) this.append(name, each);
    }
  }

  /**
   * Wraps a head that a parser has already validated. `marks` gives for each field where its line and its colon are, and
   * at last where the line after them begins: `[line, colon, line, colon, …, end]`.
   */
  static overHead(head: string, marks: readonly number[]): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#head = head;
    headers.#marks = marks;
    return headers;
  }

  /** The same fields as an object of their own, without checking them again. Both hold one list until either changes it. */
  copy(): HttpHeaders {
    const copy = new HttpHeaders();
    copy.#list = this.#own();
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  /** Whether the list that {@link flat} gives will never change, because copies hold it, too: who knows it need not read it again. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** How many fields there are, repeated ones counted each. */
  get size(): number {
    return this.#list === undefined ? this.#marks.length >> 1 : this.#list.length / 2;
  }

  /** All values of one name joined by `", "` (RFC 9110 §5.3). Set-Cookie cannot be joined: it gives the first. */
  get(name: string): string | undefined {
    const key = lowerHttpFieldName(name);
    let joined: string | undefined;
    for (let i = 0; i < this.size; i++) {
      if (!this.#isNamed(i, key)) continue;
      if (key === "set-cookie") return this.#valueAt(i);
      joined = joined === undefined ? this.#valueAt(i) : `${joined}, ${this.#valueAt(i)}`;
    }
    return joined;
  }

  /** Every value of one name, in order. */
  getAll(name: string): string[] {
    const key = lowerHttpFieldName(name);
    const values: string[] = [];
    for (let i = 0; i < this.size; i++) {
      if (this.#isNamed(i, key)) values.push(this.#valueAt(i));
    }
    return values;
  }

  /** Whether there is a field of that name. */
  has(name: string): boolean {
    const key = lowerHttpFieldName(name);
    for (let i = 0; i < this.size; i++) {
      if (this.#isNamed(i, key)) return true;
    }
    return false;
  }

  /** Whether there is a field of any of these names, which are in lower case: for those who mostly find none. */
  hasAny(lowerNames: readonly string[]): boolean {
    for (let i = 0; i < this.size; i++) {
      for (const name of lowerNames) if (this.#isNamed(i, name)) return true;
    }
    return false;
  }

  /** Puts one field in the place of all of that name. @throws {TypeError} as {@link append} does */
  set(name: string, value: string): void {
    const key = checkName(name);
    checkValue(name, value);
    const list = this.#changeable();
    const first = nameIndex(list, key, 0);
    if (first === -1) {
      list.push(key, value);
      return;
    }
    list[first + 1] = value;
    removeNamed(list, key, first + 2);
  }

  /**
   * Adds a field after the others.
   * @throws {TypeError} when the name is no token, or the value holds CR, LF, NUL, another control, a character above
   * U+00FF, or a space at an end (RFC 9110 §5.1, §5.5): what could end the field early must not be sent
   */
  append(name: string, value: string): void {
    const key = checkName(name);
    checkValue(name, value);
    this.#changeable().push(key, value);
  }

  /** Removes every field of that name; tells whether there was one. */
  delete(name: string): boolean {
    return removeNamed(this.#changeable(), lowerHttpFieldName(name), 0);
  }

  /** Each field as `[lower-case name, value]`, in order. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const list = this.#own();
    for (let i = 0; i < list.length; i += 2) yield [list[i]!, list[i + 1]!];
  }

  /** The fields as one flat list, `[name, value, name, value, …]`: what serializers read. It is not a copy. */
  flat(): readonly string[] {
    return this.#own();
  }

  #isNamed(index: number, key: string): boolean {
    if (this.#list !== undefined) return this.#list[index * 2] === key;
    return httpFieldIsNamed(this.#head, this.#marks[index * 2]!, this.#marks[index * 2 + 1]!, key);
  }

  #valueAt(index: number): string {
    return this.#list === undefined ? httpFieldValueAt(this.#head, this.#marks, index) : this.#list[index * 2 + 1]!;
  }

  /** The list, and nobody else's. */
  #changeable(): string[] {
    if (!this.#isShared) return this.#own();
    this.#isShared = false;
    this.#list = this.#list!.slice();
    return this.#list;
  }

  /** The list, made from the head on first need. */
  #own(): string[] {
    if (this.#list !== undefined) return this.#list;
    const list: string[] = [];
    for (let i = 0; i + 1 < this.#marks.length; i += 2) {
      const name = this.#head.slice(this.#marks[i], this.#marks[i + 1]);
      list.push(lowerHttpFieldName(name), httpFieldValueAt(this.#head, this.#marks, i >> 1));
    }
    this.#head = "";
    this.#marks = noMarks;
    this.#list = list;
    return list;
  }
}

/** Whether the name in `head` from `start` to `colon` is `key`, which is in lower case. */
export function httpFieldIsNamed(head: string, start: number, colon: number, key: string): boolean {
  if (colon - start !== key.length) return false;
  for (let i = 0; i < key.length; i++) {
    const code = head.charCodeAt(start + i);
    const folded = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (folded !== key.charCodeAt(i)) return false;
  }
  return true;
}

/** The value of field `index` of a parsed head, without the blanks around it (RFC 9112 §5.1). */
export function httpFieldValueAt(head: string, marks: readonly number[], index: number): string {
  return trimBlanks(head, marks[index * 2 + 1]! + 1, marks[index * 2 + 2]! - 2);
}

function nameIndex(list: readonly string[], key: string, from: number): number {
  for (let i = from; i < list.length; i += 2) {
    if (list[i] === key) return i;
  }
  return -1;
}

function removeNamed(list: string[], key: string, from: number): boolean {
  let kept = from;
  for (let i = from; i < list.length; i += 2) {
    if (list[i] === key) continue;
    list[kept] = list[i]!;
    list[kept + 1] = list[i + 1]!;
    kept += 2;
  }
  const removed = kept < list.length;
  list.length = kept;
  return removed;
}

function checkName(name: string): string {
  if (!isHttpToken(name)) throw new TypeError(`Cannot use ${quote(name)} as a field name: it is not a token`);
  return lowerHttpFieldName(name);
}

function checkValue(name: string, value: string): void {
  if (isHttpFieldValue(value)) return;
  throw new TypeError(
    `Cannot use ${quote(value)} as the value of ${name}: it has controls, blanks at an end, or more than octets`,
  );
}
