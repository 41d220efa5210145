import { type HttpField, httpListField } from "./field.ts";
import { formatToken, formatWord, HttpFieldLexer } from "./lexer.ts";
import { formatParameters, type HttpParameters, takeParameters } from "./parameters.ts";

/**
 * Something a client would like but does not need: `respond-async`, `wait=10` (RFC 7240 §2). Of two with one name the
 * first counts.
 */
export interface HttpPreferredBehaviour {
  /** In lower case. */
  readonly name: string;
  /** The empty text when none was sent: the two mean the same. */
  readonly value: string;
  readonly parameters: HttpParameters;
}

/** `Prefer` (RFC 7240 §2). */
export const preferField: HttpField<readonly HttpPreferredBehaviour[]> = behavioursField("Prefer");
/** `Preference-Applied`: the ones the server followed (RFC 7240 §3). */
export const preferenceAppliedField: HttpField<readonly HttpPreferredBehaviour[]> =
  behavioursField("Preference-Applied");

function behavioursField(name: string): HttpField<readonly HttpPreferredBehaviour[]> {
  return httpListField(name, "skip", parseBehaviour, formatBehaviour);
}

function parseBehaviour(text: string): HttpPreferredBehaviour | undefined {
  const lexer = new HttpFieldLexer(text);
  const name = lexer.token()?.toLowerCase();
  const value = lexer.take(EQUALS) === undefined ? "" : lexer.word();
  const parameters = takeParameters(lexer);
  if (name === undefined || value === undefined || parameters === undefined) return undefined;
  return { name, value, parameters };
}

function formatBehaviour({ name, value, parameters }: HttpPreferredBehaviour): string {
  return formatToken(name) + (value === "" ? "" : `=${formatWord(value)}`) + formatParameters(parameters);
}

const EQUALS = /[ \t]*=[ \t]*/y;
