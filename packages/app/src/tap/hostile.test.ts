import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import fc from "fast-check";
import { understandApplication } from "../config/describe-application.ts";
import { readTapDocument } from "./read.ts";
import { formatTap } from "./tap.ts";
import { formatTax } from "./tax-write.ts";
import { applicationOf } from "./upgrade.ts";

async function open(content: string | Uint8Array, name = "x.tap"): Promise<unknown> {
  const reactor = memoryReactor({ files: { [`srv/${name}`]: content } });
  const { document, form, wasRun } = await readTapDocument(`/srv/${name}`, {
    reactor,
    findCommand: async () => undefined,
  });
  assert.ok(!wasRun);
  const { description, problems } = understandApplication(document, form);
  if (problems.length > 0) throw new UsageError(problems[0]!.fault);
  return description;
}

const tap = (application: string) => `{ "hawser": "tap", "version": 1, "application": ${application} }`;
const tax = (inner: string) => `<application hawser="tax" version="1" name="x">${inner}</application>`;
const inService = (inner: string) => tax(`<service command="web" name="web">${inner}</service>`);

const refused: readonly (readonly [what: string, content: string | Uint8Array, message: RegExp])[] = [
  ["nothing", "", /it is empty/],
  ["blanks", " \n ", /it is empty/],
  ["NULs", "\0\0\0", /neither JSON nor XML/],
  ["a program that is not called one", "export default {}", /neither JSON nor XML, and not called \.tas/],
  ["UTF-16", Buffer.from(`\ufeff${tap("{}")}`, "utf16le"), /it is not UTF-8/],
  ["octets that are no UTF-8", Buffer.from(tap(`{ "name": "\xff" }`), "latin1"), /it is not UTF-8/],
  ["5 MiB of a list", `[${"1,".repeat(2_500_000)}1]`, /neither JSON|longer than 4194304 octets/],
  ["5 MiB of a text", tap(`{ "name": "${"x".repeat(5_000_000)}" }`), /longer than 4194304 octets/],
  ["depth", tap("[".repeat(1_000)), /nested deeper than 64/],
  [
    "depth in options",
    tap(`{ "services": [{ "command": "a", "options": { "x": ${"[".repeat(62)}1${"]".repeat(62)} } }] }`),
    /nested deeper than 64/,
  ],
  ["a prototype", tap(`{ "name": "x", "__proto__": { "services": [] } }`), /the key "__proto__" is not allowed/],
  [
    "a prototype in options",
    tap(`{ "services": [{ "command": "a", "options": { "x": { "constructor": 1 } } }] }`),
    /the key "constructor" is not allowed/,
  ],
  ["a key twice", tap(`{ "name": "x", "name": "y" }`), /the key "name" comes twice/],
  ["another kind of file", `{ "name": "some-package", "version": "1.0.0" }`, /it is no tap file/],
  [
    "a newer version",
    `{ "hawser": "tap", "version": 2, "application": {} }`,
    /has version 2, and this program reads up to version 1: use a newer Hawser/,
  ],
  ["version 0", `{ "hawser": "tap", "version": 0, "application": {} }`, /is not a whole number from 1/],
  ["version 1.5", `{ "hawser": "tap", "version": 1.5, "application": {} }`, /is not a whole number from 1/],
  ["a version in words", `{ "hawser": "tap", "version": "1", "application": {} }`, /is not a whole number from 1/],
  ["no version", `{ "hawser": "tap", "application": {} }`, /is not a whole number from 1/],
  ["more in the header", `{ "hawser": "tap", "version": 1, "more": 1, "application": {} }`, /a tap file has no "more"/],
  ["no application", `{ "hawser": "tap", "version": 1 }`, /the application is not an object/],
  ["an empty application", tap("{}"), /the application has no "services"/],
  ["null", tap(`{ "services": [{ "command": "a", "options": { "x": null } }] }`), /null is no plain data/],
  ["a line end in a name", tap(`{ "name": "a\\nb", "services": [{ "command": "a" }] }`), /is not a text of one line/],
  [
    "two services of a name",
    tap(`{ "services": [{ "command": "a", "name": "x" }, { "command": "b", "name": "x" }] }`),
    /two services are called "x"/,
  ],
  ["a cut file", tap(`{ "name": "x" }`).slice(0, -4), /ends too early/],
  ["something after the end", `${tap("{}")} x`, /nothing may follow the value/],

  ["XML of another kind", "<html><body/></html>", /<html> may not stand there/],
  ["XML without a header", "<application/>", /lacks hawser="tax"/],
  ["a newer tax", `<application hawser="tax" version="7" name="x"/>`, /has version 7/],
  ["a document type", `<!DOCTYPE application>${tax("")}`, /a document type is not allowed/],
  [
    "a bomb of entities",
    `<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${inService(`<text name="x">&b;</text>`)}`,
    /a document type is not allowed/,
  ],
  [
    "an entity from a file",
    `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>${inService(`<text name="x">&a;</text>`)}`,
    /a document type is not allowed/,
  ],
  ["an unknown entity", inService(`<text name="x">&nbsp;</text>`), /undefined entity/],
  ["a processing instruction", `<?xml-stylesheet href="x"?>${tax("")}`, /a processing instruction is not allowed/],
  ["XML 1.1", `<?xml version="1.1"?>${tax("")}`, /not XML 1\.0 in UTF-8|version number must be/],
  ["another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>${tax("")}`, /not XML 1\.0 in UTF-8/],
  [
    "a control character by number",
    inService(`<text name="x">&#0;</text>`),
    /malformed character entity|disallowed character/,
  ],
  ["a bare control character", inService(`<text name="x">\x01</text>`), /disallowed character/],
  ["depth in XML", inService(`${`<list name="x">`}${"<list>".repeat(200)}`), /nested deeper than 64/],
  ["an unclosed element", `<application hawser="tax" version="1" name="x">`, /unclosed tag/],
  ["an unknown element", inService("<script/>"), /<script> may not stand in <service>/],
  ["an unknown attribute", inService(`<text name="x" type="y">z</text>`), /<text> has no attribute "type"/],
  ["text where none belongs", tax("stray"), /text may not stand in <application>/],
  ["a value without a name", inService("<text>x</text>"), /<text> lacks its name/],
  [
    "a name in a list",
    inService(`<list name="x"><text name="y">z</text></list>`),
    /<text> has a name, and stands in a list/,
  ],
  ["a name twice", inService(`<text name="x">1</text><text name="x">2</text>`), /the name "x" comes twice/],
  ["a prototype in XML", inService(`<text name="__proto__">1</text>`), /the key "__proto__" is not allowed/],
  ["a number that is none", inService(`<number name="x">0x10</number>`), /"0x10" is no number/],
  ["an infinite number", inService(`<number name="x">1e999</number>`), /"1e999" is no number/],
  ["a boolean that is none", inService(`<boolean name="x">yes</boolean>`), /"yes" is no boolean/],
  [
    "an escape that is none",
    inService(String.raw`<text name="x">\q</text>`),
    /a backslash stands before something that is no escape/,
  ],
  ["two roots", `${tax("")}${tax("")}`, /documents may contain only one root/],
  ["two restarts", inService("<restart/><restart/>"), /a service has one restart policy/],
];

describe("a hostile file is refused with a clear error, and nothing else happens:", () => {
  for (const [what, content, message] of refused) {
    test(what, () =>
      assert.rejects(open(content), (error: unknown) => {
        assert.ok(error instanceof UsageError, String((error as Error).stack));
        assert.match(error.message, message);
        assert.ok(!error.message.includes("\n"), "one line");
        return true;
      }),
    );
  }
  assert.equal(({} as Record<string, unknown>)["services"], undefined, "no prototype was changed");
});

test("one byte order mark is no harm", async () => {
  const application = { name: "x", services: [{ command: "web", name: "web", options: {} }] };
  assert.deepEqual(await open(`\ufeff${formatTap(application)}`), application);
  assert.deepEqual(await open(`\ufeff${formatTax(application)}`, "x.tax"), application);
});

test("a file of an older version is brought to the present one, step by step", () => {
  const steps = [(one: object) => ({ ...one, second: true }), (one: object) => ({ ...one, third: true })];
  const upgraded = (version: number) =>
    applicationOf(
      { file: "f", data: { hawser: "tap", version, application: { first: true } }, placeOf: () => ({ file: "f" }) },
      steps,
    ).data;
  assert.deepEqual(upgraded(1), { first: true, second: true, third: true });
  assert.deepEqual(upgraded(2), { first: true, third: true });
  assert.deepEqual(upgraded(3), { first: true });
  assert.throws(() => upgraded(4), /reads up to version 3/);
});

describe("whatever the octets are, a reader says what is wrong with them, and nothing else:", () => {
  const application = {
    name: "site",
    directory: "/srv",
    users: ["file:users"],
    services: [
      {
        command: "web",
        name: "web",
        restart: { when: "always" as const },
        options: { port: 1, a: ["x", true], m: { k: "v\0" } },
      },
    ],
  };
  const samples = { tap: formatTap(application), tax: formatTax(application) };
  for (const [type, sample] of Object.entries(samples)) {
    test(`${type} files that were changed anywhere`, () => {
      const edit = fc.tuple(
        fc.nat(sample.length),
        fc.nat(8),
        fc.oneof(
          fc.string({ maxLength: 3 }),
          fc.constantFrom("<", ">", "&", '"', "{", "[", "\\", "\0", "<a>", "</", "<![CDATA[", "<!--", "1e9", ","),
        ),
      );
      return fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
          let text = sample;
          for (const [at, length, put] of edits) text = text.slice(0, at) + put + text.slice(at + length);
          await open(text, `x.${type}`).catch((error: unknown) => {
            assert.ok(error instanceof UsageError, String((error as Error).stack));
          });
        }),
        { numRuns: 1_500 },
      );
    });
  }
  test("random octets", () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom("", "{", "<", "hawser-encrypted "),
        async (octets, start) => {
          await open(Buffer.concat([Buffer.from(start), octets])).catch((error: unknown) => {
            assert.ok(error instanceof UsageError, String((error as Error).stack));
          });
        },
      ),
      { numRuns: 500 },
    ));
});
