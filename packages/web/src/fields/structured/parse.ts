import { HttpFieldLexer } from "../lexer.ts";
import { parseBareItem } from "./bare-item.ts";
import {
  type StructuredBareItem,
  type StructuredDictionary,
  type StructuredInnerList,
  type StructuredItem,
  type StructuredList,
  type StructuredMember,
  structuredLimits,
} from "./types.ts";

/**
 * Reads a field that is one item (RFC 9651 §4.2.3). Structured fields are strict: one wrong octet makes the field
 * malformed.
 */
export function parseStructuredItem(text: string): StructuredItem | undefined {
  return parseWhole(text, takeItem);
}

/** Reads a field that is a list; several lines are joined by commas before (RFC 9651 §4.2.1). */
export function parseStructuredList(text: string): StructuredList | undefined {
  return parseWhole(text, (lexer) => {
    const members: StructuredMember[] = [];
    return takeMembers(lexer, () => {
      const member = takeMember(lexer);
      return member !== undefined && members.push(member) <= structuredLimits.membersMax;
    })
      ? members
      : undefined;
  });
}

/** Reads a field that is a dictionary. Of two with one key the last counts (RFC 9651 §4.2.2). */
export function parseStructuredDictionary(text: string): StructuredDictionary | undefined {
  return parseWhole(text, (lexer) => {
    const members = new Map<string, StructuredMember>();
    return takeMembers(lexer, () => {
      const key = lexer.take(KEY);
      const member = key === undefined ? undefined : takeDictionaryMember(lexer);
      return member !== undefined && members.set(key!, member).size <= structuredLimits.membersMax;
    })
      ? members
      : undefined;
  });
}

function parseWhole<T>(text: string, take: (lexer: HttpFieldLexer) => T | undefined): T | undefined {
  const lexer = new HttpFieldLexer(text);
  lexer.take(SPACES);
  const value = take(lexer);
  lexer.take(SPACES);
  return lexer.done ? value : undefined;
}

/** The commas between members: optional white space around each, and never one at the end. */
function takeMembers(lexer: HttpFieldLexer, takeOne: () => boolean): boolean {
  if (lexer.done) return true;
  for (;;) {
    if (!takeOne()) return false;
    if (lexer.ows().done) return true;
    if (!lexer.skip(",") || lexer.ows().done) return false;
  }
}

function takeDictionaryMember(lexer: HttpFieldLexer): StructuredMember | undefined {
  if (lexer.skip("=")) return takeMember(lexer);
  const parameters = takeStructuredParameters(lexer);
  return parameters && { type: "item", bare: TRUE, parameters };
}

function takeMember(lexer: HttpFieldLexer): StructuredMember | undefined {
  return lexer.skip("(") ? takeInnerList(lexer) : takeItem(lexer);
}

function takeInnerList(lexer: HttpFieldLexer): StructuredInnerList | undefined {
  const items: StructuredItem[] = [];
  for (;;) {
    const spaces = lexer.take(SPACES)!;
    if (lexer.skip(")")) break;
    const item = items.length === 0 || spaces !== "" ? takeItem(lexer) : undefined;
    if (item === undefined || items.push(item) > structuredLimits.innerItemsMax) return undefined;
  }
  const parameters = takeStructuredParameters(lexer);
  return parameters && { type: "inner-list", items, parameters };
}

function takeItem(lexer: HttpFieldLexer): StructuredItem | undefined {
  const bare = parseBareItem(lexer);
  const parameters = bare && takeStructuredParameters(lexer);
  return bare && parameters && { type: "item", bare, parameters };
}

function takeStructuredParameters(lexer: HttpFieldLexer): Map<string, StructuredBareItem> | undefined {
  const parameters = new Map<string, StructuredBareItem>();
  while (lexer.skip(";")) {
    lexer.take(SPACES);
    const key = lexer.take(KEY);
    const bare = lexer.skip("=") ? parseBareItem(lexer) : TRUE;
    if (key === undefined || bare === undefined) return undefined;
    if (parameters.set(key, bare).size > structuredLimits.parametersMax) return undefined;
  }
  return parameters;
}

const TRUE: StructuredBareItem = { type: "boolean", value: true };
const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const SPACES = / */y;
