import type { HttpField } from "./field.ts";
import { formatToken, formatWord, HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";
import { decodeExtendedParameters, formatTextParameter, type HttpParameters } from "./parameters.ts";
import { formatUriReference } from "./references.ts";

/** A link from this resource, or from its `anchor`, to another one (RFC 8288). */
export interface HttpLink {
  /** A URI reference, as it was sent: resolve it against the address of the response. */
  readonly target: string;
  /** How the two are related, in lower case: `next`, `preload`. */
  readonly relations: readonly string[];
  /** All parameters but `rel`, decoded, by lower-case name. One without a value has the empty text. */
  readonly parameters: HttpParameters;
}

/** `Link` (RFC 8288 §3). */
export const linkField: HttpField<readonly HttpLink[]> = {
  name: "Link",
  separator: ", ",
  parse: parseLinks,
  format: (links) => links.map(formatLink).join(", "),
};

// Targets contain commas and semicolons, so links are read in one go (RFC 8288 §B.2).
function parseLinks(text: string): HttpLink[] | undefined {
  const lexer = new HttpFieldLexer(text);
  const links: HttpLink[] = [];
  while (lexer.take(COMMAS) !== undefined && !lexer.done) {
    const target = lexer.take(TARGET)?.slice(1, -1);
    const sent = target === undefined ? undefined : takeLinkParameters(lexer);
    if (target === undefined || sent === undefined || links.length === httpFieldMembersMax) return undefined;
    const parameters = decodeExtendedParameters(sent);
    const relations = (parameters.get("rel") ?? "").toLowerCase().split(/ +/).filter(Boolean);
    parameters.delete("rel");
    links.push({ target, relations, parameters });
  }
  return links;
}

function takeLinkParameters(lexer: HttpFieldLexer): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  while (lexer.take(MEMBER_END) === undefined) {
    if (!lexer.ows().skip(";")) return undefined;
    const name = lexer.ows().token()?.toLowerCase();
    if (name === undefined) continue;
    const value = lexer.take(EQUALS) === undefined ? "" : lexer.word();
    if (value === undefined || parameters.size === httpFieldMembersMax) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

function formatLink(link: HttpLink): string {
  let text = `<${formatUriReference(link.target)}>`;
  if (link.relations.length > 0) text += `; rel=${formatWord(formatRelations(link.relations))}`;
  for (const [name, value] of link.parameters) {
    if (/^rel$|\*$/i.test(name))
      throw new TypeError(`Cannot write the link parameter ${JSON.stringify(name)}: give its text`);
    text += value === "" ? `; ${formatToken(name)}` : formatTextParameter(name, value);
  }
  return text;
}

function formatRelations(relations: readonly string[]): string {
  for (const relation of relations) {
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(relation))
      throw new TypeError(`Cannot write the relation ${JSON.stringify(relation)}`);
  }
  return relations.join(" ");
}

const COMMAS = /[ \t,]*/y;
const TARGET = /<[^<>"\s\x00-\x1f\x7f]*>/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const MEMBER_END = /[ \t]*(?=,|$)/y;
