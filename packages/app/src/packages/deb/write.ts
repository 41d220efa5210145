import { createHash } from "node:crypto";
import { arMagic, arPadding, encodeArHeader } from "../ar/wire.ts";
import { checkInteger, checkScript } from "../checks.ts";
import { readContent } from "../content.ts";
import { type CheckedEntry, checkEntries, entryOctets, type PackageEntry, withParents } from "../entry.ts";
import { GzipBuilder } from "../gzip.ts";
import type { PackageWriteOptions } from "../options.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../tar/encode.ts";
import { type DebControl, formatDebControl } from "./control.ts";
import { type DebScripts, debScriptNames } from "./scripts.ts";

/** Everything that a deb is made of. */
export interface DebDescription {
  readonly control: DebControl;
  readonly entries: readonly PackageEntry[];
  readonly scripts?: DebScripts | undefined;
  /** The time of everything in it, in seconds since 1970: what SOURCE_DATE_EPOCH holds. */
  readonly modified: number;
}

/**
 * Writes a Debian binary package (deb(5)): an `ar` archive of `debian-binary`, `control.tar.gz` and `data.tar.gz`. The same
 * description gives the same octets. The compressed package is held in memory.
 * @throws {PackageError}
 */
export async function* writeDeb(
  { control, entries, scripts = {}, modified }: DebDescription,
  options: PackageWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  checkInteger("modified", modified, 0xffff_ffff);
  const checked = checkEntries(entries, options).filter(({ type }) => type !== "ghost");
  const all = withParents(checked);
  const data = new DataArchive(modified);
  for (const entry of all) {
    options.signal?.throwIfAborted();
    await data.add(entry);
  }
  const files = controlFiles({ control, scripts, entries: all, sums: data.sums });
  yield arMagic;
  yield* member("debian-binary", [Buffer.from("2.0\n")], modified);
  yield* member("control.tar.gz", controlArchive(files, modified), modified);
  yield* member("data.tar.gz", data.finish(), modified);
}

/** `data.tar.gz`, and the sums of its files. */
class DataArchive {
  /** Lines of `md5sums`. */
  readonly sums: string[] = [];
  readonly #gzip = new GzipBuilder();
  readonly #modified: number;

  constructor(modified: number) {
    this.#modified = modified;
    this.#gzip.add(tarHeader(".", "directory", 0o755, 0, modified));
  }

  async add(entry: CheckedEntry): Promise<void> {
    const type = entry.type === "ghost" ? "file" : entry.type;
    const octets = entryOctets(entry);
    const target = entry.type === "link" ? entry.target : "";
    this.#gzip.add(tarHeader(`.${entry.path}`, type, entry.mode, octets, this.#modified, target));
    if (entry.type !== "file") return;
    const hash = createHash("md5");
    for await (const chunk of readContent(entry.path, entry.content)) {
      hash.update(chunk);
      this.#gzip.add(chunk);
    }
    this.#gzip.add(tarPadding(octets));
    if (entry.config !== true) this.sums.push(`${hash.digest("hex")}  ${entry.path.slice(1)}`);
  }

  finish(): readonly Uint8Array[] {
    this.#gzip.add(tarEnd);
    return this.#gzip.finish();
  }
}

interface ControlFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

interface ControlSources {
  readonly control: DebControl;
  readonly scripts: DebScripts;
  readonly entries: readonly CheckedEntry[];
  readonly sums: readonly string[];
}

function controlFiles({ control, scripts, entries, sums }: ControlSources): readonly ControlFile[] {
  const conffiles = entries.flatMap((entry) => (entry.type === "file" && entry.config === true ? [entry.path] : []));
  const lists = [
    { name: "conffiles", text: linesOf(conffiles), mode: 0o644 },
    { name: "control", text: formatDebControl(control, installedOctets(entries)), mode: 0o644 },
    { name: "md5sums", text: linesOf(sums), mode: 0o644 },
  ];
  const programs = debScriptNames.flatMap((name) => {
    const text = scripts[name];
    return text === undefined ? [] : [{ name, text: checkScript(name, text), mode: 0o755 }];
  });
  return [...lists, ...programs].filter(({ text }) => text !== "");
}

/** As dpkg-gencontrol counts: files in whole KiB, and one for everything else. */
function installedOctets(entries: readonly CheckedEntry[]): number {
  return entries.reduce((sum, entry) => sum + Math.max(1, Math.ceil(entryOctets(entry) / 1024)) * 1024, 0);
}

function controlArchive(files: readonly ControlFile[], modified: number): readonly Uint8Array[] {
  const gzip = new GzipBuilder(9);
  gzip.add(tarHeader(".", "directory", 0o755, 0, modified));
  for (const { name, text, mode } of files) {
    const octets = Buffer.from(text);
    gzip.add(tarHeader(`./${name}`, "file", mode, octets.length, modified));
    gzip.add(octets);
    gzip.add(tarPadding(octets.length));
  }
  gzip.add(tarEnd);
  return gzip.finish();
}

/** Everything belongs to root: dpkg unpacks before any script could make a user. */
function tarHeader(
  path: string,
  type: "file" | "directory" | "link",
  mode: number,
  octets: number,
  modified: number,
  target = "",
): Uint8Array {
  return encodeTarHeader({ ...root, path, type, mode, modified, target }, octets, "gnu");
}

const root = { uid: 0, gid: 0, user: "root", group: "root" } as const;

function* member(name: string, content: readonly Uint8Array[], modified: number): Generator<Uint8Array> {
  const octets = content.reduce((sum, { length }) => sum + length, 0);
  yield encodeArHeader({ name, modified, uid: 0, gid: 0, mode: 0o100644 }, octets);
  yield* content;
  yield arPadding(octets);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
