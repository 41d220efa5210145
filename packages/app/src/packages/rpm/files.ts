import type { CheckedEntry } from "../entry.ts";
import { entryOctets } from "../entry.ts";
import { type RpmValues, rpmFileFlags, rpmSha256, type rpmTags } from "./tags.ts";

/** An entry, and the digest of its content where it is a file. */
export interface RpmFile {
  readonly entry: CheckedEntry;
  /** SHA-256 in hexadecimal; empty for everything that is no file with content. */
  readonly digest: string;
}

const typeBits = { file: 0o100000, ghost: 0o100000, directory: 0o040000, link: 0o120000 } as const;

/** A file's mode with its type, as cpio and the header both have it. */
export function rpmMode({ type, mode }: CheckedEntry): number {
  return typeBits[type] | mode;
}

/** The size that is told of a file: that of its content, or of a link's target. */
export function rpmFileOctets(entry: CheckedEntry): number {
  return entry.type === "link" ? Buffer.byteLength(entry.target) : entryOctets(entry);
}

/** The part of the main header that lists the files: for each property of a file one list. */
export function rpmFileValues(files: readonly RpmFile[], modified: number): RpmValues<typeof rpmTags> {
  const entries = files.map(({ entry }) => entry);
  const directories = [...new Set(entries.map(({ path }) => directoryOf(path)))];
  const indexes = new Map(directories.map((path, index) => [path, index]));
  const all = <Value>(value: Value) => entries.map(() => value);
  return {
    fileSizes: entries.map(rpmFileOctets),
    fileModes: entries.map(rpmMode),
    fileDevices: all(0),
    fileTimes: all(modified),
    fileDigests: files.map(({ digest }) => digest),
    fileLinkTargets: entries.map((entry) => (entry.type === "link" ? entry.target : "")),
    fileFlags: entries.map(flagsOf),
    fileUsers: entries.map(({ user }) => user),
    fileGroups: entries.map(({ group }) => group),
    fileVerifyFlags: entries.map((entry) => (entry.type === "ghost" ? 0 : 0xffff_ffff)),
    fileVolumes: all(1),
    fileInodes: entries.map((_, index) => index + 1),
    fileLanguages: all(""),
    directoryIndexes: entries.map(({ path }) => indexes.get(directoryOf(path))!),
    baseNames: entries.map(({ path }) => path.slice(directoryOf(path).length)),
    directoryNames: directories,
    fileDigestAlgorithm: [rpmSha256],
  };
}

/** `%config(noreplace)`: an edited file stays, and the new one is laid beside it. */
function flagsOf(entry: CheckedEntry): number {
  if (entry.type === "ghost") return rpmFileFlags.ghost;
  if (entry.type !== "file") return 0;
  const config = entry.config === true ? rpmFileFlags.config | rpmFileFlags.noReplace : 0;
  return config | (entry.documentation === true ? rpmFileFlags.documentation : 0);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
