import type { HttpField } from "./field.ts";

/** `Location`: where a redirect goes, or what a POST made, as a URI reference (RFC 9110 §10.2.2). */
export const locationField: HttpField<string> = referenceField("Location");
/** `Content-Location`: the address of just this representation (RFC 9110 §8.7). */
export const contentLocationField: HttpField<string> = referenceField("Content-Location");
/** `Referer`: the page the request came from (RFC 9110 §10.1.3). */
export const refererField: HttpField<string> = referenceField("Referer");

/**
 * Checks a URI reference on its way out (RFC 3986 §4.1).
 * @throws {TypeError} when it has characters that must be percent-encoded
 */
export function formatUriReference(text: string): string {
  if (!/^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text)) {
    throw new TypeError(`Cannot write the URI ${JSON.stringify(text)}: percent-encode what is not URI syntax`);
  }
  return text;
}

// Peers send characters that URIs do not have, such as "|" and UTF-8: those are read, but never spaces or controls.
function referenceField(name: string): HttpField<string> {
  return { name, parse: (text) => (/^[^\x00-\x20\x7f]+$/.test(text) ? text : undefined), format: formatUriReference };
}
