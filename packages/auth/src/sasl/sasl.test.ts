import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { type Fault, ipAddress } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { avatarType } from "../portal.ts";
import { type SaslKeyCache, saslKeyCache } from "./derive.ts";
import { saslMechanisms } from "./mechanisms/table.ts";
import { clientEnd, fakeTls, logInBoth, type SaslPairOptions, serverEnd } from "./testing/pair.test.kit.ts";

const every = saslMechanisms.map(({ name }) => name);
const tls = fakeTls({ client: "cert of alice" });

/** What a client must show for one mechanism and no other. */
function only(mechanism: string): SaslPairOptions {
  const shows = saslMechanisms.find(({ name }) => name === mechanism)!.shows;
  const credentials = {
    password: {},
    token: { token: "t0ken~", password: undefined },
    certificate: { certificate: true, password: undefined },
    nothing: { anonymous: "rabbit", password: undefined },
  }[shows];
  return { tls, server: { mechanisms: [mechanism] }, client: { ...credentials, mechanisms: [mechanism] } };
}

describe("our client logs in at our server", () => {
  for (const mechanism of every)
    for (const successCarries of [true, false])
      test(`by ${mechanism}${successCarries ? "" : ", where the success carries nothing"}`, async () => {
        const { login, portal } = await logInBoth({ ...only(mechanism), successCarries });
        assert.equal(login.user.name, mechanism === "ANONYMOUS" ? "" : "alice");
        await login.logout();
        assert.equal(portal.events.at(-1), `logout ${login.user.name}`);
      });
});

describe("a wrong password", () => {
  const withPassword = saslMechanisms.filter(({ shows }) => shows === "password");
  for (const { name, secrets } of withPassword)
    test(`is refused by ${name}, and so is a user who is not there`, async () => {
      for (const wrong of [{ password: "jabberwocky" }, { user: "nobody" }]) {
        const options = only(name);
        const { server, portal } = serverEnd(options);
        const client = clientEnd([name], { ...options, client: { ...options.client, ...wrong } });
        const refused = async () => {
          const first = await client.start();
          let reply = await server.start(name, first);
          while (reply.type === "challenge") reply = await server.respond(await client.respond(reply.data));
        };
        await assert.rejects(refused, { name: "LoginError", code: "bad-credentials" });
        const user = wrong.user ?? "alice";
        assert.equal(portal.events.at(-1), secrets === undefined ? `login password ${user}` : `reject ${user}`);
        await assert.rejects(server.respond(Buffer.alloc(0)), { code: "bad-state" });
      }
    });
});

describe("what is offered", () => {
  const offered = (options: SaslPairOptions) => serverEnd(options).server.mechanisms;

  test("in clear: only what nobody can use who reads along", () => {
    assert.deepEqual(offered({}), ["SCRAM-SHA-256", "ANONYMOUS"]);
  });

  test("on TLS: bound mechanisms first, passwords in clear last", () => {
    assert.deepEqual(offered({ tls: fakeTls() }), [
      "SCRAM-SHA-256-PLUS",
      "SCRAM-SHA-256",
      "OAUTHBEARER",
      "XOAUTH2",
      "PLAIN",
      "LOGIN",
      "ANONYMOUS",
    ]);
  });

  test("with a verified certificate: EXTERNAL", () => {
    assert.equal(offered({ tls })[0], "EXTERNAL");
    const unverified = { ...tls, server: { ...tls.server, authorized: false } };
    assert.ok(!offered({ tls: unverified }).includes("EXTERNAL"));
  });

  test("inside one machine: all that needs no TLS", () => {
    for (const peer of [ipAddress("127.0.0.9", 1), ipAddress("::1", 1), ipAddress("::ffff:127.0.0.1", 1)])
      assert.ok(offered({ server: { context: { protocol: "imap", peer } } }).includes("PLAIN"));
    assert.ok(
      offered({ server: { context: { protocol: "imap", peer: { family: "unix", path: "" } } } }).includes("PLAIN"),
    );
    assert.ok(!offered({ server: { context: { protocol: "imap", peer: undefined } } }).includes("PLAIN"));
    for (const allowPlainText of [false, undefined]) {
      assert.ok(!offered({ server: { allowPlainText } }).includes("PLAIN"));
      assert.ok(offered({ tls: fakeTls(), server: { allowPlainText } }).includes("PLAIN"), "TLS is no plain text");
    }
  });

  test("only what a checker can judge", () => {
    assert.deepEqual(offered({ portal: { kinds: ["password"], secrets: [] }, tls: fakeTls() }), ["PLAIN", "LOGIN"]);
    assert.deepEqual(offered({ portal: { kinds: [], secrets: ["scram"] } }), ["SCRAM-SHA-256"]);
  });

  test("as the application says, in our order; APOP is begun by a command of its own", () => {
    const mechanisms = ["APOP", "CRAM-MD5", "PLAIN", "SCRAM-SHA-1"];
    assert.deepEqual(offered({ server: { mechanisms, allowPlainText: true } }), ["SCRAM-SHA-1", "PLAIN", "CRAM-MD5"]);
    assert.throws(() => offered({ server: { mechanisms: ["GSSAPI"] } }), TypeError);
  });

  test("and what is not offered is not begun", async () => {
    const { server, portal } = serverEnd();
    for (const name of ["PLAIN", "CRAM-MD5", "EXTERNAL", "SCRAM-SHA-256-PLUS", "GSSAPI", "__proto__", ""])
      await assert.rejects(server.start(name, Buffer.from("\0alice\0wonderland")), { code: "unknown-mechanism" });
    assert.deepEqual(portal.events, []);
  });
});

describe("a client chooses", () => {
  const chosen = (offered: readonly string[], options: SaslPairOptions = {}) => clientEnd(offered, options).mechanism;

  test("the best that is offered", () => {
    assert.equal(chosen(every, { tls }), "SCRAM-SHA-512-PLUS");
    assert.equal(chosen(every), "SCRAM-SHA-512");
    assert.equal(chosen(["login", "plain"], { tls }), "PLAIN");
    assert.equal(chosen(every, { tls, client: { certificate: true } }), "EXTERNAL");
    assert.equal(chosen(every, { tls, client: { password: undefined, token: "t" } }), "OAUTHBEARER");
    assert.equal(chosen(every, { client: { password: undefined, anonymous: true } }), "ANONYMOUS");
  });

  test("no password in clear without TLS, unless it is told so or the server is on this machine", () => {
    const noMechanism = { name: "SaslError", code: "no-mechanism", message: /safe without TLS/ };
    for (const offer of [["PLAIN", "LOGIN"], ["OAUTHBEARER", "XOAUTH2"], ["CRAM-MD5", "DIGEST-MD5"], []])
      assert.throws(() => chosen(offer, { client: { token: "t" } }), noMechanism);
    assert.equal(chosen(["PLAIN"], { client: { allowPlainText: true } }), "PLAIN");
    assert.equal(chosen(["PLAIN"], { client: { peer: ipAddress("127.0.0.1", 143) } }), "PLAIN");
  });
});

test("a client sends no name that would end its field and begin another (RFC 7628 §3.1)", async () => {
  for (const mechanism of ["OAUTHBEARER", "XOAUTH2"]) {
    const client = { password: undefined, token: "t", user: "alice\x01auth=Bearer other", allowPlainText: true };
    await assert.rejects(async () => clientEnd([mechanism], { client }).start(), { name: "TypeError", message: /\^A/ });
  }
});

describe("a login bound to its connection", () => {
  test("is bound by the exporter on TLS 1.3, and by the server's certificate before", async () => {
    const said: string[] = [];
    const between = (message: Uint8Array) => {
      said.push(Buffer.from(message).toString().split(",")[0]!);
      return message;
    };
    const certificate = new X509Certificate(selfSignedCertificate().certificate).raw;
    for (const version of ["TLSv1.3", "TLSv1.2"]) await logInBoth({ tls: fakeTls({ version, certificate }), between });
    assert.deepEqual([said[0], said[4]], ["p=tls-exporter", "p=tls-server-end-point"]);
  });

  test("fails when somebody stands between two of them", async () => {
    const split = { server: fakeTls().server, client: fakeTls({ keys: "other keys" }).client };
    await assert.rejects(logInBoth({ tls: split }), { code: "bad-binding", section: "RFC 5802 §6" });
  });

  test("fails when -PLUS was taken from the offer on the way: the client says what it was shown", async () => {
    const { server } = serverEnd({ tls });
    const shown = server.mechanisms.filter((name) => !name.endsWith("-PLUS"));
    const client = clientEnd(shown, { tls });
    const first = await client.start();
    assert.match(Buffer.from(first!).toString(), /^y,,/);
    await assert.rejects(server.start(client.mechanism, first), { code: "downgrade" });
  });

  test("is not claimed where the client may not, and not demanded where it cannot", async () => {
    const mechanisms = ["SCRAM-SHA-256"];
    assert.equal((await logInBoth({ tls, client: { mechanisms } })).mechanism, "SCRAM-SHA-256");
    assert.equal((await logInBoth({ tls, server: { mechanisms } })).mechanism, "SCRAM-SHA-256");
    const { server } = serverEnd({ tls });
    await assert.rejects(server.start("SCRAM-SHA-256-PLUS", Buffer.from("n,,n=alice,r=abc")), { code: "bad-binding" });
    await assert.rejects(server.start("SCRAM-SHA-256", Buffer.from("p=tls-exporter,,n=alice,r=abc")), {
      code: "bad-binding",
    });
    await assert.rejects(server.start("SCRAM-SHA-256-PLUS", Buffer.from("p=tls-unique,,n=alice,r=abc")), {
      code: "bad-binding",
    });
  });
});

describe("a client does not trust", () => {
  const first = "n,,n=alice,r=";
  /** A client that has sent its first message, and the nonce in it. */
  async function begun(client: SaslPairOptions["client"] = {}) {
    const end = clientEnd(["SCRAM-SHA-256"], { client });
    return {
      end,
      nonce: Buffer.from((await end.start())!)
        .toString()
        .slice(first.length),
    };
  }
  const salt = "s=W22ZaJ0SNY7soEsUEjb6gQ==";
  const answers: Record<string, [(nonce: string) => string, string]> = {
    "a nonce that is not longer than ours": [(nonce) => `r=${nonce},${salt},i=4096`, "bad-nonce"],
    "a nonce of somebody else": [() => `r=abcdefgh,${salt},i=4096`, "bad-nonce"],
    "too few iterations": [(nonce) => `r=${nonce}x,${salt},i=4095`, "weak"],
    "too many iterations": [(nonce) => `r=${nonce}x,${salt},i=10000001`, "costly"],
    "no iterations": [(nonce) => `r=${nonce}x,${salt},i=0`, "bad-message"],
    "iterations that are no number": [(nonce) => `r=${nonce}x,${salt},i=4096x`, "bad-message"],
    "no salt": [(nonce) => `r=${nonce}x,i=4096`, "bad-message"],
    "a salt that is not base64": [(nonce) => `r=${nonce}x,s=W22Z!,i=4096`, "bad-message"],
    "an extension that it does not know": [(nonce) => `m=x,r=${nonce}x,${salt},i=4096`, "bad-message"],
    "octets that are no text": [() => "\xff", "bad-message"],
    "a message of 20,000 octets": [(nonce) => `r=${nonce}${"x".repeat(20_000)}`, "too-long"],
  };
  for (const [what, [answer, code]] of Object.entries(answers))
    test(what, async () => {
      const { end, nonce } = await begun();
      await assert.rejects(end.respond(Buffer.from(answer(nonce), "latin1")), { name: "SaslProtocolError", code });
      await assert.rejects(end.respond(Buffer.alloc(0)), { code: "bad-state" });
    });

  test("a success before the server has proved itself", async () => {
    const { end } = await begun();
    await assert.rejects(end.succeed(), { code: "out-of-turn" });
    const { end: other, nonce } = await begun();
    await other.respond(Buffer.from(`r=${nonce}x,${salt},i=4096`));
    await assert.rejects(other.succeed(), { code: "bad-message" });
  });

  test("a server that does not know the password", async () => {
    const { end, nonce } = await begun();
    await end.respond(Buffer.from(`r=${nonce}x,${salt},i=4096`));
    const signature = Buffer.alloc(32).toString("base64");
    await assert.rejects(end.succeed(Buffer.from(`v=${signature}`)), { code: "unproven-server" });
  });

  test("nor does it go on when the server says no", async () => {
    const { end, nonce } = await begun();
    await end.respond(Buffer.from(`r=${nonce}x,${salt},i=4096`));
    await assert.rejects(end.respond(Buffer.from("e=invalid-proof")), { code: "refused", message: /"invalid-proof"/ });
  });

  test("old servers may have fewer iterations when the application says so", async () => {
    const { end, nonce } = await begun({ iterationsMin: 1_000 });
    assert.match(Buffer.from(await end.respond(Buffer.from(`r=${nonce}x,${salt},i=1000`))).toString(), /,p=/);
  });

  test("a challenge after the last word", async () => {
    const end = clientEnd(["PLAIN"], { tls });
    await end.start();
    await assert.rejects(end.respond(Buffer.from("more?")), { code: "out-of-turn" });
  });
});

describe("a server", () => {
  const say = (text: string) => Buffer.from(text, "latin1");

  test("shows an unknown user the same salt each time, others to others, and another per hash", async () => {
    const { server } = serverEnd({ server: { mechanisms: ["SCRAM-SHA-1", "SCRAM-SHA-256"] } });
    const shown = async (user: string, mechanism = "SCRAM-SHA-256") => {
      const reply = await server.start(mechanism, say(`n,,n=${user},r=abc`));
      assert.ok(reply.type === "challenge");
      return Buffer.from(reply.data)
        .toString()
        .replace(/^r=[^,]*,/, "");
    };
    const salts = [
      await shown("nobody"),
      await shown("none"),
      await shown("nobody", "SCRAM-SHA-1"),
      await shown("alice"),
    ];
    assert.equal(salts[0], await shown("nobody"));
    assert.equal(new Set(salts).size, 4);
    assert.match(salts[0]!, /^s=[A-Za-z0-9+/]{22}==,i=65536$/);
  });

  test("makes the salts of unknown users by a key that may be given", async () => {
    const disguise = { key: Buffer.alloc(32, 7), iterations: 4_096, saltOctets: 12 };
    const shown = async () => {
      const { server } = serverEnd({ server: { disguise } });
      const reply = await server.start("SCRAM-SHA-256", say("n,,n=nobody,r=abc"));
      return reply.type === "challenge" && Buffer.from(reply.data).toString().split(",").slice(1).join(",");
    };
    assert.equal(await shown(), await shown());
    assert.match(String(await shown()), /^s=[A-Za-z0-9+/]{16},i=4096$/);
  });

  test("refuses proofs for another exchange, for another header, and with a changed header", async () => {
    const { server } = serverEnd();
    const started = async () => {
      const reply = await server.start("SCRAM-SHA-256", say("n,,n=alice,r=abc"));
      assert.ok(reply.type === "challenge");
      return /r=([^,]*)/.exec(Buffer.from(reply.data).toString())![1]!;
    };
    const proof = Buffer.alloc(32).toString("base64");
    const nonce = await started();
    await assert.rejects(server.respond(say(`c=biws,r=${nonce}x,p=${proof}`)), { code: "bad-nonce" });
    await assert.rejects(server.respond(say(`c=eSws,r=${await started()},p=${proof}`)), { code: "bad-binding" });
    await assert.rejects(server.respond(say(`c=biws,r=${await started()},p=AAAA`)), { code: "bad-credentials" });
  });

  const broken: Record<string, [mechanism: string, first: string]> = {
    "PLAIN with one NUL": ["PLAIN", "alice\0wonderland"],
    "PLAIN with three NULs": ["PLAIN", "\0alice\0won\0derland"],
    "PLAIN without a user": ["PLAIN", "\0\0wonderland"],
    "PLAIN without a password": ["PLAIN", "\0alice\0"],
    "PLAIN that is not UTF-8": ["PLAIN", "\0alice\0\xff"],
    "a name that SASLprep forbids": ["PLAIN", "\0al\u0007ice\0wonderland"],
    "SCRAM without a header": ["SCRAM-SHA-256", "n=alice,r=abc"],
    "SCRAM with an extension": ["SCRAM-SHA-256", "n,,m=x,n=alice,r=abc"],
    "SCRAM with fields in another order": ["SCRAM-SHA-256", "n,,r=abc,n=alice"],
    "SCRAM with an unescaped name": ["SCRAM-SHA-256", "n,,n=al=ice,r=abc"],
    "SCRAM without a nonce": ["SCRAM-SHA-256", "n,,n=alice,r="],
    "a trace with controls": ["ANONYMOUS", "a\r\nb"],
    "OAUTHBEARER without a header": ["OAUTHBEARER", "auth=Bearer t0ken~\x01\x01"],
    "OAUTHBEARER of another kind": ["OAUTHBEARER", "n,,\x01auth=Basic abc\x01\x01"],
    "OAUTHBEARER without an end": ["OAUTHBEARER", "n,,\x01auth=Bearer t0ken~\x01"],
    "XOAUTH2 without a token": ["XOAUTH2", "user=alice\x01\x01"],
  };
  for (const [what, [mechanism, first]] of Object.entries(broken))
    test(`refuses ${what}`, async () => {
      const { server, portal } = serverEnd({ tls });
      await assert.rejects(server.start(mechanism, say(first)), { name: "SaslProtocolError", code: "bad-message" });
      assert.deepEqual(portal.events, []);
    });

  test("takes no more than its limits of anything", async () => {
    const { server } = serverEnd({ tls });
    const tooLong: [string, string][] = [
      ["PLAIN", `\0${"a".repeat(1_025)}\0wonderland`],
      ["PLAIN", `\0alice\0${"a".repeat(4_097)}`],
      ["SCRAM-SHA-256", `n,,n=alice,r=${"a".repeat(513)}`],
      ["ANONYMOUS", "a".repeat(256)],
      ["OAUTHBEARER", `n,,\x01auth=Bearer ${"a".repeat(16_384)}\x01\x01`],
    ];
    for (const [mechanism, first] of tooLong)
      await assert.rejects(server.start(mechanism, say(first)), { code: "too-long" }, mechanism);
    await server.start("PLAIN");
    await assert.rejects(server.respond(Buffer.alloc(16_385)), { code: "too-long" });
  });

  test("speaks first where the mechanism says so, whatever came with the command (RFC 4422 §3.3)", async () => {
    const { server } = serverEnd({ server: { mechanisms: ["CRAM-MD5", "DIGEST-MD5"] } });
    for (const name of ["CRAM-MD5", "DIGEST-MD5"])
      await assert.rejects(server.start(name, Buffer.alloc(0)), { code: "out-of-turn" });
  });

  test("asks with an empty challenge when a first message is missing", async () => {
    const { server } = serverEnd({ tls });
    const asked = await server.start("PLAIN");
    assert.deepEqual([asked.type, asked.type === "challenge" && asked.data.length], ["challenge", 0]);
    assert.equal((await server.respond(say("\0alice\0wonderland"))).type, "success");
  });

  test("forgets the exchange when the client gives up, and begins another", async () => {
    const { server } = serverEnd({ tls });
    await server.start("PLAIN");
    server.abort();
    await assert.rejects(server.respond(say("\0alice\0wonderland")), { code: "bad-state" });
    assert.equal((await server.start("PLAIN", say("\0alice\0wonderland"))).type, "success");
  });

  test("lets go of a login that comes after the client has given up", async () => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { server, portal } = serverEnd({ tls, portal: { before: () => gate } });
    const login = server.start("PLAIN", say("\0alice\0wonderland"));
    await assert.rejects(server.respond(say("x")), { code: "bad-state" });
    server.abort();
    goOn();
    await assert.rejects(login, { name: "SaslError", code: "aborted" });
    assert.deepEqual(portal.events, ["login password alice", "logout alice"]);
  });

  test("reports a stored secret that is weaker than allowed, and takes it for none", async () => {
    const faults = await faultsOf(() => logInBoth({ portal: { iterations: 1_000 } }).catch((error) => error.code));
    assert.deepEqual(faults, ['SASL: Cannot use the secret of "alice": 1000 iterations are out of bounds']);
  });

  test("passes on what the portal refuses", async () => {
    const { server } = serverEnd({ tls, server: { wanted: avatarType("nothing") } });
    await assert.rejects(server.start("PLAIN", say("\0alice\0wonderland")), { name: "LoginError", code: "no-avatar" });
  });
});

describe("acting as somebody else", () => {
  test("is refused; acting as oneself is not", async () => {
    for (const mechanisms of [["PLAIN"], ["SCRAM-SHA-256"], ["DIGEST-MD5"]]) {
      const as = (authzid: string) => logInBoth({ tls, server: { mechanisms }, client: { mechanisms, authzid } });
      assert.equal((await as("alice")).login.user.name, "alice");
      await assert.rejects(as("queen"), { name: "LoginError", code: "no-avatar" });
    }
  });

  test("is what the application makes of it", async () => {
    const actAs: NonNullable<SaslPairOptions["server"]>["actAs"] = async (login, authzid) => {
      if (authzid !== "queen") return undefined;
      const user = { ...login.user, name: authzid };
      return { user, avatar: user, logout: async () => {}, [Symbol.asyncDispose]: async () => {} };
    };
    const { login, portal } = await logInBoth({ tls, server: { actAs }, client: { authzid: "queen" } });
    assert.equal(login.user.name, "queen");
    assert.equal(portal.events.at(-1), "logout alice");
    await assert.rejects(logInBoth({ tls, server: { actAs }, client: { authzid: "king" } }), { code: "no-avatar" });
  });
});

test("names are compared as SASLprep has them, on both sides", async () => {
  const options = {
    portal: { users: { "IX, the=9th": "p\u00e4ss" } },
    client: { user: "\u2168, the=9th", password: "pa\u0308ss" },
  };
  assert.equal((await logInBoth(options)).login.user.name, "IX, the=9th");
});

test("a client that comes again derives its key once", async () => {
  const keys = saslKeyCache(1);
  const asked: string[] = [];
  const counting: SaslKeyCache = {
    get: keys.get,
    set(what, key) {
      asked.push(what.password);
      keys.set(what, key);
    },
  };
  for (let times = 0; times < 3; times++) await logInBoth({ client: { keys: counting } });
  assert.deepEqual(asked, ["wonderland"]);
  await logInBoth({
    portal: { users: { bob: "builder" } },
    client: { keys: counting, user: "bob", password: "builder" },
  });
  await logInBoth({ client: { keys: counting } });
  assert.deepEqual(asked, ["wonderland", "builder", "wonderland"]);
});

test("a refused token is told with the server's reason", async () => {
  const { server } = serverEnd({ tls });
  const client = clientEnd(["OAUTHBEARER"], { tls, client: { token: "stale", password: undefined } });
  const reply = await server.start(client.mechanism, await client.start());
  assert.ok(reply.type === "challenge");
  const answer = await client.respond(reply.data);
  assert.match(client.refusal!, /invalid_token/);
  await assert.rejects(server.respond(answer), { code: "bad-credentials" });
});

test("a mechanism of one's own stands beside the others", async () => {
  const plain = saslMechanisms.find(({ name }) => name === "PLAIN")!;
  const own = { ...plain, name: "X-OWN" };
  assert.equal(
    (await logInBoth({ tls, server: { mechanisms: [own, "PLAIN"] }, client: { mechanisms: [own] } })).mechanism,
    "X-OWN",
  );
});

/** What is reported while something runs. */
async function faultsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const faults: string[] = [];
  const note = (message: unknown) => {
    const { error, where } = message as Fault;
    faults.push(`${where}: ${(error as Error).message}`);
  };
  subscribe("hawser:fault", note);
  await run();
  unsubscribe("hawser:fault", note);
  return faults;
}
