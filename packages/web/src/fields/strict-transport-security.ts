import type { HttpField } from "./field.ts";
import { HttpFieldLexer, splitHttpList } from "./lexer.ts";
import { formatWholeNumber, parseDeltaSeconds } from "./whole-number.ts";

/** For how long a browser must use TLS with this host (RFC 6797 §6.1). */
export interface HttpStrictTransportSecurity {
  /** 0 takes the promise back. */
  readonly maxAgeSeconds: number;
  readonly includeSubDomains: boolean;
  /** The host asks to be in the browsers' built-in list; no RFC has it. */
  readonly preload: boolean;
}

/** `Strict-Transport-Security`. Unknown directives are skipped; a repeated one makes the field malformed. */
export const strictTransportSecurityField: HttpField<HttpStrictTransportSecurity> = {
  name: "Strict-Transport-Security",
  parse: parseStrictTransportSecurity,
  format: ({ maxAgeSeconds, includeSubDomains, preload }) =>
    `max-age=${formatWholeNumber(maxAgeSeconds)}${includeSubDomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`,
};

function parseStrictTransportSecurity(text: string): HttpStrictTransportSecurity | undefined {
  const directives = new Map<string, string>();
  for (const directive of splitHttpList(text, ";") ?? [""]) {
    const lexer = new HttpFieldLexer(directive);
    const name = lexer.token()?.toLowerCase();
    const value = lexer.take(EQUALS) === undefined ? "" : lexer.word();
    if (name === undefined || value === undefined || !lexer.done || directives.has(name)) return undefined;
    directives.set(name, value);
  }
  const maxAgeSeconds = parseDeltaSeconds(directives.get("max-age") ?? "");
  if (maxAgeSeconds === undefined) return undefined;
  return { maxAgeSeconds, includeSubDomains: directives.has("includesubdomains"), preload: directives.has("preload") };
}

const EQUALS = /[ \t]*=[ \t]*/y;
