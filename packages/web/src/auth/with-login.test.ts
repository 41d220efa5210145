import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipAddress, type Reactor, type Security } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock } from "@hawser/core/testing";
import { authorizationField, wwwAuthenticateField } from "../fields/authentication.ts";
import { formatBasicCredentials } from "../fields/basic-credentials.ts";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { text } from "../http/response.ts";
import { type AskOptions, ask, type HttpTestAnswer } from "../testing/ask.test.kit.ts";
import { type LoginTestPortal, loginPortal } from "../testing/login-portal.test.kit.ts";
import { talkTo } from "../testing/talk.test.kit.ts";
import { answerHttpChallenges } from "./client.ts";
import type { LoginOptions } from "./options.ts";
import { type HttpLoginHandler, withLogin } from "./with-login.ts";

const hello = (request: HttpRequest) => text(`Hello, ${request.user!.name}, by ${request.login!.scheme}\n`);
const tls = {} as Security;

function basic(user: string, password: string): string {
  return `Authorization: ${authorizationField.format(formatBasicCredentials({ user, password }))}`;
}

/** A site with a door, and a clock to turn. */
class House {
  readonly clock: ManualClock = new ManualClock();
  readonly portal: LoginTestPortal;
  readonly site: HttpLoginHandler;
  readonly #options: AskOptions;

  constructor(
    options: LoginOptions = {},
    parts: Pick<AskOptions, "peer" | "security"> & { portal?: (reactor: Reactor) => LoginTestPortal } = {},
  ) {
    const reactor = { ...memoryReactor(), clock: this.clock };
    this.portal = parts.portal?.(reactor) ?? loginPortal(reactor);
    this.site = withLogin(this.portal, () => hello, options);
    this.#options = { security: tls, ...parts, reactor };
  }

  get(path: string, ...fields: readonly string[]): Promise<HttpTestAnswer> {
    return ask(this.site, `GET ${path}`, fields, this.#options);
  }

  /** Asks without credentials, and gives what is offered. */
  async offered(): Promise<readonly string[]> {
    const { status, headers } = await this.get("/");
    const challenges = wwwAuthenticateField.parse(headers["www-authenticate"] ?? "") ?? [];
    return [String(status), ...challenges.map(({ scheme }) => scheme)];
  }
}

test("a stranger is asked, and let in with the right password (RFC 7617 §2)", () =>
  talkTo(
    (request) => {
      door ??= withLogin(loginPortal(request.reactor), () => hello, { realm: "foo", allowPlainText: true });
      return door(request);
    },
    async (talk) => {
      talk.say("GET / HTTP/1.1", "Host: server", "");
      await talk.hears(
        "HTTP/1.1 401 Unauthorized",
        'WWW-Authenticate: Basic realm="foo", charset="UTF-8"',
        "Content-Type: text/plain; charset=utf-8",
        "Content-Length: 42",
        "",
        "401 Unauthorized: Log in to see this page\n",
      );
      talk.say("GET / HTTP/1.1", "Host: server", "Authorization: Basic YWxpY2U6d29uZGVybGFuZA==", "");
      await talk.hears(
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Length: 23",
        "",
        "Hello, alice, by basic\n",
      );
    },
  ));
let door: HttpLoginHandler | undefined;

describe("Basic", () => {
  test("is refused with a wrong password, an unknown user, or none", async () => {
    const house = new House();
    for (const field of [basic("alice", "jabberwocky"), basic("nobody", "wonderland"), basic("", "")]) {
      const { status, body, headers } = await house.get("/", field);
      assert.deepEqual([status, body], [401, "401 Unauthorized: The user or the password is wrong\n"]);
      assert.equal(headers["www-authenticate"], 'Basic realm="Hawser", charset="UTF-8"');
    }
  });

  test("that cannot be read is a bad request, and tells the portal nothing", async () => {
    const house = new House();
    for (const value of ["Basic", "Basic YWxpY2U=", "Basic !", 'Basic realm="x"', "Basic YWxpY2U6AA==", "", ","])
      assert.equal((await house.get("/", `Authorization: ${value}`)).status, 400, value);
    const twice = [basic("alice", "wonderland"), basic("alice", "wonderland")];
    assert.equal((await house.get("/", ...twice)).status, 400);
    assert.deepEqual(house.portal.events, []);
  });

  test("carries names and passwords in UTF-8 (RFC 7617 §2.1)", async () => {
    const { body } = await new House().get("/", basic("J\u00e4s\u00f8n", "Secret, or not?"));
    assert.equal(body, "Hello, J\u00e4s\u00f8n, by basic\n");
  });

  test("is checked once for some seconds, and then again", async () => {
    const { portal, clock, get } = bound(new House({ rememberMs: 10_000 }));
    for (let times = 0; times < 3; times++) await get("/", basic("alice", "wonderland"));
    clock.advance(9_999);
    await get("/", basic("alice", "wonderland"));
    assert.deepEqual(portal.events, ["password alice"]);
    clock.advance(1);
    portal.users.set("alice", "looking glass");
    assert.equal((await get("/", basic("alice", "wonderland"))).status, 401);
    assert.deepEqual(portal.events, ["password alice", "logout alice", "password alice"]);
  });

  test("takes a new password at once, and forgets the old one when it is told", async () => {
    const { portal, site, get } = bound(new House());
    await get("/", basic("alice", "wonderland"));
    portal.users.set("alice", "looking glass");
    assert.equal((await get("/", basic("alice", "looking glass"))).status, 200);
    assert.equal((await get("/", basic("alice", "wonderland"))).status, 200, "remembered still");
    await site.forget("bob");
    assert.equal((await get("/", basic("alice", "wonderland"))).status, 200);
    await site.forget("alice");
    assert.equal((await get("/", basic("alice", "wonderland"))).status, 401);
    assert.deepEqual(portal.events.slice(2, 4), ["logout alice", "logout alice"]);
  });

  test("remembers as many as it may, the newest", async () => {
    const { portal, get } = bound(new House({ loginsMax: 1 }));
    await get("/", basic("alice", "wonderland"));
    await get("/", basic("J\u00e4s\u00f8n", "Secret, or not?"));
    await get("/", basic("alice", "wonderland"));
    const [j] = ["J\u00e4s\u00f8n"];
    assert.deepEqual(portal.events, [
      "password alice",
      `password ${j}`,
      "logout alice",
      "password alice",
      `logout ${j}`,
    ]);
  });

  test("remembers nobody when it may not: each login ends with its answer", async () => {
    const { portal, get } = bound(new House({ rememberMs: 0 }));
    for (let times = 0; times < 2; times++) await get("/", basic("alice", "wonderland"));
    assert.deepEqual(portal.events, ["password alice", "logout alice", "password alice", "logout alice"]);
  });

  test("waits for one login when a page asks for many things at once; a wrong one counts once", async () => {
    const house = new House();
    house.portal.checkMs = 100;
    for (const [password, status] of [
      ["wonderland", 200],
      ["jabberwocky", 401],
    ] as const) {
      house.portal.events.length = 0;
      const answers = Promise.all([1, 2, 3, 4].map(() => house.get("/", basic("alice", password))));
      await house.clock.elapse(100);
      assert.deepEqual(
        (await answers).map((one) => one.status),
        [status, status, status, status],
      );
      assert.deepEqual(house.portal.events, ["password alice"]);
    }
  });

  test("logs in for the others when the one who does it goes away", async () => {
    const house = new House();
    house.portal.checkMs = 100;
    const leaving = new AbortController();
    const options = { security: tls, reactor: house.portal.reactor };
    const field = [basic("alice", "wonderland")];
    const gone = ask(house.site, "GET /", field, { ...options, signal: leaving.signal });
    const stays = ask(house.site, "GET /", field, options);
    leaving.abort(new Error("gone"));
    await assert.rejects(gone, { message: "gone" });
    await house.clock.elapse(100);
    assert.equal((await stays).status, 200);
  });
});

describe("what the portal refuses is told as what it is", () => {
  const table = [
    ["throttled", 1_500, 429, "2"],
    ["throttled", undefined, 429, undefined],
    ["temporary", undefined, 503, undefined],
    ["temporary", 10, 503, "1"],
    ["no-avatar", undefined, 403, undefined],
    ["incomplete", undefined, 403, undefined],
    ["unsupported", undefined, 401, undefined],
  ] as const;
  for (const [code, retryAfterMs, status, retryAfter] of table)
    test(`${code} is ${status}${retryAfter === undefined ? "" : `, again after ${retryAfter} s`}`, async () => {
      const house = new House();
      house.portal.refusal = { code, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      const answer = await house.get("/", basic("alice", "wonderland"));
      assert.deepEqual([answer.status, answer.headers["retry-after"]], [status, retryAfter]);
      assert.equal("www-authenticate" in answer.headers, status === 401);
    });
});

describe("what is offered", () => {
  const everything = (reactor: Reactor) => loginPortal(reactor, ["password", "bearer"], ["plain", "digest"]);

  test("is all the portal can judge, the strongest first", async () => {
    assert.deepEqual(await new House({}, { portal: everything }).offered(), ["401", "digest", "bearer", "basic"]);
    const hashed = (reactor: Reactor) => loginPortal(reactor, ["password"], ["digest", "scram"]);
    assert.deepEqual(await new House({}, { portal: hashed }).offered(), ["401", "basic"]);
    const asked = { schemes: ["basic", "digest"] } as const;
    assert.deepEqual(await new House(asked, { portal: hashed }).offered(), ["401", "digest", "basic"]);
  });

  test("in clear is nothing that can be read on the way, unless it may be or stays in this machine", async () => {
    const clear = { portal: everything, security: undefined };
    assert.deepEqual(await new House({}, clear).offered(), ["401", "digest"]);
    assert.deepEqual(await new House({ allowPlainText: true }, clear).offered(), ["401", "digest", "bearer", "basic"]);
    const here = { ...clear, peer: ipAddress("127.0.0.9", 1) };
    assert.deepEqual(await new House({}, here).offered(), ["401", "digest", "bearer", "basic"]);
    const nothing = new House({}, { security: undefined });
    assert.deepEqual(await nothing.offered(), ["403"]);
    assert.equal((await nothing.get("/", basic("alice", "wonderland"))).status, 403);
    assert.deepEqual(nothing.portal.events, []);
  });

  test("must be something", () => {
    const portal = loginPortal(memoryReactor(), ["public-key"]);
    assert.throws(() => withLogin(portal, () => hello), /cannot judge bearer, basic/);
    for (const realm of ["", "a\r\nb", "\u20ac"])
      assert.throws(() => withLogin(loginPortal(memoryReactor()), () => hello, { realm }), TypeError);
  });
});

test("Bearer takes a token, and says what was wrong with it (RFC 6750 §3)", async () => {
  const house = new House({}, { portal: (reactor) => loginPortal(reactor, ["bearer"]) });
  assert.equal((await house.get("/")).headers["www-authenticate"], 'Bearer realm="Hawser"');
  assert.equal((await house.get("/", "Authorization: Bearer t0ken~")).body, "Hello, alice, by bearer\n");
  const { status, headers } = await house.get("/", "Authorization: bearer stale");
  assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="Hawser", error="invalid_token"']);
  assert.equal((await house.get("/", 'Authorization: Bearer token="x"')).status, 400);
});

test("a certificate that TLS has verified is enough; another way in stays open", async () => {
  const portal = (reactor: Reactor) => loginPortal(reactor, ["password", "certificate"]);
  const shown = (peerCertificate: string, authorized = true) =>
    new House(
      {},
      { portal, security: { peerCertificate: Buffer.from(peerCertificate), authorized } as unknown as Security },
    );
  const known = shown("cert");
  for (let times = 0; times < 2; times++) assert.equal((await known.get("/")).body, "Hello, alice, by certificate\n");
  assert.deepEqual(known.portal.events, ["certificate"]);
  assert.deepEqual(await shown("other").offered(), ["401", "basic"]);
  assert.deepEqual(await shown("cert", false).offered(), ["401", "basic"]);
  assert.equal((await shown("other").get("/", basic("alice", "wonderland"))).body, "Hello, alice, by basic\n");
});

test("where nobody in particular may come in, nobody is asked, and a name still counts", async () => {
  const house = new House({}, { portal: (reactor) => loginPortal(reactor, ["anonymous", "password"]) });
  assert.equal((await house.get("/")).body, "Hello, , by anonymous\n");
  assert.equal((await house.get("/", basic("alice", "wonderland"))).body, "Hello, alice, by basic\n");
});

test("a user's part of the site is made once, and walks on from where the door stands", async () => {
  let made = 0;
  const portal = loginPortal(memoryReactor());
  const home = withLogin(portal, (user) => {
    made++;
    return folder().mount("mail", (request) => text(`${user.name}: ${request.prefix} ${request.rest.join("/")}`));
  });
  const site = folder().mount("home", home);
  for (let times = 0; times < 2; times++) {
    const { body } = await ask(site, "GET /home/mail/inbox", [basic("alice", "wonderland")], { security: tls });
    assert.equal(body, "alice: /home/mail inbox");
  }
  assert.equal(made, 1);
});

test("a client answers the best challenge it knows", () => {
  const login = { user: "alice", password: "wonderland", method: "GET", uri: "/", count: 1, cnonce: "c" };
  const answer = (field: string, more = {}) => {
    const said = answerHttpChallenges(wwwAuthenticateField.parse(field)!, { ...login, ...more });
    return said && [said.scheme, said.parameters.get("algorithm")];
  };
  const both =
    'Basic realm="a", Digest realm="a", qop="auth", nonce="n", Digest realm="a", qop="auth", nonce="n", algorithm=SHA-256';
  assert.deepEqual(answer(both), ["digest", "SHA-256"]);
  assert.deepEqual(answer('Basic realm="a", Digest realm="a", nonce="n", qop="auth-int"'), ["basic", undefined]);
  assert.equal(answer('Basic realm="a"', { basic: false }), undefined);
  assert.equal(answer("Negotiate"), undefined);
});

/** A house whose members can be taken apart. */
function bound(house: House): Pick<House, "portal" | "clock" | "site" | "get"> {
  return { portal: house.portal, clock: house.clock, site: house.site, get: (...given) => house.get(...given) };
}
