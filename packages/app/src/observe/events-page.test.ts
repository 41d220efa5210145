import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../../../", import.meta.url);

test("docs/events.md lists every channel that is published on, and no other", () => {
  const page = readFileSync(new URL("docs/events.md", root), "utf8");
  const listed = [...page.matchAll(/^\| `(hawser:[\w-]+)` \|/gm)].map(([, name]) => name!);
  // `hawser:login` is published by whoever decides about logins, maybe outside of this toolkit.
  const published = new Set(["hawser:login", ...channelsInSources()]);
  assert.deepEqual([...listed].sort(), [...published].sort());
});

function channelsInSources(): readonly string[] {
  const sources = readdirSync(new URL("packages/", root), { recursive: true, encoding: "utf8" }).filter(
    (path) => /^\w+\/src\/.*\.ts$/.test(path) && !path.includes(".test."),
  );
  return sources.flatMap((path) => {
    const text = readFileSync(new URL(`packages/${path}`, root), "utf8");
    return [...text.matchAll(/\bchannel\("(hawser:[\w-]+)"\)/g)].map(([, name]) => name!);
  });
}
