import { checkedSegments, FileError, quote } from "@hawser/core";
import { PackageError } from "./errors.ts";
import { lineOctetsMax, scriptOctetsMax, textOctetsMax } from "./limits.ts";

/** The words of a description that are checked by a pattern. */
export type PackageField =
  | "name"
  | "version"
  | "release"
  | "user"
  | "maintainer"
  | "license"
  | "homepage"
  | "relation"
  | "section";

/**
 * What may stand in a description. All of it ends in a line of a control file, in a shell script, or in a path of
 * somebody's root file system: so it is checked once, here, and by what is allowed.
 */
const fields: Readonly<Record<PackageField, readonly [pattern: RegExp, shape: string]>> = {
  /** Debian Policy §5.6.1; RPM allows more. */
  name: [/^[a-z0-9][a-z0-9+.-]{1,63}$/, "it is 2 to 64 of a-z, 0-9, +, . and -, and begins with a letter or digit"],
  /** What dpkg and rpm order alike: no epoch, no `-`. `~` sorts before everything (Debian Policy §5.6.12). */
  version: [
    /^[0-9][A-Za-z0-9.+~]{0,63}$/,
    "it begins with a digit and goes on with letters, digits, ., + and ~ (1.0~beta1 comes before 1.0)",
  ],
  release: [/^[0-9][A-Za-z0-9.+~]{0,31}$/, "it begins with a digit and goes on with letters, digits, ., + and ~"],
  /** Also a group. shadow's useradd takes these everywhere. */
  user: [/^[a-z_][a-z0-9_-]{0,31}$/, "it is up to 32 of a-z, 0-9, _ and -, and begins with a letter or _"],
  maintainer: [
    /^[^\p{Cc}<>,"\\\s][^\p{Cc}<>,"\\]*(?<!\s) <[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}>$/u,
    "it is spelled NAME <MAIL>",
  ],
  license: [/^[A-Za-z0-9][A-Za-z0-9.+() -]{0,127}$/, "it is an SPDX expression"],
  homepage: [/^https?:\/\/[!-;=?-~]+$/, "it is an http or https address"],
  /** `nodejs (>= 20.19)` (Debian Policy §7.1) */
  relation: [
    /^[a-z0-9][a-z0-9+.-]+( \((<<|<=|=|>=|>>) [0-9][A-Za-z0-9.+~:-]*\))?$/,
    "it is spelled NAME or NAME (>= VERSION)",
  ],
  section: [/^[a-z][a-z0-9/-]{0,31}$/, "it is of a-z, 0-9, - and /"],
};

/** Refuses a word that is not what its field wants. @throws {PackageError} `bad-field` */
export function checkField(kind: PackageField, value: string, field: string = kind): string {
  const [pattern, shape] = fields[kind];
  if (value.length <= lineOctetsMax && pattern.test(value)) return value;
  throw badField(field, value, shape);
}

/** Refuses what is not one line of text that says something. @throws {PackageError} `bad-field` */
export function checkLine(field: string, value: string): string {
  if (value.trim() !== value || value === "") throw badField(field, value, "it is empty, or has spaces around it");
  if (Buffer.byteLength(value) > lineOctetsMax)
    throw badField(field, value, `it is longer than ${lineOctetsMax} octets`);
  if (/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(value)) throw badField(field, value, "it has a control character");
  return value;
}

/** Refuses text with control characters other than line ends and tabs. @throws {PackageError} `bad-field` */
export function checkText(field: string, value: string): string {
  if (Buffer.byteLength(value) > textOctetsMax)
    throw badField(field, value, `it is longer than ${textOctetsMax} octets`);
  if (/[\p{Surrogate}]|(?![\n\t])\p{Cc}/u.test(value)) throw badField(field, value, "it has a control character");
  return value;
}

/** Refuses what is not an integer of a range. @throws {PackageError} `bad-field` */
export function checkInteger(field: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw badField(field, String(value), `it is an integer from 0 to ${most}`);
}

/** Refuses what the kernel would not run as a script. @throws {PackageError} `bad-field` */
export function checkScript(name: string, text: string): string {
  if (!/^#!\/\S+/.test(text)) throw badField(name, text, "a script begins with #! and an interpreter");
  if (text.includes("\0") || text.includes("\r")) throw badField(name, text, "it has a NUL or a carriage return");
  if (Buffer.byteLength(text) > scriptOctetsMax)
    throw badField(name, text, `it is longer than ${scriptOctetsMax} octets`);
  return text;
}

/**
 * Refuses a path that could lead elsewhere or break a list of paths: `..`, empty names, control characters.
 * @param path absolute
 * @throws {PackageError} `bad-path`
 */
export function checkPackagePath(path: string): string {
  if (!path.startsWith("/")) throw badPath(path, "it is not absolute");
  checkRelativePath(path.slice(1), path);
  return path;
}

/** The same below a folder that is told elsewhere. @throws {PackageError} `bad-path` */
export function checkRelativePath(path: string, shown: string = path): string {
  if (path === "" || /\p{Cc}/u.test(path)) throw badPath(shown, "it is empty, or has a control character");
  try {
    checkedSegments(path);
  } catch (cause) {
    if (cause instanceof FileError) throw badPath(shown, "it leads elsewhere, or nowhere", cause);
    throw cause;
  }
  return path;
}

/** A fault of a description's field, as all are told. */
export function badField(field: string, value: string, reason: string): PackageError {
  return new PackageError("bad-field", `Cannot use ${quote(value)} as ${field}: ${reason}`, { field });
}

/** A fault of a path, as all are told. */
export function badPath(path: string, reason: string, cause?: unknown): PackageError {
  return new PackageError("bad-path", `Cannot pack ${quote(path)}: ${reason}`, { cause });
}
