import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CommandData } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import fc from "fast-check";
import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";
import { understandApplication } from "../config/describe-application.ts";
import { application, service, serviceMaker } from "../config/maker.ts";
import type { LoadContext } from "../config/source.ts";
import { readTapDocument, type TapDocument } from "./read.ts";
import { formatTap } from "./tap.ts";
import { readLiteralTas } from "./tas-read.ts";
import { formatTas } from "./tas-write.ts";
import { formatTax } from "./tax-write.ts";

const makers = ["web", "sample"];
const formats = { tap: formatTap, tax: formatTax, tas: (one: ApplicationDescription) => formatTas(one, { makers }) };

/** What a configuration imports by the name `hawser`. */
const umbrella = { application, service, web: serviceMaker("web"), sample: serviceMaker("sample") };

async function read(text: string, name: string): Promise<TapDocument> {
  const reactor = memoryReactor({ files: { [`srv/${name}`]: text } });
  const modules: LoadContext["modules"] = { hawser: async () => umbrella };
  return readTapDocument(`/srv/${name}`, { reactor, modules, findCommand: async () => undefined });
}

async function reread(
  description: ApplicationDescription,
  type: keyof typeof formats,
): Promise<ApplicationDescription> {
  const { document, form, wasRun } = await read(formats[type](description), `x.${type}`);
  assert.equal(wasRun, false, "what we have written is not executed");
  const { description: again, problems } = understandApplication(document, form);
  assert.deepEqual(problems, []);
  return again;
}

const strange = [
  ..."\0\x01\t\n\r\v\x1b\x7f\x80\x85\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800\udfff",
  ...[
    "]]>",
    "<!--",
    "&amp;",
    "&#0;",
    "\\",
    "\\n",
    "\\u0041",
    "\\\\u",
    "${x}",
    "`",
    "*/",
    "//",
    '"',
    "'",
    "😀",
    "é",
    "e\u0301",
    " ",
    "  x  ",
  ],
];
const text = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...strange), { maxLength: 6 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0, 1e21, -1e21, 1e-7, 5e-324, 2 ** 53, 123456789012345680000, 0.1),
);
const key = text.filter((one) => !["__proto__", "constructor", "prototype"].includes(one));
const { data } = fc.letrec<{ data: CommandData }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.array(tie("data"), { maxLength: 4 }),
    fc.dictionary(key, tie("data"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const line = text.filter((one) => /^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,64}$/.test(one));
const restart = fc.record(
  { when: fc.constantFrom("always", "failure", "never"), restartsMax: fc.nat(), withinMs: fc.nat() },
  { requiredKeys: [], noNullPrototype: true },
);
const command = fc.oneof(fc.constantFrom("web", "sample", "gopher", "web-2", "port-knock"), line);
const anyService = fc.record(
  {
    command,
    name: fc.oneof(line, fc.constantFrom("web", "web-2", "web-3", "sample")),
    restart,
    options: fc.dictionary(key, data, { maxKeys: 4, noNullPrototype: true }),
  },
  { requiredKeys: ["command", "name", "options"], noNullPrototype: true },
) as fc.Arbitrary<ServiceDescription>;
const anyApplication = fc.record(
  {
    name: line,
    directory: line,
    users: fc.array(line, { maxLength: 3 }),
    services: fc.uniqueArray(anyService, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
  },
  { requiredKeys: ["name", "services"], noNullPrototype: true },
) as fc.Arbitrary<ApplicationDescription>;

describe("tap, tax and tas", () => {
  for (const type of ["tap", "tax", "tas"] as const) {
    test(`${type} keeps any application as it is, and writes it the same again`, () =>
      fc.assert(
        fc.asyncProperty(anyApplication, async (given) => {
          const again = await reread(given, type);
          assert.deepEqual(again, given);
          assert.equal(formats[type](again), formats[type](given));
        }),
        { numRuns: 300 },
      ));
  }

  test("tap → tax → tas → tap gives the same octets", () =>
    fc.assert(
      fc.asyncProperty(anyApplication, async (given) => {
        const tap = formatTap(given);
        const first = await reread(given, "tap");
        const second = await reread(first, "tax");
        const third = await reread(second, "tas");
        assert.equal(formatTap(third), tap);
      }),
      { numRuns: 200 },
    ));

  test("a tas that is run builds what was written", () =>
    fc.assert(
      fc.asyncProperty(anyApplication, async (given) => {
        const edited = `${formats.tas(given)}// edited\n`;
        const { document, form, wasRun } = await read(edited, "x.tas");
        assert.ok(wasRun);
        const { description, problems } = understandApplication(document, form);
        assert.deepEqual(problems, []);
        assert.deepEqual(description, given);
      }),
      { numRuns: 40 },
    ));
});

const site: ApplicationDescription = {
  name: "site",
  directory: "/srv/site",
  users: ["file:users"],
  services: [
    { command: "web", name: "web", options: { port: 7777, path: "/var/www", mount: { "/doc": "/usr/share/doc" } } },
    {
      command: "web",
      name: "web-2",
      restart: { when: "always" },
      options: { listen: ["tcp:80", "tls:443:cert=a.pem"] },
    },
    { command: "gopher", name: "hole", options: { key: { secret: { file: "/run/key" } }, deep: true } },
  ],
};

test("a tas reads like what one would write", () => {
  assert.equal(
    formats.tas(site).split("\n").slice(2).join("\n"),
    `import { application, service, web } from "hawser";

export default application({
  name: "site",
  directory: "/srv/site",
  users: ["file:users"],
  services: [
    web({ port: 7777, path: "/var/www", mount: { "/doc": "/usr/share/doc" } }),
    web({ listen: ["tcp:80", "tls:443:cert=a.pem"] }, { restart: { when: "always" } }),
    service("gopher", { key: { secret: { file: "/run/key" } }, deep: true }, { name: "hole" }),
  ],
});
`,
  );
});

test("a tax names the type of every value", () => {
  const tax = formatTax(site);
  assert.match(
    tax,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<application hawser="tax" version="1" name="site" directory="\/srv\/site">\n/,
  );
  assert.match(
    tax,
    /<service command="web" name="web-2">\n {4}<restart when="always"\/>\n {4}<list name="listen">\n {6}<text>tcp:80<\/text>/,
  );
});

test("readLiteralTas reads nothing that only a program could mean", () => {
  const written = formats.tas(site);
  assert.ok(readLiteralTas(written) !== undefined);
  const edits: readonly (readonly [from: string | RegExp, to: string])[] = [
    ["7777", "7000 + 777"],
    ["7777", "process.exit(3)"],
    ['"/var/www"', "`/var/www`"],
    ['"/var/www"', '"/var" + "/www"'],
    ["web({ port", "(web)({ port"],
    ["web({ port", "other({ port"],
    ["port: 7777", "...port"],
    ["port: 7777", "__proto__: 7777"],
    ["port: 7777", "[port]: 7777"],
    ["port: 7777", "get port() { return 1 }"],
    [/\}\);\n$/, "});\nconsole.log(1);\n"],
    ['from "hawser"', 'from "./elsewhere.ts"'],
    ["export default", "await evil();\nexport default"],
    [/^\/\/.*\n/, ""],
  ];
  for (const [from, to] of edits) {
    const edited = written.replace(from, to);
    assert.notEqual(edited, written, `${from} is there`);
    assert.equal(readLiteralTas(edited), undefined, `${from} → ${to}`);
  }
});
