import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { FileTree } from "../files/tree.ts";
import { fileTreeContract } from "../testing/file-tree-contract.ts";
import { type DiskAnchorage, diskAnchorage, pathAnchorage } from "./disk-anchor.ts";
import { diskTree, makeDiskTree } from "./disk-tree.ts";

const outside = { name: "FileError", code: "invalid-path" };

for (const [kind, anchorage] of [
  ["the best way of this machine", diskAnchorage()],
  ["the way of every machine", pathAnchorage],
] as const) {
  fileTreeContract(`diskTree, held in ${kind}`, (context) => makeDiskTree(anchorage, folders(context).root));
  fileTreeContract(`diskTree that follows no links, held in ${kind}`, (context) =>
    makeDiskTree(anchorage, folders(context).root, { followLinks: "never" }),
  );

  fileTreeContract(`a directory of a diskTree, held in ${kind}`, (context) => {
    const { root } = folders(context);
    mkdirSync(join(root, "users/alice"), { recursive: true });
    return makeDiskTree(anchorage, root).at("users/alice");
  });

  describe(`diskTree among links, held in ${kind}`, () => {
    test("a link that leads out is refused by every call that would follow it", async (context) => {
      const { root, secrets } = folders(context);
      symlinkSync(join(secrets, "secret"), join(root, "file"));
      symlinkSync(secrets, join(root, "folder"));
      symlinkSync("../secrets", join(root, "relative"));
      const tree = makeDiskTree(anchorage, root);
      for (const path of ["file", "folder", "folder/secret", "relative/secret"]) {
        await assert.rejects(tree.stat(path), outside);
        await assert.rejects(tree.open(path), outside);
        await assert.rejects(tree.open(path, { write: true, truncate: true }), outside);
        await assert.rejects(tree.open(path, { write: true, create: true }), outside);
        await assert.rejects(tree.readFile(path), outside);
        await assert.rejects(tree.setAttributes(path, { mode: 0o777 }), outside);
        await assert.rejects(tree.at(path).stat(""), outside);
        await assert.rejects(tree.locate!(path), outside);
      }
      await assert.rejects(tree.list("folder"), outside);
      assert.deepEqual(await tree.list(""), []);
      assert.equal(readFileSync(join(secrets, "secret"), "utf8"), "secret");
    });

    test("nothing is made, moved or removed behind a link that leads out", async (context) => {
      const { root, secrets } = folders(context);
      symlinkSync(secrets, join(root, "out"));
      writeFileSync(join(root, "mine"), "");
      const tree = makeDiskTree(anchorage, root);
      await assert.rejects(tree.writeFile("out/new", "x"), outside);
      await assert.rejects(tree.open("out/new", { write: true, create: "exclusive" }), outside);
      await assert.rejects(tree.makeDirectory("out/new"), outside);
      await assert.rejects(tree.rename("mine", "out/mine"), outside);
      await assert.rejects(tree.rename("out/secret", "stolen"), outside);
      await assert.rejects(tree.remove("out/secret"), outside);
      await assert.rejects(tree.removeDirectory("out/secret"), outside);
      await assert.rejects(tree.at("out").writeFile("new", "x"), outside);
      assert.deepEqual(readdirSync(secrets), ["secret"]);
      assert.deepEqual(readdirSync(root), ["mine", "out"]);
    });

    test("a link inside is followed", async (context) => {
      const tree = await treeWithLinkInside(anchorage, context);
      assert.equal(Buffer.from(await tree.readFile("link/f")).toString(), "F");
      assert.equal(Buffer.from(await tree.at("link").readFile("f")).toString(), "F");
      assert.equal((await tree.stat("to-f")).octets, 1);
      assert.deepEqual(
        (await tree.list("")).map(({ name, kind }) => `${name} ${kind}`),
        ["d directory", "link directory", "to-f file"],
      );
    });

    test("no link is followed with followLinks: never", async (context) => {
      const tree = await treeWithLinkInside(anchorage, context, { followLinks: "never" });
      await assert.rejects(tree.readFile("link/f"), outside);
      await assert.rejects(tree.readFile("to-f"), outside);
      await assert.rejects(tree.stat("to-f"), outside);
      await assert.rejects(tree.at("link").readFile("f"), outside);
      await assert.rejects(tree.writeFile("link/g", ""), outside);
      assert.deepEqual(
        (await tree.list("")).map((entry) => entry.name),
        ["d"],
      );
      assert.equal((await tree.readFile("d/f")).length, 1);
    });

    test("a name that is a link is changed itself, not its target", async (context) => {
      const tree = await treeWithLinkInside(anchorage, context);
      await tree.writeFile("to-f", "new");
      await tree.rename("link", "renamed");
      await tree.remove("renamed");
      assert.equal(Buffer.from(await tree.readFile("d/f")).toString(), "F");
      assert.equal(Buffer.from(await tree.readFile("to-f")).toString(), "new");
    });

    test("a link that leads nowhere is not found, not listed, and nothing is made at its end", async (context) => {
      const { root, secrets } = folders(context);
      symlinkSync(join(secrets, "new"), join(root, "dangling"));
      const tree = makeDiskTree(anchorage, root);
      await assert.rejects(tree.stat("dangling"), { code: "not-found" });
      await assert.rejects(tree.open("dangling", { write: true, create: true }), { code: "exists" });
      await assert.rejects(tree.open("dangling", { write: true, create: "exclusive" }), { code: "exists" });
      await assert.rejects(tree.makeDirectory("dangling"), { code: "exists" });
      assert.deepEqual(await tree.list(""), []);
      assert.deepEqual(readdirSync(secrets), ["secret"]);
    });

    test("links that lead in circles end", async (context) => {
      const { root } = folders(context);
      symlinkSync("b", join(root, "a"));
      symlinkSync("a", join(root, "b"));
      symlinkSync(".", join(root, "self"));
      const tree = makeDiskTree(anchorage, root);
      await assert.rejects(tree.stat("a"), outside);
      await assert.rejects(tree.open("a/x"), outside);
      assert.equal((await tree.stat("self/self/self")).kind, "directory");
      assert.deepEqual(
        (await tree.list("")).map((entry) => entry.name),
        ["self"],
      );
    });

    test("the folder next door with a longer name is outside", async (context) => {
      const { root } = folders(context);
      mkdirSync(`${root}-private`);
      writeFileSync(`${root}-private/f`, "");
      symlinkSync(`${root}-private`, join(root, "next"));
      await assert.rejects(makeDiskTree(anchorage, root).readFile("next/f"), outside);
    });

    test("a FIFO is listed as other and never opened", async (context) => {
      const { root } = folders(context);
      execFileSync("mkfifo", [join(root, "pipe")]);
      const tree = makeDiskTree(anchorage, root);
      assert.equal((await tree.stat("pipe")).kind, "other");
      assert.deepEqual(
        (await tree.list("")).map(({ name, kind }) => [name, kind]),
        [["pipe", "other"]],
      );
      await assert.rejects(tree.readFile("pipe"), { code: "not-permitted" });
      await assert.rejects(tree.open("pipe", { write: true, create: true }), { code: "not-permitted" });
    });

    test("a directory swapped for a link after it was found is used no more, or used where it went", async (context) => {
      const { root, secrets } = folders(context);
      mkdirSync(join(root, "d"));
      writeFileSync(join(root, "d/secret"), "harmless");
      const swapping = afterFinding(anchorage, () => {
        renameSync(join(root, "d"), join(root, "moved"));
        symlinkSync(secrets, join(root, "d"));
      });
      const text = await makeDiskTree(swapping, root)
        .readFile("d/secret")
        .then(String, (error: { code: string }) => error.code);
      assert.ok(["harmless", "invalid-path", "not-found"].includes(text), text);
    });

    test("what stat told before is not told of another file", async (context) => {
      const { root, secrets } = folders(context);
      writeFileSync(join(root, "f"), "ours");
      const tree = makeDiskTree(anchorage, root);
      assert.equal((await tree.stat("f")).octets, 4);
      unlinkSync(join(root, "f"));
      symlinkSync(join(secrets, "secret"), join(root, "f"));
      await assert.rejects(tree.stat("f"), outside);
    });

    test("a root that is a link may be pointed elsewhere; the old place is outside then", async (context) => {
      const { root } = folders(context);
      for (const release of ["one", "two"]) {
        mkdirSync(join(root, release));
        writeFileSync(join(root, release, "f"), release);
      }
      symlinkSync("../one/f", join(root, "two/old"));
      symlinkSync("one", join(root, "current"));
      const tree = makeDiskTree(anchorage, join(root, "current"));
      assert.equal(Buffer.from(await tree.readFile("f")).toString(), "one");
      unlinkSync(join(root, "current"));
      symlinkSync("two", join(root, "current"));
      assert.equal(Buffer.from(await tree.readFile("f")).toString(), "two");
      await assert.rejects(tree.readFile("old"), outside);
    });

    test("locate tells where a file really lies", async (context) => {
      const tree = await treeWithLinkInside(anchorage, context);
      assert.equal(await tree.locate!("link/f"), await tree.locate!("d/f"));
      assert.match(await tree.locate!("to-f"), /\/root\/d\/f$/);
      await assert.rejects(tree.locate!("nothing"), { code: "not-found" });
    });
  });
}

describe("diskTree on a descriptor", { skip: diskAnchorage() === pathAnchorage && "only Linux has them" }, () => {
  test("a name is made in the directory that was found, wherever its path leads by then", async (context) => {
    const { root, secrets } = folders(context);
    mkdirSync(join(root, "d"));
    const swapping = afterFinding(diskAnchorage(), () => {
      renameSync(join(root, "d"), join(root, "moved"));
      symlinkSync(secrets, join(root, "d"));
    });
    await makeDiskTree(swapping, root).writeFile("d/new", "ours");
    assert.deepEqual(readdirSync(join(root, "moved")), ["new"]);
    assert.deepEqual(readdirSync(secrets), ["secret"]);
  });

  test("swapping a link to and fro wins nothing, not once in many tries", async (context) => {
    const { root, secrets } = folders(context);
    for (const name of ["d", "other"]) mkdirSync(join(root, name));
    writeFileSync(join(root, "d/secret"), "harmless");
    symlinkSync(secrets, join(root, "link"));
    const tree = diskTree(root);
    for (let round = 0; round < 100; round++) {
      const reads = Array.from({ length: 4 }, () => tree.readFile("d/secret").then(String, () => "refused"));
      const writes = [tree.writeFile("d/new", "x").catch(() => {}), tree.makeDirectory(`d/${round}`).catch(() => {})];
      const [from, to] = round % 2 === 0 ? ["d", "parked"] : ["parked", "d"];
      if (round % 2 === 1) renameSync(join(root, "d"), join(root, "link"));
      renameSync(join(root, from), join(root, to));
      if (round % 2 === 0) renameSync(join(root, "link"), join(root, "d"));
      for (const text of await Promise.all(reads)) assert.notEqual(text, "secret");
      await Promise.all(writes);
    }
    assert.deepEqual(readdirSync(secrets), ["secret"]);
  });

  test("no descriptor stays open", async (context) => {
    const { root } = folders(context);
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("/etc", join(root, "out"));
    const tree = diskTree(root);
    const before = descriptors();
    await tree.writeFile("f", "F");
    await tree.readFile("f");
    await tree.list("");
    for (const path of ["pipe", "out", "out/passwd", "none", "f/x", ""]) await tree.open(path).catch(() => {});
    await tree.open("pipe", { write: true, create: true }).catch(() => {});
    await tree.readFile("f", { octetsMax: 0 }).catch(() => {});
    await (await tree.open("f")).close();
    assert.deepEqual(descriptors(), before);
  });
});

test("a read-only diskTree refuses every change and allows every look", async (context) => {
  const { root } = folders(context);
  writeFileSync(join(root, "f"), "F");
  const tree = diskTree(root, { readOnly: true });
  const readOnly = { code: "read-only" };
  await assert.rejects(tree.writeFile("f", ""), readOnly);
  await assert.rejects(tree.open("f", { write: true }), readOnly);
  await assert.rejects(tree.makeDirectory("d"), readOnly);
  await assert.rejects(tree.rename("f", "g"), readOnly);
  await assert.rejects(tree.remove("f"), readOnly);
  await assert.rejects(tree.removeDirectory("d"), readOnly);
  await assert.rejects(tree.setAttributes("f", { mode: 0o777 }), readOnly);
  await assert.rejects(tree.at("").writeFile("f", ""), readOnly);
  assert.equal((await tree.readFile("f")).length, 1);
  assert.equal((await tree.list("")).length, 1);
});

test("names of a disk that no path can spell are left out of lists", async (context) => {
  const { root } = folders(context);
  writeFileSync(join(root, "back\\slash"), "");
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]), "");
  writeFileSync(join(root, "fine"), "");
  assert.deepEqual(
    (await diskTree(root).list("")).map((entry) => entry.name),
    ["fine"],
  );
});

test("errors of a diskTree do not say where it lies", async (context) => {
  const { root } = folders(context);
  await assert.rejects(diskTree(join(root, "none")).stat("f"), {
    message: 'Cannot stat "f": no such file or directory',
  });
});

/** A folder to serve, and beside it one that must not be reached. */
function folders(context: TestContext): { root: string; secrets: string } {
  const top = mkdtempSync(join(tmpdir(), "hawser-tree-"));
  context.after(() => rmSync(top, { recursive: true }));
  const [root, secrets] = [join(top, "root"), join(top, "secrets")];
  mkdirSync(root);
  mkdirSync(secrets);
  writeFileSync(join(secrets, "secret"), "secret");
  return { root, secrets };
}

async function treeWithLinkInside(
  anchorage: DiskAnchorage,
  context: TestContext,
  options?: { followLinks: "never" },
): Promise<FileTree> {
  const { root } = folders(context);
  mkdirSync(join(root, "d"));
  writeFileSync(join(root, "d/f"), "F");
  symlinkSync("d", join(root, "link"));
  symlinkSync(join(root, "d/f"), join(root, "to-f"));
  return makeDiskTree(anchorage, root, options);
}

/** Lets something happen once, just after a file was found and before it is used. */
function afterFinding(anchorage: DiskAnchorage, happen: () => void): DiskAnchorage {
  let happened = false;
  return {
    async find(path) {
      const anchor = await anchorage.find(path);
      if (!happened) happen();
      happened = true;
      return anchor;
    },
    open: anchorage.open,
  };
}

function descriptors(): readonly string[] {
  return readdirSync("/proc/self/fd").sort();
}
