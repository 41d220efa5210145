import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { runHawser } from "./testing/hawser-process.ts";
import { testSite } from "./testing/site.ts";

/** The packages of others that a command loads until it fails, as the engine's own coverage tells. */
async function packagesOf(words: readonly string[], failure: RegExp): Promise<ReadonlySet<string>> {
  await using site = await testSite({});
  const { errors } = await runHawser(words, { environment: { NODE_V8_COVERAGE: site.folder } });
  assert.match(errors, failure);
  const [report] = readdirSync(site.folder).map((name) => readFileSync(site.path(name), "utf8"));
  const { result } = JSON.parse(report!) as { readonly result: readonly { readonly url: string }[] };
  const names = result.map(({ url }) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

test("hawser web loads nothing that only configurations and tap files need", async () => {
  const packages = await packagesOf(["web", "--port", "0", "--path", "/nowhere"], /cannot serve "\/nowhere"/);
  for (const needless of ["jiti", "yaml", "smol-toml", "saxes"]) assert.ok(!packages.has(needless), needless);
});
