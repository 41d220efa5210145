import assert from "node:assert/strict";
import { test } from "node:test";
import { connection, connectTo, type IpAddress, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsTypeName } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import { dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { useDnsResolver } from "./names.ts";

test("one line makes every connect of the program look hosts up here, until it is put away", async () => {
  const record = parseDnsRecord("web.example. 60 A 127.0.0.1");
  const zone = dnsServer({
    name: "one",
    wrap: (next) => (request) => {
      if (!request.query.name.equals(record.name)) return next(request);
      return dnsResponse({ answers: dnsTypeName(request.query.type) === "A" ? encodeDnsSets([record]) : [] });
    },
  });
  await using dns = await listen("udp:0:interface=127.0.0.1", zone);
  await using web = await listen(
    "tcp:0:interface=127.0.0.1",
    connection((peer) => void peer.write("hello\r\n")),
  );
  const portOf = ({ addresses }: { addresses: readonly unknown[] }) => (addresses[0] as IpAddress).port;
  {
    await using _used = await useDnsResolver({
      servers: [`127.0.0.1#${portOf(dns)}`],
      resolvConf: false,
      hostsFile: false,
    });
    const peer = await connectTo(`tcp:web.example:${portOf(web)}`);
    assert.equal(await peer.readLine(), "hello");
    await peer.close();
    await assert.rejects(connectTo(`tcp:other.example:${portOf(web)}`), { code: "failed" });
  }
  await assert.rejects(
    nodeReactor.names.lookup("web.example"),
    (error: { message?: string }) => !/udp:/.test(error.message ?? ""),
  );
});
