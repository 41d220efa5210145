/**
 * Every standard header as a typed value, read and written: one {@link HttpField} for each, all in {@link httpFields}.
 *
 * ```ts
 * readField(request.headers, acceptField);                          // [{ type: "text", subtype: "html", … }]
 * writeField(cacheControlField, { public: true, maxAgeSeconds: 60 }); // ["Cache-Control", "max-age=60, public"]
 * ```
 */
export * from "./accept.ts";
export * from "./authentication.ts";
export * from "./basic-credentials.ts";
export * from "./cache-control.ts";
export * from "./clear-site-data.ts";
export * from "./content-disposition.ts";
export * from "./content-range.ts";
export * from "./content-type.ts";
export * from "./cookie.ts";
export * from "./cookie-date.ts";
export * from "./entity-tag.ts";
export * from "./expect.ts";
export * from "./extended-value.ts";
export * from "./field.ts";
export * from "./forwarded.ts";
export { formatHttpHost, type HttpHost, hostField, parseHttpHost } from "./host.ts";
export * from "./http-date.ts";
export * from "./if-range.ts";
export * from "./keep-alive.ts";
export { httpFieldMembersMax, isHttpToken } from "./lexer.ts";
export * from "./link.ts";
export * from "./origin.ts";
export type { HttpParameterizedToken, HttpParameters } from "./parameters.ts";
export * from "./preconditions.ts";
export * from "./prefer.ts";
export * from "./preferences.ts";
export * from "./priority.ts";
export { type HttpProduct, serverField, userAgentField } from "./products.ts";
export * from "./range.ts";
export { contentLocationField, locationField, refererField } from "./references.ts";
export * from "./retry-after.ts";
export * from "./set-cookie.ts";
export * from "./strict-transport-security.ts";
export * from "./structured/index.ts";
export * from "./table.ts";
export * from "./tokens.ts";
export * from "./transfer-codings.ts";
export * from "./upgrade.ts";
export * from "./via.ts";
export { ageField, contentLengthField, maxForwardsField } from "./whole-number.ts";
