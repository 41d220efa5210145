/**
 * The "new ASCII" format of `cpio` (cpio(5)), in which RPM packs files: for each a header of thirteen hexadecimal numbers,
 * its path, and its content, both padded to four octets.
 */
import { quote } from "@hawser/core";
import { PackageError } from "../errors.ts";

/** What a header of a `cpio` archive says of a file. */
export interface CpioEntry {
  /** As it stands in the archive, such as `./usr/bin/x`. */
  readonly path: string;
  /** With the file's type, such as 0o100644, 0o040755 or 0o120777. */
  readonly mode: number;
  readonly inode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** An entry with what follows its header: the content of a file, or the target of a link. */
export interface CpioFile extends CpioEntry {
  readonly content: Uint8Array;
}

const magic = "070701";
const headerOctets = 110;
const trailerName = "TRAILER!!!";
/** Linux's PATH_MAX. */
const pathOctetsMax = 4096;

/**
 * The header and the path of an entry. Behind it come the content, and {@link cpioPadding}.
 * @throws {RangeError} for a path with NUL, or a number that does not fit
 */
export function encodeCpioHeader(entry: CpioEntry, octets: number): Uint8Array {
  const path = Buffer.from(`${entry.path}\0`);
  if (entry.path.includes("\0") || entry.path === "" || path.length > pathOctetsMax) {
    throw new RangeError(`Cannot write ${quote(entry.path)} as a path in a cpio archive`);
  }
  const { inode, mode, uid, gid, links, modified } = entry;
  const numbers = [inode, mode, uid, gid, links, modified, octets, 0, 0, 0, 0, path.length, 0];
  const header = Buffer.from(magic + numbers.map(hexadecimal).join(""), "latin1");
  return Buffer.concat([header, path, cpioPadding(headerOctets + path.length)]);
}

/** What fills up to a multiple of four octets. */
export function cpioPadding(octets: number): Uint8Array {
  return new Uint8Array((4 - (octets % 4)) % 4);
}

/** What stands at the end of every `cpio` archive. */
export function encodeCpioTrailer(): Uint8Array {
  return encodeCpioHeader({ path: trailerName, mode: 0, inode: 0, links: 1, uid: 0, gid: 0, modified: 0 }, 0);
}

/**
 * The entries of an archive, one after another, up to its trailer.
 * @throws {PackageError} `bad-archive`
 */
export function* decodeCpio(octets: Uint8Array): Generator<CpioFile> {
  const archive = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  for (let at = 0; ; ) {
    const { path, size, start, ...rest } = decodeHeader(archive, at);
    if (path === trailerName) return;
    if (start + size > archive.length) throw damaged("a file is longer than the archive");
    yield { ...rest, path, content: octets.subarray(start, start + size) };
    at = start + size + cpioPadding(size).length;
  }
}

function decodeHeader(
  archive: Buffer,
  at: number,
): CpioEntry & { readonly size: number /** Where the content begins. */; readonly start: number } {
  const header = archive.toString("latin1", at, at + headerOctets);
  if (header.length < headerOctets || !/^070701[0-9a-fA-F]{104}$/.test(header)) throw damaged("an entry has no header");
  const number = (index: number) => Number.parseInt(header.slice(6 + index * 8, 14 + index * 8), 16);
  const named = at + headerOctets;
  const length = number(11);
  if (length < 2 || length > pathOctetsMax || archive[named + length - 1] !== 0) throw damaged("a path has no end");
  return {
    path: archive.toString("utf8", named, named + length - 1),
    inode: number(0),
    mode: number(1),
    uid: number(2),
    gid: number(3),
    links: number(4),
    modified: number(5),
    size: number(6),
    start: named + length + cpioPadding(headerOctets + length).length,
  };
}

function hexadecimal(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(`Cannot write ${value} in a cpio archive: it has room for 32 bits`);
  }
  return value.toString(16).padStart(8, "0");
}

function damaged(reason: string): PackageError {
  return new PackageError("bad-archive", `Cannot read the cpio archive: ${reason}`);
}
