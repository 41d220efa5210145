import { PackageError } from "../errors.ts";
import { type TarEntryType, type TarFile, tarBlockOctets, tarChecksum, tarTypeFlags, ustar } from "./entry.ts";

/**
 * The entries of an archive, one after another: ustar, with the extended headers of POSIX or GNU before them. Devices and
 * FIFOs are refused, since nothing here writes or wants them.
 * @throws {PackageError} `bad-archive`
 */
export function* decodeTar(octets: Uint8Array): Generator<TarFile> {
  const archive = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const global: Records = new Map();
  let local: Records = new Map();
  for (let at = 0; !isEnd(archive, at); ) {
    const block = archive.subarray(at, at + tarBlockOctets);
    checkHeader(block);
    const type = block.toString("latin1", ...span("type"));
    const size = isExtension(type) ? numberIn(block, "size") : sizeOf(block, type, local, global);
    const start = at + tarBlockOctets;
    if (start + size > archive.length) throw damaged("a file is longer than the archive");
    const content = archive.subarray(start, start + size);
    if (isExtension(type)) keep(extendedRecords(type, content), type === "g" ? global : local);
    else yield fileOf(block, type, new Map([...global, ...local]), content);
    if (!isExtension(type)) local = new Map();
    at = start + Math.ceil(size / tarBlockOctets) * tarBlockOctets;
  }
}

type Records = Map<string, string>;

/** The end is a block of zeros; some writers leave it out. */
function isEnd(archive: Buffer, at: number): boolean {
  if (at >= archive.length) return true;
  return archive.subarray(at, at + tarBlockOctets).every((octet) => octet === 0);
}

function checkHeader(block: Buffer): void {
  if (block.length < tarBlockOctets) throw damaged("a header is cut");
  if (numberIn(block, "checksum") !== tarChecksum(block)) throw damaged("a header's checksum is wrong");
}

function isExtension(type: string): boolean {
  return ["x", "g", "L", "K"].includes(type);
}

function extendedRecords(type: string, content: Buffer): Iterable<readonly [string, string]> {
  if (type === "L") return [["path", textTo(content)]];
  if (type === "K") return [["linkpath", textTo(content)]];
  return paxRecords(content);
}

function keep(records: Iterable<readonly [string, string]>, kept: Records): void {
  for (const [name, value] of records) kept.set(name, value);
}

function* paxRecords(content: Buffer): Generator<readonly [string, string]> {
  for (let at = 0; at < content.length; ) {
    const record = /^([1-9][0-9]{0,8}) ([^=]+)=/.exec(content.toString("utf8", at, at + 256));
    const length = Number(record?.[1]);
    if (record === null || at + length > content.length || content[at + length - 1] !== 0x0a) {
      throw damaged("an extended header has a record that is none");
    }
    const start = at + Buffer.byteLength(record[0]);
    yield [record[2]!, content.toString("utf8", start, Math.max(start, at + length - 1))];
    at += length;
  }
}

/** Links and directories have none, whatever their header says. */
function sizeOf(block: Buffer, type: string, local: Records, global: Records): number {
  if (typeOf(type) !== "file") return 0;
  return number(local.get("size") ?? global.get("size")) ?? numberIn(block, "size");
}

function fileOf(block: Buffer, flag: string, records: Records, content: Buffer): TarFile {
  const type = typeOf(flag);
  const path = records.get("path") ?? pathIn(block);
  const { buffer, byteOffset, length } = content;
  return {
    type,
    path: type === "directory" ? path.replace(/\/+$/, "") : path,
    mode: numberIn(block, "mode") & 0o7777,
    uid: number(records.get("uid")) ?? numberIn(block, "uid"),
    gid: number(records.get("gid")) ?? numberIn(block, "gid"),
    user: records.get("uname") ?? textIn(block, "user"),
    group: records.get("gname") ?? textIn(block, "group"),
    modified: number(records.get("mtime")) ?? numberIn(block, "modified"),
    target: records.get("linkpath") ?? textIn(block, "target"),
    content: new Uint8Array(buffer, byteOffset, length),
  };
}

/** Old writers end a directory's name with `/` and tell no type; NUL is an old file. */
function typeOf(flag: string): TarEntryType {
  if (flag === "\0") return "file";
  const found = Object.entries(tarTypeFlags).find(([, other]) => other === flag);
  if (found === undefined) throw damaged("an entry is neither file, directory nor link");
  return found[0] as TarEntryType;
}

/** GNU's own header has no prefix there, but times. */
function pathIn(block: Buffer): string {
  const isPosix = block.toString("latin1", ustar.magic[0], ustar.magic[0] + 6) === "ustar\0";
  const prefix = isPosix ? textIn(block, "prefix") : "";
  return prefix === "" ? textIn(block, "name") : `${prefix}/${textIn(block, "name")}`;
}

function span(field: keyof typeof ustar): [start: number, end: number] {
  const [at, octets] = ustar[field];
  return [at, at + octets];
}

function textIn(block: Buffer, field: keyof typeof ustar): string {
  return textTo(block.subarray(...span(field)));
}

function textTo(octets: Buffer): string {
  const end = octets.indexOf(0);
  return octets.toString("utf8", 0, end < 0 ? octets.length : end);
}

/** Octal digits, or GNU's binary, which has its first bit set. */
function numberIn(block: Buffer, field: keyof typeof ustar): number {
  const octets = block.subarray(...span(field));
  if (octets[0] === 0x80) return binaryIn(octets);
  const digits = textTo(octets).trim();
  if (!/^[0-7]*$/.test(digits)) throw damaged("a number in a header is none");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function binaryIn(octets: Buffer): number {
  if (octets.subarray(1, -6).some((octet) => octet !== 0)) throw damaged("a number in a header is too large");
  return octets.readUIntBE(octets.length - 6, 6);
}

/** A number of an extended header. Times may have fractions, and are cut. */
function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,15}(\.[0-9]*)?$/.test(text)) throw damaged("a number in an extended header is none");
  return Math.floor(Number(text));
}

function damaged(reason: string): PackageError {
  return new PackageError("bad-archive", `Cannot read the tar archive: ${reason}`);
}
