import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, command, UsageError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { ask } from "../services/services.test.kit.ts";
import type { Application } from "./application.ts";
import { newJournal, testEnvironment } from "./commands.test.kit.ts";
import type { ApplicationDescription, ServiceDescription } from "./description.ts";
import { applicationOf, startApplication } from "./start.ts";

const site: ServiceDescription = { command: "site", name: "web", options: { listen: ["tcp:80"], says: "hello" } };
const flaky: ServiceDescription = { command: "flaky", name: "flaky", options: {} };

function described(...services: readonly ServiceDescription[]): ApplicationDescription {
  return { name: "test", services };
}

test("an application is started from its description, and shows what runs", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    let bound = 0;
    const environment = testEnvironment(reactor, newJournal(), { bound: () => void bound++ });
    const application = await startApplication(described(site, flaky), environment);
    assert.equal(bound, 1);
    assert.deepEqual(
      application.services.map(({ name, command, state }) => [name, command, state]),
      [
        ["web", "site", "running"],
        ["flaky", "flaky", "running"],
      ],
    );
    const [listener] = application.services[0]!.listeners;
    assert.equal(listener?.endpoint, "tcp:80");
    assert.equal(await ask(reactor, "tcp:home:7"), "flaky who");
    const counted = application.services[1]!.listeners[0]!;
    assert.deepEqual([counted.accepted, counted.octetsIn, counted.octetsOut], [1, 5, 11]);
    await application.stop();
    await application.ended;
    assert.ok(application.isStopping);
  }));

test("unknown commands and options are told before anything is started", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const journal = newJournal();
    const environment = testEnvironment(reactor, journal);
    await assert.rejects(
      startApplication(described(site, { command: "wbe", name: "x", options: {} }), environment),
      /Cannot start "x": there is no service "wbe"/,
    );
    await assert.rejects(
      startApplication(described({ ...site, options: { lisen: "tcp:1" } }), environment),
      (error) => error instanceof UsageError && /lisen/.test(error.message),
    );
    assert.deepEqual(journal.events, []);
  }));

test("a reload follows the new description, and keeps the old one when that cannot be followed", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const journal = newJournal();
    await using application = await startApplication(described(site, flaky), testEnvironment(reactor, journal));
    const changed = described({ ...site, options: { listen: ["tcp:80"], says: "goodbye" } }, flaky);
    await application.reload(changed);
    assert.equal(application.description, changed);
    assert.deepEqual(journal.events, ["start site", "start flaky", "start site", "stop site"]);
    for (const bad of [
      described({ ...site, options: { listen: ["tcp:80"], say: "x" } }),
      described(site, { command: "never", name: "never", options: {} }),
    ])
      await assert.rejects(application.reload(bad));
    assert.equal(application.description, changed);
    assert.equal(await ask(reactor, "tcp:home:7"), "flaky who");
  }));

test("other users, or another folder, make another service", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const journal = newJournal();
    await using application = await startApplication(described(site), testEnvironment(reactor, journal));
    await application.reload({ ...described(site), users: ["file:users"] });
    await application.reload({ ...described(site), users: ["file:users"], directory: "/srv" });
    await application.reload({ ...described(site), users: ["file:users"], directory: "/srv" });
    assert.equal(journal.events.filter((event) => event === "start site").length, 3);
  }));

test("a service can see the application it runs in, and the users of it", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const seen: unknown[] = [];
    const look: Command = command({
      name: "look",
      summary: "Looks",
      options: {},
      async start(_, context) {
        seen.push(applicationOf(context), context.users);
        return { stop: async () => {} };
      },
    });
    const environment = testEnvironment(reactor, newJournal(), { commands: { look } });
    const description = { ...described({ command: "look", name: "look", options: {} }), users: ["file:users"] };
    const application: Application = await startApplication(description, environment);
    assert.deepEqual(seen, [application, ["file:users"]]);
    await application.stop();
    const alone = { reactor, users: [] } as unknown as Parameters<typeof applicationOf>[0];
    assert.throws(() => applicationOf(alone), /started without one/);
  }));
