import { parseMailbox } from "@hawser/mime";
import { smtpDomainOctetsMax, smtpLocalPartOctetsMax } from "../limits.ts";

/** Whom a message is from or for. */
export interface SmtpAddress {
  /** What stands before the @, without quotation marks. */
  readonly local: string;
  /** What stands behind it, as it was spelt. Empty only for `postmaster` (RFC 5321 §4.5.1). */
  readonly domain: string;
  /** Both together as they go over the wire: `"a b"@example.org`. */
  readonly address: string;
}

/** What MAIL and RCPT say: a path (`undefined`: the null reverse-path `<>`), and parameters by their names in capitals. */
export interface SmtpPathArgument {
  readonly path: SmtpAddress | undefined;
  readonly parameters: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads `FROM:<path> KEY=value …` (RFC 5321 §4.1.2). A source route is passed over, as §4.1.1.3 wants it, and never
 * followed. `undefined`: it cannot be read.
 */
export function readPathArgument(argument: string, word: "FROM" | "TO"): SmtpPathArgument | undefined {
  const length = word.length;
  if (argument.slice(0, length).toUpperCase() !== word || argument[length] !== ":") return undefined;
  // Many clients put a space here that RFC 5321 §3.3 forbids; it means nothing.
  const start = argument[length + 1] === " " ? length + 2 : length + 1;
  if (argument[start] !== "<") return undefined;
  const end = argument.includes('"') ? closingBracket(argument, start + 1) : argument.indexOf(">", start);
  if (end === -1) return undefined;
  const path = readPath(argument.slice(start + 1, end), word);
  const parameters = end + 1 === argument.length ? none : readParameters(argument.slice(end + 1));
  return path === false || parameters === undefined ? undefined : { path, parameters };
}

/** Reads an address; `undefined` when it is none, or too long (RFC 5321 §4.5.3.1). */
export function readSmtpAddress(text: string): SmtpAddress | undefined {
  const at = text.indexOf("@");
  if (at <= smtpLocalPartOctetsMax && text.length - at - 1 <= smtpDomainOctetsMax && plainAddress.test(text))
    return { local: text.slice(0, at), domain: text.slice(at + 1), address: text };
  try {
    const { localPart: local, domain } = parseMailbox(text);
    return { local, domain, address: text };
  } catch {
    return undefined;
  }
}

/** Takes `"user+tag@[IPv6:::1]"` apart, or whatever else RFC 5321 §4.1.2 allows. @throws {TypeError} when it is no address */
export function parseSmtpAddress(text: string): SmtpAddress {
  const read = readSmtpAddress(text);
  if (read === undefined) throw new TypeError(`Cannot read the address ${JSON.stringify(text.slice(0, 64))}`);
  return read;
}

const none: ReadonlyMap<string, string | undefined> = new Map();

/** What nearly everybody is called: saves the long way for the rest. */
const plainAddress =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

function closingBracket(text: string, from: number): number {
  let isQuoted = false;
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (isQuoted && c === "\\") at++;
    else if (c === '"') isQuoted = !isQuoted;
    else if (c === ">" && !isQuoted) return at;
  }
  return -1;
}

/** `false`: it is no path. */
function readPath(text: string, word: "FROM" | "TO"): SmtpAddress | undefined | false {
  if (text === "") return word === "FROM" ? undefined : false;
  if (word === "TO" && text.toLowerCase() === "postmaster") return { local: text, domain: "", address: text };
  // A-d-l = At-domain *( "," At-domain ), then ":"
  const route = /^@[A-Za-z0-9.-]+(?:,@[A-Za-z0-9.-]+)*:/.exec(text)?.[0] ?? "";
  return readSmtpAddress(text.slice(route.length)) ?? false;
}

/** esmtp-param = esmtp-keyword ["=" esmtp-value], parted by spaces, each once. */
function readParameters(text: string): ReadonlyMap<string, string | undefined> | undefined {
  const parameters = new Map<string, string | undefined>();
  for (const word of text.trimEnd().split(" ").slice(1)) {
    if (word === "" && text[0] === " ") continue;
    const [, key, value] = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20=\x7f][^\x00-\x20\x7f]*))?$/.exec(word) ?? [];
    if (key === undefined || parameters.has(key.toUpperCase())) return undefined;
    parameters.set(key.toUpperCase(), value);
  }
  return text[0] === " " ? parameters : undefined;
}
