import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Finding } from "../finding.ts";
import { layers } from "../layers.ts";
import { fakeTree } from "../tree.ts";
import { coreFindings } from "./core.ts";
import { cycleFindings } from "./cycles.ts";
import { layersDiagram, withDiagram } from "./diagram.ts";
import { packageFindings } from "./packages.ts";

/** A small, healthy repository, with what the case puts into it. */
function tree(files: Readonly<Record<string, string>>) {
  return fakeTree({
    "package.json": `{ "devDependencies": { "fast-check": "1" } }`,
    "packages/core/package.json": `{ "name": "@hawser/core" }`,
    "packages/core/tsconfig.json": "{}",
    "packages/ftp/package.json": `{ "name": "@hawser/ftp", "dependencies": { "@hawser/core": "1" } }`,
    "packages/ftp/tsconfig.json": `{ "references": [{ "path": "../core" }] }`,
    ...files,
  });
}

function places(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`);
}

describe("the table of layers", () => {
  test("names every package below those that stand on it, so that it has no circles", () => {
    const order = Object.keys(layers);
    for (const [folder, below] of Object.entries(layers)) {
      for (const other of below) {
        assert.ok(order.includes(other), `${other} has no row`);
        assert.ok(order.indexOf(other) < order.indexOf(folder), `${folder} stands before ${other}`);
      }
    }
  });
});

describe("packageFindings", () => {
  test("accepts what table, manifest and references allow", () => {
    const source = `import { listen } from "@hawser/core/node";\nimport { inspect } from "node:util";\nimport "./a.ts";`;
    assert.deepEqual(packageFindings(tree({ "packages/ftp/src/index.ts": source, "packages/ftp/src/a.ts": "" })), []);
  });

  test("refuses an arrow that points up, and tells what else is missing", () => {
    const findings = packageFindings(tree({ "packages/core/src/index.ts": `\nexport * from "@hawser/ftp";` }));
    assert.deepEqual(places(findings), [
      "packages/core/src/index.ts:2 @hawser/core may not import @hawser/ftp",
      "packages/core/src/index.ts:2 What is imported is depended on",
      "packages/core/src/index.ts:2 The compiler knows what is imported",
    ]);
  });

  test("lets tests, and only tests, use development dependencies", () => {
    const source = `import fc from "fast-check";`;
    assert.deepEqual(packageFindings(tree({ "packages/ftp/src/a.test.ts": source })), []);
    const findings = packageFindings(tree({ "packages/ftp/src/a.ts": source }));
    assert.deepEqual(places(findings), ["packages/ftp/src/a.ts:1 What is imported is depended on"]);
  });

  test("refuses relative imports that leave the package, and packages outside the table", () => {
    const findings = packageFindings(
      tree({
        "packages/ftp/src/a.ts": `import "../../core/src/index.ts";`,
        "packages/odd/package.json": `{ "name": "@hawser/odd" }`,
      }),
    );
    assert.deepEqual(places(findings), [
      "packages/ftp/src/a.ts:1 Relative imports stay inside src/",
      "packages/odd/package.json:1 Every package has a place in the table",
    ]);
  });
});

describe("coreFindings", () => {
  test("keeps the main part of the core free of its reactors, unless they are loaded when asked for", () => {
    const findings = coreFindings(
      tree({
        "packages/core/src/a.ts": `import "./node/b.ts";\nimport type { B } from "./node/b.ts";\nawait import("./node/b.ts");`,
        "packages/core/src/node/b.ts": `import "../a.ts";\nimport "./c.ts";\nimport "../memory/d.ts";`,
        "packages/core/src/testing/e.ts": `import "../simulation/f.ts";`,
        "packages/core/src/memory/g.ts": `import "../real/turn.ts";\nimport "../node/tls.ts";`,
        "packages/core/src/fakes.test-kit.ts": `import "./node/b.ts";`,
        "packages/core/src/a.test.ts": `import "./node/b.ts";`,
      }),
    );
    assert.deepEqual(places(findings), [
      "packages/core/src/a.ts:1 In the core, main may not import node",
      "packages/core/src/memory/g.ts:2 In the core, memory may not import node",
      "packages/core/src/node/b.ts:3 In the core, node may not import memory",
    ]);
  });
});

describe("cycleFindings", () => {
  test("finds a circle of three and shows it", () => {
    const [finding, ...more] = cycleFindings(
      tree({
        "packages/ftp/src/a.ts": `import "./x/b.ts";`,
        "packages/ftp/src/x/b.ts": `import "./c.ts";`,
        "packages/ftp/src/x/c.ts": `\nexport * from "../a.ts";`,
      }),
    );
    assert.equal(more.length, 0);
    assert.equal(`${finding?.path}:${finding?.line}`, "packages/ftp/src/x/c.ts:2");
    assert.match(finding?.advice ?? "", /a\.ts → x\/b\.ts → x\/c\.ts → a\.ts/);
  });

  test("lets types and dynamic imports go round", () => {
    const files = {
      "packages/ftp/src/a.ts": `import "./b.ts";`,
      "packages/ftp/src/b.ts": `import type { A } from "./a.ts";\nawait import("./a.ts");`,
    };
    assert.deepEqual(cycleFindings(tree(files)), []);
  });
});

describe("layersDiagram", () => {
  test("draws the packages that are present, without arrows that others imply", () => {
    assert.equal(
      layersDiagram(["web", "core", "auth"]),
      [
        "```mermaid",
        "graph TD",
        `  core["@hawser/core"]`,
        `  auth["@hawser/auth"]`,
        `  web["@hawser/web"]`,
        "  auth --> core",
        "  web --> auth",
        "```",
      ].join("\n"),
    );
  });

  test("is put between its marks, however often", () => {
    const page = "# A\n<!-- layers:begin -->\nold\n<!-- layers:end -->\nZ";
    const written = withDiagram(page, "NEW");
    assert.equal(written, "# A\n<!-- layers:begin -->\nNEW\n<!-- layers:end -->\nZ");
    assert.equal(withDiagram(written!, "NEW"), written);
    assert.equal(withDiagram("no marks", "NEW"), undefined);
  });
});
