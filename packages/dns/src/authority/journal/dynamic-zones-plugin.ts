import type { FileTree, Reactor } from "@hawser/core";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import { type DnsPlugin, dnsChain } from "../../serving/plugin.ts";
import { type UpdatableZone, updatePlugin } from "../update/update-plugin.ts";
import type { ZoneUpdatePolicy } from "../update/update-policy.ts";
import { updatePermits } from "../update/update-policy.ts";
import type { ZoneOptions } from "../zone.ts";
import { ZoneTable } from "../zone-table.ts";
import { zonesPlugin } from "../zones-plugin.ts";
import { ZoneStore } from "./zone-store.ts";

/** Which zones take updates, and from whom. */
export interface DynamicZonesOptions extends ZoneOptions {
  /** The folder of their files and journals, which nobody else writes to. */
  readonly folder: string;
  /** By their names. */
  readonly zones: Readonly<Record<string, { readonly file: string; readonly policy: ZoneUpdatePolicy }>>;
  /** Where they are put, with other zones. Default: a table of their own. */
  readonly table?: ZoneTable | undefined;
  /** How long a journal may become before it is written into the zone's file. Default 16 MiB. */
  readonly journalOctetsMax?: number | undefined;
}

/** A plugin whose zones change while they are served. */
export interface DynamicZonesPlugin extends DnsPlugin {
  readonly table: ZoneTable;
  /** The stores of the zones, by the zones' names, while the server runs. */
  store(origin: DomainName): ZoneStore | undefined;
}

/**
 * Answers from zones that are changed by dynamic updates (RFC 2136), and takes these from those whom a zone's policy names. An
 * update is in the journal, on the medium, before it is answered.
 *
 * @throws {TypeError} for a policy that makes no sense
 */
export function dynamicZonesPlugin(options: DynamicZonesOptions): DynamicZonesPlugin {
  const table = options.table ?? new ZoneTable();
  const sources = Object.entries(options.zones).map(([name, source]) => ({ origin: parseDomainName(name), ...source }));
  for (const { policy, origin } of sources) updatePermits(policy, origin);
  const open = new Map<string, UpdatableZone & { readonly writer: ZoneStore }>();
  const close = async (): Promise<void> => {
    for (const { writer, zone } of open.values()) {
      table.remove(zone.origin);
      await writer.close();
    }
    open.clear();
  };
  return {
    ...dnsChain([updatePlugin((origin) => open.get(origin.key)), zonesPlugin(table)], "dynamic-zones"),
    table,
    store: (origin) => open.get(origin.key)?.writer,
    async started(reactor: Reactor) {
      const { clock } = reactor;
      const tree: FileTree = reactor.files(options.folder);
      try {
        for (const { origin, file, policy } of sources) {
          const writer = await ZoneStore.open(tree, file, origin, { ...options, clock });
          open.set(origin.key, { zone: writer.zone, writer, policy });
          table.add(writer.zone);
        }
      } catch (error) {
        await close();
        throw error;
      }
    },
    stopped: close,
  };
}
