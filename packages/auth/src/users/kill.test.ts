import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { usersFile } from "../checkers/users-file.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { addUser, listUsers } from "./edit.ts";
import { UsersText } from "./users-text.ts";

const script = fileURLToPath(new URL("../testing/user-writer.test.fixture.js", import.meta.url));

for (const seed of seeds({ count: 1, soakCount: 30 }))
  test(`ten writers that are killed at any moment lose no user and break nothing (seed ${seed})`, async (context) => {
    const folder = temporaryFolder(context);
    const path = join(folder, "users");
    const random = new SeededRandom(String(seed));
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 10 }, (_, number) =>
      lives(path, `w${number}`, random.fork(`${number}`), acknowledged),
    );
    await Promise.all(writers);

    const began = performance.now();
    await addUser(path, "last", "secret", { staleMs: 300 });
    assert.ok(performance.now() - began < 20_000, "no lock remains");
    const text = readFileSync(path, "utf8");
    const users = new UsersText(text);
    assert.deepEqual(users.problems, []);
    const names = new Set(users.names);
    assert.equal(names.size, text.trimEnd().split("\n").length);
    assert.deepEqual(
      acknowledged.filter((name) => !names.has(name)),
      [],
      "nobody who was acknowledged is lost",
    );
    assert.ok(acknowledged.length > 0, `${acknowledged.length} were added`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ["users"], "no litter");
    assert.equal((await listUsers(path)).length, names.size);
    const verdict = await usersFile(path).check(password(acknowledged.at(-1)!, "secret"), from("192.0.2.1"));
    assert.equal(verdict.type, "accepted");
    context.diagnostic(`${acknowledged.length} users were acknowledged, ${names.size - 1} are there`);
  });

/** A place where a writer runs, is killed, and is started again. */
async function lives(path: string, prefix: string, random: SeededRandom, acknowledged: string[]): Promise<void> {
  for (let life = 0; life < 2; life++) {
    const child = spawn(process.execPath, [script, path, `${prefix}-${life}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    const lines = createInterface({ input: child.stdout });
    const ready = once(lines, "line");
    lines.on("line", (line) => line !== "ready" && acknowledged.push(line));
    await ready;
    await sleep(random.integer(0, 1_500));
    child.kill("SIGKILL");
    const [, signal] = await exited;
    assert.equal(signal, "SIGKILL", "it ended by itself");
  }
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-users-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
