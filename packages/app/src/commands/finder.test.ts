import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { isServiceCommand } from "../application/description.ts";
import { type CommandDirectory, commandFinder } from "./finder.ts";
import { readPluginManifest } from "./manifest.ts";
import { resolveCommand } from "./resolve.ts";
import { sampleCommand } from "./sample.test.kit.ts";

const home = mkdtempSync(join(tmpdir(), "hawser-plugins-"));
const application = join(home, "srv", "site");

/** A package with a command `NAME`, whose module is as given. */
function install(folder: string, name: string, commands: unknown, module = ""): void {
  const place = join(folder, "node_modules", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name, type: "module", hawser: { commands } }));
  writeFileSync(join(place, "commands.js"), module);
}

function moduleOf(name: string, how = "default"): string {
  const made = `{ name: "${name}", summary: "${name}!", options: {}, start: async () => ({ stop: async () => {} }) }`;
  return how === "default" ? `export default ${made};` : `export const ${how} = ${made};`;
}

function entry(summary = "a plugin", module = "./commands.js") {
  return { module, summary };
}

before(() => {
  mkdirSync(application, { recursive: true });
  install(application, "hawser-gopher", { gopher: entry("Serve a hole") }, moduleOf("gopher"));
  install(application, "@acme/hawser-tools", { "port-knock": entry() }, moduleOf("port-knock", "portKnockCommand"));
  install(home, "hawser-gopher", { gopher: entry("an older one further up") }, moduleOf("gopher"));
  install(home, "far", { far: entry() }, moduleOf("far"));
  install(home, "thief", { sample: entry("not the real one"), gopher: entry("nor this") }, moduleOf("sample"));
  install(home, "broken-module", { broken: entry() }, "export default {");
  install(home, "wrong-export", { wrong: entry() }, "export const nothing = 1;");
  install(home, "misnamed", { misnamed: entry() }, moduleOf("other"));
  install(home, "throws", { throws: entry() }, "throw new Error('no such luck');");
  install(home, "outside", { outside: entry("leads out", "./../far/commands.js") });
  install(home, "shouting", { SHOUT: entry() });
  install(home, "mute", { mute: { module: "./commands.js" } });
  mkdirSync(join(home, "node_modules", "no-json"), { recursive: true });
  writeFileSync(join(home, "node_modules", "no-json", "package.json"), `{ "hawser": `);
  symlinkSync("nowhere", join(home, "node_modules", "dangling"));
});
after(() => rmSync(home, { recursive: true, force: true }));

function finder(): CommandDirectory {
  const builtIn = { sample: { summary: "Serve samples", load: async () => sampleCommand } };
  return commandFinder(builtIn, { directory: application, reactor: nodeReactor });
}

describe("commandFinder", () => {
  test("finds what is built in without looking at any package", async () => {
    const reactor = { ...nodeReactor, files: () => assert.fail("looked") };
    const find = commandFinder(
      { sample: { summary: "", load: async () => sampleCommand } },
      { directory: "/", reactor },
    );
    assert.equal(await find("sample"), sampleCommand);
  });

  test("finds commands of packages beside the application and above it, scoped ones too", async () => {
    for (const name of ["gopher", "port-knock", "far"]) {
      const found = await finder()(name);
      assert.ok(found !== undefined && isServiceCommand(found) && found.name === name, name);
    }
    assert.equal(await finder()("nothing"), undefined);
    assert.equal(await finder()("__proto__"), undefined);
  });

  test("lists all of them; the nearest of a package counts, and nobody takes another's name", async () => {
    const all = await finder().all();
    assert.equal(all["gopher"]?.summary, "Serve a hole");
    assert.equal(all["gopher"]?.package, "hawser-gopher");
    assert.equal(all["sample"]?.summary, "Serve samples");
    const problems = new Map((await finder().problems()).map((one) => [`${one.package} ${one.fault}`, one]));
    assert.deepEqual([...problems.keys()].sort(), [
      `mute its command "mute" has no summary of one line`,
      "no-json its package.json is no JSON",
      `outside its command "outside" has no "module" inside the package`,
      `shouting its command "SHOUT" is not spelt in small letters, digits and hyphens`,
      `thief its command "gopher" is one of hawser-gopher`,
      `thief its command "sample" is one of hawser itself`,
    ]);
  });

  const broken: readonly (readonly [name: string, fault: RegExp])[] = [
    ["broken", /Cannot use the command "broken" of the package "broken-module": /],
    ["wrong", /of the package "wrong-export": its module exports no command as "default" or "wrongCommand"/],
    ["misnamed", /its command calls itself "other"/],
    ["throws", /of the package "throws": no such luck/],
  ];
  for (const [name, message] of broken) {
    test(`tells by name what is wrong with the package of ${name}`, () =>
      assert.rejects(finder()(name), { name: "UsageError", message }));
  }

  test("is what suggestions for a misspelt command come from", () =>
    assert.rejects(resolveCommand(["gofer"], finder()), /There is no command "gofer", did you mean "gopher"\?/));
});

test("a package.json of any shape brings nothing, or is told", () => {
  const shapes = [null, 1, [], {}, { hawser: null }, { hawser: 1 }, { hawser: {} }];
  for (const shape of shapes)
    assert.deepEqual(readPluginManifest(JSON.stringify(shape), "p", "/p"), { entries: [], problems: [] });
  for (const commands of [null, 1, "x", [], {}]) {
    assert.equal(
      readPluginManifest(JSON.stringify({ hawser: { commands } }), "p", "/p").problems.length,
      1,
      String(commands),
    );
  }
  assert.equal(
    dirname(readPluginManifest(JSON.stringify({ hawser: { commands: { a: entry() } } }), "p", "/p").entries[0]!.module),
    "/p",
  );
});
