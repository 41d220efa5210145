import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { DnsClient } from "../../client/dns-client.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { formatDnsRecord } from "../../records/text.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import { parseTsigKey, type TsigKey } from "../../tsig/key.ts";
import { formatDnsRcode } from "../../words.ts";
import { updateOf } from "../update/update-text.test.kit.ts";
import { type DynamicZonesOptions, dynamicZonesPlugin } from "./dynamic-zones-plugin.ts";

const key = parseTsigKey("hmac-sha256:host1.example.org:c2VjcmV0");
const zoneText = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
const plan: DynamicZonesOptions = {
  folder: "zones",
  zones: { "example.org": { file: "a", policy: [{ key: "*", names: "self" }] } },
};

test("a host changes its own name and no other, and finds it again after a restart", () =>
  simulate({}, async (world) => {
    const server = world.host("server", { files: { "zones/a": zoneText } });
    const client = new DnsClient(world.host("client"));
    const [place] = await server.names.lookup("server");
    const ask = async (message: DnsMessageInit, tsigKey?: TsigKey): Promise<DnsMessage> =>
      client.exchange(message, { transport: "udp", host: place!.host, port: 53 }, { tsigKey });
    const update = async (line: string, by?: TsigKey): Promise<string> =>
      formatDnsRcode((await ask(updateOf(line), by)).rcode);
    const addresses = async (): Promise<readonly string[]> => {
      const question = { name: parseDomainName("host1.example.org"), type: "A", class: 1 } as const;
      return (await ask({ questions: [question] })).answers.map((record) => formatDnsRecord(record));
    };
    const first = await world.listen("udp:53", dnsServer(dynamicZonesPlugin(plan), { tsigKeys: [key] }), {
      reactor: server,
    });
    assert.equal(await update("add host1 60 A 192.0.2.9"), "REFUSED");
    assert.equal(await update("add host2 60 A 192.0.2.9", key), "REFUSED");
    assert.equal(await update("add host1 60 A 192.0.2.9", key), "NOERROR");
    await first.stop();
    const again = await world.listen("udp:53", dnsServer(dynamicZonesPlugin(plan), { tsigKeys: [key] }), {
      reactor: server,
    });
    assert.deepEqual(await addresses(), ["host1.example.org. 60 IN A 192.0.2.9"]);
    assert.equal(await update("add host1.example.net. 60 A 192.0.2.9", key), "NOTZONE");
    await again.stop();
    await client[Symbol.asyncDispose]();
  }));

test("a policy that is about everybody does not even begin", () => {
  assert.throws(
    () => dynamicZonesPlugin({ ...plan, zones: { "example.org": { file: "a", policy: [{}] } } }),
    TypeError,
  );
});
