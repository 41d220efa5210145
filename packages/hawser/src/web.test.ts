import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runHawser, startHawser } from "./testing/hawser-process.ts";

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "hawser-web-"));
  await mkdir(join(folder, "htdocs"));
  await mkdir(join(folder, "doc"));
  await writeFile(join(folder, "htdocs", "index.html"), "<h1>Home</h1>");
  await writeFile(join(folder, "htdocs", "notes.txt"), "notes");
  await writeFile(join(folder, "doc", "manual.txt"), "manual");
  await writeFile(join(folder, "doc", "long.txt"), "long ".repeat(1000));
  await mkdir(join(folder, "cgi"));
  const script = (name: string, text: string) =>
    writeFile(join(folder, "cgi", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await script("notes.sh", "printf 'Location: /notes.txt\\n\\n'");
  await script("path.sh", `printf 'Content-Type: text/plain\\n\\n'; echo "$PATH_INFO"`);
  await script("kill.sh", "kill -9 $PPID");
  await script("broken.sh", "printf '\\033[31mred\\n' >&2");
});

after(() => rm(folder, { recursive: true }));

const htdocs = () => join(folder, "htdocs");

test("hawser web --port 0 prints the port it got, serves, and exits with 0 on SIGTERM", async () => {
  const hawser = await startHawser(["web", "--port", "0", "--path", htdocs()]);
  assert.match(hawser.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
  const page = await fetch(hawser.url);
  assert.equal(page.status, 200);
  assert.equal(await page.text(), "<h1>Home</h1>");
  assert.equal(await hawser.stop(), 0);
  assert.deepEqual(hawser.lines, [`listening on ${hawser.url}`]);
});

test("hawser web --auth-realm without --auth is a mistake", async () => {
  const { status, errors } = await runHawser(["web", "--path", htdocs(), "--auth-realm", "Family"]);
  assert.deepEqual([status, errors], [2, "hawser web: --auth-realm needs --auth\n"]);
});

test("hawser web serves several endpoints, mounts and virtual hosts", async () => {
  await using hawser = await startHawser(
    [
      ...["web", "--listen", "tcp:0:interface=127.0.0.1", "--listen", `unix:${join(folder, "web.sock")}`],
      ...[
        "--path",
        htdocs(),
        "--mount",
        `/doc=${join(folder, "doc")}`,
        "--vhost",
        `manual.test=${join(folder, "doc")}`,
      ],
    ],
    2,
  );
  assert.equal(hawser.urls[1], `http+unix://${join(folder, "web.sock")}`);
  assert.equal(await (await fetch(`${hawser.url}doc/manual.txt`)).text(), "manual");
  assert.equal(await (await fetch(`${hawser.url}notes.txt`)).text(), "notes");
});

test("hawser web --no-listing shows no directory pages, and without it does", async () => {
  await using closed = await startHawser(["web", "--port", "0", "--path", join(folder, "doc"), "--no-listing"]);
  assert.equal((await fetch(closed.url)).status, 403);
  await using open = await startHawser(["web", "--port", "0", "--path", join(folder, "doc")]);
  assert.match(await (await fetch(open.url)).text(), /manual\.txt/);
});

test("hawser web --log writes one line for each request, as text or as JSON", async () => {
  const log = join(folder, "access.log");
  const hawser = await startHawser(["web", "--port", "0", "--path", htdocs(), "--log", log]);
  await (await fetch(`${hawser.url}notes.txt`, { headers: { "user-agent": 'a "quoted" agent' } })).text();
  await (await fetch(`${hawser.url}missing`)).text();
  await hawser.stop();
  const lines = (await readFile(log, "utf8")).split("\n");
  assert.match(lines[0]!, /^127\.0\.0\.1 - - \[.+\] "GET \/notes\.txt HTTP\/1\.1" 200 5 "-" "a \\"quoted\\" agent"$/);
  assert.match(lines[1]!, /"GET \/missing HTTP\/1\.1" 404 /);
});

test("hawser web exits with 2 and one clear line when it is asked for nonsense", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["--path", "/nowhere"], `hawser web: cannot serve "/nowhere": no such directory\n`],
    [
      ["--path", join(folder, "htdocs", "notes.txt")],
      `hawser web: cannot serve "${join(folder, "htdocs", "notes.txt")}": not a directory\n`,
    ],
    [["--prot", "80"], "hawser web: unknown option '--prot'"],
    [["--port", "99999"], "not a whole number from 0 to 65535"],
    [["--mount", "doc=/tmp"], `"doc=/tmp" is not /URL=…`],
    [["--log-format", "xml"], `"xml" is not one of combined, json`],
    [["--listen", "tcp:80x"], `port "80x"`],
    [["--tls-key", "key.pem"], "hawser web: --tls-key needs --tls-cert\n"],
    [["--workers", "2"], "hawser web: --workers needs --reactor cluster\n"],
    [["--vhost", "a b=."], `hawser web: cannot serve the host "a b"`],
    [["--processor", ".pl=/none/perl"], `cannot run ".pl" files by "/none/perl": there is no such program\n`],
    [["--processor", `.pl=${folder}`], `cannot run ".pl" files by "${folder}": it is no program\n`],
    [["--port", "0", "--tls-cert", "none.pem"], `Cannot use certificate "none.pem": no such file\n`],
    [
      ["--listen", "tls:0"],
      "hawser web: cannot listen on tls:0: Cannot use TLS without a certificate: add cert=FILE\n",
    ],
  ];
  for (const [words, complaint] of cases) {
    const { status, output, errors } = await runHawser(["web", ...words]);
    assert.equal(status, 2, `${words.join(" ")}: ${errors}`);
    assert.equal(output, "");
    assert.ok(errors.includes(complaint), `${words.join(" ")} said ${JSON.stringify(errors)}`);
    assert.doesNotMatch(errors, /\n {4}at /, "no stack trace");
  }
});

test("hawser web compresses text for clients that take it, unless --no-compression says otherwise", async () => {
  await using hawser = await startHawser(["web", "--port", "0", "--path", join(folder, "doc")]);
  const headers = { "accept-encoding": "gzip" };
  assert.equal((await fetch(`${hawser.url}long.txt`, { headers })).headers.get("content-encoding"), "gzip");
  await using plain = await startHawser(["web", "--port", "0", "--path", join(folder, "doc"), "--no-compression"]);
  assert.equal((await fetch(`${plain.url}long.txt`, { headers })).headers.get("content-encoding"), null);
});

test("hawser web answers itself when a script names another page of the site (RFC 3875 §6.2.2)", async () => {
  await using hawser = await startHawser([
    ...["web", "--port", "0", "--path", htdocs(), "--cgi", `/cgi=${join(folder, "cgi")}`],
  ]);
  const page = await fetch(`${hawser.url}cgi/notes.sh`, { redirect: "error" });
  assert.equal(await page.text(), "notes");
});

test("hawser web tells in one line what a script did wrong, with nothing in it that steers a terminal", async () => {
  await using hawser = await startHawser([
    ...["web", "--port", "0", "--path", htdocs(), "--cgi", `/cgi=${join(folder, "cgi")}`],
  ]);
  assert.equal((await fetch(`${hawser.url}cgi/broken.sh`)).status, 502);
  await hawser.stop();
  assert.equal(
    hawser.errors,
    "hawser web: GET /cgi/broken.sh (it said: \\x1b[31mred): " +
      "The script ended before the head of its answer was complete\n",
  );
});

test("hawser web serves on when nobody reads its log any more", async () => {
  const hawser = await startHawser(["web", "--port", "0", "--path", htdocs(), "--log", "-"]);
  hawser.stopReading();
  for (let count = 0; count < 3; count++) assert.equal((await fetch(hawser.url)).status, 200);
  assert.equal(await hawser.stop(), 0);
  assert.equal(hawser.errors, "hawser: the log on standard output ends here: nobody reads it any more\n");
});

test("hawser web answers 404 for a name no file can have, and gives it to a script that asks for it", async () => {
  await using hawser = await startHawser([
    ...["web", "--port", "0", "--path", htdocs(), "--cgi", `/cgi=${join(folder, "cgi")}`],
  ]);
  const token = "t".repeat(3_000);
  assert.equal((await fetch(`${hawser.url}${token}`)).status, 404);
  assert.equal(await (await fetch(`${hawser.url}cgi/path.sh/${token}`)).text(), `/${token}\n`);
});

test("hawser web exits with 1 when the port is in use", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  const { status, errors } = await runHawser([
    "web",
    "--listen",
    `tcp:${port}:interface=127.0.0.1`,
    "--path",
    htdocs(),
  ]);
  taken.close();
  assert.equal(status, 1);
  assert.equal(errors, `hawser web: cannot listen on tcp:127.0.0.1:${port}: address already in use\n`);
});

test("hawser web --reactor cluster serves from several processes on one port, and stops them all", async () => {
  const hawser = await startHawser([
    "web",
    "--port",
    "0",
    "--path",
    htdocs(),
    "--reactor",
    "cluster",
    "--workers",
    "2",
  ]);
  assert.deepEqual(hawser.lines, [`listening on ${hawser.url}`]);
  for (let count = 0; count < 10; count++) {
    const page = await fetch(`${hawser.url}notes.txt`, { headers: { connection: "close" } });
    assert.equal(await page.text(), "notes");
  }
  assert.equal(await hawser.stop(), 0);
  await assert.rejects(fetch(hawser.url));
});

test("hawser web --reactor cluster says when a worker is lost, and serves on", { timeout: 30_000 }, async () => {
  await using hawser = await startHawser([
    ...["web", "--port", "0", "--path", htdocs(), "--cgi", `/cgi=${join(folder, "cgi")}`],
    ...["--reactor", "cluster", "--workers", "2"],
  ]);
  await assert.rejects(fetch(`${hawser.url}cgi/kill.sh`)); // its worker is gone before it can answer
  while (hawser.errors === "") assert.equal((await fetch(hawser.url)).status, 200);
  assert.match(hawser.errors, /^hawser web: worker \d+ ended, and is replaced: SIGKILL\n$/);
});

test("hawser web --reactor cluster tells once what keeps it from starting, with the same status", async () => {
  const { status, errors } = await runHawser(["web", "--path", "/nowhere", "--reactor", "cluster", "--workers", "2"]);
  assert.equal(status, 2);
  assert.equal(errors, `hawser web: cannot serve "/nowhere": no such directory\n`);
});

test("hawser --help, --version and web --help tell what there is", async () => {
  assert.match((await runHawser(["--help"])).output, /web +Serve a folder/);
  assert.match((await runHawser(["--version"])).output, /^hawser \d+\.\d+\.\d+\n$/);
  const help = (await runHawser(["web", "--help"])).output;
  const named = [
    "listen",
    "port",
    "path",
    "index",
    "mount",
    "cgi",
    "processor",
    "vhost",
    "no-listing",
    "no-compression",
    "tls-cert",
    "tls-key",
    "log",
    "log-format",
    "reactor",
    "workers",
  ];
  for (const option of named) assert.ok(help.includes(`--${option} `), `--${option} is in the help`);
  assert.equal((await runHawser(["wbe"])).status, 2);
});
