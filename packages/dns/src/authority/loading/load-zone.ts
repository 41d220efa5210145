import { Buffer } from "node:buffer";
import { type Cancellable, type Clock, cooperate, FileError, type FileTree, quote } from "@hawser/core";
import { dnsIncludeDepthMax } from "../../limits.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { latin1Of } from "../../name/octets.ts";
import { ZoneError } from "../errors.ts";
import { readZoneText, type ZoneReading, type ZoneReadingOptions } from "./zone-reading.ts";

/** How a zone is loaded from a file. */
export interface ZoneLoadOptions extends Omit<ZoneReadingOptions, "file" | "include">, Cancellable {
  readonly clock: Clock;
  /** Octets of the file and all that it includes. Default 536,870,000: as long as a text of ours can be. */
  readonly octetsMax?: number | undefined;
}

/** The longest string that there is, nearly. */
const zoneFileOctetsMax = 536_870_000;

/** Files that one zone includes, deep and wide. */
const includedFilesMax = 1_000;

/**
 * Reads a zone from a file, in slices that let everybody else go on. `$INCLUDE` names files of the same tree, from its root: no
 * zone reaches out of the folder that it lies in.
 *
 * @throws {ZoneError} `not-loaded` when the file cannot be had, with the {@link FileError} as its cause
 */
export async function loadZone(
  files: FileTree,
  path: string,
  origin: DomainName,
  { clock, signal, octetsMax = zoneFileOctetsMax, ...options }: ZoneLoadOptions,
): Promise<ZoneReading> {
  const texts = new ZoneTexts(files, octetsMax);
  const text = await texts.read(path);
  signal?.throwIfAborted();
  await texts.readIncluded(text);
  const include = (file: string): string => texts.included(file);
  const steps = readZoneText(text, origin, { ...options, file: path, include });
  return await cooperate(steps, { clock, signal }).done;
}

/** The files of one zone. Those that are included are read before they are asked for: a reader of text cannot wait. */
class ZoneTexts {
  readonly #files: FileTree;
  readonly #texts = new Map<string, string | Error>();
  #octetsLeft: number;

  constructor(files: FileTree, octetsMax: number) {
    this.#files = files;
    this.#octetsLeft = octetsMax;
  }

  /** Octets become characters, so that text in any encoding is what it was; a byte order mark goes. */
  async read(path: string): Promise<string> {
    try {
      const octets = await this.#files.readFile(path, { octetsMax: this.#octetsLeft });
      this.#octetsLeft -= octets.length;
      return latin1Of(octets, hasMark(octets) ? 3 : 0);
    } catch (cause) {
      if (!(cause instanceof FileError || cause instanceof RangeError)) throw cause;
      throw new ZoneError("not-loaded", `Cannot load the zone: ${cause.message}`, { cause });
    }
  }

  /** Reads what a text may include, and what that may: lines that look like it, whether they are or not. */
  async readIncluded(text: string, depth = 0): Promise<void> {
    if (depth > dnsIncludeDepthMax) return;
    for (const file of includedNames(text)) {
      if (this.#texts.has(file) || this.#texts.size >= includedFilesMax) continue;
      const included = await this.read(file).catch((error: Error) => error);
      this.#texts.set(file, included);
      if (typeof included === "string") await this.readIncluded(included, depth + 1);
    }
  }

  included(file: string): string {
    const text = this.#texts.get(file) ?? new Error(`Cannot include ${quote(file)}: the zone includes too many files`);
    if (typeof text === "string") return text;
    throw text;
  }
}

/** The files that lines name which begin like a directive. Only dollars are looked at: texts are long, and have few. */
function* includedNames(text: string): Generator<string> {
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at + 1)) {
    if (at > 0 && text[at - 1] !== "\n") continue;
    const [, quoted, plain] =
      /^\$INCLUDE[ \t]+(?:"([^"\n]*)"|([^\s;]+))/i.exec(text.slice(at, at + lineCharacters)) ?? [];
    const file = quoted ?? plain;
    if (file !== undefined) yield file;
  }
}

/** A directive and the longest path. */
const lineCharacters = 4_200;

function hasMark(octets: Uint8Array): boolean {
  return Buffer.compare(octets.subarray(0, 3), Buffer.from([0xef, 0xbb, 0xbf])) === 0;
}
