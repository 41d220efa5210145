import { quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import { dnsGeneratedMax } from "../limits.ts";
import type { DnsWords } from "../presentation/words.ts";

/**
 * The records that BIND's `$GENERATE RANGE OWNER [TTL] [CLASS] TYPE DATA` makes: a range is `1-254` or `0-100/2`; each `$` in
 * owner and data is the number, `${-1,3,x}` the number less one, three digits wide, hexadecimal; `\$` and `$$` are a dollar.
 *
 * @throws {DnsTextError} `bad-directive`, `too-large`
 */
export function generatedTexts(words: DnsWords): Iterator<string> {
  const range = words.word();
  const template: string[] = [];
  while (!words.isDone) {
    const { text, quoted } = words.token();
    template.push(quoted ? `"${text}"` : text);
  }
  const [, start, stop, step = "1"] = /^(\d{1,9})-(\d{1,9})(?:\/(\d{1,9}))?$/.exec(range) ?? [];
  const [first, last, by] = [Number(start), Number(stop), Number(step)];
  if (stop === undefined || last < first || by === 0) throw words.error("bad-directive", `${quote(range)} is no range`);
  if ((last - first) / by >= dnsGeneratedMax)
    throw words.error("too-large", `${quote(range)} makes more than ${dnsGeneratedMax} records`);
  if (template.length < 3) throw words.error("missing-value", "an owner, a type and data are needed");
  const parts = words.placed(() => partsOf(template.join(" ")));
  return texts(parts, first, last, by);
}

/** Text, or what a number becomes. */
type Part = string | ((value: number) => string);

function* texts(parts: readonly Part[], first: number, last: number, by: number): Generator<string> {
  for (let value = first; value <= last; value += by) {
    yield parts.map((part) => (typeof part === "string" ? part : part(value))).join("");
  }
}

function partsOf(template: string): readonly Part[] {
  const pattern = /\\\$|\$\$|\$\{([^}]*)\}|\$|(?:\\[^$]|[^\\$])+|\\/g;
  return Array.from(template.matchAll(pattern), ([match, modifiers]): Part => {
    if (match === "$") return String;
    if (match === "\\$" || match === "$$") return "\\$";
    return modifiers === undefined ? match : numberOf(modifiers);
  });
}

/** `offset[,width[,base]]` */
function numberOf(modifiers: string): Part {
  const [, offset, width = "0", base = "d"] = /^(-?\d{1,9})(?:,(\d{1,3})(?:,([doxXnN]))?)?$/.exec(modifiers) ?? [];
  if (offset === undefined)
    throw new DnsTextError("bad-directive", `Cannot read ${quote(`\${${modifiers}}`)}: write \${offset,width,base}`);
  const [more, digits] = [Number(offset), Number(width)];
  return (value) => spelled(value + more, digits, base);
}

function spelled(value: number, width: number, base: string): string {
  if (value < 0) throw new DnsTextError("bad-directive", `Cannot make a record: the number ${value} is below 0`);
  if (base === "n" || base === "N") return nibbles(value, width, base === "N");
  const digits = value.toString(base === "d" ? 10 : base === "o" ? 8 : 16).padStart(width, "0");
  return base === "X" ? digits.toUpperCase() : digits;
}

/** Hexadecimal digits from the last to the first, parted by dots, as names of IPv6 addresses have them; dots count. */
function nibbles(value: number, width: number, isUpper: boolean): string {
  const digits = value.toString(16).padStart(Math.ceil(width / 2), "0");
  const text = [...digits].reverse().join(".");
  return isUpper ? text.toUpperCase() : text;
}
