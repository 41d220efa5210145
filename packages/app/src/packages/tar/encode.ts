import { quote } from "@hawser/core";
import { type TarEntry, tarBlockOctets, tarChecksum, tarTypeFlags, ustar } from "./entry.ts";

/**
 * How to write what a ustar header has no room for: as records of an extended header (POSIX), or in GNU's way, which is
 * the only one that dpkg reads (deb(5)).
 */
export type TarDialect = "pax" | "gnu";

/**
 * The header of an entry, with others before it where its names are long or not ASCII, or its file is larger than 8 GiB.
 * Behind it come the content, and {@link tarPadding}.
 * @throws {RangeError} for what cannot be written at all: a NUL, a negative number
 */
export function encodeTarHeader(entry: TarEntry, octets: number, dialect: TarDialect = "pax"): Uint8Array {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
  for (const text of [path, entry.target, entry.user, entry.group]) checkText(text);
  for (const value of [entry.mode, entry.uid, entry.gid, entry.modified, octets]) checkNumber(value);
  const extra = dialect === "pax" ? paxHeader(entry, path, octets) : gnuHeaders(entry, path);
  return Buffer.concat([...extra, ustarBlock(entry, path, octets, tarTypeFlags[entry.type], dialect)]);
}

/** What fills up to a whole block. */
export function tarPadding(octets: number): Uint8Array {
  return new Uint8Array((tarBlockOctets - (octets % tarBlockOctets)) % tarBlockOctets);
}

/** What stands at the end of every archive: two blocks of zeros. */
export const tarEnd: Uint8Array = new Uint8Array(2 * tarBlockOctets);

type Numbers = Pick<TarEntry, "mode" | "uid" | "gid" | "modified" | "user" | "group" | "target">;

function ustarBlock(entry: Numbers, path: string, octets: number, type: string, dialect: TarDialect): Uint8Array {
  const block = Buffer.alloc(tarBlockOctets);
  const [prefix, name] = splitPath(path) ?? ["", cut(path, ustar.name[1])];
  block.write(name, ustar.name[0]);
  block.write(prefix, ustar.prefix[0]);
  for (const field of ["mode", "uid", "gid", "modified"] as const)
    putNumber(block, ustar[field], entry[field], dialect);
  putNumber(block, ustar.size, octets, dialect);
  block.write(type, ustar.type[0]);
  block.write(cut(entry.target, ustar.target[1]), ustar.target[0]);
  block.write("ustar\x0000", ustar.magic[0], "latin1");
  block.write(cut(entry.user, ustar.user[1] - 1), ustar.user[0]);
  block.write(cut(entry.group, ustar.group[1] - 1), ustar.group[0]);
  for (const field of ["major", "minor"] as const) putNumber(block, ustar[field], 0, dialect);
  block.write(`${tarChecksum(block).toString(8).padStart(6, "0")}\0 `, ustar.checksum[0], "latin1");
  return block;
}

/** Octal digits and NUL. Where they have no room, zero in a pax archive, whose record tells; GNU writes binary. */
function putNumber(block: Buffer, [at, width]: readonly [number, number], value: number, dialect: TarDialect): void {
  const digits = value.toString(8);
  if (digits.length < width) block.write(digits.padStart(width - 1, "0"), at, "latin1");
  else if (dialect === "pax") block.write("0".repeat(width - 1), at, "latin1");
  else putBinary(block.subarray(at, at + width), value);
}

function putBinary(field: Buffer, value: number): void {
  field.writeUIntBE(value, field.length - 6, 6);
  field[0] = 0x80;
}

/** A long path is parted at a `/`: what comes before has 155 octets of room, what comes after 100. */
function splitPath(path: string): readonly [prefix: string, name: string] | undefined {
  const [nameMax, prefixMax] = [ustar.name[1], ustar.prefix[1]];
  const octets = Buffer.from(path);
  if (octets.length <= nameMax) return ["", path];
  const at = octets.indexOf(0x2f, octets.length - nameMax - 1);
  if (at <= 0 || at > prefixMax || at === octets.length - 1) return undefined;
  return [octets.toString("utf8", 0, at), octets.toString("utf8", at + 1)];
}

/** An extended header with a record for everything that the ustar header cannot tell (POSIX pax). */
function paxHeader(entry: TarEntry, path: string, octets: number): readonly Uint8Array[] {
  const texts: readonly (readonly [string, string, boolean])[] = [
    ["path", path, splitPath(path) !== undefined],
    ["linkpath", entry.target, Buffer.byteLength(entry.target) <= ustar.target[1]],
    ["uname", entry.user, entry.user.length < ustar.user[1]],
    ["gname", entry.group, entry.group.length < ustar.group[1]],
  ];
  const numbers: readonly (readonly [string, number, number])[] = [
    ["size", octets, ustar.size[1]],
    ["mtime", entry.modified, ustar.modified[1]],
    ["uid", entry.uid, ustar.uid[1]],
    ["gid", entry.gid, ustar.gid[1]],
  ];
  const records = [
    ...texts.filter(([, text, fits]) => !fits || !isAscii(text)).map(([name, text]) => paxRecord(name, text)),
    ...numbers
      .filter(([, value, width]) => value.toString(8).length >= width)
      .map(([name, value]) => paxRecord(name, String(value))),
  ];
  return records.length === 0 ? [] : extension("x", "./PaxHeaders/entry", Buffer.concat(records), "pax");
}

/** `LENGTH NAME=VALUE`, a line whose length counts its own digits. */
function paxRecord(name: string, value: string): Buffer {
  const rest = Buffer.from(` ${name}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A name that is too long stands in an entry of its own before the one it belongs to (GNU tar, "long names"). */
function gnuHeaders(entry: TarEntry, path: string): readonly Uint8Array[] {
  const long = splitPath(path) === undefined ? extension("L", gnuName, Buffer.from(`${path}\0`), "gnu") : [];
  const hasRoom = Buffer.byteLength(entry.target) <= ustar.target[1];
  return hasRoom ? long : [...extension("K", gnuName, Buffer.from(`${entry.target}\0`), "gnu"), ...long];
}

const gnuName = "././@LongLink";

function extension(type: string, name: string, content: Uint8Array, dialect: TarDialect): readonly Uint8Array[] {
  return [ustarBlock(nobody, name, content.length, type, dialect), content, tarPadding(content.length)];
}

const nobody: Numbers = { mode: 0o644, uid: 0, gid: 0, modified: 0, user: "", group: "", target: "" };

/** The longest beginning of a text that fits, no character cut in two. */
function cut(text: string, octetsMax: number): string {
  if (Buffer.byteLength(text) <= octetsMax) return text;
  return Buffer.from(text)
    .toString("utf8", 0, octetsMax)
    .replace(/\ufffd+$/, "");
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function checkText(text: string): void {
  if (text.includes("\0")) throw new RangeError(`Cannot write ${quote(text)} in a tar archive: it has a NUL`);
}

function checkNumber(value: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 47) return;
  throw new RangeError(`Cannot write ${value} in a tar archive: it is no whole number that has room`);
}
