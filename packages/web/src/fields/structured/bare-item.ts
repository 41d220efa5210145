import type { HttpFieldLexer } from "../lexer.ts";
import type { StructuredBareItem } from "./types.ts";

/** Takes one bare item (RFC 9651 §4.2.3.1). Its first character says which type it is. */
export function parseBareItem(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const first = lexer.text[lexer.at] ?? "";
  if (/[-0-9]/.test(first)) return takeNumber(lexer);
  if (/[A-Za-z*]/.test(first)) return { type: "token", value: lexer.take(TOKEN)! };
  return TAKE_BY_FIRST.get(first)?.(lexer);
}

/**
 * Writes one bare item (RFC 9651 §4.1.3.1).
 * @throws {TypeError} when the value is not one of its type
 */
export function formatBareItem(bare: StructuredBareItem): string {
  switch (bare.type) {
    case "integer":
      return formatInteger(bare.value);
    case "decimal":
      return formatDecimal(bare.value);
    case "string":
      return formatString(bare.value);
    case "token":
      return checked(bare.value, /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/, "token");
    case "bytes":
      return `:${Buffer.from(bare.value).toString("base64")}:`;
    case "boolean":
      return bare.value ? "?1" : "?0";
    case "date":
      return `@${formatInteger(bare.value)}`;
    case "display-string":
      return formatDisplayString(bare.value);
    default:
      return bare satisfies never;
  }
}

const TAKE_BY_FIRST = new Map<string, (lexer: HttpFieldLexer) => StructuredBareItem | undefined>([
  ['"', takeString],
  [":", takeBytes],
  ["?", takeBoolean],
  ["@", takeDate],
  ["%", takeDisplayString],
]);

function takeNumber(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const text = lexer.take(NUMBER);
  if (text === undefined || /[0-9.]/.test(lexer.text[lexer.at] ?? "")) return undefined;
  // Adding 0 makes -0 the 0 it means.
  return { type: text.includes(".") ? "decimal" : "integer", value: Number(text) + 0 };
}

function takeString(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const text = lexer.take(STRING);
  return text === undefined ? undefined : { type: "string", value: text.slice(1, -1).replace(/\\(.)/g, "$1") };
}

function takeBytes(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const text = lexer.take(BYTES)?.slice(1, -1);
  if (text === undefined || text.replace(/=+$/, "").length % 4 === 1) return undefined;
  return { type: "bytes", value: new Uint8Array(Buffer.from(text, "base64")) };
}

function takeBoolean(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const text = lexer.take(BOOLEAN);
  return text === undefined ? undefined : { type: "boolean", value: text === "?1" };
}

function takeDate(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  lexer.skip("@");
  const seconds = takeNumber(lexer);
  return seconds?.type === "integer" ? { type: "date", value: seconds.value } : undefined;
}

function takeDisplayString(lexer: HttpFieldLexer): StructuredBareItem | undefined {
  const text = lexer.take(DISPLAY_STRING)?.slice(2, -1);
  if (text === undefined) return undefined;
  try {
    return { type: "display-string", value: decodeURIComponent(text) };
  } catch {
    return undefined; // not UTF-8
  }
}

function formatInteger(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > INTEGER_MAX)
    throw new TypeError(`Cannot write ${value} as a structured integer`);
  return String(value + 0);
}

/** Three decimals, rounded to the nearest and, from the middle, to the even one (RFC 9651 §4.1.5). */
function formatDecimal(value: number): string {
  const scaled = value * 1000;
  const below = Math.floor(scaled);
  const up = scaled - below > 0.5 || (scaled - below === 0.5 && below % 2 !== 0);
  const thousandths = up ? below + 1 : below;
  if (!(Math.abs(thousandths) <= INTEGER_MAX)) throw new TypeError(`Cannot write ${value} as a structured decimal`);
  const digits = String(Math.abs(thousandths)).padStart(4, "0");
  const fraction = digits.slice(-3).replace(/0{1,2}$/, "");
  return `${thousandths < 0 ? "-" : ""}${digits.slice(0, -3)}.${fraction}`;
}

function formatString(value: string): string {
  return `"${checked(value, /^[\x20-\x7e]*$/, "string").replace(/["\\]/g, "\\$&")}"`;
}

function formatDisplayString(value: string): string {
  const octets = Buffer.from(value, "utf8");
  if (octets.toString("utf8") !== value) throw new TypeError("Cannot write a display string: a lone surrogate");
  let text = "";
  for (const octet of octets) {
    const plain = octet >= 0x20 && octet <= 0x7e && octet !== 0x25 && octet !== 0x22;
    text += plain ? String.fromCharCode(octet) : `%${octet.toString(16).padStart(2, "0")}`;
  }
  return `%"${text}"`;
}

function checked(value: string, pattern: RegExp, type: string): string {
  if (!pattern.test(value)) throw new TypeError(`Cannot write ${JSON.stringify(value)} as a structured ${type}`);
  return value;
}

// Fifteen digits, or twelve, a point and one to three (RFC 9651 §4.2.4).
const INTEGER_MAX = 999_999_999_999_999;
const NUMBER = /-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const STRING = /"[\x20\x21\x23-\x5b\x5d-\x7e]*(?:\\["\\][\x20\x21\x23-\x5b\x5d-\x7e]*)*"/y;
const BYTES = /:[A-Za-z0-9+/]*={0,2}:/y;
const BOOLEAN = /\?[01]/y;
const DISPLAY_STRING = /%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"/y;
