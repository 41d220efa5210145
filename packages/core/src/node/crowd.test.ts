import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IpAddress } from "../address.ts";
import { type Connection, connectTo } from "../connection.ts";
import { selfSignedCertificate } from "../testing/certificates.ts";
import type { Transport } from "../transport.ts";
import { nodeReactor } from "./reactor.ts";

const many = 48;
const rounds = 20;
const certificate = selfSignedCertificate({ names: ["a.test"] });

/** Serves on a free port until `run` is over. */
async function served(serve: (transport: Transport) => void, run: (port: number) => Promise<void>): Promise<void> {
  const port = await nodeReactor.network.listen({ family: "ipv4", host: "127.0.0.1", port: 0 }, {}, serve);
  try {
    await run((port.address as IpAddress).port);
  } finally {
    await port.close();
  }
}

function connections(port: number): Promise<readonly Connection[]> {
  return Promise.all(Array.from({ length: many }, () => connectTo(`tcp:127.0.0.1:${port}`, { reactor: nodeReactor })));
}

/** What many say in one turn of the loop is answered at its end (FlushBatch). */
describe("many connections that speak at once", () => {
  test("hear every answer whole and in order, and the end behind the last", async () => {
    const echo = (transport: Transport): void =>
      transport.start({
        data(chunk) {
          const said = Buffer.from(chunk).toString();
          transport.write(`you said ${said}`);
          if (said.includes("bye")) transport.end();
        },
        end: () => transport.end(),
        closed() {},
      });
    await served(echo, async (port) => {
      const clients = await connections(port);
      for (let round = 0; round < rounds; round++) {
        for (const client of clients) client.write(`${round}\r\n`);
        const heard = await Promise.all(clients.map((client) => client.readLine()));
        assert.deepEqual(new Set(heard), new Set([`you said ${round}`]));
      }
      for (const client of clients) client.write("bye\r\n");
      const last = await Promise.all(clients.map((client) => client.readAll()));
      assert.deepEqual(new Set(last.map(String)), new Set(["you said bye\r\n"]));
      for (const client of clients) client.end();
    });
  });

  test("begin TLS behind an answer that waited, and those that are given up meanwhile are gone", async () => {
    const server = { side: "server", keyPair: () => certificate } as const;
    let lost = 0;
    const upgrade = (transport: Transport): void =>
      transport.start({
        data(chunk) {
          const said = Buffer.from(chunk).toString();
          transport.write("go on\r\n");
          if (said.includes("give up")) transport.abort();
          else if (said.includes("secure")) void transport.startTls(server).then(() => transport.write("secured\r\n"));
        },
        end: () => transport.end(),
        closed: () => lost++,
      });
    await served(upgrade, async (port) => {
      const clients = await connections(port);
      for (let round = 0; round < rounds; round++) {
        for (const client of clients) client.write("anything\r\n");
        await Promise.all(clients.map((client) => client.readLine()));
      }
      const [given, kept] = [clients.slice(0, 8), clients.slice(8)];
      for (const client of given) client.write("give up\r\n");
      for (const client of kept) client.write("secure\r\n");
      await Promise.all(given.map((client) => assert.rejects(client.readLine())));
      const secured = kept.map(async (client) => {
        assert.equal(await client.readLine(), "go on");
        await client.startTls({ side: "client", serverName: "a.test", ca: [certificate.certificate] });
        assert.equal(await client.readLine(), "secured");
        await client.close();
      });
      await Promise.all(secured);
    });
    assert.equal(lost, many);
  });
});
