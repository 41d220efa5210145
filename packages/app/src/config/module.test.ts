import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { checkSource } from "../application/check.ts";
import { findSample } from "../commands/sample.test.kit.ts";
import { ConfigurationError, formatProblem } from "./errors.ts";
import { loadApplication } from "./load.ts";
import { application, service, serviceMaker } from "./maker.ts";
import type { LoadContext } from "./source.ts";

const modules: LoadContext["modules"] = {
  hawser: async () => ({ application, service, sample: serviceMaker("sample") }),
};

function context(text: string, name: string): LoadContext {
  return { reactor: memoryReactor({ files: { [`srv/${name}`]: text } }), findCommand: findSample, modules };
}

const load = (text: string, name = "hawser.config.ts") =>
  loadApplication({ config: `/srv/${name}` }, context(text, name));
const told = async (text: string, name = "hawser.config.ts") =>
  (await checkSource({ config: `/srv/${name}` }, context(text, name))).problems.map((one) =>
    formatProblem(one).replace("/srv/hawser.config", "c"),
  );

describe("a configuration that is a program", () => {
  const text = `
    import { application, sample, service } from "hawser";
    interface Site { readonly port: number }
    const site: Site = { port: 80 };
    export default application({
      name: "site",
      services: [sample({ port: site.port, mount: { "/a": "b" } }), service("sample", {}, { name: "other", restart: { when: "never" } })],
    });`;
  const description = {
    name: "site",
    directory: "/srv",
    services: [
      { command: "sample", name: "sample", options: { port: 80, mount: { "/a": "b" } } },
      { command: "sample", name: "other", options: {}, restart: { when: "never" } },
    ],
  };

  test("is run, and its default export is the application", async () =>
    assert.deepEqual(await load(text), description));

  test("may be JavaScript", async () => {
    const script = text.replace(/interface.*\n/, "").replace(": Site", "");
    assert.deepEqual(await load(script, "hawser.config.mjs"), description);
    assert.deepEqual(await load(script, "hawser.config.js"), description);
  });

  test("may export plain data, or a promise", async () => {
    const plain = `export default { services: [{ sample: { port: 80 } }] };`;
    assert.deepEqual((await load(plain)).services, [{ command: "sample", name: "sample", options: { port: 80 } }]);
    assert.equal((await load(plain)).name, "srv", "the name of the folder");
    assert.equal(
      (await load(plain.replace("default {", "default Promise.resolve({").replace("};", "});"))).services.length,
      1,
    );
  });

  test("is run anew each time, so that a change is seen", async () => {
    const counting = `globalThis.configurationsRun = (globalThis.configurationsRun ?? 0) + 1;
      export default { name: String(globalThis.configurationsRun), services: [{ sample: {} }] };`;
    assert.deepEqual([(await load(counting)).name, (await load(counting)).name], ["1", "2"]);
  });

  test("tells the line of a mistake, and that of the service it is in", async () => {
    const lines = [
      `import { application, sample } from "hawser";`,
      "export default application({",
      "  services: [",
      "    sample({ port: 80 }),",
      "    sample({",
      "      mode: 'medium' as never,",
      "      prot: 7,",
      "    } as never),",
      "  ],",
      "});",
    ];
    assert.deepEqual(await told(lines.join("\n")), [
      `c.ts:6:7: sample-2: mode: "medium" is not one of slow, fast`,
      `c.ts:7:7: sample-2: prot: sample has no option "prot", did you mean "port"?`,
    ]);
  });

  const broken: readonly (readonly [text: string, message: RegExp])[] = [
    ["\nconst = 1;", /^c\.ts:2:\d+: /],
    ["\n\nthrow new Error('not today');", /^c\.ts:3:\d+: not today$/],
    [`import { x } from "./missing.ts"; export default x;`, /^c\.ts(:\d+:\d+)?: Cannot find module/],
    ["export const a = 1;", /^c\.ts: it has no default export that is an application$/],
    ["export default 7;", /^c\.ts: it has no default export that is an application$/],
    ["export default { services: [{ sample: { port: () => 80 } }] };", /^c\.ts: port: a function is no plain data$/],
    [
      "export default { services: [{ sample: { path: new Date() } }] };",
      /^c\.ts: path: it is an instance of a class, and no plain data$/,
    ],
    ["export default { services: [{ sample: { port: NaN } }] };", /^c\.ts: port: NaN is not a number$/],
    [
      "const a = {}; a.a = a; export default { services: [{ sample: { path: a } }] };",
      /^c\.ts: path: it is nested deeper than 64$/,
    ],
  ];
  for (const [program, message] of broken) {
    test(`tells what is wrong with ${JSON.stringify(program)}`, async () => {
      const problems = await told(program);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0]!, message);
      await assert.rejects(load(program), ConfigurationError);
    });
  }
});

test("makers know their command's options: what is misspelt does not compile", () => {
  type Options = {
    readonly port: import("@hawser/core").CommandOption<number | undefined>;
    readonly mode: import("@hawser/core").CommandOption<"slow" | "fast" | undefined>;
    readonly listen: import("@hawser/core").CommandOption<readonly string[]>;
    readonly mount: import("@hawser/core").CommandOption<readonly (readonly [string, string])[]>;
    readonly verbose: import("@hawser/core").CommandOption<boolean>;
  };
  const made = serviceMaker<Options>("made");
  const secret = { secret: { file: "/run/key" } };
  made({ port: 80, mode: "fast", listen: "tcp:1", mount: { "/a": "b", "/b": secret }, verbose: true });
  made({ port: "80", listen: ["tcp:1", secret], mount: ["/a=b"] }, { name: "x", restart: { when: "always" } });
  // @ts-expect-error misspelt
  made({ prot: 80 });
  // @ts-expect-error no such word
  made({ mode: "medium" });
  // @ts-expect-error not a flag
  made({ verbose: "yes" });
  // @ts-expect-error no list
  made({ port: [80] });
  // @ts-expect-error no such setting
  made({}, { nam: "x" });
  // @ts-expect-error no such place
  made({ port: { secret: { path: "x" } } });
  // @ts-expect-error no such member
  application({ services: [], usres: "x" });
  assert.deepEqual({ ...made({ port: 80 }) }, { command: "made", options: { port: 80 } });
});
