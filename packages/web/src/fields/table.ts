import { acceptField } from "./accept.ts";
import {
  authenticationInfoField,
  authorizationField,
  proxyAuthenticateField,
  proxyAuthenticationInfoField,
  proxyAuthorizationField,
  wwwAuthenticateField,
} from "./authentication.ts";
import { cacheControlField } from "./cache-control.ts";
import { clearSiteDataField } from "./clear-site-data.ts";
import { contentDispositionField } from "./content-disposition.ts";
import { contentRangeField } from "./content-range.ts";
import { contentTypeField } from "./content-type.ts";
import { cookieField } from "./cookie.ts";
import { etagField, ifMatchField, ifNoneMatchField } from "./entity-tag.ts";
import { expectField } from "./expect.ts";
import type { HttpField } from "./field.ts";
import { forwardedField, xForwardedForField, xForwardedHostField, xForwardedProtoField } from "./forwarded.ts";
import { hostField } from "./host.ts";
import {
  dateField,
  expiresField,
  ifModifiedSinceField,
  ifUnmodifiedSinceField,
  lastModifiedField,
} from "./http-date.ts";
import { ifRangeField } from "./if-range.ts";
import { keepAliveField } from "./keep-alive.ts";
import { linkField } from "./link.ts";
import { originField } from "./origin.ts";
import { preferenceAppliedField, preferField } from "./prefer.ts";
import { acceptCharsetField, acceptEncodingField, acceptLanguageField } from "./preferences.ts";
import { priorityField } from "./priority.ts";
import { serverField, userAgentField } from "./products.ts";
import { rangeField } from "./range.ts";
import { contentLocationField, locationField, refererField } from "./references.ts";
import { retryAfterField } from "./retry-after.ts";
import { setCookieField } from "./set-cookie.ts";
import { strictTransportSecurityField } from "./strict-transport-security.ts";
import {
  acceptRangesField,
  allowField,
  connectionField,
  contentEncodingField,
  contentLanguageField,
  trailerField,
  varyField,
} from "./tokens.ts";
import { teField, transferEncodingField } from "./transfer-codings.ts";
import { upgradeField } from "./upgrade.ts";
import { viaField } from "./via.ts";
import { ageField, contentLengthField, maxForwardsField } from "./whole-number.ts";

const FIELDS: readonly HttpField<unknown>[] = [
  acceptCharsetField,
  acceptEncodingField,
  acceptField,
  acceptLanguageField,
  acceptRangesField,
  ageField,
  allowField,
  authenticationInfoField,
  authorizationField,
  cacheControlField,
  clearSiteDataField,
  connectionField,
  contentDispositionField,
  contentEncodingField,
  contentLanguageField,
  contentLengthField,
  contentLocationField,
  contentRangeField,
  contentTypeField,
  cookieField,
  dateField,
  etagField,
  expectField,
  expiresField,
  forwardedField,
  hostField,
  ifMatchField,
  ifModifiedSinceField,
  ifNoneMatchField,
  ifRangeField,
  ifUnmodifiedSinceField,
  keepAliveField,
  lastModifiedField,
  linkField,
  locationField,
  maxForwardsField,
  originField,
  preferField,
  preferenceAppliedField,
  priorityField,
  proxyAuthenticateField,
  proxyAuthenticationInfoField,
  proxyAuthorizationField,
  rangeField,
  refererField,
  retryAfterField,
  serverField,
  setCookieField,
  strictTransportSecurityField,
  teField,
  trailerField,
  transferEncodingField,
  upgradeField,
  userAgentField,
  varyField,
  viaField,
  wwwAuthenticateField,
  xForwardedForField,
  xForwardedHostField,
  xForwardedProtoField,
];

/**
 * Every field that has a typed value, by lower-case name: for those who meet a name and not its constant. Adding a field
 * is one file and one line here.
 */
export const httpFields: ReadonlyMap<string, HttpField<unknown>> = new Map(
  FIELDS.map((field) => [field.name.toLowerCase(), field]),
);
