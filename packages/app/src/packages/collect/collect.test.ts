import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { memoryTree } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { readContent } from "../content.ts";
import { collectApplicationFiles } from "./collect.ts";
import { filesFilter, isNeededAtRunTime } from "./patterns.ts";

const manifest = (name: string, dependencies: readonly string[] = [], more: object = {}) =>
  JSON.stringify({
    name,
    version: "1.0.0",
    dependencies: Object.fromEntries(dependencies.map((one) => [one, "*"])),
    ...more,
  });

/** The places of what is collected from packages by folder. */
async function collected(packages: Readonly<Record<string, string>>, ...names: string[]): Promise<readonly string[]> {
  const files = Object.entries(packages).map(([folder, json]) => [`${folder}/package.json`, json]);
  const { files: found } = await collectApplicationFiles(memoryTree(Object.fromEntries(files)), names);
  return found.map(({ path }) => path.replace(/\/package\.json$/, ""));
}

describe("collectApplicationFiles", () => {
  test("follows dependencies, and each package comes once", async () => {
    const packages = {
      "node_modules/a": manifest("a", ["b", "@s/c"]),
      "node_modules/b": manifest("b", ["@s/c", "a"]),
      "node_modules/@s/c": manifest("@s/c"),
      "node_modules/unused": manifest("unused"),
    };
    assert.deepEqual(await collected(packages, "a"), ["node_modules/a", "node_modules/b", "node_modules/@s/c"]);
  });

  test("gives each package the version that it had", async () => {
    const packages = {
      "node_modules/a": manifest("a", ["c", "b"]),
      "node_modules/b": manifest("b", ["c", "d"]),
      "node_modules/b/node_modules/c": manifest("c", ["d"]),
      "node_modules/c": manifest("c"),
      "node_modules/d": manifest("d"),
    };
    assert.deepEqual(await collected(packages, "a"), [
      "node_modules/a",
      "node_modules/c",
      "node_modules/b",
      "node_modules/b/node_modules/c",
      "node_modules/d",
    ]);
  });

  test("takes peers that are needed, optional dependencies that are there, and optional peers when named", async () => {
    const optional = { peerDependenciesMeta: { pg: { optional: true } } };
    const packages = {
      "node_modules/a": manifest("a", [], {
        peerDependencies: { react: "*", pg: "*" },
        optionalDependencies: { fast: "*", absent: "*" },
        ...optional,
      }),
      "node_modules/react": manifest("react"),
      "node_modules/fast": manifest("fast"),
      "node_modules/pg": manifest("pg"),
    };
    assert.deepEqual(await collected(packages, "a"), ["node_modules/a", "node_modules/react", "node_modules/fast"]);
    assert.equal((await collected(packages, "a", "pg")).length, 4);
  });

  test("says what is missing, and for whom", async () => {
    const packages = { "node_modules/a": manifest("a", ["b"]) };
    await assert.rejects(collected(packages, "a"), {
      code: "not-installed",
      message: 'Cannot pack "b", which "node_modules/a" needs: it is not installed',
    });
    await assert.rejects(collected(packages, "c"), { message: 'Cannot pack "c": it is not installed' });
  });

  test("refuses a manifest that is none, and names in it that lead out", async () => {
    await assert.rejects(collected({ "node_modules/a": "{" }, "a"), { name: "PackageError", code: "bad-field" });
    assert.deepEqual(await collected({ "node_modules/a": manifest("a", ["../../etc", "/etc", "@a/../b"]) }, "a"), [
      "node_modules/a",
    ]);
  });

  test("has an end", async () => {
    const packages = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `node_modules/p${index}`,
        manifest(`p${index}`, [`p${(index + 1) % 30}`]),
      ]),
    );
    const files = Object.entries(packages).map(([folder, json]) => [`${folder}/package.json`, json]);
    const tree = memoryTree(Object.fromEntries(files));
    await assert.rejects(collectApplicationFiles(tree, ["p0"], { packagesMax: 29 }), { code: "too-large" });
    assert.equal((await collectApplicationFiles(tree, ["p0"], { packagesMax: 30 })).packages.length, 30);
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(collectApplicationFiles(tree, ["p0"], { signal }), { message: "enough" });
  });

  test("leaves out what is hidden, and what belongs to nobody", async () => {
    const tree = memoryTree({
      "node_modules/a/package.json": manifest("a"),
      "node_modules/a/index.js": "",
      "node_modules/a/index.d.ts": "",
      "node_modules/a/index.js.map": "",
      "node_modules/a/test/a.js": "",
      "node_modules/a/lib/test/used.js": "",
      "node_modules/a/README.md": "",
      "node_modules/a/LICENSE": "",
      "node_modules/a/.npmrc": "secret",
      "node_modules/a/node_modules/.bin/x": "",
    });
    const { files } = await collectApplicationFiles(tree, ["a"]);
    assert.deepEqual(
      files.map(({ path }) => path.slice("node_modules/a/".length)),
      ["LICENSE", "index.js", "lib/test/used.js", "package.json"],
    );
  });

  test("follows the links of a workspace, whose files its manifest tells", async () => {
    await inFolder(async (folder) => {
      lay(folder, {
        "packages/own/package.json": manifest("own", ["dep"], { files: ["dist", "!**/*.test.*"] }),
        "packages/own/dist/index.js": "export {};",
        "packages/own/dist/index.test.js": "",
        "packages/own/secret.env": "",
        "packages/own/node_modules/dep/package.json": manifest("dep"),
        "node_modules/dep/package.json": manifest("dep"),
      });
      symlinkSync("../packages/own", join(folder, "node_modules/own"));
      const { files, packages } = await collectApplicationFiles(nodeReactor.files(folder), ["own", "dep"]);
      assert.deepEqual(files.map(({ path }) => path).sort(), [
        "node_modules/dep/package.json",
        "node_modules/own/dist/index.js",
        "node_modules/own/node_modules/dep/package.json",
        "node_modules/own/package.json",
      ]);
      assert.deepEqual(
        packages.map(({ place }) => place),
        ["node_modules/own", "node_modules/dep", "node_modules/own/node_modules/dep"],
      );
    });
  });

  test("a circle of links has an end", async () => {
    await inFolder(async (folder) => {
      lay(folder, { "node_modules/a/package.json": manifest("a") });
      symlinkSync("..", join(folder, "node_modules/a/again"));
      await assert.rejects(collectApplicationFiles(nodeReactor.files(folder), ["a"]), { code: "too-large" });
    });
  });

  test("what it collects of hawser runs where it is put", async () => {
    const repository = new URL("../../../../../", import.meta.url).pathname;
    const { files } = await collectApplicationFiles(nodeReactor.files(repository), ["hawser"]);
    await inFolder(async (folder) => {
      for (const { path, content, mode } of files) {
        const pieces: Uint8Array[] = [];
        for await (const piece of readContent(path, content)) pieces.push(piece);
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), Buffer.concat(pieces), { mode });
      }
      const words = [join(folder, "node_modules/hawser/bin/hawser.js"), "web", "--help"];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /--path/);
    });
  });
});

describe("the files of a manifest", () => {
  const cases: readonly (readonly [files: readonly string[] | undefined, path: string, belongs: boolean])[] = [
    [undefined, "anything", true],
    [[], "index.js", false],
    [[], "package.json", true],
    [[], "LICENSE", true],
    [["dist"], "dist/a/b.js", true],
    [["dist"], "distant.js", false],
    [["./dist/"], "dist/a.js", true],
    [["*.js"], "a.js", true],
    [["*.js"], "a/b.js", false],
    [["**/*.js"], "a/b.js", true],
    [["**/*.js"], "a.js", true],
    [["dist", "!**/*.test.*"], "dist/a.test.js", false],
    [["dist", "!dist/.tsbuildinfo"], "dist/.tsbuildinfo", false],
    [["!dist/a.js", "dist"], "dist/a.js", true],
    [["a.b"], "axb", false],
    [["a?.js"], "ab.js", true],
    [["(x)+"], "(x)+", true],
  ];
  for (const [files, path, belongs] of cases) {
    test(`${JSON.stringify(files)} ${belongs ? "has" : "has no"} ${path}`, () => {
      assert.equal(filesFilter(files)(path), belongs);
    });
  }

  test("what runs is needed, what explains is not", () => {
    for (const path of ["index.js", "a.cjs", "lib/x.json", "native.node", "page.html"])
      assert.ok(isNeededAtRunTime(path), path);
    for (const path of ["a.d.ts", "a.mts", "b.map", "tests/x.js", "README", "c.test.js"])
      assert.ok(!isNeededAtRunTime(path), path);
  });
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hawser-collect-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lay(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
