import assert from "node:assert/strict";
import { test } from "node:test";
import { type Factory, ipAddress, type Listener, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { dnsServer } from "../serving/dns-server.ts";
import { recursionPlugin } from "./recursion-plugin.ts";
import { nameOf, type TreeServer, tree, treeServers } from "./tree.test.kit.ts";
import { askServer, toldBy } from "./world.test.kit.ts";

/** Each server of the tree has an address of its own on loopback, and all have the same port. */
function addressOf(server: string): string {
  return `127.53.0.${treeServers.indexOf(server as TreeServer) + 1}`;
}

/** A port that is free at the first address; elsewhere it is nearly always, too. */
async function freePort(): Promise<number> {
  const socket = await nodeReactor.network.bind(ipAddress(addressOf("root1"), 0));
  const { port } = socket.local;
  socket.close();
  return port;
}

async function serve(factory: Factory, host: string, port: number): Promise<readonly Listener[]> {
  const where = (transport: string) => `${transport}:${port}:interface=${host}`;
  return [await listen(where("udp"), factory), await listen(where("tcp"), factory)];
}

test("the tree is resolved on real sockets, with its lame, silent and lying servers", async () => {
  const port = await freePort();
  const listeners: Listener[] = [];
  const plugins = tree(addressOf);
  try {
    for (const name of treeServers)
      listeners.push(...(await serve(dnsServer(plugins.get(name)!), addressOf(name), port)));
    const rootHints = new Map([[nameOf("a.root-servers.net"), [addressOf("root1")]]]);
    const limits = { exchangeMs: 200, exchangeMsMax: 400 };
    const recursion = recursionPlugin({ rootHints, port, families: "ipv4", neverAsked: [], limits });
    listeners.push(...(await serve(dnsServer(recursion), "127.53.0.100", port)));
    const told = async (question: string) => toldBy(await askServer(nodeReactor, "127.53.0.100", question, { port }));
    assert.deepEqual(await told("far.good.example"), [
      "NOERROR",
      "far.good.example. IN CNAME www.other.org.",
      "www.other.org. IN A 192.0.2.3",
    ]);
    assert.equal((await told("big.good.example TXT")).length, 61);
    assert.deepEqual(await told("nowhere.good.example"), ["NXDOMAIN"]);
    assert.deepEqual(await told("a.b.c.ents.example"), ["NOERROR", "a.b.c.ents.example. IN A 192.0.2.9"]);
    assert.deepEqual(await told("www.half.org"), ["NOERROR", "www.half.org. IN A 192.0.2.5"]);
    assert.deepEqual(await told("extra.liar.example"), ["NOERROR", "extra.liar.example. IN A 192.0.2.66"]);
    assert.deepEqual(await told("upward.liar.example"), ["SERVFAIL", "EDE 22", "EDE 23"]);
    assert.deepEqual(await told("x.dead.example"), ["SERVFAIL", "EDE 22", "EDE 23"]);
    assert.deepEqual(await told("x.ring-a.example"), ["SERVFAIL", "EDE 22"]);
    assert.equal(recursion.statistics?.underWay, 0);
  } finally {
    await Promise.all(listeners.map((listener) => listener.stop()));
  }
});
