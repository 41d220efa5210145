import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../tree.ts";
import { entriesOf } from "./entries.ts";

test("entries are what a package.json names in its bundle, for others and for itself", () => {
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./bundle/index.js" },
    "./package.json": "./package.json",
  };
  assert.deepEqual(entriesOf({ exports, imports: { "#worker": "./bundle/a/worker.js", "#b": "./dist/b.js" } }), [
    { built: "dist/index.js", bundled: "bundle/index.js", isProgram: false },
    { built: "dist/a/worker.js", bundled: "bundle/a/worker.js", isProgram: true },
  ]);
  assert.deepEqual(entriesOf({}), []);
});

test("a small entry has the same things as the entry of the whole package", () => {
  const program = `
    for (const [small, whole] of [["@hawser/core/protocol", "@hawser/core"], ["@hawser/web/server", "@hawser/web"]]) {
      const [part, all] = await Promise.all([import(small), import(whole)]);
      const names = Object.keys(part);
      console.log(small, names.length > 20, names.filter((name) => part[name] !== all[name]).join());
    }
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: join(root, "bench") });
  assert.equal(String(output), "@hawser/core/protocol true \n@hawser/web/server true \n");
});

test("each class exists once, whichever entry it is imported by", () => {
  const program = `
    const [all, node] = await Promise.all([import("@hawser/core"), import("@hawser/core/node")]);
    const missing = await node.nodeReactor.files("/none/such").stat("").catch((error) => error);
    const { httpServer, HttpError } = await import("@hawser/web");
    const { webCommand } = await import("@hawser/web/command");
    const refused = await webCommand
      .start({ listen: [], path: "/none/such", index: [], mount: [], cgi: [], processor: [], vhost: [] }, { reactor: node.nodeReactor })
      .catch((error) => error);
    console.log(missing instanceof all.FileError, refused instanceof all.UsageError, new HttpError(404) instanceof all.HawserError);
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: join(root, "bench") });
  assert.equal(String(output), "true true true\n");
});
