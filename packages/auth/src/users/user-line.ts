import { quote } from "@hawser/core";
import { passwordHashFault } from "../hashing/schemes.ts";
import { prepareUserName } from "../names.ts";
import { parseTotpSecret } from "../totp/totp.ts";
import { appPasswordHash } from "./app-password.ts";
import { parseDigestSecret } from "./digest-secret.ts";
import { parseScramSecret } from "./scram-secret.ts";
import type { UserRecord } from "./user-record.ts";

/**
 * One line of a users file, taken apart and not yet judged: `NAME:PASSWORD KEY=VALUE KEY=VALUE`. Keys that we do not know
 * are kept.
 */
export interface UserLine {
  readonly name: string;
  /** A hash; `!` before it locks the user; `*` or nothing: no password will do. */
  readonly password: string;
  readonly fields: readonly UserField[];
}

/** One further field of a line. */
export type UserField = readonly [key: string, value: string];

/** Takes a line apart. @throws {RangeError} that says what is wrong with it */
export function parseUserLine(text: string): UserLine {
  const [head = "", ...rest] = text.trim().split(/[ \t]+/);
  const colon = head.indexOf(":");
  if (colon === -1) throw new RangeError('it has no ":" after the name');
  const name = unescapeText(head.slice(0, colon));
  if (prepareUserName(name) !== name) throw new RangeError(`${quote(name)} is no user name`);
  return { name, password: head.slice(colon + 1), fields: rest.map(parseField) };
}

/** Writes a line, so that {@link parseUserLine} gives it back. */
export function formatUserLine({ name, password, fields }: UserLine): string {
  return [`${escapeText(name, /[%:#\s]/g)}:${password}`, ...fields.map(formatField)].join(" ");
}

/** What a line means. @throws {RangeError} that says what is wrong with it */
export function recordOf({ name, password, fields }: UserLine): UserRecord {
  const all = (wanted: string): readonly string[] => fields.filter(([key]) => key === wanted).map(([, value]) => value);
  const attributes = fields.filter(([key]) => key.startsWith("attr.")).map(([key, value]) => [key.slice(5), value]);
  const hash = password.replace(/^!/, "");
  const fault = hash === "" || hash === "*" ? undefined : passwordHashFault(hash);
  if (fault !== undefined) throw new RangeError(fault.message);
  return {
    name,
    password: hash === "" || hash === "*" ? undefined : hash,
    locked: password.startsWith("!"),
    groups: all("groups").flatMap((value) => value.split(",")),
    attributes: Object.freeze(Object.fromEntries(attributes)),
    scram: all("scram").map((value) => parsed("scram", parseScramSecret(value))),
    digest: all("digest").map((value) => parsed("digest", parseDigestSecret(value))),
    totp: all("totp").map(checkedTotp)[0],
    appPasswords: all("app").map(parseAppField),
    certificates: all("cert").map(checkedFingerprint),
  };
}

/** Spells a value of a field: without spaces and controls. */
export function formatField([key, value]: UserField): string {
  return `${key}=${escapeText(value, /[%\s\x00-\x1f\x7f]/g)}`;
}

function parseField(text: string): UserField {
  const [, key, value] = /^([a-z][\w.-]*)=(.*)$/is.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new RangeError("a field behind the password is no KEY=VALUE");
  return [key, unescapeText(value)];
}

function parseAppField(value: string): { readonly name: string; readonly hash: string } {
  const colon = value.indexOf(":");
  const [name, hash] = [value.slice(0, colon), value.slice(colon + 1)];
  if (colon < 1 || !appPasswordHash.test(hash)) throw new RangeError("an app password in it cannot be read");
  return { name, hash };
}

function parsed<Value>(key: string, value: Value | undefined): Value {
  if (value === undefined) throw new RangeError(`its field ${key} cannot be read`);
  return value;
}

function checkedTotp(secret: string): string {
  if (parseTotpSecret(secret) === undefined) throw new RangeError("its field totp is no base32 of 80 bits or more");
  return secret;
}

function checkedFingerprint(text: string): string {
  const hex = text.replaceAll(":", "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError("its field cert is no SHA-256 fingerprint in hex");
  return hex;
}

function escapeText(text: string, pattern: RegExp): string {
  return text.replace(pattern, (character) => encodeURIComponent(character));
}

function unescapeText(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RangeError('a "%" in it is not followed by two hex digits of UTF-8');
  }
}
