import { type HttpField, httpListField } from "./field.ts";
import { formatHttpHost, type HttpHost, isIpv6, parseHttpHost } from "./host.ts";
import { formatToken, formatWord, HttpFieldLexer, isHttpToken, splitHttpList } from "./lexer.ts";

/** One end of a proxied connection: an address, `unknown`, or a made-up name that begins with `_` (RFC 7239 §6). */
export interface HttpForwardedNode {
  /** An IPv4 or IPv6 address without brackets, `unknown`, or `_name`. */
  readonly name: string;
  /** A number, or a made-up `_port`. */
  readonly port?: string | undefined;
}

/** What one proxy says about the request it took (RFC 7239 §5). Believe only the ones your own proxies wrote. */
export interface HttpForwardedElement {
  readonly by?: HttpForwardedNode | undefined;
  readonly for?: HttpForwardedNode | undefined;
  readonly host?: HttpHost | undefined;
  /** A URI scheme in lower case. */
  readonly proto?: string | undefined;
  /** Other parameters, by lower-case name. */
  readonly extensions?: ReadonlyMap<string, string> | undefined;
}

/** `Forwarded`: the proxies a request came through, the first one first (RFC 7239). */
export const forwardedField: HttpField<readonly HttpForwardedElement[]> = httpListField(
  "Forwarded",
  "reject", // a hop that is left out would move the trust to another
  parseElement,
  formatElement,
);

/**
 * `X-Forwarded-For`: the addresses a request came from, the client's first. No standard; ports and brackets are seen.
 */
export const xForwardedForField: HttpField<readonly HttpForwardedNode[]> = httpListField(
  "X-Forwarded-For",
  "reject",
  (member) => (isIpv6(member) ? { name: member.toLowerCase() } : parseForwardedNode(member)),
  formatForwardedNode,
);

/** `X-Forwarded-Proto`: the scheme at each hop, in lower case. No standard. */
export const xForwardedProtoField: HttpField<readonly string[]> = httpListField(
  "X-Forwarded-Proto",
  "reject",
  parseScheme,
  formatScheme,
);

/** `X-Forwarded-Host`: the host at each hop. No standard. */
export const xForwardedHostField: HttpField<readonly HttpHost[]> = httpListField(
  "X-Forwarded-Host",
  "reject",
  parseHttpHost,
  formatHttpHost,
);

// node = nodename [ ":" node-port ]; node-port = port / "_" 1*( ALPHA / DIGIT / "." / "_" / "-" )
const NODE =
  /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9]{1,3}(?:\.[0-9]{1,3}){3}|unknown|_[A-Za-z0-9._-]+))(?::([0-9]{1,5}|_[A-Za-z0-9._-]+))?$/i;

/** Reads `192.0.2.43:47011`, `[2001:db8::17]:47011`, `unknown` or `_hidden`. */
export function parseForwardedNode(text: string): HttpForwardedNode | undefined {
  const [, ipv6, other, port] = NODE.exec(text) ?? [];
  const name = ipv6 ?? other;
  if (name === undefined || (ipv6 !== undefined && !isIpv6(ipv6))) return undefined;
  return { name: name.startsWith("_") ? name : name.toLowerCase(), ...(port !== undefined && { port }) };
}

/**
 * Writes a node; brackets go around IPv6 addresses.
 * @throws {TypeError} when it would not read back
 */
export function formatForwardedNode(node: HttpForwardedNode): string {
  const name = node.name.includes(":") ? `[${node.name}]` : node.name;
  const text = node.port === undefined ? name : `${name}:${node.port}`;
  if (parseForwardedNode(text) === undefined) throw new TypeError(`Cannot write the node ${JSON.stringify(text)}`);
  return text;
}

function parseElement(member: string): HttpForwardedElement | undefined {
  const pairs = parsePairs(member);
  if (pairs === undefined) return undefined;
  const element: { -readonly [Key in keyof HttpForwardedElement]: HttpForwardedElement[Key] } = {};
  const extensions = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name === "by" || name === "for") element[name] = parseForwardedNode(value);
    else if (name === "host") element.host = parseHttpHost(value);
    else if (name === "proto") element.proto = parseScheme(value);
    else extensions.set(name, value);
    if (Object.hasOwn(element, name) && element[name as keyof HttpForwardedElement] === undefined) return undefined;
  }
  return extensions.size > 0 ? { ...element, extensions } : element;
}

/** Reads `name=value;name=value`, at least one. A name may stand only once (RFC 7239 §4). */
function parsePairs(member: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const text of splitHttpList(member, ";") ?? [""]) {
    const lexer = new HttpFieldLexer(text);
    const name = lexer.token()?.toLowerCase();
    const value = lexer.skip("=") ? lexer.word() : undefined;
    if (name === undefined || value === undefined || !lexer.done || pairs.has(name)) return undefined;
    pairs.set(name, value);
  }
  return pairs.size === 0 ? undefined : pairs;
}

function formatElement(element: HttpForwardedElement): string {
  const pairs: string[] = [];
  if (element.by !== undefined) pairs.push(`by=${formatWord(formatForwardedNode(element.by))}`);
  if (element.for !== undefined) pairs.push(`for=${formatWord(formatForwardedNode(element.for))}`);
  if (element.host !== undefined) pairs.push(`host=${formatWord(formatHttpHost(element.host))}`);
  if (element.proto !== undefined) pairs.push(`proto=${formatScheme(element.proto)}`);
  for (const [name, value] of element.extensions ?? []) pairs.push(`${formatToken(name)}=${formatWord(value)}`);
  if (pairs.length === 0) throw new TypeError("Cannot write a Forwarded element that says nothing");
  return pairs.join(";");
}

function parseScheme(text: string): string | undefined {
  return isHttpToken(text) && /^[A-Za-z][A-Za-z0-9+\-.]*$/.test(text) ? text.toLowerCase() : undefined;
}

function formatScheme(scheme: string): string {
  if (parseScheme(scheme) === undefined) throw new TypeError(`Cannot write the scheme ${JSON.stringify(scheme)}`);
  return scheme;
}
