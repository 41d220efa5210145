/** GNU SASL's `gsasl` speaks each side of a mechanism on its standard input and output, a line of base64 for a message. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing } from "./exchange.ts";
import { hasProgram, LineProgram } from "./testing/line-program.test.kit.ts";
import { clientEnd, fakeTls, type SaslPairOptions, serverEnd } from "./testing/pair.test.kit.ts";

const tls = fakeTls({ client: "cert of alice" });
const binding = tls.server.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", nothing);

/** How many messages the client has in each, until the server may say that all is well. */
const mechanisms: Readonly<Record<string, number>> = {
  "SCRAM-SHA-256-PLUS": 2,
  "SCRAM-SHA-1-PLUS": 2,
  "SCRAM-SHA-256": 2,
  "SCRAM-SHA-1": 2,
  PLAIN: 1,
  LOGIN: 2,
  "DIGEST-MD5": 1,
  "CRAM-MD5": 1,
  EXTERNAL: 1,
  ANONYMOUS: 1,
};

/** What is shown in the place of a password. */
const shows: Readonly<Record<string, SaslPairOptions["client"]>> = {
  EXTERNAL: { certificate: true, password: undefined },
  ANONYMOUS: { anonymous: "rabbit", password: undefined },
};

for (const name of Object.keys(mechanisms)) {
  test(`gsasl logs in at our server by ${name}`, async (t) => {
    if (!hasProgram(t, "gsasl")) return;
    const { user, status, errors } = await gsaslLogsIn(name, "wonderland");
    assert.equal(user, name === "ANONYMOUS" ? "" : "alice");
    assert.equal(status, 0, errors);
  });

  test(`we log in at gsasl's server by ${name}`, async (t) => {
    if (!hasProgram(t, "gsasl")) return;
    // Its command has nobody to ask about these two.
    if (shows[name] !== undefined) return t.skip(`gsasl's command does not serve ${name}`);
    assert.equal(await weLogIn(name, "wonderland"), 0);
  });
}

for (const name of ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "PLAIN", "DIGEST-MD5", "CRAM-MD5"]) {
  test(`a wrong password is refused either way by ${name}`, async (t) => {
    if (!hasProgram(t, "gsasl")) return;
    await assert.rejects(gsaslLogsIn(name, "jabberwocky"), { name: "LoginError", code: "bad-credentials" });
    // gsasl's server takes every password in clear that is not asked about.
    if (name !== "PLAIN") assert.equal(await weLogIn(name, "jabberwocky"), 1);
  });
}

test("gsasl and we see it when the connection is not the one that the other is bound to", async (t) => {
  if (!hasProgram(t, "gsasl")) return;
  const other = Buffer.alloc(32, 9);
  await assert.rejects(gsaslLogsIn("SCRAM-SHA-256-PLUS", "wonderland", other), { code: "bad-binding" });
  assert.equal(await weLogIn("SCRAM-SHA-256-PLUS", "wonderland", other), 1);
});

/** gsasl as the client: how its login ended, and its own opinion. */
async function gsaslLogsIn(name: string, password: string, channel: Uint8Array = binding) {
  const { server } = serverEnd(options(name));
  const gsasl = await start("--client", name, password);
  if (name.endsWith("-PLUS")) gsasl.say(base64(channel));
  try {
    const speaksFirst = !/^(LOGIN|DIGEST|CRAM)/.test(name);
    if (/^(DIGEST|CRAM)/.test(name)) assert.equal((await heard(gsasl)).length, 0);
    let reply = await server.start(name, speaksFirst ? await heard(gsasl) : undefined);
    while (reply.type === "challenge") {
      gsasl.say(base64(reply.data));
      reply = await server.respond(await heard(gsasl));
    }
    if (reply.data !== undefined) {
      gsasl.say(base64(reply.data));
      assert.equal((await heard(gsasl)).length, 0);
    }
    gsasl.say("");
    gsasl.end();
    return { user: reply.login.user.name, status: await gsasl.exit, errors: gsasl.errors };
  } finally {
    gsasl.end();
    await gsasl.exit;
  }
}

/** gsasl as the server: its exit status, which tells whether it let us in. */
async function weLogIn(name: string, password: string, channel: Uint8Array = binding): Promise<number | null> {
  const common = options(name);
  const client = clientEnd([name], { ...common, client: { ...common.client, password } });
  const gsasl = await start("--server", name, "wonderland");
  try {
    let response = await client.start();
    let asked = await heard(gsasl);
    for (let count = 0; count < mechanisms[name]!; count++) {
      response ??= await client.respond(asked);
      gsasl.say(base64(response));
      if (count === 0 && name.endsWith("-PLUS")) gsasl.say(base64(channel));
      response = undefined;
      const line = await gsasl.hear(message);
      if (line === undefined) return await gsasl.exit;
      asked = Buffer.from(line, "base64");
    }
    await client.succeed(asked);
    gsasl.say(""); // what a client says to a success that came as a challenge
  } finally {
    gsasl.end();
  }
  return gsasl.exit;
}

function options(name: string): SaslPairOptions {
  const shown = shows[name] ?? {};
  return { tls, server: { mechanisms: [name], host: "example.org" }, client: { ...shown, mechanisms: [name] } };
}

async function start(side: "--client" | "--server", name: string, password: string): Promise<LineProgram> {
  const user = shows[name] !== undefined ? [] : ["-a", "alice", "-p", password];
  // With a host it does not ask what to bind to.
  const place = name.endsWith("-PLUS") ? [] : ["--no-cb", "--hostname", "example.org", "-r", "example.org"];
  const words = [...user, ...place, "--service", "imap", "-n", "rabbit", "-z", "", "--quality-of-protection=qop-auth"];
  const gsasl = new LineProgram("gsasl", [side, "-m", name, ...words]);
  assert.equal(await gsasl.hear(), name);
  return gsasl;
}

async function heard(gsasl: LineProgram): Promise<Uint8Array> {
  const line = await gsasl.hear(message);
  assert.ok(line !== undefined, `gsasl has ended: ${gsasl.errors}`);
  return Buffer.from(line, "base64");
}

/** A message, behind the question for what to bind to. */
const message =
  /^(?:Enter base64 encoded tls-exporter channel binding: )?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
