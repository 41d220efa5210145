import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { type LoadedModules, loadedByHawser, loadedByImport } from "./testing/loaded.ts";
import { testSite } from "./testing/site.ts";

/** Each takes a millisecond or more, and none is needed before the first request. */
const slowBuiltIns = ["node:crypto", "node:http", "node:https", "node:tls", "node:worker_threads", "node:zlib"];

/** What a server needs, and Node itself for it, whether there is a cluster or not. */
const listeningBuiltIns = [
  "node:child_process",
  "node:cluster",
  "node:dgram",
  "node:fs/promises",
  "node:net",
  "node:stream",
];

/** Time is not looked at, which is another one on every machine: it goes with the files, and with what is in them. */
function assertLoadsAtMost(loaded: LoadedModules, { files, kibibytes }: { files: number; kibibytes: number }): void {
  assert.ok(loaded.files > 0);
  assert.ok(loaded.files <= files, `${loaded.files} files are more than ${files}`);
  const size = Math.ceil(loaded.octets / 1024);
  assert.ok(size <= kibibytes, `${size} KiB are more than ${kibibytes}`);
  for (const name of slowBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
}

test("what is loaded is seen", async () => {
  const { builtIns, packages, files } = await loadedByImport("node:zlib");
  assert.ok(builtIns.has("node:zlib"));
  assert.deepEqual([packages.size, files], [0, 0]);
});

test("importing @hawser/core/protocol loads one small file", async () => {
  const loaded = await loadedByImport("@hawser/core/protocol");
  assertLoadsAtMost(loaded, { files: 1, kibibytes: 30 });
  for (const name of listeningBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
});

test("importing @hawser/core loads one file beside what protocols need of it, and no sockets", async () => {
  const loaded = await loadedByImport("@hawser/core");
  assertLoadsAtMost(loaded, { files: 2, kibibytes: 240 });
  for (const name of listeningBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
});

test("importing @hawser/web/server loads the engine, and of the core only what a protocol needs", async () => {
  const loaded = await loadedByImport("@hawser/web/server");
  assertLoadsAtMost(loaded, { files: 3, kibibytes: 180 });
  for (const name of listeningBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
});

test("importing @hawser/web/http1, as a client of HTTP does, loads no more than both machines beside it", async () => {
  assertLoadsAtMost(await loadedByImport("@hawser/web/http1"), { files: 3, kibibytes: 190 });
});

test("importing @hawser/web loads the core beside it, and of the login only what a protocol needs", async () => {
  const loaded = await loadedByImport("@hawser/web");
  assertLoadsAtMost(loaded, { files: 6, kibibytes: 620 });
  for (const name of listeningBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
});

test("hawser web loads nothing that only other commands, configurations and requests need", async () => {
  const loaded = await loadedByHawser(["web", "--port", "0", "--path", "."]);
  assertLoadsAtMost(loaded, { files: 13, kibibytes: 740 });
  assert.deepEqual([...loaded.packages], []);
});

test("importing @hawser/dns loads the core beside it, and no sockets; of @hawser/dns/dig, no servers", async () => {
  for (const [specifier, most] of [
    ["@hawser/dns", { files: 5, kibibytes: 1_010 }],
    ["@hawser/dns/dig", { files: 4, kibibytes: 450 }],
  ] as const) {
    const loaded = await loadedByImport(specifier);
    assertLoadsAtMost(loaded, most);
    for (const name of listeningBuiltIns) assert.ok(!loaded.builtIns.has(name), name);
  }
});

test("hawser dns loads nothing that only other commands and questions need", async () => {
  const loaded = await loadedByHawser(["dns", "--listen", "udp:0:interface=127.0.0.1", "--hosts", "/etc/hosts"]);
  assertLoadsAtMost(loaded, { files: 14, kibibytes: 1_150 });
  assert.deepEqual([...loaded.packages], []);
});

test("hawser dig loads no servers, and none of what only some questions need", async () => {
  const loaded = await loadedByHawser(["dig", "-h"]);
  assertLoadsAtMost(loaded, { files: 12, kibibytes: 560 });
  assert.deepEqual([...loaded.packages], []);
});

test("hawser mail --help loads its table, and none of what serves; a server loads no web server beside", async () => {
  const table = await loadedByHawser(["mail", "--help"]);
  assertLoadsAtMost(table, { files: 12, kibibytes: 340 });
  await using site = await testSite({});
  const folders = ["--domain", `example.org=${site.path("mail")}`, "--queue", site.path("queue")];
  const server = ["mail", ...folders, "--auth", "memory:a@example.org:b", "--smtp", "tcp:0:interface=127.0.0.1"];
  const { files, octets, packages } = await loadedByHawser(server);
  assert.ok(files <= 36, `${files} files are more than 36`);
  assert.ok(octets <= 2_550 * 1024, `${Math.ceil(octets / 1024)} KiB are more than 2550`);
  assert.deepEqual([...packages], []);
});

test("hawser sendmail, which starts for each message, loads the queue and nothing of the command line", async () => {
  await using site = await testSite({ "queue/mail/.keep": "" });
  await writeFile(site.path("sendmail.json"), JSON.stringify({ queue: site.path("queue") }));
  const loaded = await loadedByHawser(["sendmail", "-v", "root"], { HAWSER_SENDMAIL: site.path("sendmail.json") });
  assert.ok(loaded.files > 0 && loaded.files <= 10, `${loaded.files} files`);
  assert.ok(loaded.octets <= 430 * 1_024, `${loaded.octets} octets`);
  assert.deepEqual([...loaded.packages], []);
  for (const name of ["node:dgram", "node:http", "node:tls", "node:tty", "node:worker_threads", "node:zlib"])
    assert.ok(!loaded.builtIns.has(name), name);
});
