import { quote } from "@hawser/core";
import { type MailField, MailHeader, quotedString } from "@hawser/mime";
import { SenderError } from "../errors.ts";
import {
  type AuthenticationResult,
  type AuthenticationResults,
  authenticationResultsField,
} from "./authentication-results.ts";

/** Writes the field, to stand before all others (RFC 8601 §4). @throws {SenderError} `bad-results` for words that are none, and for lines in values */
export function formatAuthenticationResults(results: AuthenticationResults): MailField {
  const version = results.version === undefined ? "" : ` ${results.version}`;
  const said = results.results.length === 0 ? ["none"] : results.results.map(formatResult);
  return fieldWith(authenticationResultsField, [`${asValue(results.authservId)}${version}`, ...said].join("; "));
}

/** A field of the mail's trace: folded, its lines checked. */
export function fieldWith(name: string, body: string): MailField {
  return new MailHeader().prepended(name, body).fields[0]!;
}

/** A value as it may stand: as it is, or between quotes. What is too long for one is cut. @throws {SenderError} `bad-results` */
export function asValue(text: string): string {
  const cut = text.length > valueLengthMax ? `${text.slice(0, valueLengthMax - 1)}…` : text;
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(cut)) throw bad(cut, "it has control characters");
  return /^[\w!#$%&'*+.^`{|}~\u0080-\u{10ffff}-]+$/u.test(cut) ? cut : quotedString(cut);
}

function formatResult({ method, methodVersion, result, reason, properties }: AuthenticationResult): string {
  const version = methodVersion === undefined ? "" : `/${methodVersion}`;
  const why = reason === undefined ? "" : ` reason=${quotedString(plain(reason))}`;
  const about = properties.map(({ type, name, value }) => ` ${keyword(type)}.${keyword(name)}=${addressOf(value)}`);
  return `${keyword(method)}${version}=${keyword(result)}${why}${about.join("")}`;
}

/** Addresses and domains need no quotes, but in what stands before the `@` (RFC 8601 §2.2, `pvalue`). */
function addressOf(value: string): string {
  const at = value.lastIndexOf("@");
  const domain = value.slice(at + 1);
  if (at === -1 || value.length > valueLengthMax || !/^[\w.\u0080-\u{10ffff}-]+$/u.test(domain)) return asValue(value);
  return at === 0 ? value : `${asValue(value.slice(0, at))}@${domain}`;
}

function plain(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, " ").slice(0, valueLengthMax);
}

function keyword(word: string): string {
  if (!/^[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?$/.test(word)) throw bad(word, "it is no keyword");
  return word;
}

function bad(text: string, reason: string): SenderError {
  return new SenderError("bad-results", `Cannot write ${quote(text)} as a result: ${reason}`);
}

/** Characters of a value: an address has 320 at most (RFC 5321 §4.5.3.1). */
const valueLengthMax = 320;
