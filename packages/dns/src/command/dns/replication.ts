import { resolve } from "node:path";
import type { ZoneTable } from "../../authority/zone-table.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import type { ZoneAccessRule } from "../../transfer/access.ts";
import type { ZonePrimary } from "../../transfer/in/primary.ts";
import { ZoneNotifier } from "../../transfer/notify/notifier.ts";
import type { NotifyTarget } from "../../transfer/notify/targets.ts";
import { transferPlugin } from "../../transfer/out/transfer-plugin.ts";
import { secondaryPlugin } from "../../transfer/secondary/secondary-plugin.ts";
import type { SecondaryZoneOptions } from "../../transfer/secondary/secondary-zone.ts";
import type { TsigKeyring } from "./keyring.ts";
import type { ServingGate } from "./serving-gate.ts";
import type { NotifyAddress, SecondaryPrimary, ZoneGrant } from "./spelling.ts";

/** What the options say about copies of zones, ours and others'. */
export interface ReplicationOptions {
  readonly secondary: readonly SecondaryPrimary[];
  readonly state: string | undefined;
  readonly allowTransfer: readonly ZoneGrant[];
  readonly notify: readonly NotifyAddress[];
}

/** Takes zones from others, gives them to others, and tells of new versions. @throws {UsageError} for keys there are none of */
export function replication(
  given: ReplicationOptions,
  table: ZoneTable,
  keys: TsigKeyring,
  gate: ServingGate,
): readonly DnsPlugin[] {
  const notifier = new ZoneNotifier(table, { targets: targetsOf(given.notify, keys) });
  const zones = secondaryZones(given.secondary, keys);
  const folder = given.state === undefined ? undefined : resolve(given.state);
  return [
    ...(zones.length === 0 ? [] : [gate.hold(secondaryPlugin(table, zones, { folder, notifier }))]),
    transferPlugin(table, { allow: accessRules(given.allowTransfer, keys, "allow-transfer") }),
    gate.hold(notifier),
  ];
}

/** Grants as rules. @throws {UsageError} for keys there are none of */
export function accessRules(
  grants: readonly ZoneGrant[],
  keys: TsigKeyring,
  option: string,
): readonly ZoneAccessRule[] {
  return grants.map(({ zone, network, key }) => ({
    zones: zone && [zone],
    from: network === undefined ? undefined : [network],
    keys: key === undefined ? undefined : [keys.named(key, option).name],
  }));
}

/** Several primaries of one zone are asked in the order in which they were given. */
function secondaryZones(given: readonly SecondaryPrimary[], keys: TsigKeyring): readonly SecondaryZoneOptions[] {
  const zones = new Map<string, { origin: SecondaryPrimary["zone"]; primaries: ZonePrimary[] }>();
  for (const { zone, server, key } of given) {
    const known = zones.get(zone.key) ?? { origin: zone, primaries: [] };
    known.primaries.push({
      ...reachedBy(server),
      tsigKey: key === undefined ? undefined : keys.named(key, "secondary"),
    });
    zones.set(zone.key, known);
  }
  return [...zones.values()];
}

function targetsOf(given: readonly NotifyAddress[], keys: TsigKeyring): readonly NotifyTarget[] {
  return given.map(({ zone, server, key }) => ({
    ...reachedBy(server),
    tsigKey: key === undefined ? undefined : keys.named(key, "notify"),
    zones: zone && [zone],
  }));
}

function reachedBy({ host, port, transport, serverName }: SecondaryPrimary["server"]): ZonePrimary {
  if (transport === "https") throw new RangeError("Cannot carry zones over HTTPS");
  return { host, port, transport, tls: serverName === undefined ? undefined : { serverName } };
}
