import assert from "node:assert/strict";
import { test } from "node:test";
import { fileTreeContract } from "../testing/file-tree-contract.ts";
import { memoryTree } from "./memory-tree.ts";

fileTreeContract("memoryTree", () => memoryTree());
fileTreeContract("a directory of a memoryTree", () => memoryTree({ "users/alice/": "" }).at("users/alice"));

test("memoryTree starts with the given files, and makes the directories they need", async () => {
  const tree = memoryTree({ "docs/a.txt": "A", "docs/b.bin": new Uint8Array([1, 2]), "empty/": "" });
  assert.deepEqual(await tree.readFile("docs/b.bin"), new Uint8Array([1, 2]));
  assert.deepEqual(
    (await tree.list("")).map(({ name, kind }) => [name, kind]),
    [
      ["docs", "directory"],
      ["empty", "directory"],
    ],
  );
});

test("memoryTree refuses files below a file, and odd paths, from the start", () => {
  assert.throws(() => memoryTree({ a: "", "a/b": "" }), { code: "not-a-directory" });
  assert.throws(() => memoryTree({ "../a": "" }), { code: "invalid-path" });
  assert.throws(() => memoryTree({ "": "" }), { code: "invalid-path" });
});

test("memoryTree takes its times from the given clock only", async () => {
  let time = 1000;
  const tree = memoryTree({ a: "A" }, { now: () => time });
  time = 2000;
  await tree.writeFile("b", "B");
  const modified = (await tree.list("")).map((entry) => entry.modified);
  assert.deepEqual(modified, [1000, 2000]);
  assert.equal((await tree.stat("")).modified, 2000);
  assert.equal((await memoryTree({ a: "A" }).stat("a")).modified, 0);
});

test("memoryTree is the same for the same calls", async () => {
  const make = async () => {
    const tree = memoryTree({ "d/a": "A" });
    await tree.writeFile("d/b", "B");
    return tree.list("d");
  };
  assert.deepEqual(await make(), await make());
});

test("memoryTree is full when it is full, and has room again when files go and nobody reads them", async () => {
  const tree = memoryTree({ a: "12345" }, { octetsMax: 10 });
  const full = { code: "no-space" };
  await assert.rejects(tree.writeFile("b", "123456"), full);
  assert.deepEqual((await tree.list("")).length, 1);
  const reader = await tree.open("a");
  await tree.remove("a");
  await assert.rejects(tree.writeFile("b", "123456"), full);
  await reader.close();
  await tree.writeFile("b", "1234567890");
  const file = await tree.open("b", { write: true });
  await assert.rejects(file.write(10, Buffer.from("x")), full);
  await assert.rejects(file.truncate(2 ** 50), full);
  await file.truncate(2);
  await tree.writeFile("c", "12345678");
  await file.close();
});
