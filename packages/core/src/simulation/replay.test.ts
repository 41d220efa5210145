import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

/** Runs a busy world in a process of its own, and gives all it printed. */
async function runElsewhere(seed: string): Promise<{ readonly output: string; readonly status: number }> {
  const child = spawn(process.execPath, [new URL("./busy-world.test.fixture.js", import.meta.url).pathname], {
    env: { HAWSER_SEED: seed },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const [status] = await once(child, "close");
  return { output, status };
}

test("the same seed gives the same trace in two processes, octet for octet; another seed another", async () => {
  const [one, again, other] = await Promise.all(["42", "42", "43"].map(runElsewhere));
  assert.equal(one!.status, 0);
  assert.ok(one!.output.length > 5_000, `the trace has only ${one!.output.length} characters`);
  assert.equal(one!.output, again!.output);
  assert.notEqual(one!.output, other!.output);
});
