/** Clients that others wrote ask over HTTPS: curl, and dnspython. kdig and dig want HTTP/2, which our sites do not speak yet. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type Listener, listen } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { folder, httpServer, text } from "@hawser/web";
import { decodeDnsMessage } from "../../message/decode.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import { question, recordsPlugin } from "../../serving/conversation.test.kit.ts";
import { dnsOverHttps } from "./dns-over-https.ts";

const place = mkdtempSync(join(tmpdir(), "hawser-doh-"));
const resource = dnsOverHttps(recordsPlugin("www.example. 60 IN A 127.0.0.1"));
let listener: Listener;
let port = 0;
before(async () => {
  const { certificate, key } = selfSignedCertificate({ names: ["localhost"] });
  writeFileSync(join(place, "server.pem"), `${certificate}${key}`);
  writeFileSync(join(place, "authority.pem"), certificate);
  const site = folder(() => text("found by DNS over HTTPS\n")).mount("dns-query", resource);
  listener = await listen(`tls:0:interface=127.0.0.1:cert=${join(place, "server.pem")}`, httpServer(site));
  if (listener.address.family === "ipv4") port = listener.address.port;
});
after(async () => {
  await listener.stop({ graceMs: 0 });
  await resource[Symbol.asyncDispose]();
  rmSync(place, { recursive: true });
});

test("curl finds a host with --doh-url, and is answered by it", async (t) => {
  const url = `https://localhost:${port}/dns-query`;
  const words = ["-sS", "--doh-url", url, "--cacert", join(place, "authority.pem"), "--insecure"];
  const output = await run(t, "curl", [...words, `https://www.example:${port}/`]);
  if (output !== undefined) assert.equal(output.toString(), "found by DNS over HTTPS\n");
});

test("curl --data-binary posts a message and is answered with one", async (t) => {
  writeFileSync(join(place, "question"), encodeDnsMessage(question("www.example", "A", { id: 9 })));
  const body = ["-H", "content-type: application/dns-message", "--data-binary", `@${join(place, "question")}`];
  const authority = ["-sS", "--cacert", join(place, "authority.pem")];
  const output = await run(t, "curl", [...authority, ...body, `https://localhost:${port}/dns-query`]);
  if (output === undefined) return;
  const { id, answers } = decodeDnsMessage(output);
  assert.deepEqual([id, answers.length], [9, 1]);
});

test("dnspython asks by GET and by POST", async (t) => {
  const script = `
import sys
try:
    import dns.message, dns.query
    assert dns.query.have_doh
except Exception:
    print("absent")
    sys.exit()
question = dns.message.make_query("www.example", "A", use_edns=True)
for post in (False, True):
    answer = dns.query.https(question, "https://localhost:${port}/dns-query", post=post, verify="${join(place, "authority.pem")}", timeout=10)
    print(answer.answer[0])
`;
  const output = (await run(t, "/usr/bin/python3", ["-c", script]))?.toString();
  if (output === "absent\n")
    return t.skip("dnspython for HTTPS is not installed (Debian: python3-dnspython, python3-httpx)");
  if (output !== undefined) assert.equal(output, "www.example. 60 IN A 127.0.0.1\n".repeat(2));
});

/** What a program prints; `undefined` and a skipped test where it is not installed. */
function run(t: TestContext, program: string, words: readonly string[]): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", () => {
      t.skip(`${program} is not installed`);
      resolve(undefined);
    });
    child.once("close", () => resolve(Buffer.concat(chunks)));
  });
}
