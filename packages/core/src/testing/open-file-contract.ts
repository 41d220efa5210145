import assert from "node:assert/strict";
import type { FileTree } from "../files/tree.ts";
import { textAt, textOf } from "./file-tree-checks.ts";

/** The part of the contract of every tree that is about its open files. */
export const openFileContract: Readonly<Record<string, (tree: FileTree) => Promise<void>>> = {
  "an open file is read at any offset, and gives less only at its end": async (tree) => {
    await tree.writeFile("f", "0123456789");
    const file = await tree.open("f");
    const [early, late, past] = await Promise.all([textAt(file, 2, 3), textAt(file, 8, 100), textAt(file, 10, 1)]);
    assert.deepEqual([early, late, past], ["234", "89", ""]);
    assert.equal(await textAt(file, 4, 2 ** 40), "456789");
    assert.equal((await file.stat()).octets, 10);
    await file.close();
  },

  "an open file is written at any offset; gaps are zeros": async (tree) => {
    const file = await tree.open("f", { write: true, create: "exclusive" });
    await file.write(4, Buffer.from("efg"));
    await file.write(0, Buffer.from("ab"));
    await file.write(9, new Uint8Array(0));
    assert.equal(await textAt(file, 0, 10), "ab\0\0efg");
    await file.truncate(5);
    await file.truncate(7);
    await file.sync();
    assert.equal(await textAt(file, 0, 10), "ab\0\0e\0\0");
    await file.close();
  },

  "what was read is not changed by later writes": async (tree) => {
    const file = await tree.open("f", { write: true, create: true });
    await file.write(0, Buffer.from("first"));
    const chunk = await file.read(0, 5);
    await file.write(0, Buffer.from("later"));
    assert.equal(Buffer.from(chunk).toString(), "first");
    await file.close();
  },

  "opening to create keeps what is there; truncate does not": async (tree) => {
    await tree.writeFile("f", "content");
    await (await tree.open("f", { write: true, create: true })).close();
    assert.equal(await textOf(tree, "f"), "content");
    await (await tree.open("f", { write: true, truncate: true })).close();
    assert.equal(await textOf(tree, "f"), "");
  },

  "many may create the same file at once, one exclusively": async (tree) => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => tree.open("f", { write: true, create: true })));
    await Promise.all(opened.map((file) => file.close()));
    const exclusive = [1, 2, 3, 4].map(() => tree.open("g", { write: true, create: "exclusive" }));
    const results = await Promise.allSettled(exclusive);
    for (const result of results) if (result.status === "fulfilled") await result.value.close();
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  },

  "a file is used only as it was opened, and not after close": async (tree) => {
    await tree.writeFile("f", "F");
    const reader = await tree.open("f");
    const writer = await tree.open("f", { read: false, write: true });
    const refused = { name: "StateError", code: "bad-state" };
    await assert.rejects(reader.write(0, Buffer.from("x")), refused);
    await assert.rejects(reader.truncate(0), refused);
    await assert.rejects(writer.read(0, 1), refused);
    await Promise.all([reader.close(), writer.close()]);
    await reader.close();
    await assert.rejects(reader.read(0, 1), refused);
    await assert.rejects(reader.stat(), refused);
    assert.equal(await textOf(tree, "f"), "F");
  },
};
