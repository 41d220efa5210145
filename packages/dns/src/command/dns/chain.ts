import type { Reactor } from "@hawser/core";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import { DnsClient } from "../../client/dns-client.ts";
import { anyPlugin } from "../../plugins/any.ts";
import { logPlugin } from "../../plugins/log.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import type { TsigKeyring } from "./keyring.ts";
import { type ReplicationOptions, replication } from "./replication.ts";
import { admission, type ResolutionOptions, resolution, resolves } from "./resolution.ts";
import { ServingGate } from "./serving-gate.ts";
import { type ZoneFile, zoneFilesChain } from "./zones.ts";

/** What the options say about who answers what. */
export interface ChainOptions extends ReplicationOptions, ResolutionOptions {
  readonly zone: readonly ZoneFile[];
}

/** What the chain is made with. */
export interface ChainMakings {
  readonly reactor: Reactor;
  readonly keys: TsigKeyring;
  /** Takes a line for each answer. */
  readonly log: ((line: string) => void) | undefined;
}

/** The plugins, and what lets them begin what nobody asked for. */
export interface DnsCommandChain {
  readonly plugins: readonly DnsPlugin[];
  readonly serve: () => void;
}

/**
 * The chain of `hawser dns`: the log sees everything; our zones come first, for everybody; names of others are looked up for
 * those who may ask, from hosts files, block lists, the cache and other servers, in this order.
 *
 * @throws {UsageError} for options that make no sense together
 */
export function commandChain(given: ChainOptions, { reactor, keys, log }: ChainMakings): DnsCommandChain {
  const table = new ZoneTable();
  const [client, gate] = gatedClient(reactor);
  const hasZones = given.zone.length > 0 || given.secondary.length > 0;
  const plugins = [
    ...(log === undefined ? [] : [logPlugin(log)]),
    anyPlugin({ over: "udp" }),
    ...(hasZones ? [client, zoneFilesChain(given.zone, table), ...replication(given, table, keys, gate)] : []),
    ...(hasZones ? [zonesPlugin(table)] : []),
    ...(resolves(given) ? [admission(given)] : []),
    ...resolution(given),
  ];
  return { plugins, serve: gate.open };
}

/** One client for all that is asked about our zones, and held back until we serve. */
function gatedClient(reactor: Reactor): readonly [DnsPlugin, ServingGate] {
  let client: DnsClient | undefined;
  const plugin: DnsPlugin = {
    name: "client",
    wrap: (next) => next,
    started: () => {
      client = new DnsClient(reactor);
    },
    stopped: () => client?.[Symbol.asyncDispose](),
  };
  return [plugin, new ServingGate(() => client!)];
}
