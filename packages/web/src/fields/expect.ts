import { type HttpField, httpListField } from "./field.ts";
import { formatToken, formatWord, HttpFieldLexer } from "./lexer.ts";
import { formatParameters, type HttpParameters, takeParameters } from "./parameters.ts";

/** Something a client expects of the server. `100-continue` is the only one there is. */
export interface HttpExpectation {
  /** In lower case. */
  readonly name: string;
  readonly value?: string | undefined;
  readonly parameters: HttpParameters;
}

/** `Expect` (RFC 9110 §10.1.1). What cannot be read cannot be met: answer 417. */
export const expectField: HttpField<readonly HttpExpectation[]> = httpListField(
  "Expect",
  "reject",
  parseExpectation,
  formatExpectation,
);

function parseExpectation(text: string): HttpExpectation | undefined {
  const lexer = new HttpFieldLexer(text);
  const name = lexer.token()?.toLowerCase();
  const value = lexer.skip("=") ? (lexer.word() ?? BAD) : undefined;
  const parameters = takeParameters(lexer);
  if (name === undefined || value === BAD || parameters === undefined) return undefined;
  return { name, ...(value !== undefined && { value }), parameters };
}

function formatExpectation(expectation: HttpExpectation): string {
  const value = expectation.value === undefined ? "" : `=${formatWord(expectation.value)}`;
  return formatToken(expectation.name) + value + formatParameters(expectation.parameters);
}

const BAD = Symbol("malformed");
