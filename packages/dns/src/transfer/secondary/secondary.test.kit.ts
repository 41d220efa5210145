import assert from "node:assert/strict";
import type { World } from "@hawser/core/simulation";
import type { Zone } from "../../authority/zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { zonesPlugin } from "../../authority/zones-plugin.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { parseTsigKey, type TsigKey } from "../../tsig/key.ts";
import { ZoneNotifier, type ZoneNotifierOptions } from "../notify/notifier.ts";
import { type TransferPluginOptions, transferPlugin } from "../out/transfer-plugin.ts";
import { linesOf, TestNameServer, testOrigin } from "../transfer.test.kit.ts";
import { type SecondaryPlugin, type SecondaryPluginOptions, secondaryPlugin } from "./secondary-plugin.ts";
import type { SecondaryZone, SecondaryZoneOptions } from "./secondary-zone.ts";

/** The key that servers of the tests know. */
export const key: TsigKey = parseTsigKey("transfer.example:c2VjcmV0IHNlY3JldA==");

/** A zone that is refreshed after two hours, retried after 15 minutes, and expires after two weeks. */
export const lines: string = "SOA 1\n@ NS ns\n@ NS ns2.example.net.\nns A 192.0.2.1\nwww A 192.0.2.80";

/** What a primary does beside giving its zone. */
export interface PrimaryOptions {
  readonly transfers?: Partial<TransferPluginOptions>;
  readonly notifier?: ZoneNotifierOptions;
  readonly before?: readonly DnsPlugin[];
}

/** A primary that gives its zone to all, and tells nobody. */
export function primaryOf(world: World, zone: Zone, options: PrimaryOptions = {}, name = "primary"): TestNameServer {
  const table = new ZoneTable([zone]);
  const { transfers, notifier, before = [] } = options;
  const make = () => [
    ...before,
    new ZoneNotifier(table, { nameServers: false, ...notifier }),
    transferPlugin(table, { allow: [{}], ...transfers }),
    zonesPlugin(table),
  ];
  return new TestNameServer(world.host(name), make, { tsigKeys: [key] });
}

/** A secondary of the host `primary`, unless it is told otherwise. */
export class TestSecondary extends TestNameServer {
  readonly #made: { table: ZoneTable; plugin: SecondaryPlugin };

  constructor(
    world: World,
    zone: Partial<SecondaryZoneOptions> = {},
    options: SecondaryPluginOptions = {},
    name = "secondary",
  ) {
    const primaries = [{ host: world.host("primary").address }];
    const made = {} as { table: ZoneTable; plugin: SecondaryPlugin };
    super(world.host(name), () => {
      made.table = new ZoneTable();
      made.plugin = secondaryPlugin(made.table, [{ origin: testOrigin, primaries, ...zone }], options);
      return [made.plugin, transferPlugin(made.table, { allow: [{}] }), zonesPlugin(made.table)];
    });
    this.#made = made;
  }

  get plugin(): SecondaryPlugin {
    return this.#made.plugin;
  }

  get secondary(): SecondaryZone {
    return this.plugin.zones[0]!;
  }

  get zone(): Zone | undefined {
    return this.#made.table.get(testOrigin);
  }
}

/** Starts servers, and stops them afterwards. */
export async function withServers<T>(servers: readonly TestNameServer[], body: () => Promise<T>): Promise<T> {
  try {
    for (const server of servers) await server.start();
    return await body();
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Both have the same records. */
export function same(one: Zone | undefined, other: Zone): void {
  assert.deepEqual(one && linesOf(one.sets()), linesOf(other.sets()));
}
