import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileTree, memoryTree, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock, settled } from "@hawser/core/testing";
import { files } from "../files/index.ts";
import { folder, route } from "../http/resource.ts";
import { text } from "../http/response.ts";
import { type AskOptions, ask, makeRequest } from "../testing/ask.test.kit.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { type ScriptedProgram, scriptedProcesses } from "../testing/scripted-processes.test.kit.ts";
import { type CgiDirectoryOptions, cgiDirectory } from "./directory.ts";
import { withLocalRedirects } from "./local-redirect.ts";
import { script } from "./script.ts";

/** A tree of scripts that "lies" in /srv. */
async function scripts(): Promise<FileTree> {
  const tree = memoryTree({ "a.cgi": "", "sub/b.cgi": "", "nph-c.cgi": "", "data.txt": "", ".hidden.cgi": "" });
  for (const path of ["a.cgi", "sub/b.cgi", "nph-c.cgi", ".hidden.cgi"])
    await tree.setAttributes(path, { mode: 0o755 });
  return Object.assign(tree, {
    locate: async (path: readonly string[]) => ["/srv", ...path].join("/"),
  });
}

/** A folder of scripts, each of which does what `main` does. */
async function world(main: (program: ScriptedProgram) => Promise<void>, options: CgiDirectoryOptions = {}) {
  const processes = scriptedProcesses(main);
  const clock = new ManualClock();
  const reactor: Reactor = { ...memoryReactor(), clock, processes };
  const root = folder().mount("cgi", cgiDirectory(await scripts(), options));
  const asked = (line: string, fields: readonly string[] = [], more: AskOptions = {}) =>
    ask(root, line, fields, { reactor, ...more });
  return { root, processes, clock, reactor, asked };
}

const hello = async ({ io }: ScriptedProgram) => void io.write("Content-Type: text/plain\n\nHello");

describe("cgiDirectory", () => {
  test("runs a script in its folder, with nothing in its environment but what belongs there", async () => {
    const { asked, processes } = await world(hello, { documentRoot: "/var/www" });
    const { status, headers, body } = await asked("GET /cgi/sub/b.cgi/x?q");
    assert.deepEqual([status, headers["content-type"], body], [200, "text/plain", "Hello"]);
    const { program, options } = processes.started[0]!;
    assert.deepEqual(
      [program, options.directory, options.arguments, options.group],
      ["/srv/sub/b.cgi", "/srv/sub", [], true],
    );
    const { SCRIPT_NAME, PATH_INFO, PATH_TRANSLATED, QUERY_STRING, PATH, HOME } = options.environment as Record<
      string,
      string
    >;
    assert.deepEqual(
      [SCRIPT_NAME, PATH_INFO, PATH_TRANSLATED, QUERY_STRING],
      ["/cgi/sub/b.cgi", "/x", "/var/www/x", "q"],
    );
    assert.deepEqual([PATH, HOME], ["/usr/local/bin:/usr/bin:/bin", undefined]);
  });

  const paths = [
    ["/cgi/a.cgi", 200],
    ["/cgi/a.cgi/", 200],
    ["/cgi/data.txt", 403],
    ["/cgi/none.cgi", 404],
    ["/cgi/", 404],
    ["/cgi", 404],
    ["/cgi/sub/", 404],
    ["/cgi/.hidden.cgi", 404],
  ] as const;
  for (const [path, status] of paths) {
    test(`answers ${path} with ${status}`, async () => {
      const { asked } = await world(hello);
      assert.equal((await asked(`GET ${path}`)).status, status);
    });
  }

  test("passes the body on with its length, and answers as the script does", async () => {
    const echo = async ({ io, options }: ScriptedProgram) => {
      const body = await io.readAll();
      io.write(`Status: 201 Created\n\n${options.environment?.["CONTENT_LENGTH"]}:${Buffer.from(body)}`);
    };
    const { asked } = await world(echo);
    const answer = await asked("POST /cgi/a.cgi", ["Content-Length: 11"], { body: ["Hello ", "world"] });
    assert.deepEqual([answer.status, answer.body], [201, "11:Hello world"]);
    const chunked = await asked("POST /cgi/a.cgi", ["Transfer-Encoding: chunked"], { body: ["Hello ", "world"] });
    assert.equal(chunked.body, "11:Hello world");
  });

  test("refuses a body in chunks that is longer than may be kept", async () => {
    const { asked, processes } = await world(hello, { spoolOctetsMax: 5 });
    const answer = await asked("POST /cgi/a.cgi", ["Transfer-Encoding: chunked"], { body: ["Hello ", "world"] });
    assert.equal(answer.status, 411);
    assert.equal(processes.started.length, 0);
  });

  test("does not mind a script that leaves the body unread", async () => {
    const { asked } = await world(hello);
    const body = ["x".repeat(200_000), "y".repeat(200_000)];
    assert.equal((await asked("POST /cgi/a.cgi", ["Content-Length: 400000"], { body })).body, "Hello");
  });

  test("takes Content-Length from the script, and lets a HEAD have it without the document", async () => {
    const { asked } = await world(async ({ io }) => void io.write("Content-Length: 5\n\nHello"));
    const { status, headers, body } = await asked("HEAD /cgi/a.cgi");
    assert.deepEqual([status, headers["content-length"], body], [200, "5", ""]);
  });

  test("takes the response of an nph- script apart, since the connection is ours", async () => {
    const { asked } = await world(
      async ({ io }) => void io.write("HTTP/1.0 402 Pay\r\nConnection: close\r\nX-A: b\r\n\r\nnow"),
    );
    const { status, headers, body } = await asked("GET /cgi/nph-c.cgi");
    assert.deepEqual([status, headers, body], [402, { "x-a": "b" }, "now"]);
  });

  const failures = [
    ["prints nothing", "", 502, /ended before the head/],
    ["prints half a head", "Content-Type: text/plain\n", 502, /ended before the head/],
    ["prints something else", "<html>\n\n", 502, /is no field/],
  ] as const;
  for (const [name, output, status, fault] of failures) {
    test(`answers ${status} for a script that ${name}, and reports it with its last words`, async () => {
      const { asked } = await world(async ({ io, errors }) => {
        errors.write("Died at line 1\n");
        errors.end();
        io.write(output);
      });
      const faults = await faultsDuring(async () => {
        const answer = await asked("GET /cgi/a.cgi");
        assert.equal(answer.status, status);
        assert.doesNotMatch(answer.body, /Died|srv/);
      });
      assert.match(faults[0]!, fault);
      assert.match(faults[0]!, /Died at line 1/);
    });
  }

  test("tells what scripts complain of, line by line, to who wants to know", async () => {
    const lines: string[] = [];
    const { asked } = await world(
      async ({ io, errors }) => {
        await errors.send("one\r\ntw");
        await errors.send("o\nthree");
        errors.end();
        await settled();
        io.write("Status: 200\n\n");
      },
      { onStderr: (line, request) => lines.push(`${request.path}: ${line}`) },
    );
    await asked("GET /cgi/a.cgi");
    await settled();
    assert.deepEqual(lines, ["/cgi/a.cgi: one", "/cgi/a.cgi: two", "/cgi/a.cgi: three"]);
  });

  test("answers 500 when the script cannot be started", async () => {
    const { root, reactor } = await world(hello);
    const processes = { spawn: () => Promise.reject(new Error("ENOENT")) };
    await faultsDuring(async () => {
      assert.equal((await ask(root, "GET /cgi/a.cgi", [], { reactor: { ...reactor, processes } })).status, 500);
    });
  });

  test("ends a script that says nothing, and answers 504", async () => {
    const { asked, clock, processes } = await world(({ io }) => io.readAll().then(() => new Promise(() => {})), {
      idleTimeoutMs: 1000,
    });
    const faults = await faultsDuring(async () => {
      const answer = asked("GET /cgi/a.cgi");
      while (processes.started.length === 0) await settled();
      for (let turn = 0; turn < 5; turn++) await settled();
      await clock.elapse(1000);
      await clock.elapse(200);
      assert.equal((await answer).status, 504);
    });
    assert.equal(faults.length, 1);
    assert.deepEqual(processes.started[0]?.signals, ["SIGTERM"]);
    await clock.elapse(2000);
    assert.deepEqual(processes.started[0]?.signals, ["SIGTERM", "SIGKILL"]);
  });

  test("ends a script that says too much", async () => {
    const { asked, processes } = await world(async ({ io }) => void io.write(`Status: 200\n\n${"x".repeat(100)}`), {
      outputOctetsMax: 50,
    });
    await faultsDuring(async () => assert.equal((await asked("GET /cgi/a.cgi")).status, 502));
    assert.deepEqual(processes.started[0]?.signals, ["SIGTERM"]);
  });

  test("ends a script whose client has gone", async () => {
    const { root, reactor, processes } = await world(async ({ io }) => {
      io.write("Status: 200\n\nfirst");
      await io.closed;
    });
    const request = makeRequest("GET /cgi/a.cgi", [], { reactor });
    const answer = await route(root, request);
    const body = answer.body as AsyncIterableIterator<Uint8Array>;
    assert.equal(Buffer.from((await body.next()).value!).toString(), "first");
    await body.return!();
    assert.deepEqual(processes.started[0]?.signals, ["SIGTERM"]);
  });

  test("lets so many run and so many wait, and the others come again later", async () => {
    const gates: (() => void)[] = [];
    const { asked, processes } = await world(
      async ({ io }) => {
        await new Promise<void>((resolve) => gates.push(resolve));
        io.write("Status: 200\n\n");
      },
      { programsMax: 1, waitingMax: 1 },
    );
    const first = asked("GET /cgi/a.cgi");
    while (gates.length === 0) await settled();
    const second = asked("GET /cgi/a.cgi");
    await settled();
    const third = await asked("GET /cgi/a.cgi");
    assert.deepEqual([third.status, third.headers["retry-after"]], [503, "1"]);
    gates[0]!();
    assert.equal((await first).status, 200);
    while (gates.length === 1) await settled();
    gates[1]!();
    assert.equal((await second).status, 200);
    assert.equal(processes.started.length, 2);
  });
});

describe("script", () => {
  test("runs a program with the path of the file", async () => {
    const processes = scriptedProcesses(hello);
    const reactor: Reactor = { ...memoryReactor(), processes };
    const root = files(await scripts(), { processors: { ".cgi": script("/usr/bin/perl", { arguments: ["-T"] }) } });
    assert.equal((await ask(root, "GET /sub/b.cgi/x", [], { reactor })).body, "Hello");
    const { program, options } = processes.started[0]!;
    assert.deepEqual([program, options.arguments], ["/usr/bin/perl", ["-T", "/srv/sub/b.cgi"]]);
    assert.equal(options.environment?.["PATH_TRANSLATED"], "/srv/x");
  });
});

describe("local redirects (RFC 3875 §6.2.2)", () => {
  const to =
    (location: string) =>
    async ({ io }: ScriptedProgram) =>
      void io.write(`Location: ${location}\n\n`);

  test("are answered by the site itself", async () => {
    const { root, reactor } = await world(to("/page?a=b"));
    const site = withLocalRedirects(root.mount("page", (request) => text(`${request.method} ${request.queryText}`)));
    const options = { reactor, body: ["x"] };
    assert.equal((await ask(site, "POST /cgi/a.cgi", ["Content-Length: 1"], options)).body, "GET a=b");
  });

  test("end when they go round in a circle", async () => {
    const { root, reactor, processes } = await world(to("/cgi/a.cgi"));
    assert.equal((await ask(withLocalRedirects(root), "GET /cgi/a.cgi", [], { reactor })).status, 508);
    assert.equal(processes.started.length, 11);
  });

  test("send the client there where the site is not known", async () => {
    const { asked } = await world(to("/page"));
    const { status, headers } = await asked("GET /cgi/a.cgi");
    assert.deepEqual([status, headers["location"]], [302, "/page"]);
  });
});
