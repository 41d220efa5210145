import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatagramSocket, ipAddress } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { DnsRcode } from "../words.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";
import { dnsResponse } from "./reply.ts";
import { encodeDnsSets } from "./sets.ts";

const answers = encodeDnsSets([
  parseDnsRecord("www.example. 60 IN A 192.0.2.1"),
  parseDnsRecord("www.example. 60 IN A 192.0.2.2"),
]);

const www: DnsPlugin = {
  name: "www",
  wrap: (next) => (request) =>
    request.query.name.equals(parseDomainName("www.example"))
      ? dnsResponse({ authoritative: true, answers })
      : next(request),
};

test("a chain answers over datagrams, and refuses what it does not know", () =>
  simulate({}, async (world) => {
    await world.listen("udp:53", dnsServer(www), { reactor: world.host("server") });
    const found = await ask(world, "WWW.example");
    assert.deepEqual(
      found.answers.map((one) => formatDnsRecord(one)),
      ["WWW.example. 60 IN A 192.0.2.1", "WWW.example. 60 IN A 192.0.2.2"],
    );
    assert.equal((await ask(world, "other.example")).rcode, DnsRcode.refused);
  }));

async function ask(world: World, name: string): Promise<DnsMessage> {
  const client = world.host("client");
  const socket = await client.network.bind(ipAddress("0.0.0.0", 0));
  const reply = replyTo(socket);
  const question = { name: parseDomainName(name), type: "A", class: 1 } as const;
  const [server] = await client.names.lookup("server");
  socket.send(encodeDnsMessage({ id: 7, questions: [question] }), ipAddress(server!.host, 53));
  try {
    return await reply;
  } finally {
    socket.close();
  }
}

function replyTo(socket: DatagramSocket): Promise<DnsMessage> {
  return new Promise((resolve) =>
    socket.start({ datagram: (payload) => resolve(decodeDnsMessage(payload)), closed: () => {} }),
  );
}
