import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { startServices } from "./group.ts";
import { processService } from "./process.ts";

test("a real shell is run again when it ends, and killed when it will not", async () => {
  const lines: string[] = [];
  const told: (() => void)[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    told.shift()?.();
  };
  const nextLine = () => new Promise<void>((resolve) => told.push(resolve));
  const script = 'trap "" TERM; read word; echo "$NAME $word"; [ -e /proc/self ] && sleep 0.2; exit 3';
  const start = processService("/bin/sh", {
    arguments: ["-c", script],
    environment: { NAME: "shell", PATH: "/usr/bin:/bin" },
    delayMinMs: 10,
    killTimeMs: 100,
    onLine,
  });
  const group = await startServices([{ name: "shell", start }], { reactor: nodeReactor });
  await nextLine();
  await nextLine();
  assert.deepEqual(lines, ["shell ", "shell "]);
  const from = nodeReactor.clock.now();
  await group.stop();
  assert.ok(nodeReactor.clock.now() - from < 2_000);
});
