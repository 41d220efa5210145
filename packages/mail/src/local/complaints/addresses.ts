import { type MailToken, MimeError, mailTokens, parseMailbox, quotedString } from "@hawser/mime";
import type { ComplaintSource } from "./source.ts";

const lists: ReadonlySet<string> = new Set(
  ["from", "sender", "reply-to", "to", "cc", "bcc"].flatMap((name) => [name, `resent-${name}`]),
);

/** Every field with addresses in it, by the strict grammar (RFC 5322 §3.4). */
export function complainOfAddresses(source: ComplaintSource): void {
  for (const [field, offset] of source.fields(source.tree)) {
    const name = field.name.toLowerCase();
    if (!lists.has(name)) continue;
    const body = source.body(field);
    if (body === "" && name.endsWith("bcc")) continue;
    for (const fault of faultsOf(body)) {
      const text = fault === empty ? `${field.name} has a comma too many, or no address` : `${field.name}: ${fault}`;
      source.complain(fault === empty ? "address-empty" : "address-syntax", offset, { text, excerpt: body });
    }
  }
}

const empty = "empty";

function faultsOf(body: string): readonly string[] {
  const unclosed = unclosedIn(body);
  if (unclosed !== undefined) return [`a ${unclosed} is never closed`];
  const faults = new Set<string>();
  let isInGroup = false;
  let isFirst = false;
  let isBehindGroup = false;
  for (const { tokens, end } of pieces(body)) {
    const words = tokens.filter(({ type }) => type !== "comment");
    if (end === ":" && !isInGroup) {
      faults.add(phraseFault(words) ?? "");
      isInGroup = true;
      isFirst = true;
      continue;
    }
    const mayBeEmpty = isBehindGroup || (isInGroup && isFirst && end === ";");
    if (words.length > 0) faults.add((isBehindGroup ? "no comma follows a group" : mailboxFault(words)) ?? "");
    else if (!mayBeEmpty) faults.add(empty);
    if (end === ";" && !isInGroup) faults.add("a semicolon ends no group");
    isBehindGroup = end === ";";
    isInGroup = isInGroup && end !== ";";
    isFirst = false;
  }
  if (isInGroup) faults.add("a group has no semicolon at its end");
  faults.delete("");
  return [...faults];
}

type AddressPiece = { readonly tokens: readonly MailToken[]; readonly end: string };

/** Parts addresses by their commas, and groups by their colons and semicolons. */
function* pieces(body: string): Generator<AddressPiece, void> {
  let tokens: MailToken[] = [];
  let isInAngle = false;
  for (const token of mailTokens(body)) {
    const mark = token.type === "special" ? token.text : "";
    if (mark === "<" || mark === ">") isInAngle = mark === "<";
    if (isInAngle || !",:;".includes(mark) || mark === "") {
      tokens.push(token);
      continue;
    }
    yield { tokens, end: mark };
    tokens = [];
  }
  yield { tokens, end: "" };
}

function mailboxFault(words: readonly MailToken[]): string | undefined {
  const open = words.findIndex(({ type, text }) => type === "special" && text === "<");
  if (open === -1) return addressFault(words);
  const last = words.at(-1)!;
  if (last.type !== "special" || last.text !== ">") return "an angle bracket is not closed, or something follows it";
  const fault = open === 0 ? undefined : phraseFault(words.slice(0, open));
  return fault ?? addressFault(words.slice(open + 1, -1));
}

function phraseFault(words: readonly MailToken[]): string | undefined {
  const special = words.find(({ type }) => type !== "atom" && type !== "quoted");
  if (special === undefined) return words.length === 0 ? "a group has no name" : undefined;
  return `a name with "${special.text}" in it must stand in quotes`;
}

function addressFault(words: readonly MailToken[]): string | undefined {
  const text = words.map((token, i) => (i > 0 && token.isSpaced ? " " : "") + spelled(token)).join("");
  try {
    parseMailbox(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof MimeError)) throw error;
    const reason = error.message.replace(/^.*": /s, "");
    return `"${text.slice(0, 64)}" is no address: ${reason}`;
  }
}

function spelled({ type, text }: MailToken): string {
  return type === "quoted" ? quotedString(text) : text;
}

/** What is opened and never closed: quotation marks, comments. */
function unclosedIn(text: string): string | undefined {
  let isQuoted = false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === "\\") at++;
    else if (depth === 0 && c === '"') isQuoted = !isQuoted;
    else if (!isQuoted && c === "(") depth++;
    else if (!isQuoted && depth > 0 && c === ")") depth--;
  }
  if (isQuoted) return "quotation mark";
  return depth > 0 ? "comment" : undefined;
}
