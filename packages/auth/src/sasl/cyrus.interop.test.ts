/** Cyrus SASL's sample programs speak each side of a mechanism, a line of base64 for a message. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { hasProgram, LineProgram } from "./testing/line-program.test.kit.ts";
import { clientEnd, type SaslPairOptions, serverEnd } from "./testing/pair.test.kit.ts";

const mechanisms = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"];

for (const name of mechanisms) {
  test(`Cyrus logs in at our server by ${name}, and with a wrong password does not`, async (t) => {
    if (!hasProgram(t, "sasl-sample-client")) return;
    assert.equal(await cyrusLogsIn(name, "wonderland"), "alice");
    await assert.rejects(cyrusLogsIn(name, "jabberwocky"), { name: "LoginError", code: "bad-credentials" });
  });

  test(`we log in at Cyrus's server by ${name}, and with a wrong password do not`, async (t) => {
    if (!hasProgram(t, "/usr/sbin/sasl-sample-server")) return;
    const folder = users(t);
    assert.ok((await weLogIn(name, "wonderland", folder)).includes(welcome));
    assert.ok(!(await weLogIn(name, "jabberwocky", folder)).includes(welcome));
  });
}

async function cyrusLogsIn(name: string, password: string): Promise<string> {
  const { server } = serverEnd(options(name));
  const words = ["-s", "imap", "-n", "localhost", "-u", "alice", "-a", "alice", "-m", name];
  const cyrus = lineBuffered("sasl-sample-client", words);
  try {
    cyrus.say(`S: ${Buffer.from(name).toString("base64")}`);
    // It is asked for with the first message of the client's: a line too many would be taken for one of the server's.
    const speaksFirst = /^(SCRAM|PLAIN)/.test(name);
    if (speaksFirst) cyrus.say(password);
    const [mechanism, first] = split(await heard(cyrus, "C"));
    assert.equal(mechanism, name);
    let reply = await server.start(name, first);
    for (let asked = 0; reply.type === "challenge"; ) {
      cyrus.say(`S: ${base64(reply.data)}`);
      if (!speaksFirst && asked++ === (name === "LOGIN" ? 1 : 0)) cyrus.say(password);
      reply = await server.respond(await heard(cyrus, "C"));
    }
    if (reply.data !== undefined) cyrus.say(`S: ${base64(reply.data)}`);
    cyrus.end();
    assert.match((await cyrus.rest()).join("\n"), /^Negotiation complete$/m);
    return reply.login.user.name;
  } finally {
    cyrus.end();
    await cyrus.exit;
  }
}

/** What Cyrus's server says of whom it has let in. */
const welcome = "Username: alice@localhost";

/** All that the server has to say about it. */
async function weLogIn(name: string, password: string, folder: string): Promise<readonly string[]> {
  const common = options(name);
  const client = clientEnd([name], { ...common, client: { ...common.client, password } });
  const words = ["-s", "imap", "-m", name, "-u", "localhost", "-d", "localhost"];
  const cyrus = lineBuffered("/usr/sbin/sasl-sample-server", words, { SASL_CONF_PATH: folder });
  try {
    await heard(cyrus, "S");
    const first = await client.start();
    const begin = first === undefined ? [name] : [name, "\0", first];
    cyrus.say(`C: ${base64(Buffer.concat(begin.map((part) => Buffer.from(part))))}`);
    const lines: string[] = [];
    for (let line = await cyrus.hear(); line !== undefined; line = await cyrus.hear()) {
      lines.push(line);
      if (line === welcome) break;
      const challenge = /^S: (.*)$/.exec(line)?.[1];
      if (challenge === undefined) continue;
      const octets = Buffer.from(challenge, "base64");
      cyrus.say(`C: ${base64(await client.respond(octets))}`);
    }
    cyrus.end();
    return [...lines, ...(await cyrus.rest())];
  } finally {
    cyrus.end();
    await cyrus.exit;
  }
}

function options(name: string): SaslPairOptions {
  const server = { mechanisms: [name], host: "localhost", allowPlainText: true };
  return { server, client: { mechanisms: [name], host: "localhost", allowPlainText: true } };
}

/** A folder with Cyrus's users and settings. */
function users(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-sasl-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, "sasldb2");
  writeFileSync(
    join(folder, "sample.conf"),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${database}\n`,
  );
  const words = ["-p", "-c", "-f", database, "-u", "localhost", "alice"];
  const made = spawnSync("/usr/sbin/saslpasswd2", words, { input: "wonderland" });
  assert.equal(made.status, 0, made.stderr?.toString());
  return folder;
}

/** They write to a pipe when they end, unless they are told otherwise. */
function lineBuffered(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LineProgram {
  return new LineProgram("stdbuf", ["-oL", program, ...words], env);
}

async function heard(cyrus: LineProgram, by: "C" | "S"): Promise<Uint8Array> {
  const line = await cyrus.hear(by === "C" ? /^(?:.*Password: )?C: (.*)$/ : /^S: (.*)$/);
  assert.ok(line !== undefined, `Cyrus has ended: ${cyrus.errors}`);
  return Buffer.from(line, "base64");
}

/** The mechanism and, behind a NUL, what comes with it. */
function split(message: Uint8Array): [string, Uint8Array | undefined] {
  const at = message.indexOf(0);
  if (at < 0) return [Buffer.from(message).toString(), undefined];
  return [Buffer.from(message.subarray(0, at)).toString(), message.subarray(at + 1)];
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
