import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runHawser, startHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { testSite } from "../testing/site.ts";

/** What curl gets with these words, and the status. */
async function curl(...words: readonly string[]): Promise<string> {
  const { output } = await runProgram("curl", [
    "--silent",
    "--max-time",
    "20",
    "--write-out",
    " %{http_code}",
    ...words,
  ]);
  return output;
}

test("curl logs in by Basic, and by Digest where a secret is kept for it, as a user of a users file", async (context) => {
  if (!needs(context, "curl")) return;
  await using site = await testSite({ "index.html": "Welcome" });
  const users = join(site.folder, "users");
  const input = "correct horse\n";
  const words = ["user", "add", "alice", "--file", users, "--password-stdin", "--digest-realm", "Family"];
  assert.equal((await runHawser(words, { input })).status, 0);
  const common = ["web", "--listen", "tcp:0:interface=127.0.0.1", "--path", site.folder, "--auth", `file:${users}`];

  await using basic = await startHawser(common);
  assert.equal(await curl("--user", "alice:correct horse", `${basic.url}index.html`), "Welcome 200");
  assert.match(await curl("--user", "alice:wrong", basic.url), / 401$/);

  await using digest = await startHawser([...common, "--auth-scheme", "digest", "--auth-realm", "Family"]);
  const asAlice = ["--digest", "--user", "alice:correct horse"];
  assert.equal(await curl(...asAlice, `${digest.url}index.html`), "Welcome 200");
  assert.match(await curl("--digest", "--user", "alice:wrong", digest.url), / 401$/);
});

test("Twisted's cred file works unchanged, by Basic and by Digest", async (context) => {
  if (!needs(context, "curl")) return;
  await using site = await testSite({ "index.html": "Welcome" });
  const users = join(site.folder, "passwd");
  writeFileSync(users, "alice:secret\nbob:a longer one\n");
  await using hawser = await startHawser([
    ...["web", "--listen", "tcp:0:interface=127.0.0.1", "--path", site.folder],
    ...["--auth", `twisted:${users}`],
  ]);
  const page = `${hawser.url}index.html`;
  assert.equal(await curl("--basic", "--user", "alice:secret", page), "Welcome 200");
  assert.equal(await curl("--digest", "--user", "bob:a longer one", page), "Welcome 200");
  assert.match(await curl("--digest", "--user", "bob:secret", page), / 401$/);
});
