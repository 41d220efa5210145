import { basename, dirname, resolve } from "node:path";
import { quote, type Reactor, UsageError } from "@hawser/core";
import { ZoneError } from "../../authority/errors.ts";
import { dynamicZonesPlugin } from "../../authority/journal/dynamic-zones-plugin.ts";
import { refuseErrors } from "../../authority/loading/check-zone.ts";
import { loadZone } from "../../authority/loading/load-zone.ts";
import { zoneFilesPlugin } from "../../authority/loading/zone-files-plugin.ts";
import type { ZoneUpdateGrant } from "../../authority/update/update-policy.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import { type DnsPlugin, dnsChain } from "../../serving/plugin.ts";
import { requireFile } from "../text-file.ts";
import type { TsigKeyring } from "./keyring.ts";
import { type ZoneGrant, zoneName } from "./spelling.ts";

/** `--zone NAME=FILE`, as it was given. */
export type ZoneFile = readonly [name: string, file: string];

/** Zones in files, which may lie anywhere: what one includes is looked for in its own folder. */
export function fixedZones(files: readonly ZoneFile[], table: ZoneTable): DnsPlugin {
  const plugins = byFolder(files).map(([folder, zones]) => zoneFilesPlugin({ folder, zones, table }));
  return dnsChain(plugins, "zone-files");
}

/** Zones that are changed while they are served; their journals lie beside their files. */
export function dynamicZones(
  files: readonly ZoneFile[],
  grants: readonly ZoneGrant[],
  table: ZoneTable,
  keys: TsigKeyring,
): readonly DnsPlugin[] {
  return byFolder(files).map(([folder, zones]) => {
    const sources = Object.entries(zones).map(([name, file]) => [name, { file, policy: policyOf(name, grants, keys) }]);
    return dynamicZonesPlugin({ folder, zones: Object.fromEntries(sources), table });
  });
}

/** Whether anybody may change this zone. */
export function isDynamic([name]: ZoneFile, grants: readonly ZoneGrant[]): boolean {
  return grants.some((grant) => concerns(grant, name));
}

function policyOf(name: string, grants: readonly ZoneGrant[], keys: TsigKeyring): readonly ZoneUpdateGrant[] {
  return grants
    .filter((grant) => concerns(grant, name))
    .map(({ network, key }) => ({
      from: network === undefined ? undefined : [network],
      key: key === undefined ? undefined : String(keys.named(key, "allow-update").name),
      types: ["ANY"],
    }));
}

function concerns({ zone }: ZoneGrant, name: string): boolean {
  return zone === undefined || zone.equals(zoneName(name));
}

/** The zones of each folder, by the names of their files in it. */
function byFolder(files: readonly ZoneFile[]): readonly (readonly [string, Readonly<Record<string, string>>])[] {
  const folders = new Map<string, Record<string, string>>();
  for (const [name, file] of files) {
    const path = resolve(file);
    folders.set(dirname(path), { ...folders.get(dirname(path)), [name]: basename(path) });
  }
  return [...folders];
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
    await requireFile(reactor, file, `serve ${quote(name.replace(/(?<=.)\.$/, ""))} from`);
    try {
      const reading = await loadZone(reactor.files(dirname(path)), basename(path), zoneName(name), reactor);
      refuseErrors(reading);
    } catch (error) {
      throw zoneFault(error);
    }
  }
}

/** A fault of a zone as one of the command line. */
export function zoneFault(error: unknown): unknown {
  return error instanceof ZoneError ? new UsageError(error.message, { cause: error }) : error;
}
