import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { compile } from "./compile.ts";
import { readDirectives } from "./directives.ts";
import { type Program, programsOf } from "./programs.ts";
import { run } from "./run.ts";

const page = [
  "# A page", // 1
  "```ts",
  "const a = 1;",
  "```",
  "<!-- prelude", // 5
  "```ts",
  "const hidden = 2;",
  "```",
  "-->",
  "<!-- run", // 10
  "  port 7777",
  '  expect output "2"',
  "-->",
  "```ts no-run",
  "console.log(hidden);", // 15
  "```",
  "```ts continues",
  "console.log(hidden + 1);",
  "```",
  "```sh", // 20
  "$ npx hawser",
  "```",
].join("\n");

describe("programsOf", () => {
  const programs = programsOf("A.md", page);

  test("finds TypeScript blocks, joins those that continue, and leaves other languages alone", () => {
    assert.deepEqual(
      programs.map(({ line, isRun }) => [line, isRun]),
      [
        [3, true],
        [15, false],
      ],
    );
  });

  test("keeps every line where the page has it, with the prelude", () => {
    const lines = programs[1]!.code.split("\n").flatMap((text, index) => (text === "" ? [] : [`${index + 1} ${text}`]));
    assert.deepEqual(lines, ["7 const hidden = 2;", "15 console.log(hidden);", "18 console.log(hidden + 1);"]);
    assert.equal(programs[0]!.code.trim(), "const a = 1;");
  });

  test("gives directives to the block they stand over", () => {
    assert.deepEqual(programs[0]!.directives.ports, []);
    assert.deepEqual(programs[1]!.directives.ports, [7777]);
    assert.deepEqual(programs[1]!.directives.expectations, [{ type: "output", text: "2" }]);
  });

  test("refuses flags it does not know, and continuing nothing", () => {
    assert.throws(() => programsOf("A.md", "```ts norun\n```"), /A\.md:1: no flag "norun"/);
    assert.throws(() => programsOf("A.md", "```ts continues\n```"), /no block before/);
    assert.throws(() => programsOf("A.md", "```ts"), /Cannot find the end/);
  });
});

describe("readDirectives", () => {
  test("reads every spelling", () => {
    const directives = readDirectives("A.md", [
      "port 7777",
      "folder /var/www",
      'file /var/www/a.sh 755 "#!/bin/sh\\n"',
      'file b.txt "B"',
      "env HAWSER_SEED 42",
      "stop",
      'expect GET http://127.0.0.1:7777/ 404 "not \\"here\\""',
      'expect tcp 7777 "a\\r\\n" "b"',
    ]);
    assert.deepEqual(directives, {
      ports: [7777],
      folders: ["/var/www"],
      files: [
        { path: "/var/www/a.sh", mode: 0o755, content: "#!/bin/sh\n" },
        { path: "b.txt", mode: 0o644, content: "B" },
      ],
      environment: { HAWSER_SEED: "42" },
      stops: true,
      expectations: [
        { type: "http", method: "GET", url: "http://127.0.0.1:7777/", status: 404, text: 'not "here"' },
        { type: "tcp", port: 7777, sent: "a\r\n", text: "b" },
      ],
    });
  });

  test("refuses what it cannot read", () => {
    assert.throws(
      () => readDirectives("A.md", ["expect nothing"]),
      /A\.md: cannot read the directive "expect nothing"/,
    );
  });
});

describe("compile and run", () => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-docs-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const program = (code: string, directives: readonly string[] = []): Program =>
    programsOf("A.md", `<!-- run\n${directives.join("\n")}\n-->\n\`\`\`ts\n${code}\n\`\`\``)[0]!;
  const built = async (one: Program) => {
    await compile([one], folder);
    return run(one, folder);
  };

  test("a server is met on a free port, in a folder of its own, and ended", async () => {
    const code = `
      const [{ createServer }, { readFileSync }] = await Promise.all([import("node:http"), import("node:fs")]);
      createServer((request, response) => response.end(readFileSync("/srv/site" + request.url))).listen(8080, "127.0.0.1");
      console.log("up");`;
    await built(
      program(code, [
        "port 8080",
        "folder /srv",
        'file /srv/site/a.txt "hello"',
        'expect GET http://127.0.0.1:8080/a.txt 200 "hello"',
        'expect tcp 8080 "GET /a.txt HTTP/1.0\\r\\n\\r\\n" "hello"',
        'expect output "up"',
      ]),
    );
  });

  test("a program that fails tells what it printed", async () => {
    await assert.rejects(built(program(`throw new Error("broken");`)), /It ended with 1\. It printed:[\s\S]*broken/);
    const unmet = built(program(`console.log("one");`, ['expect output "two"']));
    await assert.rejects(unmet, /has not printed "two", and it ended with 0/);
  });

  test("a program that would run on is ended after its last line when it says stop", async () => {
    await built(program("setInterval(() => {}, 1000);", ["stop"]));
  });

  test("a program may show tests", async () => {
    await built(program(`import { test } from "node:test"; test("a", () => {});`));
    await assert.rejects(
      built(program(`import { test } from "node:test"; test("a", () => { throw 1; });`)),
      /not ok 1 - a|✖ a/,
    );
  });

  test("the compiler's errors name lines of the page", async () => {
    const diagnostics = await compile([program(`const a: number = "a";`)], folder);
    assert.match(diagnostics[0]?.text ?? "", /^A\.md:5: error TS2322/);
  });
});
