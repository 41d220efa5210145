import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { files } from "../files/index.ts";
import { route } from "../http/resource.ts";
import { type AskOptions, ask, makeRequest } from "../testing/ask.test.kit.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { cgiDirectory, script } from "./index.ts";

const perl = "/usr/bin/perl";
const phpCgi = "/usr/bin/php-cgi";

const show = `print "Content-Type: text/plain\\n\\n";
print "$_=$ENV{$_}\\n" for sort keys %ENV;
print "<", join("", <STDIN>), ">";`;

/** Starts a child of its own, which must not outlive it. */
const endless = `$| = 1;
my $child = fork() // die;
if ($child == 0) { sleep 1000; exit }
print "Content-Type: text/plain\\n\\n$child\\n";
sleep 1000;`;

const scripts: Readonly<Record<string, string>> = {
  "show.pl": show,
  "endless.pl": endless,
  "die.pl": `die "broken\\n";`,
  "large.pl": `print "Content-Type: application/octet-stream\\n\\n"; print "x" x 1000 for 1..5000;`,
  "nph-a.pl": `print "HTTP/1.1 203 Mine\\r\\nX-A: b\\r\\n\\r\\nbody";`,
};

describe("CGI with perl", { skip: existsSync(perl) ? false : `${perl} is not installed` }, () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hawser-cgi-"));
    for (const [name, text] of Object.entries(scripts)) await writeFile(join(folder, name), `#!${perl}\n${text}\n`);
    await chmod(join(folder, "show.pl"), 0o755);
    await chmod(join(folder, "nph-a.pl"), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const page = (line: string, fields: readonly string[] = [], options: AskOptions = {}) =>
    ask(files(folder, { processors: { ".pl": script(perl) } }), line, fields, { reactor: nodeReactor, ...options });

  test("a page of the site is run by the interpreter, body, path and all", async () => {
    const { status, headers, body } = await page("POST /show.pl/more/?a=b", ["Content-Length: 5", "X-Y: z"], {
      body: ["hello"],
    });
    assert.deepEqual([status, headers["content-type"]], [200, "text/plain"]);
    const lines = body.split("\n");
    for (const line of [
      "PATH_INFO=/more/",
      `PATH_TRANSLATED=${folder}/more/`,
      "QUERY_STRING=a=b",
      "HTTP_X_Y=z",
      "<hello>",
    ]) {
      assert.ok(lines.includes(line), line);
    }
    assert.doesNotMatch(body, /^HOME=/m);
  });

  test("an executable file of a script folder runs by itself", async () => {
    const site = cgiDirectory(folder);
    assert.match((await ask(site, "GET /show.pl", [], { reactor: nodeReactor })).body, /SCRIPT_NAME=\/show\.pl/);
    assert.equal((await ask(site, "GET /die.pl", [], { reactor: nodeReactor })).status, 403);
    const nph = await ask(site, "GET /nph-a.pl", [], { reactor: nodeReactor });
    assert.deepEqual([nph.status, nph.headers, nph.body], [203, { "x-a": "b" }, "body"]);
  });

  test("a script that dies is a bad gateway, and its last words are kept", async () => {
    const said: string[] = [];
    const site = files(folder, { processors: { ".pl": script(perl, { onStderr: (line) => said.push(line) }) } });
    await faultsDuring(async () => {
      assert.equal((await ask(site, "GET /die.pl", [], { reactor: nodeReactor })).status, 502);
    });
    assert.deepEqual(said, ["broken"]);
  });

  test("much output comes through whole", async () => {
    assert.equal((await page("GET /large.pl")).octets.length, 5_000_000);
  });

  test("a script and its children end when the client leaves", async () => {
    const site = files(folder, { processors: { ".pl": script(perl) } });
    const response = await route(site, makeRequest("GET /endless.pl", [], { reactor: nodeReactor }));
    const body = response.body as AsyncIterableIterator<Uint8Array>;
    const child = Number(Buffer.from((await body.next()).value!));
    assert.ok(isAlive(child));
    await body.return!();
    while (isAlive(child)) await nodeReactor.clock.sleep(5);
  });
});

describe("CGI with php-cgi", { skip: existsSync(phpCgi) ? false : `${phpCgi} is not installed` }, () => {
  test("a page runs, and takes no options from its query", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hawser-php-"));
    await writeFile(join(folder, "a.php"), `<?php echo $_SERVER["QUERY_STRING"];`);
    const site = files(folder, { processors: { ".php": script(phpCgi) } });
    assert.equal((await ask(site, "GET /a.php?-s", [], { reactor: nodeReactor })).body, "-s");
    await rm(folder, { recursive: true });
  });
});

/** A zombie, which nobody here may bury, is dead. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
