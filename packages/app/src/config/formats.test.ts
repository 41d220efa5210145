import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ConfigurationDocument, DataPath } from "./document.ts";
import { decodeDocument } from "./document.ts";
import { ConfigurationError } from "./errors.ts";
import { readJson } from "./json.ts";
import { readToml } from "./toml.ts";
import { readYaml } from "./yaml.ts";

type Read = (text: string, file: string) => ConfigurationDocument;

function fault(read: Read, text: string): string {
  try {
    read(text, "f");
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.message;
  }
  return assert.fail(`was read: ${text.slice(0, 80)}`);
}

/** Where a part stands, as `line:column`. */
function at(read: Read, text: string, path: DataPath): string {
  const { line, column } = read(text, "f").placeOf(path);
  return `${line}:${column}`;
}

describe("readJson", () => {
  test("reads what JSON.parse reads, and gives the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const isReadable = !/"(__proto__|constructor|prototype)":/.test(text);
        fc.pre(isReadable);
        assert.deepEqual(readJson(text, "f").data, JSON.parse(text));
      }),
    );
  });

  test("knows where everything stands", () => {
    const text = '{\n  "a": [1,\n    {"b": "x"}],\n  "c": 2\n}';
    assert.equal(at(readJson, text, []), "1:1");
    assert.equal(at(readJson, text, ["a"]), "2:3");
    assert.equal(at(readJson, text, ["a", 0]), "2:9");
    assert.equal(at(readJson, text, ["a", 1, "b"]), "3:6");
    assert.equal(at(readJson, text, ["c", "not", "there"]), "4:3");
  });

  const wrong: readonly (readonly [text: string, message: string])[] = [
    ["", "f:1:1: it ends too early"],
    ['{"a": 1', "f:1:8: it ends too early"],
    ['{"a" 1}', "f:1:6: a : is missing"],
    ["[1 2]", "f:1:4: a , or ] is missing"],
    ["[1,]", "f:1:4: a value is missing"],
    ["{a: 1}", "f:1:2: a key in quotes is missing"],
    ['{"a": 1, "a": 2}', `f:1:10: the key "a" comes twice`],
    ['{"__proto__": 1}', `f:1:2: the key "__proto__" is not allowed`],
    ['{"\\u005f_proto__": 1}', `f:1:2: the key "__proto__" is not allowed`],
    ['{"constructor": 1}', `f:1:2: the key "constructor" is not allowed`],
    ["1e999", `f:1:1: "1e999" is too large a number`],
    ["01", "f:1:1: a value is missing"],
    ["1.", "f:1:1: a value is missing"],
    ["nul", "f:1:1: a value is missing"],
    ["NaN", "f:1:1: a value is missing"],
    ["1 2", "f:1:3: nothing may follow the value"],
    ['"\\x"', "f:1:2: there is no such escape"],
    ['"\n"', "f:1:2: a control character must be escaped in a string"],
    ['"\0"', "f:1:2: a control character must be escaped in a string"],
    ["// x\n1", "f:1:1: a value is missing"],
    ["[".repeat(100_000), "f:1:66: it is nested deeper than 64"],
    ['{"a":'.repeat(100_000), "f:1:326: it is nested deeper than 64"],
    [`[${"0,".repeat(300_000)}0]`, "f:1:400000: it has more than 200000 values"],
  ];
  for (const [text, message] of wrong) {
    test(`refuses ${JSON.stringify(text.slice(0, 24))}`, () => assert.equal(fault(readJson, text), message));
  }
});

describe("readToml", () => {
  const text = [
    'name = "x" # a comment = [',
    "[[services]]",
    '"n\\u0061me" = """',
    "two lines = [",
    '"""',
    "[services.web]",
    "port = 80",
    "mount.'/doc' = '/tmp'",
    "listen = [ # [",
    "  'tcp:80', 'a,]b',",
    "  { a = 1, b.c = [ 2 ] },",
    "]",
    "[[services]]",
    "web = { path = '.', index = ['a', 'b'] }",
  ].join("\r\n");
  const places: readonly (readonly [path: DataPath, place: string])[] = [
    [["name"], "1:1"],
    [["services", 0], "2:1"],
    [["services", 0, "name"], "3:1"],
    [["services", 0, "web"], "6:1"],
    [["services", 0, "web", "port"], "7:1"],
    [["services", 0, "web", "mount", "/doc"], "8:1"],
    [["services", 0, "web", "listen", 0], "10:3"],
    [["services", 0, "web", "listen", 1], "10:13"],
    [["services", 0, "web", "listen", 2, "b", "c"], "11:12"],
    [["services", 1], "13:1"],
    [["services", 1, "web", "index", 1], "14:35"],
  ];
  for (const [path, place] of places) {
    test(`knows where ${path.join(".")} stands`, () => assert.equal(at(readToml, text, path), place));
  }

  test("tells where it is wrong", () => {
    assert.match(fault(readToml, "a = 1\nb = ?"), /^f:2:5: /);
    assert.match(fault(readToml, "a = 1\na = 2"), /^f:2:\d+: /);
    assert.match(fault(readToml, '[a]\n"__proto__" = 1'), /^f:\d+:\d+: .*unsafe/);
    assert.match(fault(readToml, `a = ${"[".repeat(5_000)}`), /^f:\d/);
  });
});

describe("readYaml", () => {
  const text = "a: 1\nlist:\n  - x\n  - { k: v }\nb: &n\n  c: d\ne: *n\n";
  const places: readonly (readonly [path: DataPath, place: string])[] = [
    [["a"], "1:1"],
    [["list", 0], "3:5"],
    [["list", 1, "k"], "4:7"],
    [["b", "c"], "6:3"],
    [["e"], "7:1"],
  ];
  for (const [path, place] of places) {
    test(`knows where ${path.join(".")} stands`, () => assert.equal(at(readYaml, text, path), place));
  }

  test("reads aliases as what they stand for, as it was last named before", () => {
    assert.deepEqual(readYaml(text, "f").data, { a: 1, list: ["x", { k: "v" }], b: { c: "d" }, e: { c: "d" } });
    assert.deepEqual(readYaml("- &x 1\n- *x\n- &x 2\n- *x", "f").data, [1, 1, 2, 2]);
  });

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ["a: 1\na: 2", /^f:2:1: Map keys must be unique/],
    ["a: [1", /^f:1:6: /],
    ["a: *nothing", /^f:1:4: /],
    ["a: 1\n---\nb: 2", /^f:\d+:\d+: there is more than one document/],
    ["__proto__: 1", /^f:1:1: the key "__proto__" is not allowed/],
    ["? [a]\n: b", /^f:1:3: a key is no plain text/],
    ["a: !!js/function 'x'", /^f:1:4: Unresolved tag/],
    ["a: &a [*a]", /^f:1:\d+: it is nested deeper than 64/],
    [`${"[".repeat(70)}${"]".repeat(70)}`, /^f:1:\d+: it is nested deeper than 64/],
    ["[".repeat(50_000), /^f(:1:\d+)?: /],
  ];
  for (const [text, message] of wrong) {
    test(`refuses ${JSON.stringify(text.slice(0, 24))}`, () => assert.match(fault(readYaml, text), message));
  }

  test("refuses what nobody has written by hand", () => {
    const long = `a: ${"x".repeat(262_144)}`;
    assert.equal(fault(readYaml, long), "f: it is longer than 262144 octets: write JSON instead");
    assert.equal(fault(readToml, long), "f: it is longer than 262144 octets: write JSON instead");
  });

  test("refuses a bomb of aliases, and soon", () => {
    const bomb = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? "a0: &a0 [x,x,x,x,x,x,x,x]" : `a${index}: &a${index} [${`*a${index - 1},`.repeat(8)}]`,
    ).join("\n");
    assert.match(fault(readYaml, bomb), /it has more than 200000 values/);
  });
});

describe("decodeDocument", () => {
  test("takes UTF-8, and one byte order mark away", () => {
    assert.equal(decodeDocument(Buffer.from("\ufeffa"), "f"), "a");
    assert.throws(() => decodeDocument(Buffer.from([0xff, 0xfe, 0x61, 0]), "f"), { message: "f: it is not UTF-8" });
    assert.throws(() => decodeDocument(Buffer.from([0xed, 0xa0, 0x80]), "f"), { message: "f: it is not UTF-8" });
    assert.throws(() => decodeDocument(new Uint8Array(5_000_000), "f"), {
      message: "f: it is longer than 4194304 octets",
    });
  });
});

test("readers say what is wrong with any text, and nothing else happens", () => {
  const pieces = fc.constantFrom(
    ..."{}[]\":,\\\n \t#-=.&*!|>'?".split(""),
    "a",
    "1",
    "true",
    '"x"',
    "'''",
    '"""',
    "[[",
    "---\n",
    "\0",
    "\ud800",
  );
  const readers: readonly Read[] = [readJson, readToml, readYaml];
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      for (const read of readers) {
        try {
          read(parts.join(""), "f");
        } catch (error) {
          assert.ok(error instanceof ConfigurationError, `${read.name} threw ${error}`);
        }
      }
    }),
    { numRuns: 1_500 },
  );
});

test("the places of TOML keys are where the keys are, whatever stands around them", () => {
  const key = fc.stringMatching(/^[a-z]{1,3}$/);
  const value = fc.constantFrom(
    "1",
    "'a # ]'",
    '"\\" = ["',
    "[ 1, [ 2 ] ]",
    "{ z = '}' }",
    '"""\nx = "y"\n"""',
    "'''\n[a]\n'''",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), (members) => {
      const distinct = [...new Map(members)];
      const lines = distinct.map(([name, text]) => `${name} = ${text}`);
      const { placeOf } = readToml(lines.join("\n"), "f");
      for (const [index, [name]] of distinct.entries()) {
        const line = lines.slice(0, index).join("\n").split("\n").length + (index === 0 ? 0 : 1);
        assert.equal(placeOf([name]).line, index === 0 ? 1 : line);
      }
    }),
  );
});
