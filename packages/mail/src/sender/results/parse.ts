import { type MailToken, mailTokens } from "@hawser/mime";
import { SenderError } from "../errors.ts";
import { authenticationResultsMax, authenticationResultsOctetsMax } from "../limits.ts";
import type { AuthenticationProperty, AuthenticationResult, AuthenticationResults } from "./authentication-results.ts";

/**
 * Reads the body of a field `Authentication-Results` (RFC 8601 §2.2). It says nothing unless one's own server wrote it.
 * @throws {SenderError} `bad-results`
 */
export function parseAuthenticationResults(body: string): AuthenticationResults {
  if (body.length > authenticationResultsOctetsMax)
    throw bad(`it has more than ${authenticationResultsOctetsMax} octets`);
  const [head = [], ...parts] = partsOf(body);
  const [authservId = "", version, ...more] = wordsOf(head);
  if (authservId === "" || more.length > 0 || !/^\d{0,9}$/.test(version ?? ""))
    throw bad("it does not say whose it is");
  const said = parts.filter((part) => part.length > 0).slice(0, authenticationResultsMax);
  const isNone = said.length === 1 && wordsOf(said[0]!).join(" ").toLowerCase() === "none";
  if (said.length === 0) throw bad("it has no results");
  return {
    authservId,
    ...(version === undefined ? {} : { version: Number(version) }),
    results: isNone ? [] : said.map(resultOf),
  };
}

/** Whose field it claims to be, however broken the rest is: what is removed is told apart by it. */
export function authservIdOf(body: string): string | undefined {
  const [id] = wordsOf(partsOf(body.slice(0, authenticationResultsOctetsMax))[0] ?? []);
  return id?.split("=")[0];
}

/** `method[/version]=result [reason=…] *(type.name=value)` */
function resultOf(tokens: readonly MailToken[]): AuthenticationResult {
  const [first, ...pairs] = pairsOf(tokens);
  const [, method, version] = /^([\w-]+)(?:\/(\d{1,9}))?$/.exec(first?.name ?? "") ?? [];
  if (method === undefined) throw bad("a result has no method");
  const reason = pairs.find(({ name }) => name.toLowerCase() === "reason")?.value;
  return {
    method: method.toLowerCase(),
    ...(version === undefined ? {} : { methodVersion: Number(version) }),
    result: first!.value.toLowerCase(),
    ...(reason === undefined ? {} : { reason }),
    properties: pairs.flatMap(propertyOf),
  };
}

function propertyOf({ name, value }: Pair): readonly AuthenticationProperty[] {
  const [, type, property] = /^([\w-]+)\.([\w-]+)$/.exec(name) ?? [];
  return type === undefined ? [] : [{ type: type.toLowerCase(), name: property!.toLowerCase(), value }];
}

type Pair = { readonly name: string; readonly value: string };

/** Names and values, with space where it may be: around `=`, `.` and `/`. */
function pairsOf(tokens: readonly MailToken[]): readonly Pair[] {
  const pairs: { name: string; value: string }[] = [];
  let name = "";
  let pair: { name: string; value: string } | undefined;
  for (const token of tokens) {
    if (pair !== undefined && pair.value !== "" && token.isSpaced) {
      pair = undefined;
      name = "";
    }
    if (pair !== undefined) pair.value += token.text;
    else if (token.type === "special" && token.text === "=") {
      pair = { name, value: "" };
      pairs.push(pair);
    } else name += token.text;
  }
  if (pair === undefined && name !== "") throw bad("a result has no value");
  return pairs;
}

/** What semicolons part, comments left out. */
function partsOf(body: string): readonly (readonly MailToken[])[] {
  const parts: MailToken[][] = [[]];
  for (const token of mailTokens(body, "parameter")) {
    if (token.type === "special" && token.text === ";") parts.push([]);
    else if (token.type !== "comment") parts.at(-1)!.push(token);
  }
  return parts;
}

/** Tokens without space between them are one word. */
function wordsOf(tokens: readonly MailToken[]): readonly string[] {
  const words: string[] = [];
  for (const { text, isSpaced } of tokens) {
    if (isSpaced || words.length === 0) words.push(text);
    else words.push(words.pop()! + text);
  }
  return words;
}

function bad(reason: string): SenderError {
  return new SenderError("bad-results", `Cannot read the authentication results: ${reason}`);
}
