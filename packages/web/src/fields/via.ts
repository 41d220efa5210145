import type { HttpField } from "./field.ts";
import { formatToken, HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";
import { formatComment } from "./products.ts";

/** One proxy or gateway on the way (RFC 9110 §7.6.3). */
export interface HttpViaHop {
  /** The protocol it received; absent for HTTP. */
  readonly protocol?: string | undefined;
  readonly version: string;
  /** Its host and port, or a pseudonym. */
  readonly by: string;
  readonly comment?: string | undefined;
}

/** `Via`, the first hop first. */
export const viaField: HttpField<readonly HttpViaHop[]> = {
  name: "Via",
  separator: ", ",
  parse: parseVia,
  format: (hops) => hops.map(formatHop).join(", "),
};

// Comments contain commas, so hops are read in one go.
function parseVia(text: string): HttpViaHop[] | undefined {
  const lexer = new HttpFieldLexer(text);
  const hops: HttpViaHop[] = [];
  while (lexer.take(COMMAS) !== undefined && !lexer.done) {
    const hop = takeHop(lexer);
    if (hop === undefined || lexer.take(MEMBER_END) === undefined || hops.push(hop) > httpFieldMembersMax)
      return undefined;
  }
  return hops;
}

function takeHop(lexer: HttpFieldLexer): HttpViaHop | undefined {
  const protocol = lexer.take(PROTOCOL_NAME);
  if (protocol !== undefined) lexer.skip("/");
  const version = lexer.token();
  const by = lexer.take(SPACES) === undefined ? undefined : lexer.take(RECEIVED_BY);
  if (version === undefined || by === undefined) return undefined;
  const comment = lexer.take(BEFORE_COMMENT) === undefined ? undefined : lexer.comment();
  return { ...(protocol !== undefined && { protocol }), version, by, ...(comment !== undefined && { comment }) };
}

function formatHop(hop: HttpViaHop): string {
  if (!/^[A-Za-z0-9\-._~!$&'*+;=%[\]:]+$/.test(hop.by))
    throw new TypeError(`Cannot write the hop ${JSON.stringify(hop.by)}`);
  const protocol = hop.protocol === undefined ? "" : `${formatToken(hop.protocol)}/`;
  return `${protocol}${formatToken(hop.version)} ${hop.by}${hop.comment === undefined ? "" : ` ${formatComment(hop.comment)}`}`;
}

const COMMAS = /[ \t,]*/y;
const PROTOCOL_NAME = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?=\/)/y;
const SPACES = /[ \t]+/y;
const RECEIVED_BY = /[A-Za-z0-9\-._~!$&'*+;=%[\]:]+/y;
const BEFORE_COMMENT = /[ \t]+(?=\()/y;
const MEMBER_END = /[ \t]*(?=,|$)/y;
