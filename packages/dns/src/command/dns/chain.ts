import { resolve } from "node:path";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import { anyPlugin } from "../../plugins/any.ts";
import { blockPlugin } from "../../plugins/block.ts";
import { hostsPlugin } from "../../plugins/hosts.ts";
import { logPlugin } from "../../plugins/log.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import type { TsigKeyring } from "./keyring.ts";
import { type ReplicationOptions, replication } from "./replication.ts";
import { admission, type ResolutionOptions, resolution, resolves } from "./resolution.ts";
import type { ServingGate } from "./serving-gate.ts";
import type { ZoneGrant } from "./spelling.ts";
import { dynamicZones, fixedZones, isDynamic, type ZoneFile } from "./zones.ts";

/** What the options say about who answers what. */
export interface ChainOptions extends ReplicationOptions, ResolutionOptions {
  readonly zone: readonly ZoneFile[];
  readonly allowUpdate: readonly ZoneGrant[];
  readonly hosts: readonly string[];
  readonly block: readonly string[];
}

/** What the chain is made with. */
export interface ChainMakings {
  readonly keys: TsigKeyring;
  readonly gate: ServingGate;
  /** Takes a line for each answer. */
  readonly log: ((line: string) => void) | undefined;
}

/**
 * The chain of `hawser dns`: the log sees everything; our zones come first, for everybody; names of others are looked up for
 * those who may ask, in hosts files, block lists, the cache and other servers, in this order.
 *
 * @throws {UsageError} for options that make no sense together
 */
export function commandChain(given: ChainOptions, makings: ChainMakings): readonly DnsPlugin[] {
  const { log } = makings;
  return [
    ...(log === undefined ? [] : [logPlugin(log)]),
    anyPlugin({ over: "udp" }),
    ...authority(given, makings),
    ...forOthers(given),
  ];
}

/** What we have authority over. */
function authority(given: ChainOptions, { keys, gate }: ChainMakings): readonly DnsPlugin[] {
  if (given.zone.length === 0 && given.secondary.length === 0) return [];
  const table = new ZoneTable();
  const changing = given.zone.filter((file) => isDynamic(file, given.allowUpdate));
  const fixed = given.zone.filter((file) => !changing.includes(file));
  return [
    fixedZones(fixed, table),
    ...dynamicZones(changing, given.allowUpdate, table, keys).map((plugin) => gate.hold(plugin)),
    ...replication(given, table, keys, gate),
    zonesPlugin(table),
  ];
}

/** What is looked up elsewhere. */
function forOthers(given: ChainOptions): readonly DnsPlugin[] {
  const resolving = resolution(given);
  if (!resolves(given) && given.hosts.length === 0) return [];
  return [
    admission(given),
    ...given.hosts.map((file) => hostsPlugin({ file: resolve(file) })),
    hostsPlugin({ table: loopback }),
    ...(given.block.length === 0 ? [] : [blockPlugin({ files: given.block.map((file) => resolve(file)) })]),
    ...resolving,
  ];
}

/** Nobody else is asked where this machine is (RFC 6761 §6.3). */
const loopback = "127.0.0.1 localhost\n::1 localhost";
