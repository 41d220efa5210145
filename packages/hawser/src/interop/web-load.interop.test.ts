import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { type HawserProcess, startHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";

const gigabyte = 1024 ** 3;
let site: TestSite;

before(async () => {
  site = await testSite({
    "htdocs/index.html": "<h1>Home</h1>\n",
    "cgi-bin/count.pl": `#!/usr/bin/perl
my ($sum, $chunk) = (0, "");
while (my $got = read(STDIN, $chunk, 1 << 20)) { $sum += $got }
print "Content-Type: text/plain\\n\\n$sum\\n";
`,
  });
});

after(() => site[Symbol.asyncDispose]());

const start = () =>
  startHawser([
    "web",
    "--listen",
    "tcp:0:interface=127.0.0.1",
    "--path",
    site.path("htdocs"),
    "--cgi",
    `/cgis=${site.path("cgi-bin")}`,
  ]);

for (const [mode, words] of Object.entries({
  "slow headers": ["-H"],
  "slow body": ["-B"],
  "range attack": ["-R"],
  "slow reading": ["-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"],
})) {
  test(`slowhttptest, ${mode}: other clients are served all the while`, async (context) => {
    if (!needs(context, "slowhttptest")) return;
    await using hawser = await start();
    const attack = runProgram("slowhttptest", [
      ...words,
      "-c",
      "500",
      "-r",
      "250",
      "-l",
      "5",
      "-i",
      "2",
      "-u",
      hawser.url,
    ]);
    let attacking = true;
    void attack.finally(() => {
      attacking = false;
    });
    let served = 0;
    while (attacking) {
      const answer = await fetch(hawser.url, { signal: AbortSignal.timeout(2_000) });
      assert.equal(await answer.text(), "<h1>Home</h1>\n");
      served++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(served > 20, `${served} requests were served meanwhile`);
  });
}

test("ten thousand idle connections are held, and a new client is served among them", async () => {
  await using hawser = await start();
  const sockets: Socket[] = [];
  while (sockets.length < 10_000)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => askOnce(hawser)))));
  assert.equal(await (await fetch(hawser.url)).text(), "<h1>Home</h1>\n");
  assert.equal(sockets.filter((socket) => socket.destroyed || socket.readableEnded).length, 0);
  for (const socket of sockets) socket.destroy();
});

test("a body of 4 GiB streams down in constant memory", async () => {
  const file = await open(site.path("htdocs/large.bin"), "w");
  await file.truncate(4 * gigabyte);
  await file.close();
  await using hawser = await start();
  const before = residentMegabytes(hawser.pid);
  const answer = await fetch(`${hawser.url}large.bin`);
  let octets = 0;
  let peak = 0;
  for await (const chunk of answer.body!) {
    octets += chunk.length;
    if (octets % (64 * 1024 ** 2) < chunk.length) peak = Math.max(peak, residentMegabytes(hawser.pid));
  }
  assert.equal(octets, 4 * gigabyte);
  assert.ok(peak - before < 150, `memory grew by ${peak - before} MiB`);
});

test("a body of 4 GiB streams up to a script in constant memory", async (context) => {
  if (!needs(context, "perl")) return;
  await using hawser = await start();
  const before = residentMegabytes(hawser.pid);
  let peak = 0;
  const answer = await upload(`${hawser.url}cgis/count.pl`, 4 * gigabyte, () => {
    peak = Math.max(peak, residentMegabytes(hawser.pid));
  });
  assert.equal(answer, `${4 * gigabyte}\n`);
  assert.ok(peak - before < 150, `memory grew by ${peak - before} MiB`);
});

test("SIGTERM under load loses no accepted request", async () => {
  const hawser = await start();
  const { hostname, port } = new URL(hawser.url);
  let answered = 0;
  let lost = 0;
  const clients = Array.from({ length: 32 }, () =>
    keepAsking(
      Number(port),
      hostname,
      () => answered++,
      () => lost++,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await hawser.stop(), 0);
  await Promise.all(clients);
  assert.ok(answered > 500, `${answered} requests were answered before the end`);
  assert.equal(lost, 0);
});

test("what is downloaded is what lies on the disk, for files around every size that matters", async () => {
  await using hawser = await start();
  for (const octets of [0, 1, 4_095, 4_096, 65_535, 65_536, 262_144, 262_145, 5_000_000]) {
    const content = randomBytes(octets);
    const name = `file-${octets}.bin`;
    const file = await open(site.path(`htdocs/${name}`), "w");
    await file.writeFile(content);
    await file.close();
    const got = Buffer.from(await (await fetch(`${hawser.url}${name}`)).arrayBuffer());
    assert.equal(digest(got), digest(content), name);
  }
});

/** Asks again and again on one connection until the server says `Connection: close` or ends it between two answers. */
function keepAsking(port: number, host: string, onAnswer: () => void, onLost: () => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    let waiting = false;
    let text = "";
    const ask = () => {
      waiting = true;
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    };
    socket.on("connect", ask);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!text.endsWith("<h1>Home</h1>\n")) return;
      waiting = false;
      onAnswer();
      const closing = /^connection: close\r$/im.test(text);
      text = "";
      if (closing) socket.end();
      else ask();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (waiting) onLost();
      resolve();
    });
  });
}

/** Sends so many octets as fast as they are taken, and gives what is answered. */
function upload(url: string, octets: number, onProgress: () => void): Promise<string> {
  const chunk = Buffer.alloc(1024 ** 2);
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", headers: { "content-length": octets } }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => {
        text += part.toString();
      });
      answer.on("end", () => resolve(text));
    });
    sending.on("error", reject);
    let sent = 0;
    const send = () => {
      while (sent < octets) {
        sent += chunk.length;
        if (sent % (64 * chunk.length) === 0) onProgress();
        if (!sending.write(chunk)) return sending.once("drain", send);
      }
      return sending.end();
    };
    send();
  });
}

function askOnce(hawser: HawserProcess): Promise<Socket> {
  const { hostname, port } = new URL(hawser.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("error", reject);
    socket.once("data", () => resolve(socket));
    socket.write(`GET / HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  });
}

function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
