import type { HttpField } from "./field.ts";
import { formatQuotedString, formatToken, formatWord, HttpFieldLexer, httpFieldMembersMax } from "./lexer.ts";
import type { HttpParameters } from "./parameters.ts";

/** A challenge or credentials: a scheme with either one token68 or parameters (RFC 9110 §11.3, §11.4). */
export interface HttpAuthentication {
  /** In lower case: `basic`, `bearer`, `digest`. */
  readonly scheme: string;
  /** What schemes like Basic and Bearer carry, mostly base64. */
  readonly token68?: string | undefined;
  /** Parameters by lower-case name; empty beside a token68. */
  readonly parameters: HttpParameters;
}

/** `Authorization`: who the client says it is (RFC 9110 §11.6.2). */
export const authorizationField: HttpField<HttpAuthentication> = credentialsField("Authorization");
/** `Proxy-Authorization`: the same, to the next proxy (RFC 9110 §11.7.2). */
export const proxyAuthorizationField: HttpField<HttpAuthentication> = credentialsField("Proxy-Authorization");
/** `WWW-Authenticate`: how a client can log in (RFC 9110 §11.6.1). */
export const wwwAuthenticateField: HttpField<readonly HttpAuthentication[]> = challengesField("WWW-Authenticate");
/** `Proxy-Authenticate`: the same, from a proxy (RFC 9110 §11.7.1). */
export const proxyAuthenticateField: HttpField<readonly HttpAuthentication[]> = challengesField("Proxy-Authenticate");
/** `Authentication-Info`: what follows a good login, such as the next nonce (RFC 9110 §11.6.3). */
export const authenticationInfoField: HttpField<HttpParameters> = infoField("Authentication-Info");
/** `Proxy-Authentication-Info`: the same, from a proxy (RFC 9110 §11.7.3). */
export const proxyAuthenticationInfoField: HttpField<HttpParameters> = infoField("Proxy-Authentication-Info");

function credentialsField(name: string): HttpField<HttpAuthentication> {
  return {
    name,
    parse: (text) => {
      const found = parseChallenges(text);
      return found?.length === 1 ? found[0] : undefined;
    },
    format: (credentials) => formatAuthentication(credentials, UNQUOTED_IN_CREDENTIALS),
  };
}

function challengesField(name: string): HttpField<readonly HttpAuthentication[]> {
  return {
    name,
    separator: ", ",
    parse: parseChallenges,
    format: (challenges) => challenges.map((one) => formatAuthentication(one, UNQUOTED_IN_CHALLENGES)).join(", "),
  };
}

function infoField(name: string): HttpField<HttpParameters> {
  return {
    name,
    separator: ", ",
    parse: (text) => {
      const lexer = new HttpFieldLexer(text);
      const parameters = takeAuthParameters(lexer);
      return parameters !== undefined && lexer.done ? parameters : undefined;
    },
    format: (parameters) => formatAuthParameters(parameters, UNQUOTED_IN_CREDENTIALS),
  };
}

// challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ], in a list whose commas separate parameters too.
function parseChallenges(text: string): HttpAuthentication[] | undefined {
  const lexer = new HttpFieldLexer(text);
  const challenges: HttpAuthentication[] = [];
  while (lexer.take(COMMAS) !== undefined && !lexer.done) {
    const challenge = takeChallenge(lexer);
    if (challenge === undefined || challenges.push(challenge) > httpFieldMembersMax) return undefined;
  }
  return challenges;
}

function takeChallenge(lexer: HttpFieldLexer): HttpAuthentication | undefined {
  const scheme = lexer.token()?.toLowerCase();
  if (scheme === undefined) return undefined;
  const spaces = lexer.take(SPACES);
  if (lexer.take(MEMBER_END) !== undefined) return { scheme, parameters: new Map() };
  if (spaces === undefined) return undefined;
  const token68 = lexer.take(TOKEN68);
  if (token68 !== undefined) return { scheme, token68, parameters: new Map() };
  const parameters = takeAuthParameters(lexer);
  return parameters?.size ? { scheme, parameters } : undefined;
}

/** Takes `name = value` pairs until the end, or until a word that is not a parameter begins the next challenge. */
function takeAuthParameters(lexer: HttpFieldLexer): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  while (lexer.take(COMMAS) !== undefined) {
    const name = lexer.take(PARAMETER_NAME)?.toLowerCase();
    if (name === undefined) return parameters;
    lexer.take(EQUALS);
    const value = lexer.word();
    if (value === undefined || parameters.has(name) || parameters.size === httpFieldMembersMax) return undefined;
    if (lexer.ows().take(MEMBER_END) === undefined) return undefined;
    parameters.set(name, value);
  }
  return parameters;
}

function formatAuthentication(value: HttpAuthentication, unquoted: ReadonlySet<string>): string {
  const scheme = formatToken(SPELLINGS.get(value.scheme) ?? value.scheme);
  if (value.token68 === undefined) return `${scheme} ${formatAuthParameters(value.parameters, unquoted)}`.trimEnd();
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value.token68) || value.parameters.size > 0) {
    throw new TypeError(`Cannot write ${scheme} credentials: not a token68, or parameters beside one`);
  }
  return `${scheme} ${value.token68}`;
}

function formatAuthParameters(parameters: HttpParameters, unquoted: ReadonlySet<string>): string {
  return [...parameters]
    .map(([name, value]) => {
      const bare = unquoted.has(name) || name.endsWith("*");
      return `${formatToken(name)}=${bare ? formatWord(value) : formatQuotedString(value)}`;
    })
    .join(", ");
}

// Everything is quoted, as RFC 9110 §11.5 wants for realm, but what RFC 7616 §3.3 and §3.4 want bare where it is a token.
const UNQUOTED_IN_CHALLENGES = new Set(["algorithm", "stale"]);
const UNQUOTED_IN_CREDENTIALS = new Set(["algorithm", "nc", "qop", "userhash"]);
// Schemes are case-insensitive (RFC 9110 §11.1), but old peers look for these.
const SPELLINGS = new Map([
  ["basic", "Basic"],
  ["bearer", "Bearer"],
  ["digest", "Digest"],
  ["negotiate", "Negotiate"],
]);
const COMMAS = /[ \t,]*/y;
const SPACES = / +/y;
const MEMBER_END = /(?=,|$)/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const PARAMETER_NAME = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?=[ \t]*=)/y;
