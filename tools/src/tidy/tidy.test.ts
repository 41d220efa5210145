import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Finding } from "../finding.ts";
import { fakeTree, type Tree } from "../tree.ts";
import { effectFindings } from "./effects.ts";
import { lockFindings } from "./lock.ts";
import { manifestFindings } from "./manifests.ts";
import { pureFindings } from "./pure.ts";
import { sizeFindings } from "./sizes.ts";
import { unfinishedFindings } from "./unfinished.ts";

const library = "packages/ftp/src/server.ts";

function lines(findings: readonly Finding[]): readonly number[] {
  return findings.map(({ line }) => line);
}

function effects(source: string, path: string = library): readonly number[] {
  return lines(effectFindings(fakeTree({ [path]: source })));
}

describe("effectFindings", () => {
  test("finds clocks, timers, chance and globals in code", () => {
    for (const code of [
      "const a = Date.now();",
      "const a = new Date();",
      "setTimeout(f, 1);",
      "globalThis.setTimeout(f, 1);",
      "const b = crypto.randomUUID();",
      "const b = crypto.subtle;",
      "const c = process.env;",
      "console.log(1);",
      "const d = AbortSignal.timeout(5);",
    ]) {
      assert.deepEqual(effects(code), [1], code);
    }
  });

  test("finds imports of node:process wherever they are, for they open standard input", () => {
    const source = 'import { argv } from "node:process";';
    for (const path of ["packages/ftp/src/a.ts", "packages/core/src/node/a.ts"]) {
      const [finding] = effectFindings(fakeTree({ [path]: source }));
      assert.match(finding?.rule ?? "", /standard input/, path);
    }
  });

  test("leaves alone what only looks like one", () => {
    for (const code of [
      "// Date.now()",
      "const a = 'setTimeout(f)';",
      "socket.setTimeout(5);",
      "new Date(0);",
      "type T = { setTimeout: number };",
      "const b = reactor.random;",
    ]) {
      assert.deepEqual(effects(code), [], code);
    }
  });

  test("finds modules that reach the world, but lets types and pure helpers pass", () => {
    assert.deepEqual(effects(`import { connect } from "node:net";`), [1]);
    assert.deepEqual(effects(`import * as net from "node:net";`), [1]);
    assert.deepEqual(effects(`export { readFile } from "node:fs/promises";`), [1]);
    assert.deepEqual(effects(`const fs = await import("node:fs");`), [1]);
    assert.deepEqual(effects(`import { BlockList, isIPv6, type Socket } from "node:net";`), []);
    assert.deepEqual(effects(`import type { Server } from "node:http";`), []);
  });

  test("knows where effects are at home", () => {
    for (const path of [
      "packages/core/src/real/clock.ts",
      "packages/ftp/src/a.test.ts",
      "packages/hawser/src/main.ts",
    ]) {
      assert.deepEqual(effects("Date.now();", path), [], path);
    }
    assert.deepEqual(effects("process.argv;\nsetTimeout();", "packages/core/src/simulation/seeds.ts"), [2]);
  });
});

describe("pureFindings", () => {
  test("finds promises in machines and wire formats, and nowhere else", () => {
    const source = "// async\nexport async function f(): Promise<void> {}";
    const paths = ["machine.ts", "wire.ts", "machine/server.ts", "wire/frames.ts", "server.ts", "machine.test.ts"];
    const tree = fakeTree(Object.fromEntries(paths.map((path) => [`packages/ftp/src/${path}`, source])));
    const found = new Set(pureFindings(tree).map(({ path }) => path.replace("packages/ftp/src/", "")));
    assert.deepEqual([...found].sort(), ["machine.ts", "machine/server.ts", "wire.ts", "wire/frames.ts"]);
    assert.deepEqual(new Set(lines(pureFindings(tree))), new Set([2]));
  });
});

describe("unfinishedFindings", () => {
  const unfinished = (source: string) => lines(unfinishedFindings(fakeTree({ "packages/ftp/src/a.test.ts": source })));

  test("finds notes to oneself in comments, on their line", () => {
    assert.deepEqual(unfinished(`/**\n * ${"TO"}DO: more\n */`), [2]);
    assert.deepEqual(unfinished(`const a = "${"FIX"}ME";`), []);
  });

  test("finds tests that do not run, unless they tell why", () => {
    for (const code of [
      `test.only("a", f);`,
      `describe.skip("a", f);`,
      `test("a", { skip: true }, f);`,
      `test("a", (t) => t.skip());`,
      `it.todo("a");`,
    ]) {
      assert.deepEqual(unfinished(code), [1], code);
    }
    const reason = `test("a", { skip: isRoot ? "root may read everything" : false }, f);`;
    for (const code of [reason, `test("a", (t) => t.skip("no curl"));`, "stream.skip(4);", "const o = { skip: 4 };"]) {
      assert.deepEqual(unfinished(code), [], code);
    }
  });
});

describe("sizeFindings", () => {
  const tree: Tree = fakeTree({ "packages/ftp/src/long.ts": "a;\n".repeat(420), "packages/ftp/src/short.ts": "a;\n" });

  test("refuses long files that the ratchet does not hold", () => {
    assert.deepEqual(lines(sizeFindings(tree, {})), [401]);
    assert.deepEqual(lines(sizeFindings(tree, { "packages/ftp/src/long.ts": 410 })), [411]);
    assert.deepEqual(sizeFindings(tree, { "packages/ftp/src/long.ts": 420 }), []);
  });

  test("tightens the ratchet", () => {
    const [slack] = sizeFindings(tree, { "packages/ftp/src/long.ts": 500 });
    assert.match(slack?.advice ?? "", /Write 420/);
    const [gone] = sizeFindings(tree, { "packages/ftp/src/long.ts": 420, "packages/ftp/src/short.ts": 450 });
    assert.match(gone?.advice ?? "", /Remove/);
  });
});

describe("manifestFindings", () => {
  const healthy = {
    "tsconfig.json": `{ "references": [{ "path": "packages/a" }] }`,
    "packages/a/tsconfig.json": "{}",
    "packages/a/package.json": `{ "name": "a", "version": "1.0.0", "dependencies": { "x": "1.2.3" } }`,
  };
  const rules = (files: Readonly<Record<string, string>>) =>
    manifestFindings(fakeTree({ ...healthy, ...files })).map(({ rule }) => rule);

  test("accepts a healthy one", () => {
    assert.deepEqual(rules({}), []);
  });

  test("refuses scripts at install time, ranges, other versions than ours, and projects nobody builds", () => {
    const b = `{ "name": "b", "version": "1.0.0", "scripts": { "prepare": "x" }, "dependencies": { "a": "0.9.0", "x": "^1.0.0" } }`;
    assert.deepEqual(rules({ "packages/b/package.json": b, "packages/b/tsconfig.json": "{}" }), [
      "Installing runs no scripts",
      "Dependencies are exact, and ours are the ones beside us",
      "Dependencies are exact, and ours are the ones beside us",
      "The root builds b",
    ]);
  });

  test("refuses an entry that is loaded from elsewhere than the bundle of its module", () => {
    const entry = (file: string) => ({ ".": { types: "./dist/index.d.ts", default: file } });
    const a = (exports: object) => ({ "packages/a/package.json": JSON.stringify({ name: "a", exports }) });
    assert.deepEqual(rules(a({ ...entry("./bundle/index.js"), "./package.json": "./package.json" })), []);
    assert.deepEqual(rules(a(entry("./dist/index.js"))), ["Entries are loaded from the bundle"]);
    assert.deepEqual(rules(a(entry("./bundle/other.js"))), ["Entries are loaded from the bundle"]);
  });
});

describe("lockFindings", () => {
  const rules = (packages: object) =>
    lockFindings(fakeTree({ "package-lock.json": JSON.stringify({ packages }, null, 2) })).map(({ rule }) => rule);

  test("refuses hosts, but not links to our own folders or addresses of sponsors", () => {
    assert.deepEqual(rules({ "node_modules/a": { resolved: "https://registry.example/a.tgz" } }), [
      "The lock file names no host",
    ]);
    assert.deepEqual(rules({ "node_modules/a": { resolved: "packages/a", link: true } }), []);
    assert.deepEqual(rules({ "node_modules/a": { funding: { url: "https://example.org/" } } }), []);
  });

  test("refuses to lack a package for another platform", () => {
    const parent = { "node_modules/a": { optionalDependencies: { "a-darwin-arm64": "1.0.0" } } };
    assert.equal(rules(parent).length, 1);
    assert.deepEqual(rules({ ...parent, "node_modules/a-darwin-arm64": {} }), []);
  });
});
