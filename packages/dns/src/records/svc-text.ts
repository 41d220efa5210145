import { escapeDnsText } from "../presentation/strings.ts";

/** Splits a list at its commas; `\,` is a comma inside of a value, `\\` a backslash (RFC 9460 §A.1). */
export function splitValues(text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return [];
  const values = [""];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ",") values.push("");
    else {
      if (text[at] === "\\") at++;
      values[values.length - 1] += text[at] ?? "";
    }
  }
  return values;
}

/** Joins values with commas, escaped as {@link splitValues} takes it. */
export function joinValues(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\,]/g, "\\$&")).join(",");
}

/** Spells a value, between quotes where it needs them. */
export function quoteSvcValue(value: string): string {
  return /^[\w.,:/{}?&=+*-]+$/.test(value) ? value : `"${escapeDnsText(value)}"`;
}
