/** A socket on every interface is one of IPv6, where the system spells IPv4 peers `::ffff:127.0.0.1`: lists must hold for them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Address, type Listener, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { zoneOf } from "../authority/authority.test.kit.ts";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { aclPlugin } from "../plugins/acl.ts";
import { recursionPlugin } from "../recursion/recursion-plugin.ts";
import { askServer, toldBy } from "../recursion/world.test.kit.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { transferZone } from "../transfer/in/transfer-zone.ts";
import { transferPlugin } from "../transfer/out/transfer-plugin.ts";

const peers: Address[] = [];
const noting: DnsPlugin = {
  name: "noting",
  wrap: (next) => (request) => {
    peers.push(request.peer);
    return next(request);
  },
};

const zoneText = "$TTL 60\n@ SOA ns host 1 1h 1h 1w 1h\n@ NS ns\nns A 192.0.2.53\n";
const table = new ZoneTable(["open", "shut", "elsewhere"].map((origin) => zoneOf(zoneText, { origin })));
const access = [
  { zones: ["open"], from: ["127.0.0.0/8"] },
  { zones: ["shut"], from: ["192.0.2.0/24", "::/0"] },
];
const server = dnsServer(
  [
    noting,
    aclPlugin([
      { do: "refuse", zones: "shut", from: "127.0.0.0/8", types: ["A"] },
      { do: "allow", zones: "open", from: "127.0.0.1" },
      { do: "refuse", zones: "open" },
    ]),
    transferPlugin(table, { allow: access }),
    zonesPlugin(table),
    recursionPlugin({ clients: ["192.0.2.0/24", "::/0"] }),
  ],
  { clientLimit: { questionsPerSecond: 1, burstQuestions: 1, exempt: ["127.0.0.0/8"] } },
);

const listeners: Listener[] = [];
let port = 0;
before(async () => {
  listeners.push(await listen("tcp:0", server));
  const { address } = listeners[0]!;
  port = "port" in address ? address.port : 0;
  listeners.push(await listen(`udp:${port}`, server));
});
after(() => Promise.all(listeners.map((listener) => listener.stop({ graceMs: 0 }))));

for (const transport of ["udp", "tcp"] as const) {
  const ask = async (question: string) =>
    toldBy(await askServer(nodeReactor, "127.0.0.1", question, { port, transport, timeoutMs: 5_000 }));

  test(`an IPv4 peer of a socket on every interface is one of IPv4, over ${transport}`, async () => {
    await ask("ns.open");
    const { family, host } = peers.at(-1) as { family: string; host: string };
    assert.deepEqual({ family, host }, { family: "ipv4", host: "127.0.0.1" });
  });

  test(`lists of IPv4 networks hold for it: acl, recursion, limits, over ${transport}`, async () => {
    assert.deepEqual(await ask("ns.open"), ["NOERROR", "ns.open. IN A 192.0.2.53"]);
    assert.deepEqual(await ask("ns.shut"), ["REFUSED", "EDE 18"]);
    assert.deepEqual(await ask("example.com"), ["REFUSED", "EDE 18"]);
    for (let i = 0; i < 20; i++) assert.equal((await ask("ns.elsewhere"))[0], "NOERROR");
  });
}

test("and so does the list of those who may take a zone", async () => {
  const primary = { host: "127.0.0.1", port };
  const taken = await transferZone(parseDomainName("open"), primary, { reactor: nodeReactor });
  assert.equal(taken.type, "contents");
  const refused = transferZone(parseDomainName("shut"), primary, { reactor: nodeReactor });
  await assert.rejects(refused, { code: "refused" });
});
