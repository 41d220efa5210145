import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeReactor } from "@hawser/core/node";
import { usersFile } from "../checkers/users-file.ts";
import type { LoginError } from "../errors.ts";
import { passwordHasher } from "../hashing/password-hasher.ts";
import { loginWith } from "../login/make-portal.ts";
import { userAvatar } from "../portal.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { addUser } from "../users/edit.ts";
import { temporaryFolder } from "./programs.test-kit.ts";

/** Runs alone, as all of these tests do: what it measures is the loop, and not what else the machine has to do. */
test("ten thousand wrong logins at once hold up neither the loop nor the right user", async (context) => {
  const path = join(temporaryFolder(context), "users");
  await addUser(path, "alice", "secret");
  const door = loginWith({ checkers: [usersFile(path)], checkTimeoutMs: 120_000 });
  const hashMs = await timeOf(() => passwordHasher(nodeReactor).waste("secret"));
  const controllers: AbortController[] = [];
  const outcomes = new Map<string, number>();
  const guess = async (at: number): Promise<void> => {
    const controller = new AbortController();
    controllers.push(controller);
    const credentials = password(at % 3 === 0 ? `user ${at}` : "alice", `guess ${at}`);
    const outcome = await door
      .login(credentials, userAvatar, from(`198.51.100.${at % 50}`, { signal: controller.signal }))
      .then(
        () => "in",
        (error: LoginError) => error.code ?? "given up",
      );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const busy = watchThread();
  const attack: Promise<void>[] = [];
  const attacking = (async () => {
    while (attack.length < 10_000) {
      for (let at = 0; at < 25; at++) attack.push(guess(attack.length));
      await sleep(5);
    }
  })();
  await sleep(1_000);
  const waited = await timeOf(() => door.login(password("alice", "secret"), userAvatar, from("203.0.113.1")));
  await attacking;
  await sleep(1_000);
  delays.disable();
  const busyMs = busy.stop();
  for (const controller of controllers) controller.abort(new Error("given up"));
  await Promise.all(attack);
  const [median, late] = [delays.percentile(50) / 1e6, delays.percentile(99) / 1e6];
  context.diagnostic(
    `loop delay: median ${median.toFixed(1)} ms, p99 ${late.toFixed(1)} ms; a hash takes ${hashMs.toFixed(0)} ms; alice was in after ${waited.toFixed(0)} ms`,
  );
  context.diagnostic(`outcomes: ${JSON.stringify(Object.fromEntries(outcomes))}`);
  if (busyMs === undefined) context.diagnostic("the loop's own work cannot be told from others' here");
  else {
    context.diagnostic(`the loop's own work in one turn: p99 ${busyMs.toFixed(1)} ms`);
    // Of what one hash takes on this machine, now: on a quiet one that is some 200 ms, and the work some 10.
    assert.ok(busyMs < hashMs / 2, `the loop works ${busyMs} ms in one turn, a hash takes ${hashMs} ms`);
  }
  // The delay of the account, and some turns for a hash, which a busy machine makes longer.
  assert.ok(waited < 6_000 + 10 * hashMs, `the right user was in after ${waited} ms, a hash takes ${hashMs} ms`);
  assert.ok((outcomes.get("throttled") ?? 0) > 3_000, "most are sent away");
});

/** How long this thread was at work between two turns of its loop, as Linux counts it; elsewhere nobody knows. */
function watchThread(): { stop(): number | undefined } {
  const path = `/proc/self/task/${process.pid}/schedstat`;
  if (!existsSync(path)) return { stop: () => undefined };
  const atWork = (): number => Number(readFileSync(path, "utf8").split(" ")[0]) / 1e6;
  const turns: number[] = [];
  let last = atWork();
  const timer = setInterval(() => {
    const now = atWork();
    turns.push(now - last);
    last = now;
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return turns.sort((a, b) => a - b)[Math.floor(turns.length * 0.99)];
    },
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
