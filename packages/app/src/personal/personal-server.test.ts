import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { usersFile } from "@hawser/auth";
import { command, optionValue, optionValues, type Reactor, UsageError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { commandFinder } from "../commands/finder.ts";
import { type PersonalServer, personalServer } from "./personal-server.ts";

const site = command({
  name: "site",
  summary: "Serve",
  options: { listen: optionValues("ENDPOINT", "where"), path: optionValue("DIR", "what") },
  personal: { options: { listen: ["tcp:7777"], path: "htdocs" } },
  start: async () => assert.fail("started"),
});
const other = { ...site, name: "other", personal: undefined };

function make(reactor: Reactor, user = "alice"): Promise<PersonalServer> {
  const table = {
    site: { summary: "", load: async () => site },
    other: { summary: "", load: async () => other },
  };
  return personalServer({
    reactor,
    directory: "/home/alice/.hawser",
    skeleton: reactor.files("/skeleton"),
    commands: commandFinder(table, { directory: "/", reactor }),
    makers: ["site"],
    user,
  });
}

const skeleton = { "skeleton/htdocs/index.html": "Welcome", "skeleton/cgi-bin/hello": "#!/bin/sh", "home/alice/": "" };
const inWorld = (files: Readonly<Record<string, string>>, body: (reactor: Reactor) => Promise<void>) =>
  simulate({ files: { ...skeleton, ...files } }, ({ reactor }) => body(reactor));

async function read(reactor: Reactor, path: string): Promise<string> {
  return Buffer.from(await reactor.files("/").readFile(path)).toString();
}

describe("personalServer", () => {
  test("makes a configuration of all that take part, a user, and something to serve", () =>
    inWorld({}, async (reactor) => {
      const { config, login } = await make(reactor);
      assert.equal(config, "/home/alice/.hawser/hawser.config.ts");
      const text = await read(reactor, "home/alice/.hawser/hawser.config.ts");
      assert.match(text, /^\/\/ Your personal server/);
      assert.match(text, /users: \["file:users"\]/);
      assert.match(text, /site\(\{\s*listen: \["tcp:7777"\],\s*path: "htdocs",?\s*\}\)/);
      assert.doesNotMatch(text, /other\(/);
      assert.equal(await read(reactor, "home/alice/.hawser/htdocs/index.html"), "Welcome");

      assert.match(login!.password, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
      const users = usersFile("/home/alice/.hawser/users", { reactor });
      const verdict = await users.check(
        { kind: "password", user: "alice", password: login!.password },
        { protocol: "test", peer: undefined },
      );
      assert.equal(verdict.type, "accepted");
    }));

  test("leaves a server that is there as it is", () =>
    inWorld({ "home/alice/.hawser/hawser.config.json": "{}" }, async (reactor) => {
      assert.deepEqual(await make(reactor), { config: "/home/alice/.hawser/hawser.config.json", login: undefined });
    }));

  test("does again what was interrupted, keeps files that were edited, and tells a password that is right", () =>
    inWorld({ "home/alice/.hawser/htdocs/index.html": "Mine" }, async (reactor) => {
      const first = await make(reactor);
      await reactor.files("/").remove("home/alice/.hawser/hawser.config.ts");
      const second = await make(reactor);
      assert.notEqual(first.login!.password, second.login!.password);
      assert.equal(await read(reactor, "home/alice/.hawser/htdocs/index.html"), "Mine");
      assert.equal((await read(reactor, "home/alice/.hawser/users")).match(/^alice:/gm)?.length, 1);
    }));

  test("says why it cannot be made", () =>
    inWorld({ "home/alice/.hawser": "a file" }, async (reactor) => {
      await assert.rejects(make(reactor), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /^Cannot make a personal server in "\/home\/alice\/\.hawser": /);
        return true;
      });
    }));
});
