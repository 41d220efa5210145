import { test } from "node:test";
import { assertRuns } from "../command.ts";

test("knip finds no unused file, export or dependency", async () => {
  const advice = "Remove what is not used; knip.json tells what counts as an entry.";
  await assertRuns(["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"], advice);
});
