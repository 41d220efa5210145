import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkZone } from "./check-zone.ts";
import { zoneFaults } from "./zone-faults.test.kit.ts";

test("named-checkzone finds the same zones good and bad", (t) => {
  if (spawnSync("named-checkzone", ["-v"]).error !== undefined) return t.skip("named-checkzone is not installed");
  const folder = mkdtempSync(join(tmpdir(), "hawser-zones-"));
  try {
    const path = join(folder, "zone");
    for (const [text] of zoneFaults) {
      writeFileSync(path, text);
      const { status, stdout } = spawnSync("named-checkzone", ["-i", "local", "example.org", path], {
        encoding: "utf8",
      });
      const isBad = checkZone(text, "example.org").some(({ severity }) => severity === "error");
      assert.equal(isBad, status !== 0, `${text}\n${stdout}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
