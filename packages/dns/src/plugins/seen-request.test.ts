import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { DatagramClient, question, recordsPlugin, serve } from "../serving/conversation.test.kit.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import type { DnsRequest } from "../serving/request.ts";
import { cachePlugin } from "./cache.ts";
import { dns64Plugin } from "./dns64.ts";
import { rewritePlugin } from "./rewrite.ts";

for (const [name, plugin] of [
  ["cache", cachePlugin()],
  ["dns64", dns64Plugin()],
  ["rewrite", rewritePlugin([{ name: "www.example", to: "www.example" }])],
] as const)
  test(`behind ${name} all is seen of a request that was seen before it`, () =>
    simulate({}, async (world) => {
      const seen: DnsRequest[] = [];
      const spy: DnsPlugin = {
        name: "spy",
        wrap: (next) => (request) => {
          seen.push(request);
          return next(request);
        },
      };
      await serve(world, dnsServer([spy, plugin, spy, recordsPlugin("www.example. 60 IN A 192.0.2.1")]));
      const client = await DatagramClient.open(world);
      await client.exchange(question("www.example", "AAAA", { recursionDesired: true }));
      client.close();
      const [first, ...others] = seen;
      assert.ok(others.length > 0);
      const told = ({ transport, arrivedAt, octetsMax, tsigKey, peer, isAddressProven }: DnsRequest): unknown[] => [
        transport,
        arrivedAt,
        octetsMax,
        tsigKey,
        peer,
        isAddressProven,
      ];
      for (const one of others) {
        assert.deepEqual(told(one), told(first!));
        assert.equal(one.signal.aborted, false);
      }
      assert.equal(first?.transport, "udp");
    }));
