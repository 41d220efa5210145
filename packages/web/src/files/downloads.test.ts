import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { type Listener, listen } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { httpServer } from "../server/server.ts";
import { files } from "./index.ts";

/** More than the kernel keeps for a client that does not read, so that chunks wait in our hands. */
const fileOctets = 20 * 1024 * 1024;

/** How many turns of the loop a client lets pass before each read: they take turns in filling one another's buffers. */
const paces = [0, 1, 3, 8];

/**
 * Buffers of downloads are filled again when their octets are taken. One that is filled too early sends octets from
 * elsewhere; so every word of the file tells its place, and the clients are slow, each in its own way.
 */
describe("downloads at once, by clients that are slow", () => {
  const keyPair = selfSignedCertificate({ names: ["localhost"] });
  const content = placesOf(fileOctets);
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hawser-downloads-"));
    await writeFile(join(folder, "large.bin"), content);
  });
  after(() => rm(folder, { recursive: true }));

  const ways: Readonly<Record<string, { readonly endpoint: string; connect(port: number): Socket }>> = {
    "in clear": { endpoint: "tcp:0:interface=127.0.0.1", connect: (port) => connectTcp(port, "127.0.0.1") },
    "on TLS": {
      endpoint: "tls:0:interface=127.0.0.1",
      connect: (port) => connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }),
    },
  };
  for (const [how, { endpoint, connect }] of Object.entries(ways)) {
    test(`each gets its own octets ${how}`, async () => {
      const listener = await listen(endpoint, httpServer(files(folder)), { keyPair: () => keyPair });
      const wrong = await Promise.all(paces.map((pace) => misplaced(connect(portOf(listener)), pace, content)));
      await listener.stop();
      assert.deepEqual(
        wrong,
        paces.map(() => []),
      );
    });
  }
});

/** Downloads the file and gives the places where it is not as it should be. */
async function misplaced(socket: Socket, pace: number, content: Buffer): Promise<readonly number[]> {
  socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const wrong: number[] = [];
  let place = -1;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const bodyAt = place === -1 ? chunk.indexOf("\r\n\r\n") + 4 : 0;
    if (place === -1) place = 0;
    const octets = chunk.subarray(bodyAt);
    if (octets.compare(content, place, place + octets.length) !== 0) wrong.push(place);
    place += octets.length;
    for (let turns = 0; turns < pace; turns++) await turn();
  }
  return place === content.length ? wrong : [...wrong, place];
}

/** Octets of which each word of four tells where it stands. */
function placesOf(octets: number): Buffer {
  const words = new Uint32Array(octets / 4);
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, 2_654_435_761);
  return Buffer.from(words.buffer);
}

function portOf({ address }: Listener): number {
  return address.family === "ipv4" ? address.port : 0;
}
