import { fieldBody, type MailField, MailHeader } from "@hawser/mime";
import { asciiDomain } from "../domain.ts";
import { authenticationResultsField } from "./authentication-results.ts";
import { authservIdOf } from "./parse.ts";

/**
 * A header without the results that came with it and claim to be from here (RFC 8601 §5): to be done before one's own are put
 * on top. Fields that do not say whose they are go too, since nobody knows how others read them.
 *
 * @param authservIds all names that readers believe
 */
export function withoutForgedResults(header: MailHeader, ...authservIds: readonly string[]): MailHeader {
  const own = new Set(authservIds.map(comparable));
  return new MailHeader(header.fields.filter((field) => !isForged(field, own)));
}

function isForged(field: MailField, own: ReadonlySet<string>): boolean {
  if (field.name.toLowerCase() !== authenticationResultsField.toLowerCase()) return false;
  const id = authservIdOf(fieldBody(field));
  return id === undefined || id === "" || own.has(comparable(id));
}

/** However it is spelled. */
function comparable(id: string): string {
  return asciiDomain(id) ?? id.toLowerCase();
}
