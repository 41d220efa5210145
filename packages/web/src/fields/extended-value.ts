/** Text in a parameter beyond ASCII, and the language it is in (RFC 8187 §3.2). */
export interface HttpExtendedValue {
  readonly text: string;
  readonly language: string;
}

// ext-value = charset "'" [ language ] "'" *( "%" HEXDIG HEXDIG / attr-char )
const EXTENDED_VALUE = /^([A-Za-z0-9-]+)'([A-Za-z0-9-]*)'((?:%[0-9A-Fa-f]{2}|[!#$&+\-.^_`|~0-9A-Za-z])*)$/;

/** Reads `UTF-8'en'%E2%82%AC`. Senders must use UTF-8; ISO-8859-1, which RFC 5987 allowed, is read too. */
export function parseExtendedValue(value: string): HttpExtendedValue | undefined {
  const [, charset, language, encoded] = EXTENDED_VALUE.exec(value) ?? [];
  if (charset === undefined || language === undefined || encoded === undefined) return undefined;
  const text = decodePercents(charset.toLowerCase(), encoded);
  return text === undefined || /[\x00-\x08\x0a-\x1f\x7f]/.test(text) ? undefined : { text, language };
}

/**
 * Writes text as `UTF-8''…`.
 * @throws {TypeError} on control characters and lone surrogates
 */
export function formatExtendedValue(text: string, language = ""): string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text) || !/^[A-Za-z0-9-]*$/.test(language)) {
    throw new TypeError(`Cannot write ${JSON.stringify(text)}: control characters or a bad language tag`);
  }
  return `UTF-8'${language}'${percentEncode(text)}`;
}

function decodePercents(charset: string, encoded: string): string | undefined {
  if (charset === "iso-8859-1")
    return encoded.replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (charset !== "utf-8") return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined; // not UTF-8
  }
}

function percentEncode(text: string): string {
  try {
    // What encodeURIComponent leaves alone and attr-char does not have.
    return encodeURIComponent(text).replace(/[*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw new TypeError(`Cannot write ${JSON.stringify(text)}: a lone surrogate`);
  }
}
