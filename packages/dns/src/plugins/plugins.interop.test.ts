import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { type Listener, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { dnsServer } from "../serving/dns-server.ts";
import { anyPlugin } from "./any.ts";
import { blockPlugin } from "./block.ts";
import { cachePlugin } from "./cache.ts";
import { forwardPlugin } from "./forward.ts";

const absent = ["unbound", "dig"].find((program) => spawnSync(program, ["-h"]).error !== undefined);
const run = promisify(execFile);

describe("a chain between dig and two unbounds", { skip: absent && `${absent} is not installed` }, () => {
  let folder = "";
  let port = 0;
  const cache = cachePlugin({ staleAfterMs: 300 });
  const upstreams: ChildProcess[] = [];
  const listeners: Listener[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hawser-unbound-"));
    const ports = [await freePort(), await freePort()];
    for (const one of ports) upstreams.push(await startUnbound(folder, one));
    const to = ports.map((one) => `127.0.0.1:${one}`);
    const forward = forwardPlugin({ to, policy: "in-order", attemptTimeoutMs: 500 });
    const server = dnsServer([anyPlugin(), blockPlugin({ names: ["ads.example"] }), cache, forward]);
    port = await freePort();
    for (const kind of ["udp", "tcp"])
      listeners.push(await listen(`${kind}:${port}:interface=127.0.0.1`, server, { reactor: nodeReactor }));
  });

  after(async () => {
    for (const listener of listeners) await listener.stop();
    for (const upstream of upstreams) await kill(upstream);
    await rm(folder, { recursive: true });
  });

  const dig = async (...words: readonly string[]): Promise<string> => {
    const fixed = ["-p", String(port), "@127.0.0.1", "+tries=1", "+timeout=5", "+noall"];
    const { stdout } = await run("dig", [...fixed, "+comments", "+answer", "+authority", ...words]);
    return stdout;
  };

  test("answers come from them once, and then from memory", async () => {
    const first = await dig("www.example", "A");
    assert.match(first, /status: NOERROR.*\n;; flags: qr (aa )?rd ra;/);
    assert.match(first, /^www\.example\.\t+1\tIN\tA\t192\.0\.2\.80$/m);
    assert.match(await dig("alias.example", "CNAME"), /^alias\.example\.\t+300\tIN\tCNAME\twww\.example\.$/m);
    const before = cache.cache.statistics.hits;
    assert.match(await dig("ALIAS.example", "CNAME"), /^ALIAS\.example\.\t+\d+\tIN\tCNAME\twww\.example\.$/m);
    assert.equal(cache.cache.statistics.hits, before + 1);
  });

  test("a denial for one type holds for all", async () => {
    assert.match(await dig("no.example", "A"), /status: NXDOMAIN.*^example\.\t+\d+\tIN\tSOA\t/ms);
    const before = cache.cache.statistics.hits;
    assert.match(await dig("no.example", "MX"), /status: NXDOMAIN/);
    assert.equal(cache.cache.statistics.hits, before + 1);
  });

  test("what is too large for a datagram comes whole over TCP", async () => {
    const answer = await dig("+notcp", "+ignore", "large.example", "TXT");
    assert.match(answer, /flags: qr [^;]*tc/);
    assert.equal((await dig("large.example", "TXT")).match(/"x{200}"/g)?.length, 20);
  });

  test("ANY is small, and what is blocked says so", async () => {
    assert.match(await dig("www.example", "ANY", "+notcp"), /\tIN\tHINFO\t"RFC\d+" ""$/m);
    assert.match(await dig("a.ads.example", "A"), /status: NXDOMAIN.*EDE: 15 \(Blocked\)/s);
  });

  test("when one is killed the other answers, and when both are, what is stale", async () => {
    await kill(upstreams[0]!);
    assert.match(await dig("more.example", "A"), /\tA\t192\.0\.2\.81$/m);
    await kill(upstreams[1]!);
    assert.match(await dig("unknown.example", "A"), /status: SERVFAIL.*EDE: 22/s);
    await nodeReactor.clock.sleep(1_100); // the TTL of www.example, in the time that dig lives in
    const stale = await dig("www.example", "A");
    assert.match(stale, /EDE: 3 \(Stale Answer\)/);
    assert.match(stale, /^www\.example\.\t+30\tIN\tA\t192\.0\.2\.80$/m);
  });
});

async function startUnbound(folder: string, port: number): Promise<ChildProcess> {
  const path = join(folder, `unbound-${port}.conf`);
  await writeFile(path, configuration(folder, port));
  const unbound = spawn("unbound", ["-d", "-c", path], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  unbound.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  while (!log.includes("start of service")) {
    if (unbound.exitCode !== null) throw new Error(`unbound has ended: ${log}`);
    await nodeReactor.clock.sleep(10);
  }
  return unbound;
}

function configuration(folder: string, port: number): string {
  const large = Array.from({ length: 20 }, () => `"${"x".repeat(200)}"`).join(" ");
  const records = [
    "example. 600 IN SOA ns.example. host.example. 1 2 3 4 300",
    "www.example. 1 IN A 192.0.2.80",
    "more.example. 60 IN A 192.0.2.81",
    "alias.example. 300 IN CNAME www.example.",
    `large.example. 60 IN TXT ${large}`,
  ];
  return `server:
  verbosity: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  interface: 127.0.0.1@${port}
  do-ip6: no
  num-threads: 1
  module-config: "iterator"
  local-zone: "example." static
${records.map((record) => `  local-data: '${record}'\n`).join("")}`;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
