import { test } from "node:test";
import { assertRuns } from "../command.ts";

test("Biome finds nothing to format or to lint", async () => {
  const advice = "`npx biome check --write .` formats, and mends what it can.";
  await assertRuns(
    ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--colors=off", "."],
    advice,
  );
});
