import { parseIp } from "@hawser/core";
import { domainNameFromUnicode } from "../../name/idna.ts";

/** What a line of a block list says. */
export interface BlockListLine {
  readonly type: "allow" | "block";
  /** Keys of names. */
  readonly keys: readonly string[];
  /** Whether names below these are meant too. */
  readonly below: boolean;
}

/** Names of the machine itself, which hosts files have for other reasons. */
const ownNames = new Set(["\x09localhost\0", "\x09localhost\x0blocaldomain\0", "\x05local\0", "\x0dbroadcasthost\0"]);

/** Addresses that stand before names which are to lead nowhere. */
const nowhere = new Set(["0.0.0.0", "127.0.0.1", "::", "::1"]);

/**
 * Reads a line of any of three kinds: `0.0.0.0 name` of hosts files, `name` or `*.name` (which is the name and all below
 * it), and `||name^` of ad blockers with `@@||name^` for exceptions.
 *
 * @returns `undefined` for what says nothing; `unknown` for what nobody here understands
 */
export function parseBlockListLine(line: string): BlockListLine | "unknown" | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#") || text.startsWith("!") || text.startsWith("[")) return undefined;
  if (text.startsWith("||") || text.startsWith("@@")) return adBlockerLine(text);
  const [first = "", ...rest] = text
    .replace(/\s#.*$/, "")
    .trim()
    .split(/\s+/);
  if (rest.length > 0) return hostsLine(first, rest);
  const below = first.startsWith("*.");
  return lineOf("block", [below ? first.slice(2) : first], below);
}

/** `||name^`, `@@||name^`, and the same with `$important`; rules for parts of pages are not for us. */
function adBlockerLine(text: string): BlockListLine | "unknown" {
  const [, exception, name] = /^(@@)?\|\|([^/^$*|]+)\^(?:\$important)?$/.exec(text) ?? [];
  return name === undefined ? "unknown" : lineOf(exception === undefined ? "block" : "allow", [name], true);
}

function hostsLine(address: string, names: readonly string[]): BlockListLine | "unknown" | undefined {
  if (!nowhere.has(address)) return parseIp(address) === undefined ? "unknown" : undefined;
  const line = lineOf("block", names, false);
  if (line === "unknown") return line;
  const keys = line.keys.filter((key) => !ownNames.has(key));
  return keys.length === 0 ? undefined : { ...line, keys };
}

function lineOf(type: BlockListLine["type"], names: readonly string[], below: boolean): BlockListLine | "unknown" {
  try {
    return { type, keys: names.filter((name) => parseIp(name) === undefined).map(keyOf), below };
  } catch {
    return "unknown";
  }
}

function keyOf(name: string): string {
  if (plainName.test(name)) return keyOfPlain(name);
  if (/^[\0-\x7f]*$/.test(name)) throw new RangeError("It is no name of a host");
  return domainNameFromUnicode(name).key;
}

/** What nearly all lines of lists are: short enough in every way to need no second look. */
const plainName = /^(?=.{1,250}$)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?$/;

function keyOfPlain(name: string): string {
  let key = "";
  for (const label of name.toLowerCase().split(".")) if (label !== "") key += String.fromCharCode(label.length) + label;
  return `${key}\0`;
}
