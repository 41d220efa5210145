import assert from "node:assert/strict";
import { test } from "node:test";
import type { Security } from "@hawser/core";
import { ManualClock } from "@hawser/core/testing";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { empty, json, text } from "../http/response.ts";
import { ask, type HttpTestAnswer, makeRequest } from "../testing/ask.test.kit.ts";
import { type SessionOptions, sessionOf, withSessions } from "./session.ts";
import { memorySessions } from "./store.ts";

const site = folder((request) => json(sessionOf(request).data))
  .mount("plain", () => text("no session touched"))
  .mount("fresh", (request) => text(`${sessionOf(request).fresh}`))
  .mount("count", (request) => {
    const { data } = sessionOf(request);
    data["count"] = Number(data["count"] ?? 0) + 1;
    return text(`${data["count"]}`);
  })
  .mount("login", (request) => {
    const session = sessionOf(request);
    session.rotate();
    session.data["user"] = request.query.get("as");
    return empty();
  })
  .mount("logout", (request) => {
    sessionOf(request).end();
    return empty();
  })
  .mount("expel", (request) => {
    sessionOf(request).end();
    throw new HttpError(403, "Out!");
  })
  .mount("fail", (request) => {
    sessionOf(request).data["tries"] = 1;
    throw new HttpError(400);
  });

/** A browser with one cookie, and a clock that it shares with the server. */
class Browser {
  readonly clock: ManualClock = new ManualClock();
  readonly site: ReturnType<typeof withSessions>;
  readonly security: Security | undefined;
  cookie: string | undefined;

  constructor(options: SessionOptions = {}, security?: Security) {
    this.site = withSessions(site, options);
    this.security = security;
  }

  async get(path: string): Promise<HttpTestAnswer> {
    const fields = this.cookie === undefined ? [] : [`Cookie: ${this.cookie}`];
    const answer = await ask(this.site, `GET ${path}`, fields, { clock: this.clock, security: this.security });
    const set = answer.headers["set-cookie"];
    if (set !== undefined) this.cookie = set.includes("Max-Age=0") ? undefined : set.slice(0, set.indexOf(";"));
    return answer;
  }
}

test("a browser gets a cookie once something is kept, and no sooner", async () => {
  const browser = new Browser();
  assert.equal((await browser.get("/plain")).headers["set-cookie"], undefined);
  const first = await browser.get("/count");
  assert.match(first.headers["set-cookie"]!, /^session=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
  const second = await browser.get("/count");
  assert.deepEqual([second.body, second.headers["set-cookie"]], ["2", undefined]);
});

test("on TLS the cookie is for this host and TLS alone (RFC 6265bis §4.1.3.2)", async () => {
  const browser = new Browser({ sameSite: "strict" }, {} as Security);
  const { headers } = await browser.get("/count");
  assert.match(headers["set-cookie"]!, /^__Host-session=[\w-]{22}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
});

test("it is fresh until the browser has shown the cookie", async () => {
  const browser = new Browser();
  assert.equal((await browser.get("/fresh")).body, "true");
  await browser.get("/count");
  assert.equal((await browser.get("/fresh")).body, "false");
});

test("a session unused for half an hour is over; use keeps it alive", async () => {
  const browser = new Browser();
  await browser.get("/count");
  for (let visits = 0; visits < 3; visits++) {
    browser.clock.advance(29 * 60_000);
    await browser.get("/plain");
  }
  assert.equal((await browser.get("/count")).body, "2");
  browser.clock.advance(30 * 60_000);
  assert.equal((await browser.get("/count")).body, "1");
});

test("a session of twelve hours is over, used or not", async () => {
  const browser = new Browser();
  await browser.get("/count");
  for (let visits = 0; visits < 29; visits++) {
    browser.clock.advance(24 * 60_000);
    await browser.get("/plain");
  }
  assert.equal((await browser.get("/count")).body, "2");
  browser.clock.advance(24 * 60_000);
  assert.equal((await browser.get("/count")).body, "1");
});

test("an id that was planted is never taken over", async () => {
  const browser = new Browser();
  browser.cookie = `session=${"A".repeat(22)}`;
  const { headers } = await browser.get("/login?as=ann");
  assert.ok(headers["set-cookie"] !== undefined);
  assert.notEqual(browser.cookie, `session=${"A".repeat(22)}`);
});

test("rotation gives the same session another id, and the old one is worth nothing", async () => {
  const browser = new Browser();
  await browser.get("/count");
  const before = browser.cookie;
  await browser.get("/login?as=ann");
  assert.notEqual(browser.cookie, before);
  assert.equal((await browser.get("/")).body, '{"count":1,"user":"ann"}');
  browser.cookie = before;
  assert.equal((await browser.get("/")).body, "{}");
});

test("an end forgets the session on both sides", async () => {
  const browser = new Browser();
  await browser.get("/login?as=ann");
  const before = browser.cookie;
  const { headers } = await browser.get("/logout");
  assert.match(headers["set-cookie"]!, /^session=; Max-Age=0; Path=\//);
  browser.cookie = before;
  assert.equal((await browser.get("/")).body, "{}");
});

test("an end counts even when the handler throws after it", async () => {
  const browser = new Browser();
  await browser.get("/login?as=ann");
  const before = browser.cookie;
  const { status, headers } = await browser.get("/expel");
  assert.equal(status, 403);
  assert.match(headers["set-cookie"]!, /Max-Age=0/);
  browser.cookie = before;
  assert.equal((await browser.get("/")).body, "{}");
});

test("what was kept before a throw is kept", async () => {
  const browser = new Browser();
  assert.equal((await browser.get("/fail")).status, 400);
  assert.equal((await browser.get("/")).body, '{"tries":1}');
});

/** Asks while another request of the same session is still being answered. */
async function whileAnother(change: (request: HttpRequest) => void, meanwhile: string): Promise<string> {
  const store = memorySessions();
  const browser = new Browser({ store });
  await browser.get("/login?as=ann");
  const old = browser.cookie!;
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slowly = withSessions(
    async (request) => {
      await gate;
      change(request);
      return empty();
    },
    { store },
  );
  const slow = slowly(makeRequest("GET /", [`Cookie: ${old}`], { clock: browser.clock }));
  await browser.get(meanwhile);
  goOn();
  await slow;
  browser.cookie = meanwhile === "/logout" ? old : browser.cookie;
  return (await browser.get("/")).body;
}

test("a session ended by one request is not brought back by a slower one", async () => {
  const body = await whileAnother((request) => {
    sessionOf(request).data["x"] = 1;
  }, "/logout");
  assert.equal(body, "{}");
});

test("a slow request that changes nothing undoes nothing", async () => {
  assert.equal(await whileAnother(() => {}, "/count"), '{"user":"ann","count":1}');
});

test("the memory forgets the sessions used longest ago", async () => {
  const store = memorySessions({ sessionsMax: 2 });
  const record = { data: { a: 1 }, createdAt: 0, usedAt: 0 };
  await store.save("one", record, 0);
  await store.save("two", record, 0);
  await store.save("one", record, 0);
  await store.save("three", record, 0);
  assert.deepEqual(await Promise.all(["one", "two", "three"].map((id) => store.load(id))), [record, undefined, record]);
});

test("where no sessions are, asking for one says what to do", () => {
  assert.throws(() => sessionOf(makeRequest("GET /")), /wrap the site in withSessions/);
});
