import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { selfSignedCertificate } from "@hawser/core/testing";
import { findSample } from "../commands/sample.test.kit.ts";
import { formatProblem } from "../config/errors.ts";
import { type CheckReport, checkApplication, checkSource } from "./check.ts";

function check(files: Readonly<Record<string, string>>, environment = {}): Promise<CheckReport> {
  const [config] = Object.keys(files);
  return checkSource(
    { config: `/${config}` },
    { reactor: memoryReactor({ files }), findCommand: findSample, environment },
  );
}

function told({ problems }: CheckReport): readonly string[] {
  return problems.map((one) => formatProblem(one).replace("/srv/hawser.config", "c"));
}

describe("checkSource", () => {
  test("tells every mistake at once, in the order of the file", async () => {
    const report = await check({
      "srv/hawser.config.yaml": [
        "name: 5",
        "usres: file:users",
        "services:",
        "  - sample: { port: http, mode: medium, listen: ['tcp:x', 'tls:1'] }",
        "    restart: { when: sometimes, restartsMax: -1 }",
        "  - smaple: {}",
        "  - sample: { path: nowhere }",
        "  - sample: { password: { secret: { env: NONE } }, level: [1, 22] }",
        "  - name: nothing",
      ].join("\n"),
    });
    assert.deepEqual(told(report), [
      "c.yaml:1:1: the name is not a text of one line",
      `c.yaml:2:1: the application has no "usres", did you mean "users"?`,
      `c.yaml:4:15: sample: port: "http" is not a whole number from 0 to 65535`,
      `c.yaml:4:27: sample: mode: "medium" is not one of slow, fast`,
      `c.yaml:4:50: sample: listen[0]: Cannot read endpoint "tcp:x": port "x" is not a number from 0 to 65535`,
      `c.yaml:5:16: "when" is not one of always, failure, never`,
      `c.yaml:5:33: "restartsMax" is not a whole number`,
      `c.yaml:6:5: smaple: There is no command "smaple"`,
      `c.yaml:7:5: sample-2: cannot serve "nowhere"`,
      "c.yaml:8:15: sample-3: password: cannot read the secret in the environment variable NONE: it is not set",
      `c.yaml:8:63: sample-3: level[1]: "22" is not a whole number from 0 to 9`,
      `c.yaml:9:5: a service has one member for its command, such as "web": it is missing`,
    ]);
  });

  test("tells a mistake of the syntax alone, with its place", async () => {
    assert.deepEqual(told(await check({ "srv/hawser.config.json": "{\n  nothing" })), [
      "c.json:2:3: a key in quotes is missing",
    ]);
    assert.deepEqual(told(await check({ "srv/hawser.config.ini": "x" })), [
      "c.ini: its name ends with none of .ts, .mts, .js, .mjs, .json, .toml, .yaml, .yml",
    ]);
  });

  test("finds what paths lead to from the folder of the configuration", async () => {
    const files = {
      "srv/hawser.config.toml": "[[services]]\nsample = { path = 'htdocs' }",
      "srv/htdocs/index.html": "",
    };
    assert.deepEqual(told(await check(files)), []);
    const moved = {
      "srv/hawser.config.toml": `directory = "../site"\n${files["srv/hawser.config.toml"]}`,
      "site/htdocs/a": "",
    };
    assert.deepEqual(told(await check(moved)), []);
  });

  test("warns of secrets in clear, and prints none of them", async () => {
    const report = await check({ "srv/hawser.config.toml": "[[services]]\nsample = { password = 'hunter2' }" });
    assert.deepEqual(report.problems, []);
    assert.deepEqual(
      report.warnings.map(({ option, place }) => [option, place?.line]),
      [["password", 2]],
    );
    assert.ok(!JSON.stringify(report).includes("hunter2"));
  });
});

describe("checkApplication", () => {
  const { certificate, key } = selfSignedCertificate({ names: ["example.org", "www.example.org"] });
  const reactor = memoryReactor({ files: { "srv/site.pem": `${certificate}\n${key}`, "srv/no.pem": "nothing" } });
  const run = (...listen: readonly (readonly string[])[]) =>
    checkApplication(
      {
        name: "x",
        directory: "/srv",
        services: listen.map((one, index) => ({ command: "listener", name: `s${index}`, options: { listen: one } })),
      },
      {
        reactor,
        findCommand: async () => ({ ...(await findSample("sample"))!, name: "listener", preview: undefined }) as never,
      },
    );

  test("tells what would listen where, with the names of its certificates", async () => {
    const { problems, listeners } = await run(["tcp:80", "tls:443:cert=site.pem"], ["udp:80", "unix:/run/x"]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      listeners.map(({ endpoint, service, tlsNames }) => [endpoint, service, ...tlsNames]),
      [
        ["tcp:80", "s0"],
        ["tls:443:cert=site.pem", "s0", "example.org", "www.example.org"],
        ["udp:80", "s1"],
        ["unix:/run/x", "s1"],
      ],
    );
  });

  test("tells certificates that cannot be read, and endpoints that two would listen on", async () => {
    const { problems } = await run(
      ["tls:443:cert=none.pem", "tls:444:cert=no.pem"],
      ["proxy:tcp:443", "tcp:0"],
      ["tcp:0", "tls:444:cert=site.pem"],
    );
    assert.deepEqual(
      problems.map((one) => formatProblem(one)),
      [
        `s0: Cannot use certificate "none.pem": no such file`,
        `s0: Cannot use certificate "no.pem": it holds no certificate`,
        "s1: it would listen on proxy:tcp:443, as s0 does",
        "s2: it would listen on tls:444:cert=site.pem, as s0 does",
      ],
    );
  });

  test("previews by the command itself where it can", async () => {
    const services = [
      { command: "sample", name: "a", options: {} },
      { command: "sample", name: "b", options: {} },
    ];
    const { problems, listeners } = await checkApplication(
      { name: "x", services },
      { reactor, findCommand: findSample },
    );
    assert.deepEqual(
      listeners.map(({ endpoint }) => endpoint),
      ["tcp:4000", "tcp:4000"],
    );
    assert.deepEqual(
      problems.map((one) => formatProblem(one)),
      ["b: it would listen on tcp:4000, as a does"],
    );
  });
});
