import { imapSyntax } from "../errors.ts";

/** From, to: both are in it. */
export type ImapRange = readonly [from: number, to: number];

/**
 * Sequence numbers or UIDs as they are spelled: `1:3,5,10:*` (RFC 9051 §9). Ranges are never written out, however large
 * they are.
 */
export class ImapNumberSet {
  readonly #ranges: readonly ImapRange[];
  /** It is `$`: what was found last (RFC 5182). */
  readonly isSaved: boolean;

  constructor(ranges: readonly ImapRange[], isSaved: boolean = false) {
    this.#ranges = ranges;
    this.isSaved = isSaved;
  }

  /** Reads a set. @throws {ImapProtocolError} `bad-syntax` */
  static parse(text: string): ImapNumberSet {
    return text === "$" ? new ImapNumberSet([], true) : new ImapNumberSet(text.split(",").map(parseRange));
  }

  /** The smallest set of numbers: neighbours become ranges. */
  static of(numbers: Iterable<number>): ImapNumberSet {
    const sorted = [...numbers].sort((a, b) => a - b);
    return new ImapNumberSet(merged(sorted.map((number) => [number, number] as const)));
  }

  /** Ranges from the lowest to the highest, none touching another; `*` is `last`. */
  ranges(last: number): readonly ImapRange[] {
    const known = this.#ranges.map(([from, to]): ImapRange => {
      const [a, b] = [from === star ? last : from, to === star ? last : to];
      return a <= b ? [a, b] : [b, a];
    });
    return merged(known.sort(([a], [b]) => a - b));
  }

  /** Whether nothing is in it. */
  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Whether `*` is in it. */
  get hasStar(): boolean {
    return this.#ranges.some(([from, to]) => from === star || to === star);
  }

  toString(): string {
    if (this.isSaved) return "$";
    const word = (number: number): string => (number === star ? "*" : String(number));
    return this.#ranges.map(([from, to]) => (from === to ? word(from) : `${word(from)}:${word(to)}`)).join(",");
  }
}

/** Places of the numbers of an ascending list that lie in ranges: found by halving, in time that grows with what is found. */
export function* placesWithin(numbers: ArrayLike<number>, ranges: readonly ImapRange[]): Generator<number> {
  for (const [from, to] of ranges)
    for (let at = placeOf(numbers, from); at < numbers.length && numbers[at]! <= to; at++) yield at;
}

/** The place of the first number that is at least `wanted`. */
export function placeOf(numbers: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

const star = Number.POSITIVE_INFINITY;

function parseRange(text: string): ImapRange {
  const [, from, to] = /^([1-9]\d{0,9}|\*)(?::([1-9]\d{0,9}|\*))?$/.exec(text) ?? [];
  if (from === undefined) throw imapSyntax("Cannot read a set of numbers");
  return [numberOf(from), numberOf(to ?? from)];
}

function numberOf(word: string): number {
  const number = word === "*" ? star : Number(word);
  if (number !== star && number > 4_294_967_295) throw imapSyntax("Cannot read a set of numbers: one is too large");
  return number;
}

function merged(sorted: readonly ImapRange[]): readonly ImapRange[] {
  const ranges: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else ranges.push([from, to]);
  }
  return ranges;
}
