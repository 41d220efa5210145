/** Common field names, and two spellings of each: enough that nearly no name is ever folded to lower case twice. */
const commonNames = `accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-headers
access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age
access-control-request-headers access-control-request-method age allow alt-svc authorization cache-control connection
content-disposition content-encoding content-language content-length content-location content-range
content-security-policy content-type cookie date etag expect expires forwarded from host if-match if-modified-since
if-none-match if-range if-unmodified-since keep-alive last-modified link location max-forwards origin pragma
proxy-authenticate proxy-authorization range referer referrer-policy retry-after sec-fetch-dest sec-fetch-mode
sec-fetch-site sec-fetch-user sec-websocket-accept sec-websocket-extensions sec-websocket-key sec-websocket-protocol
sec-websocket-version server set-cookie strict-transport-security te trailer transfer-encoding upgrade
upgrade-insecure-requests user-agent vary via www-authenticate x-content-type-options x-forwarded-for x-forwarded-host
x-forwarded-proto x-frame-options x-powered-by x-request-id x-requested-with`.split(/\s+/);

/** Names whose usual spelling is not one capital per word. */
const unusualSpellings = ["ETag", "TE", "WWW-Authenticate", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions"].concat([
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Protocol",
  "Sec-WebSocket-Version",
]);

const spellingOf = new Map(unusualSpellings.map((name) => [name.toLowerCase(), name]));

/**
 * Spells a lower-case field name the way people and old peers know it: `content-type` becomes `Content-Type`. Case has
 * no meaning (RFC 9110 §5.1), but some programs compare it.
 */
export function spellHttpFieldName(name: string): string {
  return spellingOf.get(name) ?? name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

const lowerCaseOf = new Map(commonNames.flatMap((name) => [name, spellHttpFieldName(name)].map((s) => [s, name])));

/** The lower-case form of a field name. The table is fixed, so peers cannot make it grow. */
export function lowerHttpFieldName(name: string): string {
  return lowerCaseOf.get(name) ?? name.toLowerCase();
}
