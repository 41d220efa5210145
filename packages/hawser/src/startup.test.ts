import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runHawser } from "./testing/hawser-process.ts";
import { testSite } from "./testing/site.ts";

/** The modules that a command loads until it is about to listen, as the engine's own coverage tells. */
async function modulesOf(words: readonly string[]): Promise<readonly string[]> {
  await using site = await testSite({});
  await runHawser(words, { environment: { NODE_V8_COVERAGE: site.folder } });
  return readdirSync(site.folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(site.path(name), "utf8")) as {
      readonly result: readonly { readonly url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith("file:") ? bundledIn(fileURLToPath(url)) : []));
  });
}

/** A file, and the modules that were joined to make it: the bundler writes each one's name above it. */
function bundledIn(path: string): readonly string[] {
  const [folder] = path.split("/bundle/");
  const names = readFileSync(path, "utf8").matchAll(/^\/\/ (dist\/.*)$/gm);
  return [path, ...Array.from(names, ([, name]) => `${folder}/${name}`)];
}

test("hawser web loads nothing that configurations, tap files and plugins need", async () => {
  const modules = await modulesOf(["web", "--port", "0", "--path", "/nowhere"]);
  assert.ok(
    modules.some((path) => path.endsWith("/web/dist/command/site.js")),
    "it has come as far as the site",
  );
  const needless =
    /node_modules\/(jiti|yaml|smol-toml|saxes)\/|\/app\/dist\/(config\/(?!secret-reference)|tap|tools)\/|plugins\.js/;
  assert.deepEqual(
    modules.filter((path) => needless.test(path)),
    [],
  );
});
