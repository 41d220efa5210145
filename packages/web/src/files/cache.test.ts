import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileTree, memoryTree, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock } from "@hawser/core/testing";
import type { HttpHandler } from "../http/resource.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { type FilesOptions, files } from "./index.ts";

/** A site whose tree counts how often it is asked. */
function counted(initial: Readonly<Record<string, string>>, options: FilesOptions = {}) {
  const clock = new ManualClock();
  const now = { ms: 1000 };
  const tree = memoryTree(initial, { now: () => now.ms });
  const calls = { stat: 0, open: 0 };
  const watched = {
    stat(path: readonly string[]) {
      calls.stat++;
      return tree.stat(path);
    },
    open(path: readonly string[]) {
      calls.open++;
      return tree.open(path);
    },
  };
  const reactor: Reactor = { ...memoryReactor(), clock };
  const root = files(watched as unknown as FileTree, { precompressed: false, ...options });
  const get = (path: string, fields: readonly string[] = []) => ask(root, `GET ${path}`, fields, { reactor });
  return { root, reactor, get, clock, now, tree, calls, watched };
}

describe("the memory of files", () => {
  test("a file that was sent lately is sent again at once, and nobody is asked", async () => {
    const { get, calls, clock } = counted({ "a.txt": "a", "index.html": "i" });
    assert.equal((await get("/a.txt")).atOnce, false);
    await get("/");
    const before = { ...calls };
    clock.advance(999);
    assert.equal((await get("/a.txt")).atOnce, true);
    assert.equal((await get("/")).atOnce, true);
    assert.equal((await get("/a.txt", ["If-None-Match: *"])).atOnce, true);
    assert.equal((await get("/a.txt", ["Range: bytes=0-0"])).atOnce, true);
    assert.deepEqual(calls, before);
  });

  test("after a second the tree is asked, once for all who wait, and the content is kept", async () => {
    const { get, calls, clock } = counted({ "a.txt": "a" });
    await get("/a.txt");
    clock.advance(1000);
    await Promise.all([get("/a.txt"), get("/a.txt"), get("/a.txt")]);
    assert.deepEqual(calls, { stat: 2, open: 1 });
  });

  test("many who ask for a new file read it once", async () => {
    const { get, calls } = counted({ "a.txt": "a" });
    await Promise.all([get("/a.txt"), get("/a.txt"), get("/a.txt")]);
    assert.deepEqual(calls, { stat: 1, open: 1 });
  });

  test("a change is seen after a second at the latest", async () => {
    const { get, clock, tree, now } = counted({ "a.txt": "old" });
    const old = await get("/a.txt");
    now.ms = 2000;
    await tree.writeFile("a.txt", "new");
    assert.equal((await get("/a.txt")).body, "old");
    clock.advance(1000);
    const renewed = await get("/a.txt");
    assert.equal(renewed.body, "new");
    assert.notEqual(renewed.headers["etag"], old.headers["etag"]);
    await tree.remove("a.txt");
    clock.advance(1000);
    assert.equal((await get("/a.txt")).status, 404);
  });

  test("a better index is seen too", async () => {
    const { get, clock, tree } = counted({ "index.htm": "second" });
    assert.equal((await get("/")).body, "second");
    await tree.writeFile("index.html", "first");
    clock.advance(1000);
    assert.equal((await get("/")).body, "first");
  });

  test("a file that was fresh when it was read is read again, though it seems the same", async () => {
    const { get, clock, tree, now } = counted({});
    now.ms = clock.wall();
    await tree.writeFile("a.txt", "one");
    const file = await tree.open("a.txt", { write: true });
    assert.equal((await get("/a.txt")).body, "one");
    await file.write(0, Buffer.from("two")); // within the same tick
    clock.advance(1000);
    assert.equal((await get("/a.txt")).body, "two");
  });

  test("a file replaced between the look and the opening is sent with the tag of the new one", async () => {
    for (const cacheFileOctetsMax of [1000, 0]) {
      const { get, tree, now, watched } = counted({ "a.txt": "old" }, { cacheOctetsMax: 0, cacheFileOctetsMax });
      const tag = (await get("/a.txt")).headers["etag"];
      const old = await tree.stat("a.txt");
      now.ms = 5000;
      await tree.writeFile("a.txt", "a longer one");
      watched.stat = async () => old;
      const answer = await get("/a.txt", ["Range: bytes=0-0", `If-Range: ${tag}`]);
      assert.deepEqual([answer.status, answer.body], [200, "a longer one"]);
      assert.notEqual(answer.headers["etag"], tag);
    }
  });

  test("what a filter does to an answer is not kept", async () => {
    const { root, reactor, get } = counted({ "a.txt": "a" });
    const filtered: HttpHandler = async (request) => {
      const response = await root.render(request);
      response.headers.set("x-filter", "1");
      response.headers.delete("etag");
      return response;
    };
    for (let request = 0; request < 2; request++) await ask(filtered, "GET /a.txt", [], { reactor });
    const { headers } = await get("/a.txt");
    assert.deepEqual([headers["x-filter"], typeof headers["etag"]], [undefined, "string"]);
  });

  test("memory is bounded, and who was not asked for longest goes first", async () => {
    const { get, calls, clock } = counted(
      { a: "1".repeat(5000), b: "2".repeat(5000), c: "3".repeat(5000) },
      { cacheOctetsMax: 16_000 },
    );
    for (const path of ["/a", "/b"]) await get(path);
    clock.advance(1000);
    await get("/a"); // brought up to date: b is older now
    await get("/c");
    calls.open = 0;
    assert.equal((await get("/a")).atOnce, true);
    assert.equal((await get("/b")).atOnce, false);
    assert.equal(calls.open, 1);
  });

  test("with no memory everything is read each time", async () => {
    const { get, calls } = counted({ a: "1" }, { cacheOctetsMax: 0 });
    await get("/a");
    assert.equal((await get("/a")).body, "1");
    assert.equal(calls.open, 2);
  });
});
