import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { FileTree, TreePath } from "../files/tree.ts";
import { fails, namesIn, textAt, textOf } from "./file-tree-checks.ts";
import { openFileContract } from "./open-file-contract.ts";

/**
 * Registers the tests that every {@link FileTree} must pass, so that what serves one tree serves all of them.
 * @param makeTree gives an empty, writable tree for each test; it may clean up with `context.after`
 */
export function fileTreeContract(name: string, makeTree: (context: TestContext) => FileTree | Promise<FileTree>): void {
  describe(name, () => {
    for (const [title, body] of Object.entries(contract)) {
      test(title, async (context) => body(await makeTree(context)));
    }
    for (const [title, path] of Object.entries(escapes)) {
      test(`no call takes ${title}`, async (context) => refusesEverywhere(await makeTree(context), path));
    }
  });
}

const contract: Readonly<Record<string, (tree: FileTree) => Promise<void>>> = {
  ...openFileContract,

  "a file that was written is read back": async (tree) => {
    await tree.writeFile("a.txt", "grüß");
    assert.equal(await textOf(tree, "a.txt"), "grüß");
    const { kind, octets } = await tree.stat("a.txt");
    assert.deepEqual({ kind, octets }, { kind: "file", octets: 6 });
  },

  "a path may be text or segments": async (tree) => {
    await tree.makeDirectory(["docs"]);
    await tree.writeFile("docs/a.txt", "A");
    assert.equal(await textOf(tree, ["docs", "a.txt"]), "A");
  },

  "the root is an empty directory, in either spelling": async (tree) => {
    assert.equal((await tree.stat("")).kind, "directory");
    assert.deepEqual(await tree.list([]), []);
  },

  "a list is sorted by code units and tells what stat tells": async (tree) => {
    await tree.makeDirectory("c");
    for (const name of ["b", "é", "B", ".hidden", "a"]) await tree.writeFile(name, name);
    const entries = await tree.list("");
    assert.deepEqual(
      entries.map((entry) => entry.name),
      [".hidden", "B", "a", "b", "c", "é"],
    );
    for (const { name, ...stat } of entries) assert.deepEqual(stat, await tree.stat(name));
  },

  "a list may be cut short, and then holds the first by name": async (tree) => {
    for (const name of ["c", "a", "b"]) await tree.writeFile(name, name);
    const namesOf = async (entriesMax: number) => (await tree.list("", { entriesMax })).map(({ name }) => name);
    assert.deepEqual(await namesOf(2), ["a", "b"]);
    assert.deepEqual(await namesOf(4), ["a", "b", "c"]);
    assert.deepEqual(await namesOf(0), []);
    for (const entriesMax of [-1, Number.NaN]) await assert.rejects(tree.list("", { entriesMax }), RangeError);
  },

  "names tells what a list does, without the rest": async (tree) => {
    if (tree.names === undefined) return assert.ok((await tree.list("")).length === 0);
    await tree.makeDirectory("c");
    for (const name of ["b", "é", ".hidden"]) await tree.writeFile(name, name);
    assert.deepEqual([...(await tree.names(""))].sort(), [".hidden", "b", "c", "é"]);
    await fails("not-found", tree.names("x"));
    await fails("not-a-directory", tree.names("b"));
  },

  "readFiles gives the beginnings of many files, and passes over what is none": async (tree) => {
    if (tree.readFiles === undefined) return assert.ok((await tree.list("")).length === 0);
    await tree.makeDirectory("d");
    await tree.makeDirectory("d/directory");
    for (const name of ["a", "é", "empty"]) await tree.writeFile(`d/${name}`, name === "empty" ? "" : `${name}12345`);
    const names = ["é", "none", "a", "directory", "empty", "a"];
    const found = (await tree.readFiles("d", names, { octetsMax: 4 })).map(
      (file) => file && [Buffer.from(file.octets).toString(), file.fileOctets],
    );
    assert.deepEqual(found, [["é12", 7], undefined, ["a123", 6], undefined, ["", 0], ["a123", 6]]);
    assert.deepEqual(await tree.readFiles("d", [], { octetsMax: 4 }), []);
    const until = async (text: string): Promise<string> => {
      const [file] = await tree.readFiles!("d", ["a"], { octetsMax: 5, until: Buffer.from(text) });
      return Buffer.from(file!.octets).toString();
    };
    assert.deepEqual([await until("23"), await until("45"), await until("")], ["a123", "a1234", ""]);
    const [looked] = await tree.readFiles("d", ["a"], { octetsMax: 0 });
    const { modified } = await tree.stat("d/a");
    assert.deepEqual([looked!.octets.length, looked!.fileOctets], [0, 6]);
    assert.ok(Math.abs(looked!.modified - modified) < 1);
    await fails("not-found", tree.readFiles("x", ["a"], { octetsMax: 4 }));
    await fails("not-a-directory", tree.readFiles("d/a", ["a"], { octetsMax: 4 }));
    await assert.rejects(tree.readFiles("d", ["a", "a"], { octetsMax: 2 ** 28 }), RangeError);
  },

  "link gives a file one more name": async (tree) => {
    if (tree.link === undefined) return assert.ok((await tree.list("")).length === 0);
    await tree.makeDirectory("d");
    await tree.writeFile("f", "F");
    await tree.link("f", "d/g");
    assert.equal((await tree.stat("d/g")).identity, (await tree.stat("f")).identity);
    const file = await tree.open("f", { write: true });
    await file.write(1, Buffer.from("!"));
    await file.close();
    assert.equal(await textOf(tree, "d/g"), "F!");
    await tree.remove("f");
    assert.equal(await textOf(tree, "d/g"), "F!");
    await fails("not-found", tree.link("f", "h"), tree.link("d/g", "x/y"));
    await fails("exists", tree.link("d/g", "d/g"), tree.link("d/g", "d"));
    await fails("is-a-directory", tree.link("d", "h"));
    assert.deepEqual(await namesIn(tree, ""), ["d"]);
  },

  "a directory has no octets": async (tree) => {
    await tree.makeDirectory("d");
    assert.equal((await tree.stat("d")).octets, 0);
  },

  "what is missing is not found": async (tree) => {
    await fails("not-found", tree.stat("x"), tree.list("x"), tree.open("x"), tree.readFile("x"), tree.remove("x"));
    await fails(
      "not-found",
      tree.removeDirectory("x"),
      tree.rename("x", "y"),
      tree.setAttributes("x", { mode: 0o600 }),
    );
    await fails("not-found", tree.writeFile("x/y", ""), tree.makeDirectory("x/y"), tree.stat("x/y"));
    await fails("not-found", tree.open("x/y", { write: true, create: true }));
  },

  "a file is not a directory": async (tree) => {
    await tree.writeFile("f", "");
    await fails("not-a-directory", tree.list("f"), tree.stat("f/x"), tree.makeDirectory("f/x"), tree.readFile("f/x"));
    await fails("not-a-directory", tree.removeDirectory("f"), tree.writeFile("f/x", ""), tree.rename("f/x", "g"));
  },

  "a directory is not a file": async (tree) => {
    await tree.makeDirectory("d");
    await fails("is-a-directory", tree.open("d"), tree.readFile("d"), tree.writeFile("d", ""), tree.remove("d"));
    await fails("is-a-directory", tree.open("d", { write: true, create: true }), tree.open(""), tree.readFile(""));
  },

  "the root stays where it is": async (tree) => {
    await tree.makeDirectory("d");
    await fails(
      "is-a-directory",
      tree.rename("", "x"),
      tree.rename("d", ""),
      tree.remove(""),
      tree.removeDirectory(""),
    );
    await fails("is-a-directory", tree.writeFile("", ""), tree.open("", { write: true, create: "exclusive" }));
    await fails("exists", tree.makeDirectory(""));
  },

  "what exists is not made again": async (tree) => {
    await tree.makeDirectory("d");
    await tree.writeFile("f", "");
    await fails("exists", tree.makeDirectory("d"), tree.makeDirectory("f"));
    await fails("exists", tree.open("f", { write: true, create: "exclusive" }));
  },

  "only an empty directory is removed": async (tree) => {
    await tree.makeDirectory("d");
    await tree.writeFile("d/f", "");
    await fails("not-empty", tree.removeDirectory("d"));
    await tree.remove("d/f");
    await tree.removeDirectory("d");
    await fails("not-found", tree.stat("d"));
  },

  "writeFile replaces a file whole: another identity, the same mode": async (tree) => {
    await tree.writeFile("f", "a long first version");
    await tree.setAttributes("f", { mode: 0o640 });
    const before = await tree.stat("f");
    await tree.writeFile("f", "short");
    const after = await tree.stat("f");
    assert.equal(await textOf(tree, "f"), "short");
    assert.notEqual(after.identity, before.identity);
    assert.equal(after.mode, 0o640);
  },

  "writeFile leaves nothing else behind, also when it fails": async (tree) => {
    await tree.makeDirectory("d");
    await tree.writeFile("f", "");
    await fails("is-a-directory", tree.writeFile("d", "x"));
    assert.deepEqual(await namesIn(tree, ""), ["d", "f"]);
  },

  "who reads while a file is replaced sees the old version to its end": async (tree) => {
    await tree.writeFile("f", "old version");
    const file = await tree.open("f");
    await tree.writeFile("f", "new");
    assert.equal(await textAt(file, 0, 100), "old version");
    await file.close();
    assert.equal(await textOf(tree, "f"), "new");
  },

  "an open file outlives its name": async (tree) => {
    const file = await tree.open("f", { write: true, create: true });
    await tree.remove("f");
    await file.write(0, Buffer.from("still here"));
    assert.equal(await textAt(file, 0, 100), "still here");
    await file.close();
    await fails("not-found", tree.stat("f"));
  },

  "rename moves files and directories, and keeps their identity": async (tree) => {
    await tree.makeDirectory("a");
    await tree.writeFile("a/f", "F");
    const { identity } = await tree.stat("a/f");
    await tree.rename("a", "b");
    await tree.rename("b/f", "g");
    assert.equal(await textOf(tree, "g"), "F");
    assert.equal((await tree.stat("g")).identity, identity);
    assert.deepEqual(await namesIn(tree, ""), ["b", "g"]);
    await tree.rename("g", "g");
    assert.equal(await textOf(tree, "g"), "F");
  },

  "a file that takes the place of another has its permissions": async (tree) => {
    for (const name of ["old", "new", "other"]) await tree.writeFile(name, name);
    await tree.setAttributes("old", { mode: 0o640 });
    await tree.setAttributes("new", { mode: 0o600 });
    await tree.rename("new", "old", { takePlace: true });
    assert.deepEqual([await textOf(tree, "old"), (await tree.stat("old")).mode & 0o777], ["new", 0o640]);
    await tree.rename("old", "fresh", { takePlace: true });
    assert.equal((await tree.stat("fresh")).mode & 0o777, 0o640);
    await fails("not-found", tree.rename("none", "fresh", { takePlace: true }));
    await tree.setAttributes("other", { mode: 0o600 });
    await tree.rename("other", "fresh");
    assert.equal((await tree.stat("fresh")).mode & 0o777, 0o600);
  },

  "rename replaces as POSIX does": async (tree) => {
    await tree.writeFile("f", "F");
    await tree.writeFile("g", "G");
    for (const path of ["empty", "full", "moved"]) await tree.makeDirectory(path);
    await tree.writeFile("full/x", "");
    await fails("is-a-directory", tree.rename("f", "empty"));
    await fails("not-a-directory", tree.rename("moved", "f"));
    await fails("not-empty", tree.rename("moved", "full"));
    await fails("invalid-path", tree.rename("full", "full/inside"));
    await tree.rename("f", "g");
    await tree.rename("full", "empty");
    assert.equal(await textOf(tree, "g"), "F");
    assert.deepEqual(await namesIn(tree, "empty"), ["x"]);
    assert.deepEqual(await namesIn(tree, ""), ["empty", "g", "moved"]);
  },

  "calls that make no sense are the caller's fault": async (tree) => {
    await assert.rejects(tree.open("f", { create: true }), TypeError);
    await assert.rejects(tree.open("f", { truncate: true }), TypeError);
    await assert.rejects(tree.open("f", { read: false }), TypeError);
    const file = await tree.open("f", { write: true, create: true });
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 60]) {
      await assert.rejects(file.read(bad, 1), RangeError);
      await assert.rejects(file.read(0, bad), RangeError);
      await assert.rejects(file.write(bad, Buffer.from("x")), RangeError);
      await assert.rejects(file.truncate(bad), RangeError);
    }
    await file.close();
    await assert.rejects(tree.setAttributes("f", { mode: 0o4755 }), RangeError);
  },

  "readFile refuses more than it was allowed": async (tree) => {
    await tree.writeFile("f", "12345");
    await assert.rejects(tree.readFile("f", { octetsMax: 4 }), RangeError);
    assert.equal((await tree.readFile("f", { octetsMax: 5 })).length, 5);
    await tree.writeFile("large", new Uint8Array(1024 * 1024 + 1));
    await assert.rejects(tree.readFile("large"), RangeError);
  },

  "permissions and times are set": async (tree) => {
    await tree.writeFile("f", "");
    await tree.setAttributes("f", { mode: 0o600, modified: 1_234_567_890_500 });
    const { mode, modified } = await tree.stat("f");
    assert.deepEqual({ mode, modified }, { mode: 0o600, modified: 1_234_567_890_500 });
  },

  "stat sees every change of a file": async (tree) => {
    await tree.writeFile("f", "1");
    assert.equal((await tree.stat("f")).octets, 1);
    const file = await tree.open("f", { write: true });
    await file.write(1, Buffer.from("23"));
    await file.close();
    assert.equal((await tree.stat("f")).octets, 3);
    assert.equal((await tree.stat("f")).octets, 3);
    await tree.remove("f");
    await fails("not-found", tree.stat("f"));
  },

  "the tree below a directory has that directory as its root": async (tree) => {
    await tree.makeDirectory("users");
    await tree.makeDirectory("users/alice");
    const alice = tree.at("users").at("alice");
    await alice.writeFile("f", "F");
    assert.equal(await textOf(tree, "users/alice/f"), "F");
    assert.deepEqual(await namesIn(alice, ""), ["f"]);
    await fails("invalid-path", alice.stat(".."), alice.stat("../alice/f"), alice.rename("f", "../f"));
    await tree.rename("users/alice", "users/bob");
    await fails("not-found", alice.stat(""), alice.stat("f"), alice.writeFile("f", ""));
    assert.throws(() => tree.at(".."), { code: "invalid-path" });
  },

  "a name may be 255 octets long": async (tree) => {
    const name = "é".repeat(127);
    await tree.writeFile(name, "long");
    assert.equal(await textOf(tree, [name]), "long");
  },

  "errors name the path, and nothing outside the tree": async (tree) => {
    await assert.rejects(tree.stat("a/b"), { message: 'Cannot stat "a/b": no such file or directory' });
  },
};

const escapes: Readonly<Record<string, TreePath>> = {
  "the parent of the root": "..",
  "a way up and down again": "a/../../a",
  "a way up in segments": ["a", "..", ".."],
  "an absolute path": "/etc/passwd",
  "a separator inside a segment": ["a/../../etc"],
  "a backslash": "..\\..\\etc",
  "a NUL": "a\0.txt",
  "an empty name": "a//b",
  "a name of 256 octets": "x".repeat(256),
  "a path of 5,000 octets": "x/".repeat(2500).slice(0, -1),
};

async function refusesEverywhere(tree: FileTree, path: TreePath): Promise<void> {
  await tree.writeFile("a", "");
  await fails("invalid-path", tree.stat(path), tree.list(path), tree.open(path), tree.readFile(path));
  await fails("invalid-path", tree.open(path, { write: true, create: true }), tree.writeFile(path, "x"));
  await fails("invalid-path", tree.makeDirectory(path), tree.remove(path), tree.removeDirectory(path));
  await fails(
    "invalid-path",
    tree.rename(path, "b"),
    tree.rename("a", path),
    tree.setAttributes(path, { mode: 0o777 }),
  );
  if (tree.link !== undefined) await fails("invalid-path", tree.link(path, "b"), tree.link("a", path));
  if (tree.readFiles !== undefined)
    await fails(
      "invalid-path",
      tree.readFiles(path, ["a"], { octetsMax: 1 }),
      tree.readFiles("", [typeof path === "string" ? path : ".."], { octetsMax: 1 }),
    );
  assert.throws(() => tree.at(path), { code: "invalid-path" });
  assert.deepEqual(await namesIn(tree, ""), ["a"]);
}
