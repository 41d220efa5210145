import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, connection, connectTo } from "@hawser/core";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { watchStates } from "../services/services.test.kit.ts";
import type { Application } from "./application.ts";
import { type Journal, newJournal, testEnvironment } from "./commands.test.kit.ts";
import type { ApplicationDescription, RestartPolicy, ServiceDescription } from "./description.ts";
import { startApplication } from "./start.ts";

// Whole applications in a world decided by a seed: a web site, a service that breaks at any moment, a timer and a client.
// They are reloaded while clients ask, fail, come back, and stop. Whatever happens: no request is lost, no service is at
// work twice, order and deadlines hold, and nothing is left behind (the world looks for sockets and timers itself).

const network = { latencyMs: [1, 60], cuts: true } as const;

test("whatever an application goes through, no request is lost and no service is at work twice", async (context) => {
  let answered = 0;
  for (const seed of seeds({ count: 12, soakCount: 1_000 }))
    await simulate({ ...network, seed }, async (world) => {
      answered += await liveOnce(world);
    });
  context.diagnostic(`${answered} requests were answered`);
});

test("a service that breaks for good takes the application with it, in order and in time", async () => {
  for (const seed of seeds({ count: 6, soakCount: 300 }))
    await simulate({ ...network, seed }, async (world) => {
      const journal = newJournal();
      const { random, clock } = world.reactor;
      const restart: RestartPolicy = { restartsMax: random.integer(0, 5), withinMs: 60_000 };
      const services = shuffled(world, [siteSaying(1), { ...flaky(1), restart }, tick(1)]);
      const application = await startApplication({ name: "doomed", services }, testEnvironment(world.reactor, journal));
      const breaking = (async () => {
        while (!application.isStopping) {
          await clock.sleep(random.number() * 3_000);
          journal.breakFlaky(new Error("out of luck"));
        }
      })();
      await assert.rejects(application.ended, /Cannot go on with "flaky": out of luck/);
      await breaking;
      const others = services.filter(({ name }) => name !== "flaky"); // which was stopped when it was given up
      assertStoppedInReverse(journal, others);
    });
});

/** @returns how many requests were answered */
async function liveOnce(world: World): Promise<number> {
  using watched = watchStates();
  const journal = newJournal();
  await world.listen("tcp:99", connection(dawdle), { reactor: world.host("peer") });
  let description = describe(world, 1);
  const over = new AbortController();
  const clients: Promise<number>[] = [];
  const bound = async () => {
    for (const name of ["one", "two", "three"]) clients.push(keepAsking(world.host(name), over.signal));
    for (const client of clients) client.catch(() => {}); // told at the end
    await world.clock.sleep(500);
  };
  const application = await startApplication(description, testEnvironment(world.reactor, journal, { bound }));
  for (let version = 2; version < 14; version++)
    description = await somethingHappens(world, application, journal, version);
  over.abort();
  const answered = await Promise.all(clients);
  const graceMs = 8_000;
  const from = world.clock.now();
  const here = new Set(application.services.filter(({ state }) => state === "running").map(({ name }) => name));
  await application.stop({ graceMs });
  assert.ok(world.clock.now() - from <= graceMs, "the stop took too long");
  assert.equal(application.description, description);
  for (const [name, { now, most }] of journal.atWork) {
    assert.ok(most <= 1, `${most} runs of ${name} were at work at a time`);
    assert.equal(now, 0, `${name} is still at work`);
  }
  assertStoppedInReverse(
    journal,
    description.services.filter(({ name }) => here.has(name)),
  ); // others were away
  assertOneRuns(watched.states);
  return answered.reduce((sum, count) => sum + count, 0);
}

/** One of the things that happen to applications. @returns what describes it then */
async function somethingHappens(
  world: World,
  application: Application,
  journal: Journal,
  version: number,
): Promise<ApplicationDescription> {
  const { random, clock } = world.reactor;
  await clock.sleep(random.number() * 2_000);
  switch (random.integer(0, 6)) {
    case 0:
      journal.breakFlaky(new Error(`break ${version}`));
      break;
    case 1:
      await application.reload();
      break;
    case 2: {
      const never = { command: "never", name: "never", options: {} };
      const bad = { ...application.description, services: [...describe(world, version).services, never] };
      await assert.rejects(application.reload(bad), /Cannot reload "never": no such directory/);
      break;
    }
    case 3:
      journal.breakSite(new Error(`break ${version}`));
      break;
    default:
      await application.reload(describe(world, version));
  }
  return application.description;
}

/** A configuration: always with the site, else by chance, and in any order. */
function describe(world: World, version: number): ApplicationDescription {
  const { random } = world.reactor;
  const site = siteSaying(random.number() < 0.7 ? version : 1);
  const others = [flaky(random.integer(0, 2)), tick(random.integer(0, 2)), feed(random.integer(0, 2))];
  return { name: "life", services: shuffled(world, [site, ...others.filter(() => random.number() < 0.8)]) };
}

function siteSaying(version: number): ServiceDescription {
  return { command: "site", name: "site", options: { listen: ["tcp:80"], says: `version ${version}` } };
}

function flaky(version: number): ServiceDescription {
  return { command: "flaky", name: "flaky", options: { version: String(version) }, restart: { restartsMax: 100 } };
}

function tick(version: number): ServiceDescription {
  return { command: "tick", name: "tick", options: { version: String(version) } };
}

function feed(version: number): ServiceDescription {
  return { command: "feed", name: "feed", options: { version: String(version) } };
}

function shuffled<Item>({ reactor: { random } }: World, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: random.number() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The other end of the feed: says something now and then. */
async function dawdle(peer: Connection, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController();
  void peer.closed.then(() => gone.abort());
  peer.isAtEnd().then(
    () => gone.abort(),
    () => gone.abort(),
  );
  const signal = AbortSignal.any([gone.signal, stopping]);
  for (;;) {
    await peer.reactor.clock.sleep(700, { signal }).catch(() => {});
    if (signal.aborted) return;
    peer.write("news\r\n");
  }
}

/** Asks all the time, on connections that are kept for a while. A request on a new connection must be answered. */
async function keepAsking(host: SimulatedHost, over: AbortSignal): Promise<number> {
  let answered = 0;
  while (!over.aborted) {
    await using peer = await connectTo("tcp:home:80", { reactor: host });
    for (let asked = 0; asked < host.random.integer(1, 6) && !over.aborted; asked++) {
      const answer = await get(peer);
      if (answer === undefined && asked > 0) break; // it crossed the close of an idle connection (RFC 9112 §9.5)
      assert.match(String(answer), /^version \d+\n$/);
      answered++;
      await host.clock.sleep(host.random.number() * 300);
    }
  }
  return answered;
}

/** @returns `undefined` when the connection was closed before the answer began */
async function get(peer: Connection): Promise<string | undefined> {
  peer.write("GET / HTTP/1.1\r\nHost: home\r\n\r\n");
  if (await peer.isAtEnd()) return undefined;
  let length = 0;
  assert.equal(await peer.readLine(), "HTTP/1.1 200 OK");
  for (let line = await peer.readLine(); line !== ""; line = await peer.readLine())
    if (/^content-length:/i.test(line)) length = Number(line.slice(15));
  return Buffer.from(await peer.readExactly(length)).toString();
}

/** The last stops of these services are in the reverse of their order. */
function assertStoppedInReverse(journal: Journal, services: readonly ServiceDescription[]): void {
  const expected = services.map(({ command }) => command).reverse();
  const stops = journal.events.filter((event) => event.startsWith("stop ")).map((event) => event.slice(5));
  const own = stops.filter((name) => expected.includes(name));
  const last = expected.length === 0 ? [] : own.slice(-expected.length);
  assert.deepEqual(last, expected);
}

/** Of each name, one service runs at a time. */
function assertOneRuns(states: readonly string[]): void {
  const running = new Map<string, number>();
  for (const [name, state] of states.map((text) => text.split(" ") as [string, string])) {
    const before = running.get(name) ?? 0;
    if (state === "running") running.set(name, before + 1);
    else if (state !== "starting" && before > 0) running.set(name, before - 1);
    assert.ok((running.get(name) ?? 0) <= 1, `two of ${name} run: ${states.join(", ")}`);
  }
}
