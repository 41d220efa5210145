import { quote } from "@hawser/core";
import { badPath, checkField, checkInteger, checkPackagePath } from "./checks.ts";
import { contentOctets, type PackageContent } from "./content.ts";
import { PackageError } from "./errors.ts";
import { packageEntriesMax, packageFileOctetsMax, packageOctetsMaxDefault } from "./limits.ts";

interface PackageEntryOwner {
  /** Absolute: where it lies once it is installed. */
  readonly path: string;
  /** Default `root`. RPM sets it; dpkg knows no names at that time, so a deb's maintainer scripts must. */
  readonly user?: string | undefined;
  /** Default `root`. */
  readonly group?: string | undefined;
}

/** A file of a package. */
export interface PackageFile extends PackageEntryOwner {
  readonly type: "file";
  readonly content: PackageContent;
  /** Permission bits. Default 0o644. */
  readonly mode?: number | undefined;
  /** A conffile: edited ones survive an upgrade. Default false. */
  readonly config?: boolean | undefined;
  /** Documentation, which some leave out. Only RPM marks it. Default false. */
  readonly documentation?: boolean | undefined;
}

/** A directory of a package. */
export interface PackageDirectory extends PackageEntryOwner {
  readonly type: "directory";
  /** Permission bits. Default 0o755. */
  readonly mode?: number | undefined;
}

/** A symbolic link of a package. */
export interface PackageLink extends PackageEntryOwner {
  readonly type: "link";
  /** What it leads to. */
  readonly target: string;
}

/** A file that the program makes itself and that goes with the package (RPM's `%ghost`); other formats leave it out. */
export interface PackageGhost extends PackageEntryOwner {
  readonly type: "ghost";
  /** Permission bits. Default 0o640. */
  readonly mode?: number | undefined;
}

/** What a package puts into the file system. */
export type PackageEntry = PackageFile | PackageDirectory | PackageLink | PackageGhost;

/** An entry whose every field was checked and filled. */
export type CheckedEntry = PackageEntry & { readonly user: string; readonly group: string; readonly mode: number };

/** What is asked of all entries together. */
export interface PackageEntryLimits {
  /** All files together, as they are unpacked. Default 512 MiB. */
  readonly octetsMax?: number | undefined;
}

/**
 * Checks the entries of a package, fills their defaults, and sorts them so that a directory comes before what is in it.
 * @throws {PackageError} `bad-path`, `bad-field`, `duplicate-path`, `too-large`
 */
export function checkEntries(
  entries: readonly PackageEntry[],
  { octetsMax = packageOctetsMaxDefault }: PackageEntryLimits = {},
): readonly CheckedEntry[] {
  if (entries.length > packageEntriesMax) throw tooLarge(`it has more than ${packageEntriesMax} entries`);
  const checked = entries.map(checkEntry).sort(byPath);
  checkTree(checked);
  const octets = checked.reduce((sum, entry) => sum + entryOctets(entry), 0);
  if (octets > octetsMax) throw tooLarge(`its files have ${octets} octets together, ${octetsMax} are allowed`);
  return checked;
}

/** How long a file is; 0 for everything else. */
export function entryOctets(entry: PackageEntry): number {
  return entry.type === "file" ? contentOctets(entry.content) : 0;
}

/** The directories that lead to the entries and are not among them, as everybody owns them. */
export function withParents(entries: readonly CheckedEntry[]): readonly CheckedEntry[] {
  const known = new Set(entries.map(({ path }) => path));
  const parents = new Set(entries.flatMap(({ path }) => parentsOf(path)).filter((path) => !known.has(path)));
  const made = [...parents].map((path): CheckedEntry => checkEntry({ type: "directory", path }));
  return [...made, ...entries].sort(byPath);
}

/** `/usr` and `/usr/lib` for `/usr/lib/x`. */
function parentsOf(path: string): string[] {
  const segments = path.split("/").slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join("/")}`);
}

function checkEntry(entry: PackageEntry): CheckedEntry {
  checkPackagePath(entry.path);
  if (entry.type === "link" && (entry.target === "" || /\p{Cc}/u.test(entry.target))) {
    throw badPath(entry.target, "a link cannot lead there");
  }
  if (entryOctets(entry) > packageFileOctetsMax) throw tooLarge(`${quote(entry.path)} has 4 GiB or more`);
  return {
    ...entry,
    user: checkField("user", entry.user ?? "root"),
    group: checkField("user", entry.group ?? "root", "group"),
    mode: checkInteger("mode", modeOf(entry), 0o7777),
  };
}

function modeOf(entry: PackageEntry): number {
  if (entry.type === "link") return 0o777;
  return entry.mode ?? { file: 0o644, directory: 0o755, ghost: 0o640 }[entry.type];
}

/** Refuses two entries at one path, and entries below something that is no directory. */
function checkTree(entries: readonly CheckedEntry[]): void {
  const types = new Map<string, CheckedEntry["type"]>();
  for (const { path, type } of entries) {
    if (types.has(path)) throw new PackageError("duplicate-path", `Cannot pack ${quote(path)}: it is there twice`);
    const obstacle = parentsOf(path).find((parent) => (types.get(parent) ?? "directory") !== "directory");
    if (obstacle !== undefined) throw badPath(path, `${quote(obstacle)} is no directory`);
    types.set(path, type);
  }
}

/** By octets, as every locale-free tool sorts. */
function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(one.path), Buffer.from(other.path));
}

function tooLarge(reason: string): PackageError {
  return new PackageError("too-large", `Cannot make the package: ${reason}`);
}
