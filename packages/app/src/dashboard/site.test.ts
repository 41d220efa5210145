import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { LoginError, type Portal } from "@hawser/auth";
import { connectTo, listen } from "@hawser/core";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import { httpServer } from "@hawser/web";
import type { Application } from "../application/application.ts";
import { newJournal, testEnvironment } from "../application/commands.test.kit.ts";
import { startApplication } from "../application/start.ts";
import { fakeGauge, type HttpAnswer, request } from "../observe/http.test.kit.ts";
import type { DashboardHello } from "./feed.ts";
import { dashboardSite } from "./site.ts";

interface Scene {
  readonly world: World;
  readonly client: SimulatedHost;
  readonly application: Application;
  /** What {@link dashboard} gave. */
  readonly close: () => void;
}

const own = { origin: "http://home", "sec-fetch-site": "same-origin", "content-type": "application/json" };

/** The dashboard of a small application, on port 80 of the host `home`. */
function inScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  return simulate({ seed: 1, faultsFail: false }, async (world) => {
    const services = [{ command: "flaky", name: "mail", options: {} }];
    const description = { name: "test", services };
    const application = await startApplication(description, testEnvironment(world.reactor, newJournal()));
    const { site, close } = dashboardSite(application, fakeGauge(), { token: "the token", portal: fakePortal() });
    const listener = await listen("tcp:80", httpServer(site), { reactor: world.reactor });
    await body({ world, client: world.host("client"), application, close });
    close();
    await listener.stop();
    await application.stop();
  });
}

/** Knows alice, and has had enough of mallory. */
function fakePortal(): Portal {
  return {
    async login(credentials: { readonly user: string; readonly password: string }) {
      const { user, password } = credentials;
      if (user === "mallory") throw new LoginError("throttled", "Too many", { retryAfterMs: 2_500 });
      if (user !== "alice" || password !== "open sesame") throw new LoginError("bad-credentials", "No");
      return { user: { name: user }, logout: async () => {} };
    },
  } as unknown as Portal;
}

function logIn(
  client: SimulatedHost,
  credentials: unknown,
  headers: Record<string, string> = own,
): Promise<HttpAnswer> {
  return request(client, "POST", "/session", { headers, body: JSON.stringify(credentials) });
}

async function cookieOf(client: SimulatedHost): Promise<{ readonly cookie: string }> {
  const { status, headers } = await logIn(client, { token: "the token" });
  assert.equal(status, 204);
  return { cookie: headers.get("set-cookie")!.split(";")[0]! };
}

/** Opens the stream of events, and reads them one by one. */
async function watch(client: SimulatedHost, headers: { readonly cookie: string }) {
  const peer = await connectTo("tcp:home:80", { reactor: client });
  peer.write(`GET /events HTTP/1.0\r\nHost: home\r\nCookie: ${headers.cookie}\r\n\r\n`);
  assert.match(await peer.readLine(), /200/);
  while ((await peer.readLine()) !== "");
  const next = async (): Promise<{ readonly event: string; readonly data: DashboardHello }> => {
    const options = { delimiter: "lf-or-crlf", octetsMax: 1_000_000 } as const;
    const [event, data] = [await peer.readLine(options), await peer.readLine(options)];
    await peer.readLine(options);
    return { event: event.slice(7), data: JSON.parse(data.slice(6)) as DashboardHello };
  };
  return { peer, next };
}

test("the page holds no data, loads nothing, and runs nothing but its own script", () =>
  inScene(async ({ client }) => {
    const { status, headers, body } = await request(client, "GET", "/");
    assert.equal(status, 200);
    const policy = headers.get("content-security-policy")!;
    for (const [directive, pattern] of [
      ["script", /<script>(.*)<\/script>/s],
      ["style", /<style>(.*)<\/style>/s],
    ] as const) {
      const hash = createHash("sha256").update(pattern.exec(body)![1]!).digest("base64");
      assert.ok(policy.includes(`${directive}-src 'sha256-${hash}'`), policy);
    }
    assert.match(policy, /^default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(body, /https?:\/\/(?!www\.w3\.org)|mail|the token| style="| on[a-z]+="/);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }));

test("whoever shows the token comes in, by a cookie that scripts and other sites do not get", () =>
  inScene(async ({ client }) => {
    const { status, headers } = await logIn(client, { token: "the token" });
    assert.equal(status, 204);
    const cookie = headers.get("set-cookie")!;
    assert.match(cookie, /^hawser-dashboard=[\w-]{22};/);
    assert.match(cookie, /HttpOnly/i);
    assert.match(cookie, /SameSite=Strict/i);
    const shown = { cookie: cookie.split(";")[0]! };
    assert.equal((await request(client, "GET", "/session", { headers: shown })).body, '{"user":"","hasUsers":true}');
    assert.equal((await request(client, "DELETE", "/session", { headers: { ...own, ...shown } })).status, 204);
    assert.equal((await request(client, "GET", "/session", { headers: shown })).body, '{"user":null,"hasUsers":true}');
  }));

test("users log in by the portal; its refusals are told apart only where that helps", () =>
  inScene(async ({ client }) => {
    assert.equal((await logIn(client, { user: "alice", password: "open sesame" })).status, 204);
    assert.equal((await logIn(client, { user: "alice", password: "wrong" })).status, 403);
    assert.equal((await logIn(client, { user: "nobody", password: "wrong" })).status, 403);
    const throttled = await logIn(client, { user: "mallory", password: "x" });
    assert.deepEqual([throttled.status, throttled.headers.get("retry-after")], [429, "3"]);
  }));

test("wrong tokens, odd bodies and long ones are refused", () =>
  inScene(async ({ client }) => {
    for (const [credentials, status] of [
      [{ token: "the tokem" }, 403],
      [{ token: "" }, 403],
      [{ token: 1 }, 400],
      [null, 400],
      [[], 400],
      [{ user: "alice" }, 400],
      [{ token: "x".repeat(5_000) }, 413],
    ] as const)
      assert.equal((await logIn(client, credentials)).status, status, JSON.stringify(credentials)?.slice(0, 40));
  }));

test("without a login there are no events, and nothing can be done", () =>
  inScene(async ({ client }) => {
    assert.equal((await request(client, "GET", "/events")).status, 401);
    assert.equal((await request(client, "GET", "/events", { headers: { cookie: "hawser-dashboard=x" } })).status, 401);
    assert.equal((await request(client, "DELETE", "/connections/1", { headers: own })).status, 401);
    assert.equal((await request(client, "GET", "/else")).status, 404);
    const { status, headers } = await request(client, "PUT", "/session", { headers: own });
    assert.deepEqual([status, headers.get("allow")], [405, "GET, POST, DELETE"]);
  }));

test("what a page of another site sends is refused, also with the cookie", () =>
  inScene(async ({ client }) => {
    const cookie = await cookieOf(client);
    for (const headers of [
      { origin: "http://evil" },
      { origin: "http://home.evil" },
      { origin: "null" },
      { origin: "http://home", "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site" },
      {},
    ] as const) {
      assert.equal((await logIn(client, { token: "the token" }, headers)).status, 403, JSON.stringify(headers));
      const answer = await request(client, "DELETE", "/connections/1", { headers: { ...headers, ...cookie } });
      assert.equal(answer.status, 403);
    }
  }));

test("events tell how things stand, then what is new every second", () =>
  inScene(async ({ world, client }) => {
    const { peer, next } = await watch(client, await cookieOf(client));
    const hello = await next();
    assert.equal(hello.event, "hello");
    assert.equal(hello.data.name, "test");
    assert.deepEqual(
      hello.data.services.map(({ name, state, listeners }) => [name, state, listeners.map(({ endpoint }) => endpoint)]),
      [["mail", "running", ["tcp [::]:7"]]],
    );
    const from = world.clock.now();
    const ticks = [await next(), await next(), await next()];
    assert.deepEqual(
      ticks.map(({ event }) => event),
      ["tick", "tick", "tick"],
    );
    assert.ok(world.clock.now() - from > 2_000 && world.clock.now() - from < 3_100);
    const { events } = ticks[0]!.data;
    assert.ok(
      events.some(({ text }) => text.startsWith("POST /session 204")),
      JSON.stringify(events),
    );
    assert.ok(!JSON.stringify([hello, ticks]).includes("the token"));
    peer.abort();
  }));

test("a connection can be aborted from the page", () =>
  inScene(async ({ world, client }) => {
    const cookie = await cookieOf(client);
    const victim = await connectTo("tcp:home:7", { reactor: client });
    const { peer, next } = await watch(client, cookie);
    const { data } = await next();
    const found = data.connections.find(({ service }) => service === "mail")!;
    const headers = { ...own, ...cookie };
    assert.equal((await request(client, "DELETE", `/connections/${found.id}`, { headers })).status, 204);
    assert.match(String(await victim.closed), /reset/);
    await world.clock.sleep(100);
    assert.equal((await request(client, "DELETE", `/connections/${found.id}`, { headers })).status, 404);
    assert.equal((await request(client, "DELETE", "/connections/x", { headers })).status, 404);
    peer.abort();
  }));

test("a page that does not read makes nothing grow, and gets all there is when it reads again", () =>
  inScene(async ({ world, client }) => {
    const { peer, next } = await watch(client, await cookieOf(client));
    assert.equal((await next()).event, "hello");
    peer.transport.pause();
    await world.clock.sleep(150_000); // after some more the web server gives it up
    peer.transport.resume();
    const seen: string[] = [];
    while (!seen.includes("hello")) seen.push((await next()).event);
    assert.ok(seen.length > 20 && seen.length < 400, `${seen.length}`);
    peer.abort();
  }));

test("no more than 64 pages are open at a time, and all end when the dashboard closes", () =>
  inScene(async ({ client, close }) => {
    const cookie = await cookieOf(client);
    const pages = await Promise.all(Array.from({ length: 64 }, () => watch(client, cookie)));
    assert.equal((await request(client, "GET", "/events", { headers: cookie })).status, 503);
    for (const { next } of pages) await next();
    close();
    for (const { peer } of pages) {
      await peer.readAll();
      await peer.close();
    }
  }));
