import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DigestAlgorithm } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock, seeds } from "@hawser/core/testing";
import { authenticationInfoField, authorizationField, wwwAuthenticateField } from "../../fields/authentication.ts";
import { text } from "../../http/response.ts";
import { ask, type HttpTestAnswer } from "../../testing/ask.test.kit.ts";
import { type LoginTestPortal, loginPortal } from "../../testing/login-portal.test.kit.ts";
import { answerHttpChallenges } from "../client.ts";
import type { LoginOptions } from "../options.ts";
import { withLogin } from "../with-login.ts";
import { HttpNonces } from "./nonces.ts";
import { httpDigestResponse, httpDigestSecret, httpDigestServerResponse } from "./response.ts";

test("the responses of RFC 7616 §3.9.1", () => {
  const facts = {
    method: "GET",
    uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    nc: "00000001",
    qop: "auth",
  };
  const responses: Record<string, string> = {
    MD5: "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  };
  for (const [name, response] of Object.entries(responses)) {
    const algorithm = name as DigestAlgorithm;
    const secret = httpDigestSecret(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
    assert.equal(httpDigestResponse(algorithm, secret, facts), response);
    assert.notEqual(httpDigestServerResponse(algorithm, secret, facts), response);
  }
});

/** A client and a server that speak Digest, and a clock. */
class Exchange {
  readonly clock: ManualClock = new ManualClock(1_000_000);
  readonly reactor: Reactor = { ...memoryReactor(), clock: this.clock };
  readonly portal: LoginTestPortal = loginPortal(this.reactor, ["password"], ["digest"]);
  readonly #site;
  user = "alice";
  password = "wonderland";
  count = 0;
  challenge = "";

  constructor(options: LoginOptions = {}) {
    this.#site = withLogin(this.portal, () => () => text("In\n"), { schemes: ["digest"], realm: "home", ...options });
  }

  ask(path: string, ...fields: readonly string[]): Promise<HttpTestAnswer> {
    return ask(this.#site, `GET ${path}`, fields, { reactor: this.reactor });
  }

  /** Asks for a challenge, and keeps it. */
  async meet(): Promise<this> {
    const { status, headers } = await this.ask("/");
    assert.equal(status, 401);
    this.challenge = headers["www-authenticate"]!;
    this.count = 0;
    return this;
  }

  /** What a client says to it; `changes` are made to what it says. */
  says(path: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
    const challenges = wwwAuthenticateField.parse(this.challenge)!;
    const { user, password } = this;
    const asked = { user, password, method: "GET", uri: path, count: ++this.count, cnonce: "0a4f113b" };
    const credentials = answerHttpChallenges(challenges, asked)!;
    const parameters = new Map(credentials.parameters);
    for (const [name, value] of Object.entries(changes))
      if (value === undefined) parameters.delete(name);
      else parameters.set(name, value);
    return `Authorization: ${authorizationField.format({ scheme: "digest", parameters })}`;
  }

  async get(path: string, changes?: Readonly<Record<string, string | undefined>>): Promise<HttpTestAnswer> {
    return this.ask(path, this.says(path, changes));
  }
}

describe("Digest (RFC 7616)", () => {
  test("asks with SHA-256, and lets in who proves the password; the server proves itself in return", async () => {
    const exchange = await new Exchange().meet();
    assert.match(
      exchange.challenge,
      /^Digest realm="home", qop="auth", algorithm=SHA-256, nonce="[\w-]{43}", charset="UTF-8"$/,
    );
    const { status, headers } = await exchange.get("/a?b");
    assert.equal(status, 200);
    const info = authenticationInfoField.parse(headers["authentication-info"]!)!;
    const nonce = wwwAuthenticateField.parse(exchange.challenge)![0]!.parameters.get("nonce")!;
    const facts = { method: "", uri: "/a?b", nonce, cnonce: "0a4f113b", nc: "00000001", qop: "auth" };
    const secret = httpDigestSecret("SHA-256", "alice", "home", "wonderland");
    assert.equal(info.get("rspauth"), httpDigestServerResponse("SHA-256", secret, facts));
    assert.equal(info.get("nextnonce"), undefined);
  });

  test("asks the portal once for a moment, and again when a proof does not fit", async () => {
    const exchange = await new Exchange().meet();
    for (const path of ["/", "/a", "/b"]) assert.equal((await exchange.get(path)).status, 200);
    assert.deepEqual(exchange.portal.events, ["secret alice", "proven alice"]);
    exchange.portal.users.set("alice", "looking glass");
    exchange.password = "looking glass";
    assert.equal((await exchange.get("/")).status, 200);
    assert.deepEqual(exchange.portal.events.slice(2), ["secret alice", "proven alice", "logout alice"]);
  });

  test("refuses a wrong password and an unknown user alike, and tells the portal", async () => {
    for (const [user, password] of [
      ["alice", "jabberwocky"],
      ["nobody", "wonderland"],
    ] as const) {
      const exchange = Object.assign(await new Exchange().meet(), { user, password });
      const { status, headers } = await exchange.get("/");
      assert.equal(status, 401);
      assert.doesNotMatch(headers["www-authenticate"]!, /stale/);
      assert.deepEqual(exchange.portal.events, [`secret ${exchange.user}`, `reject ${exchange.user}`]);
    }
  });

  test("keeps waiting who is throttled", async () => {
    const exchange = await new Exchange().meet();
    exchange.portal.refusal = { code: "throttled", retryAfterMs: 30_000 };
    const { status, headers } = await exchange.get("/");
    assert.deepEqual([status, headers["retry-after"]], [429, "30"]);
  });

  test("takes names beyond ASCII, as octets and in the extended form", async () => {
    const exchange = Object.assign(await new Exchange().meet(), {
      user: "J\u00e4s\u00f8n",
      password: "Secret, or not?",
    });
    assert.equal((await exchange.get("/")).status, 200);
    const extended = { username: undefined, "username*": "UTF-8''J%C3%A4s%C3%B8n" };
    assert.equal((await exchange.get("/", extended)).status, 200);
  });

  test("takes every request once", async () => {
    const exchange = await new Exchange().meet();
    const said = exchange.says("/");
    assert.equal((await exchange.ask("/", said)).status, 200);
    const again = await exchange.ask("/", said);
    assert.equal(again.status, 401);
    assert.match(again.headers["www-authenticate"]!, /stale="?true/);
  });

  test("takes requests that overtake each other", async () => {
    const exchange = await new Exchange().meet();
    const said = ["/1", "/2", "/3"].map((path) => [path, exchange.says(path)] as const);
    for (const [path, field] of said.reverse()) assert.equal((await exchange.ask(path, field)).status, 200);
  });

  test("gives out a new nonce before the old one is stale, and asks nobody for it", async () => {
    const exchange = await new Exchange({ nonceLifetimeMs: 10_000 }).meet();
    exchange.clock.advance(6_000);
    const { headers } = await exchange.get("/");
    const next = authenticationInfoField.parse(headers["authentication-info"]!)!.get("nextnonce")!;
    exchange.clock.advance(5_000);
    const stale = await exchange.get("/");
    assert.equal(stale.status, 401);
    assert.match(stale.headers["www-authenticate"]!, /stale=true/);
    exchange.challenge = exchange.challenge.replace(/nonce="[^"]*"/, `nonce="${next}"`);
    exchange.count = 0;
    assert.equal((await exchange.get("/")).status, 200);
  });

  const strange: Record<string, [Record<string, string | undefined>, number]> = {
    "a nonce of its own": [{ nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093" }, 401],
    "a nonce that was changed": [{ nonce: `${"A".repeat(43)}` }, 401],
    "another realm": [{ realm: "elsewhere" }, 401],
    "an algorithm that was not offered": [{ algorithm: "MD5" }, 401],
    "no algorithm, which means MD5": [{ algorithm: undefined }, 401],
    "another target": [{ uri: "/other" }, 400],
    "no qop, as before RFC 2617": [{ qop: undefined, nc: undefined, cnonce: undefined }, 400],
    "qop=auth-int": [{ qop: "auth-int" }, 400],
    "a hashed user": [{ userhash: "true" }, 400],
    "an algorithm with -sess": [{ algorithm: "SHA-256-sess" }, 400],
    "an algorithm of prototypes": [{ algorithm: "__proto__" }, 400],
    "a count that is none": [{ nc: "1" }, 400],
    "a response that is none": [{ response: "abc" }, 400],
    "no user": [{ username: undefined }, 400],
    "a user in both forms": [{ "username*": "UTF-8''alice" }, 400],
  };
  for (const [what, [changes, status]] of Object.entries(strange))
    test(`refuses ${what}, and does not trouble the portal`, async () => {
      const exchange = await new Exchange().meet();
      assert.equal((await exchange.get("/", changes)).status, status);
      assert.deepEqual(exchange.portal.events, []);
    });

  test("answers anything with 400 or 401, and lets nobody in by it", async () => {
    for (const seed of seeds({ count: 300, soakCount: 20_000 })) {
      const random = new SeededRandom(String(seed));
      const exchange = await new Exchange().meet();
      exchange.password = "jabberwocky";
      const said = Buffer.from(exchange.says("/"), "latin1");
      const at = random.integer("Authorization: ".length, said.length);
      const broken = Buffer.concat([said.subarray(0, at), printable(random), said.subarray(at + random.integer(0, 8))]);
      const { status } = await exchange.ask("/", broken.toString("latin1").trimEnd());
      assert.ok(status === 400 || status === 401, `seed ${seed}: ${status}`);
    }
  });
});

function printable(random: SeededRandom): Buffer {
  return Buffer.from(random.bytes(random.integer(0, 6)).map((octet) => 0x21 + (octet % 94)));
}

describe("a nonce", () => {
  function nonces(options = {}): { clock: ManualClock; nonces: HttpNonces } {
    const clock = new ManualClock();
    return { clock, nonces: new HttpNonces({ ...memoryReactor(), clock }, { lifetimeMs: 1_000, ...options }) };
  }

  test("is good, then old, then stale", () => {
    const { clock, nonces: all } = nonces();
    const nonce = all.make();
    const seen = [0, 500, 501, 1_000, 1_001].map((ms) => {
      clock.advance(ms - clock.now());
      return all.look(nonce);
    });
    assert.deepEqual(seen, ["good", "good", "old", "old", "stale"]);
  });

  test("of another server is stale", () => {
    assert.equal(nonces().nonces.look(nonces().nonces.make()), "stale");
  });

  test("takes each count once, in a window of 64 behind the highest", () => {
    const { nonces: all } = nonces();
    const nonce = all.make();
    const taken = [1, 1, 3, 2, 2, 3, 100, 37, 36, 37, 99, 4_294_967_295, 100, 0].map((count) => all.use(nonce, count));
    const yes = [true, false, true, true, false, false, true, true, false, false, true, true, false, false];
    assert.deepEqual(taken, yes);
  });

  test("that was forgotten is not taken for a new one", () => {
    const { clock, nonces: all } = nonces({ noncesMax: 2 });
    const used = [1, 2, 3].map(() => {
      clock.advance(1);
      const nonce = all.make();
      assert.ok(all.use(nonce, 1));
      return nonce;
    });
    assert.deepEqual(
      used.map((nonce) => all.look(nonce)),
      ["stale", "good", "good"],
    );
    clock.advance(1);
    assert.equal(all.look(all.make()), "good");
  });
});
