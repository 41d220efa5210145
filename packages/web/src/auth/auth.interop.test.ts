/** Clients that others wrote log in at our sites. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, type TestContext, test } from "node:test";
import { type Listener, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { text } from "../http/response.ts";
import { formatCombined } from "../log/format.ts";
import { httpServer } from "../server/server.ts";
import { loginPortal } from "../testing/login-portal.test.kit.ts";
import type { LoginOptions } from "./options.ts";
import { withLogin } from "./with-login.ts";

const sites: Readonly<Record<string, LoginOptions>> = {
  basic: { schemes: ["basic"] },
  digest: { schemes: ["digest"] },
  "digest with MD5": { schemes: ["digest"], digestAlgorithms: ["MD5"] },
  "digest with SHA-512-256": { schemes: ["digest"], digestAlgorithms: ["SHA-512-256"] },
  "all there is": { schemes: ["digest", "basic"], digestAlgorithms: ["SHA-256", "MD5"] },
  "nonces that live for no time": { schemes: ["digest"], nonceLifetimeMs: -1 },
};
const listeners: Listener[] = [];
const urls: Record<string, string> = {};
const log: string[] = [];

before(async () => {
  for (const [name, options] of Object.entries(sites)) {
    const portal = loginPortal(nodeReactor, ["password"], ["digest"]);
    const site = withLogin(portal, (user) => (request) => text(`${user.name} by ${request.login!.scheme}\n`), options);
    const server = httpServer(site, { log: (access) => log.push(formatCombined(access)) });
    const listener = await listen("tcp:0:interface=127.0.0.1", server);
    listeners.push(listener);
    if (listener.address.family === "ipv4") urls[name] = `http://127.0.0.1:${listener.address.port}/a/b?c=d`;
  }
});

after(() => Promise.all(listeners.map((listener) => listener.stop({ graceMs: 0 }))));

/** Site, words of curl between which the user stands, and by what curl then logs in. */
const curls: readonly [site: string, words: readonly string[], scheme: string][] = [
  ["basic", ["--basic"], "basic"],
  ["basic", ["--anyauth"], "basic"],
  ["digest", ["--digest"], "digest"],
  ["digest", ["--anyauth"], "digest"],
  ["digest with MD5", ["--digest"], "digest"],
  ["all there is", ["--basic"], "basic"],
  ["all there is", ["--anyauth"], "digest"],
];

for (const [site, words, scheme] of curls)
  test(`curl ${words.join(" ")} logs in by ${scheme} at a site with ${site}, and not with a wrong password`, async (t) => {
    const right = await run(t, "curl", ["-s", ...words, "-u", "alice:wonderland", urls[site]!]);
    if (right === undefined) return;
    assert.equal(right, `alice by ${scheme}\n`);
    const wrong = await run(t, "curl", [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      ...words,
      "-u",
      "alice:x",
      urls[site]!,
    ]);
    assert.equal(wrong, "401");
  });

test("curl says names beyond ASCII by both schemes", async (t) => {
  for (const [site, word] of [
    ["basic", "--basic"],
    ["digest", "--digest"],
  ] as const) {
    const said = await run(t, "curl", ["-s", word, "-u", "J\u00e4s\u00f8n:Secret, or not?", urls[site]!]);
    if (said === undefined) return;
    assert.equal(said, `J\u00e4s\u00f8n by ${site}\n`);
  }
});

test("curl sends a body behind a digest, and several requests with one nonce", async (t) => {
  const url = urls["digest"]!;
  const body = "x".repeat(100_000);
  const words = ["-s", "--digest", "-u", "alice:wonderland"];
  const said = await run(t, "curl", [...words, "--data-binary", "@-", url, url, url, "-w", "%{http_code} "], body);
  if (said !== undefined) assert.equal(said, "alice by digest\n200 ".repeat(3));
});

test("curl gives up on nonces that are always stale", async (t) => {
  const url = urls["nonces that live for no time"]!;
  const words = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--digest", "-u", "alice:wonderland", url];
  const said = await run(t, "curl", words);
  if (said !== undefined) assert.equal(said, "401");
});

for (const site of ["basic", "digest with MD5"])
  test(`wget logs in at a site with ${site}`, async (t) => {
    const said = await run(t, "wget", ["-q", "-O", "-", "--user=alice", "--password=wonderland", urls[site]!]);
    if (said !== undefined) assert.equal(said, `alice by ${site.split(" ")[0]}\n`);
  });

const python = `
import sys, urllib.request as u
class Any(u.HTTPPasswordMgr):
    def find_user_password(self, realm, uri): return ("alice", sys.argv[2])
opener = u.build_opener(u.HTTPBasicAuthHandler(Any()), u.HTTPDigestAuthHandler(Any()))
try:
    for path in ("", "&1", "&2"): print(opener.open(sys.argv[1] + path).read().decode(), end="")
except u.HTTPError as error: print(error.code)
except ValueError as error: print("ValueError")
`;

for (const site of ["basic", "digest with MD5", "all there is"])
  test(`Python's urllib logs in at a site with ${site}`, async (t) => {
    const said = await run(t, "python3", ["-c", python, urls[site]!, "wonderland"]);
    if (said === undefined) return;
    const scheme = site === "basic" ? "basic" : "digest";
    assert.equal(said, `alice by ${scheme}\n`.repeat(3));
    assert.equal(await run(t, "python3", ["-c", python, urls[site]!, "jabberwocky"]), "401\n");
  });

test("our response for SHA-512-256 is what Python computes (RFC 7616 §3.9.2)", async (t) => {
  const script = `
import hashlib, re, sys, urllib.request as u
H = lambda s: hashlib.new("sha512_256", s.encode()).hexdigest()
url = sys.argv[1]
try: u.urlopen(url)
except u.HTTPError as e: field = e.headers["WWW-Authenticate"]
nonce = re.search('nonce="([^"]*)"', field)[1]
a1, a2 = H("alice:Hawser:wonderland"), H("GET:/a/b?c=d")
response = H(":".join([a1, nonce, "00000001", "cc", "auth", a2]))
words = f'Digest username="alice", realm="Hawser", uri="/a/b?c=d", algorithm=SHA-512-256, nonce="{nonce}", nc=00000001, cnonce="cc", qop=auth, response="{response}"'
answer = u.urlopen(u.Request(url, headers={"Authorization": words}))
proof = H(":".join([a1, nonce, "00000001", "cc", "auth", H(":/a/b?c=d")]))
print(answer.read().decode().strip(), f'rspauth="{proof}"' in answer.headers["Authentication-Info"])
`;
  const said = await run(t, "python3", ["-c", script, urls["digest with SHA-512-256"]!]);
  if (said !== undefined) assert.equal(said, "alice by digest True\n");
});

test("the access log has the user, and a dash for those who were refused", () => {
  assert.ok(log.some((line) => /^127\.0\.0\.1 - alice \[.*" 200 /.test(line)));
  assert.ok(log.every((line) => / 401 /.test(line) === / - - \[/.test(line)));
});

/** What a program says; `undefined`, and the test skipped, when it is not installed. */
async function run(t: TestContext, program: string, words: readonly string[], input = ""): Promise<string | undefined> {
  if (spawnSync(program, ["--version"]).error !== undefined) {
    t.skip(`${program} is not installed`);
    return undefined;
  }
  const child = spawn(program, words, { timeout: 20_000 });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(input);
  await new Promise((resolve) => child.once("close", resolve));
  return said;
}
