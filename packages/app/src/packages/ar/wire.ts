/**
 * The archives of `ar` (deb(5), ar(5)): a magic line, then members of a text header of 60 octets and their content, each
 * padded to an even length.
 */
import { quote } from "@hawser/core";
import { PackageError } from "../errors.ts";

/** A member of an `ar` archive. */
export interface ArMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly uid: number;
  readonly gid: number;
  /** With the file's type, such as 0o100644. */
  readonly mode: number;
}

/** What stands at the beginning of every `ar` archive. */
export const arMagic: Uint8Array = Buffer.from("!<arch>\n");

const headerOctets = 60;
const nameMax = 16;

/**
 * The header of a member, spelled as dpkg-deb does: the bare name, at most 16 characters. Behind it come the content, and
 * {@link arPadding}.
 * @throws {RangeError} for a name or a number that does not fit
 */
export function encodeArHeader(member: Omit<ArMember, "content">, octets: number): Uint8Array {
  if (member.name.length > nameMax || !/^[!-.0-~]+$/.test(member.name)) {
    throw new RangeError(`Cannot write ${quote(member.name)} as a name in an ar archive`);
  }
  const fields = [
    member.name.padEnd(nameMax),
    number(member.modified, 12),
    number(member.uid, 6),
    number(member.gid, 6),
    number(member.mode, 8, 8),
    number(octets, 10),
  ];
  return Buffer.from(`${fields.join("")}\`\n`, "latin1");
}

/** What makes a member's length even. */
export function arPadding(octets: number): Uint8Array {
  return octets % 2 === 0 ? new Uint8Array() : Buffer.from("\n");
}

/**
 * The members of an archive, one after another. Reads dpkg-deb's and BSD's bare names, System V's `name/`, and GNU's table
 * of long names; tables of symbols are left out.
 * @throws {PackageError} `bad-archive`
 */
export function* decodeAr(octets: Uint8Array): Generator<ArMember> {
  const archive = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (!archive.subarray(0, arMagic.length).equals(arMagic)) throw damaged("it does not begin as one");
  let names = "";
  for (let at = arMagic.length; at < archive.length; ) {
    const { name, size, ...rest } = decodeHeader(archive, at);
    const start = at + headerOctets;
    if (start + size > archive.length) throw damaged("a member is longer than the archive");
    const content = octets.subarray(start, start + size);
    if (name === "//") names = Buffer.from(content).toString("latin1");
    else if (name !== "/" && name !== "/SYM64/") yield { ...rest, name: memberName(name, names), content };
    at = start + size + (size % 2);
  }
}

function decodeHeader(archive: Buffer, at: number): Omit<ArMember, "content"> & { readonly size: number } {
  const header = archive.toString("latin1", at, at + headerOctets);
  if (header.length < headerOctets || !header.endsWith("`\n")) throw damaged("a member has no header");
  return {
    name: header.slice(0, 16).trimEnd(),
    modified: parseNumber(header.slice(16, 28)),
    uid: parseNumber(header.slice(28, 34)),
    gid: parseNumber(header.slice(34, 40)),
    mode: parseNumber(header.slice(40, 48), 8),
    size: parseNumber(header.slice(48, 58)),
  };
}

/** `/123` refers to the table of long names, in which each ends in `/` and a line end. */
function memberName(name: string, names: string): string {
  if (!name.startsWith("/")) return name.endsWith("/") ? name.slice(0, -1) : name;
  const start = parseNumber(name.slice(1));
  const end = names.indexOf("\n", start);
  if (end < 0) throw damaged("a long name is missing");
  return names.slice(start, end).replace(/\/$/, "");
}

function number(value: number, width: number, radix = 10): string {
  const digits = value.toString(radix);
  if (!Number.isInteger(value) || value < 0 || digits.length > width) {
    throw new RangeError(`Cannot write ${value} in an ar archive: it has room for ${width} digits`);
  }
  return digits.padEnd(width);
}

function parseNumber(text: string, radix: 8 | 10 = 10): number {
  const digits = text.trimEnd();
  if (!(radix === 8 ? /^[0-7]*$/ : /^[0-9]*$/).test(digits)) throw damaged("a number in a header is none");
  return digits === "" ? 0 : Number.parseInt(digits, radix);
}

function damaged(reason: string): PackageError {
  return new PackageError("bad-archive", `Cannot read the ar archive: ${reason}`);
}
