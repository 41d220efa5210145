import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Command, tool } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { commandFinder } from "../commands/finder.ts";
import { findSample, sampleCommand } from "../commands/sample.test.kit.ts";
import { encryptTap } from "../tap/encrypt.ts";
import { formatTap } from "../tap/tap.ts";
import { formatTas } from "../tap/tas-write.ts";
import { formatTax } from "../tap/tax-write.ts";
import { ConfigurationError } from "./errors.ts";
import { loadApplication } from "./load.ts";
import { findConfiguration } from "./read.ts";
import type { LoadContext } from "./source.ts";

const { random } = memoryReactor();
const service = {
  command: "sample",
  name: "sample",
  options: { listen: ["tcp:80"], port: 81, mount: { "/a": "b" }, verbose: true },
};
const described = { name: "site", directory: "/srv", services: [service] };
const reactor = memoryReactor({
  files: {
    "srv/site.tap": formatTap(described),
    "srv/site.tas": formatTas(described, { makers: ["sample"] }),
    "srv/site.tax": formatTax(described),
    "srv/secret.tap": encryptTap(formatTax(described), "tax", "correct horse", random, { n: 1_024 }),
    "srv/loose.tap": formatTap({
      ...described,
      services: [{ ...service, options: { ...service.options, port: "81", listen: "tcp:80" } }],
    }),
    "srv/c.json": JSON.stringify({ name: "site", services: [{ sample: { ...service.options, mount: ["/a=b"] } }] }),
    "srv/c.yaml": "name: site\nservices:\n- sample: { listen: tcp:80, port: 81, mount: { /a: b }, verbose: true }\n",
    "srv/c.toml":
      "name = 'site'\n[[services]]\n[services.sample]\nlisten = ['tcp:80']\nport = 81\nmount.'/a' = 'b'\nverbose = true\n",
    "srv/wrong.tap": formatTap({
      ...described,
      services: [
        { ...service, options: { prot: 1, port: -1 } },
        { ...service, name: "b", command: "none" },
      ],
    }),
    "one/hawser.config.yaml": "",
    "two/hawser.config.ts": "",
    "two/hawser.config.toml": "",
    "none/other": "",
  },
});
const context: LoadContext = { reactor, findCommand: findSample };

describe("loadApplication", () => {
  for (const file of ["site.tap", "site.tas", "site.tax", "loose.tap"]) {
    test(`reads ${file}`, async () =>
      assert.deepEqual(await loadApplication({ file: `/srv/${file}` }, context), described));
  }
  for (const config of ["c.json", "c.yaml", "c.toml"]) {
    test(`reads ${config}`, async () =>
      assert.deepEqual(await loadApplication({ config: `/srv/${config}` }, context), described));
  }

  test("reads an encrypted file, whatever is inside", async () => {
    const passphrase = async () => "correct horse";
    assert.deepEqual(await loadApplication({ file: "/srv/secret.tap" }, { ...context, passphrase }), described);
    await assert.rejects(loadApplication({ file: "/srv/secret.tap" }, context), { name: "UsageError" });
  });

  test("reads words", async () => {
    const words = ["sample", "--listen", "tcp:80", "-p", "81", "--mount", "/a=b", "--verbose"];
    assert.deepEqual(await loadApplication({ words }, context), { name: "sample", services: [service] });
    await assert.rejects(loadApplication({ words: ["simple"] }, context), { message: `There is no command "simple"` });
    await assert.rejects(
      loadApplication({ words: ["sample", "--help"] }, { ...context, print: () => {} }),
      /help of "sample" is no application/,
    );
  });

  test("throws with the first mistake in its text, and all of them in a list", () =>
    assert.rejects(loadApplication({ file: "/srv/wrong.tap" }, context), (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.equal(
        error.message,
        `/srv/wrong.tap:12:11: sample: prot: sample has no option "prot", did you mean "port"? (and 2 more: "hawser check" tells all)`,
      );
      assert.deepEqual(
        error.problems.map(({ place }) => place?.line),
        [12, 13, 19],
      );
      return true;
    }));

  test("says when a file cannot be read", async () => {
    await assert.rejects(loadApplication({ file: "/srv/none.tap" }, context), {
      message: `Cannot read "/srv/none.tap": no such file`,
    });
    await assert.rejects(loadApplication({ config: "/srv/none.json" }, context), {
      message: `Cannot read "/srv/none.json": no such file`,
    });
  });
});

test("findConfiguration finds the one of a folder, and does not choose", async () => {
  assert.equal(await findConfiguration("/one", reactor), "hawser.config.yaml");
  await assert.rejects(
    findConfiguration("/two", reactor),
    /Cannot choose between hawser\.config\.ts and hawser\.config\.toml/,
  );
  await assert.rejects(findConfiguration("/none", reactor), /There is no hawser\.config\.ts/);
});

describe("a command below another one", () => {
  const outer: Command = {
    ...sampleCommand,
    name: "outer",
    commands: {
      inner: { summary: "Serve", load: async () => ({ ...sampleCommand, name: "inner" }) },
      look: { summary: "Look", load: async () => look },
    },
  };
  const look = tool({ name: "look", summary: "Look", options: {}, operands: {}, run: async () => 0 });
  const findCommand = commandFinder(
    { outer: { summary: "Serve", load: async () => outer } },
    { directory: "/", reactor },
  );
  const load = (words: readonly string[]) => loadApplication({ words }, { reactor, findCommand });

  test("is a service by both names, in every spelling", async () => {
    const described = await load(["outer", "inner", "--port", "1"]);
    const inner = { command: "outer inner", name: "outer-inner", options: { port: 1 } };
    assert.deepEqual(described, { name: "outer-inner", services: [inner] });
    assert.match(formatTas(described, { makers: ["outer"] }), / service\("outer inner", \{ port: 1 \}\),\n/);
    for (const [name, text] of [
      ["x.tap", formatTap(described)],
      ["x.tas", formatTas(described, { makers: ["outer"] })],
      ["x.tax", formatTax(described)],
    ] as const) {
      const files = memoryReactor({ files: { [`srv/${name}`]: text } });
      const again = await loadApplication({ file: `/srv/${name}` }, { reactor: files, findCommand });
      assert.deepEqual(again.services, [inner], name);
    }
    assert.equal((await load(["outer", "--port", "1"])).services[0]?.command, "outer");
  });

  test("is told when there is none, and when it does not serve", async () => {
    await assert.rejects(load(["outer", "iner"]), /hawser outer has no command "iner", did you mean "inner"\?/);
    await assert.rejects(load(["outer", "look"]), /The command "outer look" does not serve/);
  });
});
