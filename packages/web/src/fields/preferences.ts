import { type HttpField, httpListField } from "./field.ts";
import { isHttpToken } from "./lexer.ts";
import { parseParameterizedToken } from "./parameters.ts";
import { formatWeight, parseWeight } from "./weight.ts";

/** A coding, charset or language, or `*`, and how much it is wanted (RFC 9110 §12.4). */
export interface HttpPreference {
  /** In lower case. */
  readonly value: string;
  /** 0 (never) to 1 (most). */
  readonly weight: number;
}

/** `Accept-Charset` (RFC 9110 §12.5.2). Deprecated: nobody sends it, UTF-8 is what everybody wants. */
export const acceptCharsetField: HttpField<readonly HttpPreference[]> = preferenceField("Accept-Charset", isHttpToken);

/** `Accept-Encoding`: the content codings a client, or a server in a 415, takes (RFC 9110 §12.5.3). */
export const acceptEncodingField: HttpField<readonly HttpPreference[]> = preferenceField(
  "Accept-Encoding",
  isHttpToken,
);

/** `Accept-Language`: language ranges (RFC 9110 §12.5.4, RFC 4647 §2.1). */
export const acceptLanguageField: HttpField<readonly HttpPreference[]> = preferenceField(
  "Accept-Language",
  isLanguageRange,
);

function preferenceField(name: string, isValue: (text: string) => boolean): HttpField<readonly HttpPreference[]> {
  return httpListField(
    name,
    "skip",
    (text) => parsePreference(text, isValue),
    (preference) => formatPreference(preference, isValue),
  );
}

function parsePreference(text: string, isValue: (text: string) => boolean): HttpPreference | undefined {
  const parsed = parseParameterizedToken(text);
  const weight = parseWeight(parsed?.parameters.get("q") ?? "1");
  return parsed && weight !== undefined && isValue(parsed.token) ? { value: parsed.token, weight } : undefined;
}

function formatPreference(preference: HttpPreference, isValue: (text: string) => boolean): string {
  const value = preference.value.toLowerCase();
  if (!isValue(value)) throw new TypeError(`Cannot write the preference ${JSON.stringify(preference.value)}`);
  return value + formatWeight(preference.weight);
}

function isLanguageRange(text: string): boolean {
  return /^(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)$/.test(text);
}
