import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo, type FileTree, listen, memoryTree, type OpenFile, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { httpServer } from "../server/server.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { files } from "./index.ts";

/** A tree that counts the files it has open. */
function watchedTree(octets: number) {
  const tree = memoryTree({ "large.bin": Buffer.alloc(octets, "x") });
  const open = { count: 0 };
  const watched = Object.create(tree) as FileTree;
  watched.stat = (path) => tree.stat(path);
  watched.open = async (path, mode) => {
    const file = await tree.open(path, mode);
    open.count++;
    const close = async () => {
      open.count--;
      await file.close();
    };
    const read: OpenFile["read"] = (from, count) => file.read(from, count);
    return { ...file, stat: () => file.stat(), read, close } as OpenFile;
  };
  return { tree, watched, open };
}

async function serve(tree: FileTree) {
  const reactor: Reactor = memoryReactor();
  const listener = await listen("unix:/run/web", httpServer(files(tree)), { reactor });
  const client = await connectTo("unix:/run/web", { reactor });
  const stop = async () => {
    client.abort();
    await listener.stop({ graceMs: 0 });
  };
  return { client, stop };
}

test("a large file is streamed whole, and the connection goes on", async () => {
  const { watched, open } = watchedTree(1_000_000);
  const { client, stop } = await serve(watched);
  for (let request = 0; request < 2; request++) {
    client.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    const head = Buffer.from(await client.readUntil("\r\n\r\n")).toString();
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 1000000/);
    assert.equal((await client.readExactly(1_000_000)).length, 1_000_000);
  }
  assert.equal(open.count, 0);
  await stop();
});

test("HEAD of a large file opens nothing", async () => {
  const { watched } = watchedTree(1_000_000);
  watched.open = () => assert.fail("opened");
  const { client, stop } = await serve(watched);
  client.write("HEAD /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(Buffer.from(await client.readAll()).toString(), /Content-Length: 1000000[\s\S]*\r\n\r\n$/);
  await stop();
});

test("a client that goes away leaves no file open", async () => {
  const { watched, open } = watchedTree(50_000_000);
  const { client, stop } = await serve(watched);
  client.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.readUntil("\r\n\r\n");
  assert.equal(open.count, 1);
  client.abort();
  while (open.count > 0) await new Promise(setImmediate);
  await stop();
});

test("a file that is cut while it is sent ends the connection, so that nobody takes the part for the whole", async () => {
  const { tree, watched, open } = watchedTree(5_000_000);
  const { client, stop } = await serve(watched);
  const faults = await faultsDuring(async () => {
    client.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.readUntil("\r\n\r\n");
    await (await tree.open("large.bin", { write: true })).truncate(10);
    await assert.rejects(client.readExactly(5_000_000));
  });
  assert.match(faults.join(), /it was cut while it was being sent/);
  assert.equal(open.count, 0);
  await stop();
});
