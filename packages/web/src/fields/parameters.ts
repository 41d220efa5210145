import { formatExtendedValue, parseExtendedValue } from "./extended-value.ts";
import { formatToken, formatWord, HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";

/** Parameters by lower-case name, in the order they came (RFC 9110 §5.6.6). */
export type HttpParameters = ReadonlyMap<string, string>;

/** A token with parameters: a transfer coding, a disposition. */
export interface HttpParameterizedToken {
  /** In lower case. */
  readonly token: string;
  readonly parameters: HttpParameters;
}

/** Reads `*( OWS ";" OWS [ name "=" value ] )` to the end of the text. Of two with one name the first counts. */
export function takeParameters(lexer: HttpFieldLexer): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  while (!lexer.ows().done) {
    if (!lexer.skip(";")) return undefined;
    const name = lexer.ows().token()?.toLowerCase();
    if (name === undefined) continue;
    const value = lexer.skip("=") ? lexer.word() : undefined;
    if (value === undefined || parameters.size === httpFieldMembersMax) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/**
 * Writes `; name=value` for each parameter; values that are no tokens are quoted.
 * @throws {TypeError} when a name is no token or a value cannot be quoted
 */
export function formatParameters(parameters: HttpParameters): string {
  let text = "";
  for (const [name, value] of parameters) text += `; ${formatToken(name)}=${formatWord(value)}`;
  return text;
}

/** Reads a token and its parameters. */
export function parseParameterizedToken(text: string): HttpParameterizedToken | undefined {
  const lexer = new HttpFieldLexer(text);
  const token = lexer.token()?.toLowerCase();
  const parameters = token === undefined ? undefined : takeParameters(lexer);
  return token === undefined || parameters === undefined ? undefined : { token, parameters };
}

/** Writes a token and its parameters. */
export function formatParameterizedToken(value: HttpParameterizedToken): string {
  return formatToken(value.token) + formatParameters(value.parameters);
}

/**
 * Replaces each well-formed `name*` by a decoded `name`, and forgets the others: the extended form wins (RFC 8187
 * §4.2).
 */
export function decodeExtendedParameters(parameters: HttpParameters): Map<string, string> {
  const decoded = new Map([...parameters].filter(([name]) => !name.endsWith("*")));
  for (const [name, value] of parameters) {
    const text = name.endsWith("*") ? parseExtendedValue(value)?.text : undefined;
    if (text !== undefined) decoded.set(name.slice(0, -1), text);
  }
  return decoded;
}

/**
 * Writes one parameter, as a quoted-string when it is printable ASCII and in the extended form otherwise (RFC 8187).
 * @throws {TypeError} on control characters
 */
export function formatTextParameter(name: string, value: string): string {
  return /^[\x20-\x7e]*$/.test(value)
    ? `; ${formatToken(name)}=${formatWord(value)}`
    : `; ${formatToken(name)}*=${formatExtendedValue(value)}`;
}
