import type { HttpField } from "./field.ts";

/** Reads `1*DIGIT` that fits a safe integer, and nothing else: no sign, no space, no list. */
export function parseWholeNumber(text: string): number | undefined {
  if (!/^[0-9]{1,32}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Writes a whole number.
 * @throws {TypeError} when it is negative, broken or not safe
 */
export function formatWholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`Cannot write ${value}: not a whole number`);
  return String(value);
}

/** Reads delta-seconds. Too large ones count as 2^31 (RFC 9111 §1.2.2). */
export function parseDeltaSeconds(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Math.min(Number(text), 2 ** 31) : undefined;
}

/** `Age`: how many seconds ago the response left its origin (RFC 9111 §5.1). */
export const ageField: HttpField<number> = { name: "Age", parse: parseDeltaSeconds, format: formatWholeNumber };

/** `Content-Length`: the octets of the content. Lists of equal values are malformed here (RFC 9110 §8.6). */
export const contentLengthField: HttpField<number> = {
  name: "Content-Length",
  parse: parseWholeNumber,
  format: formatWholeNumber,
};

/** `Max-Forwards`: how many more hops a TRACE or OPTIONS may take (RFC 9110 §7.6.2). */
export const maxForwardsField: HttpField<number> = {
  name: "Max-Forwards",
  parse: parseWholeNumber,
  format: formatWholeNumber,
};
