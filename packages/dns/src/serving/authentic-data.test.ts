import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { DnsClient } from "../client/dns-client.ts";
import { parseDnsServer } from "../client/server-place.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { dnsServer } from "./dns-server.ts";
import { dnsResponse } from "./reply.ts";

test("AD is told to those who asked with AD or DO (RFC 6840 §5.8)", () =>
  simulate({}, async (world) => {
    const server = world.host("server");
    const validated = { name: "validated", wrap: () => () => dnsResponse({ authenticData: true }) };
    await world.listen("udp:53", dnsServer(validated), { reactor: server });
    await using client = new DnsClient(world.reactor);
    const ask = async (authenticData: boolean, dnssecOk: boolean): Promise<boolean> => {
      const question = { name: parseDomainName("www.example"), type: "A", class: 1 } as const;
      const message = { questions: [question], authenticData, edns: { dnssecOk } };
      return (await client.exchange(message, parseDnsServer(server.address))).authenticData;
    };
    assert.deepEqual([await ask(false, false), await ask(true, false), await ask(false, true)], [false, true, true]);
  }));
