import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTree } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { hostsPlugin } from "./hosts.ts";
import { faultsDuring, request, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const table = `
# the house
192.0.2.1    router.home.arpa router   # the first name is its own
2001:db8::1  router.home.arpa
192.0.2.2    printer.home.arpa
not-an-address nobody.home.arpa
`;

test("answers addresses, and names of addresses", () =>
  simulate({}, async (world) => {
    const chain = await startChain(world.reactor, hostsPlugin({ table }));
    await talk(
      chain,
      `Q: Router.Home.Arpa A
       A: NOERROR aa
       router.home.arpa. 3600 IN A 192.0.2.1
       Q: router.home.arpa AAAA
       A: NOERROR aa
       router.home.arpa. 3600 IN AAAA 2001:db8::1
       Q: 1.2.0.192.in-addr.arpa PTR
       A: NOERROR aa
       1.2.0.192.in-addr.arpa. 3600 IN PTR router.home.arpa.
       1.2.0.192.in-addr.arpa. 3600 IN PTR router.
       Q: 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR
       A: NOERROR aa
       1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 3600 IN PTR router.home.arpa.
       Q: nobody.home.arpa A
       A: REFUSED`,
    );
    assert.ok(!(chain.answerer(request("router A")) instanceof Promise));
  }));

test("a host without an IPv6 address has none elsewhere either, unless that is wanted", () =>
  simulate({}, async (world) => {
    const elsewhere = zoneOf("printer.home.arpa. 60 AAAA 2001:db8::bad");
    await talk(
      await startChain(world.reactor, hostsPlugin({ table }), elsewhere),
      `Q: printer.home.arpa AAAA
       A: NOERROR aa`,
    );
    await talk(
      await startChain(world.reactor, hostsPlugin({ table, fallthrough: true }), elsewhere),
      `Q: printer.home.arpa AAAA
       A: NOERROR aa
       printer.home.arpa. 60 IN AAAA 2001:db8::bad`,
    );
  }));

test("a file is read again when it has changed, and kept when it is gone", () =>
  simulate({ faultsFail: false }, async (world) => {
    const tree = memoryTree({ etc: "192.0.2.1 a.example\n" }, { now: () => world.clock.wall() });
    const reactor = world.host("dns", { files: () => tree });
    const chain = await startChain(reactor, hostsPlugin({ file: "/etc", ttlSeconds: 60 }));
    await tree.writeFile("etc", "192.0.2.7 a.example\n");
    await world.clock.sleep(5_500);
    const changed = `Q: a.example A
       A: NOERROR aa
       a.example. 60 IN A 192.0.2.7`;
    await talk(chain, changed);
    const faults = await faultsDuring(async () => {
      await tree.remove("etc");
      await world.clock.sleep(20_000);
    });
    await talk(chain, changed);
    assert.equal(faults.length, 1);
    await chain.plugin.stopped?.();
  }));
