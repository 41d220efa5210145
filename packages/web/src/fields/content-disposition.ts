import type { HttpField } from "./field.ts";
import { formatToken, HttpFieldLexer } from "./lexer.ts";
import { decodeExtendedParameters, formatTextParameter, type HttpParameters, takeParameters } from "./parameters.ts";

/** What to do with content: show it, or save it under a name (RFC 6266). */
export interface HttpContentDisposition {
  /** In lower case: `inline`, `attachment`, `form-data`. */
  readonly type: string;
  /** As the peer sent it: pass it through `safeFileName` before it comes near a disk (RFC 6266 §4.3). */
  readonly filename?: string | undefined;
  /** All other parameters, decoded, by lower-case name. */
  readonly parameters: HttpParameters;
}

/**
 * `Content-Disposition` (RFC 6266). `filename*` (RFC 8187) wins over `filename`; writing picks the form the text
 * needs.
 */
export const contentDispositionField: HttpField<HttpContentDisposition> = {
  name: "Content-Disposition",
  parse: parseContentDisposition,
  format: formatContentDisposition,
};

function parseContentDisposition(text: string): HttpContentDisposition | undefined {
  const lexer = new HttpFieldLexer(text);
  const type = lexer.token()?.toLowerCase();
  const sent = takeParameters(lexer);
  if (type === undefined || sent === undefined) return undefined;
  const parameters = decodeExtendedParameters(sent);
  const filename = parameters.get("filename");
  parameters.delete("filename");
  return { type, ...(filename !== undefined && { filename }), parameters };
}

function formatContentDisposition(value: HttpContentDisposition): string {
  let text = formatToken(value.type);
  if (value.filename !== undefined) text += formatFileName(value.filename);
  for (const [name, parameter] of value.parameters) {
    if (/^filename$|\*$/i.test(name))
      throw new TypeError(`Cannot write the parameter ${JSON.stringify(name)}: give its text`);
    text += formatTextParameter(name, parameter);
  }
  return text;
}

/** An ASCII name stands before the extended one, for peers that do not know RFC 8187 (RFC 6266 §D). */
function formatFileName(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]/gu, "_");
  const text = formatTextParameter("filename", filename);
  return ascii === filename ? text : formatTextParameter("filename", ascii) + text;
}
