import { basename, dirname, resolve } from "node:path";
import { FileError, quote, type Reactor, UsageError } from "@hawser/core";
import { ZoneError } from "../../authority/errors.ts";
import { refuseErrors } from "../../authority/loading/check-zone.ts";
import { loadZone } from "../../authority/loading/load-zone.ts";
import { zoneFilesPlugin } from "../../authority/loading/zone-files-plugin.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import { type DnsPlugin, dnsChain } from "../../serving/plugin.ts";
import { fileFault } from "../text-file.ts";
import { zoneName } from "./spelling.ts";

/** `--zone NAME=FILE`, as it was given. */
export type ZoneFile = readonly [name: string, file: string];

/**
 * Zones in files, which may lie anywhere: those of one folder are loaded together, and what one includes is looked for in its
 * own folder.
 */
export function zoneFilesChain(files: readonly ZoneFile[], table: ZoneTable): DnsPlugin {
  const folders = new Map<string, Record<string, string>>();
  for (const [name, file] of files) {
    const path = resolve(file);
    const zones = folders.get(dirname(path)) ?? {};
    folders.set(dirname(path), { ...zones, [name]: basename(path) });
  }
  const plugins = [...folders].map(([folder, zones]) => zoneFilesPlugin({ folder, zones, table }));
  return dnsChain(plugins, "zone-files");
}

/** @throws {UsageError} for a zone that is given twice, by whatever options */
export function requireDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const { key } = zoneName(name);
    if (seen.has(key)) throw new UsageError(`the zone ${quote(name.replace(/(?<=.)\.$/, ""))} is given twice`);
    seen.add(key);
  }
}

/** Reads all zone files once and keeps none of them. @throws {UsageError} with the place of the first fault */
export async function checkZoneFiles(files: readonly ZoneFile[], reactor: Reactor): Promise<void> {
  for (const [name, file] of files) {
    const path = resolve(file);
    try {
      const reading = await loadZone(reactor.files(dirname(path)), basename(path), zoneName(name), reactor);
      refuseErrors(reading);
    } catch (error) {
      throw zoneFault(error, file);
    }
  }
}

/** A fault of a zone as one of the command line, which names the file. */
export function zoneFault(error: unknown, file?: string): unknown {
  if (!(error instanceof ZoneError)) return error;
  const { cause } = error;
  const isGone = cause instanceof FileError || cause instanceof RangeError;
  if (!isGone) return new UsageError(error.message, { cause: error });
  const what = file === undefined ? error.message : `Cannot load the zone from ${quote(file)}: ${fileFault(cause)}`;
  return new UsageError(what, { cause: error });
}
