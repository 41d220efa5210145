import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { type HawserProcess, startHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";

const perl = `#!/usr/bin/perl
print "Content-Type: text/plain\\n\\n";
print "Perl says: $ENV{REQUEST_METHOD} $ENV{SCRIPT_NAME}\\n";
`;

let site: TestSite;
let hawser: HawserProcess;

before(async () => {
  site = await testSite({
    "htdocs/index.html": "<h1>Home</h1>\n",
    "htdocs/page.pl": perl,
    "htdocs/old/index.htm": "the second index name\n",
    "htdocs/big.bin": Buffer.alloc(300_000, "0123456789"),
    "cgi-bin/env.pl": `#!/usr/bin/perl
print "Content-Type: text/plain\\nX-Script: yes\\n\\n";
print "$_=$ENV{$_}\\n" for sort keys %ENV;
read(STDIN, my $body, $ENV{CONTENT_LENGTH} || 0);
print "BODY=$body\\n";
`,
    "doc/manual.txt": "the manual\n",
  });
  hawser = await startHawser([
    ...["web", "--port", "0", "--path", site.path("htdocs"), "--index", "index.html,index.htm"],
    ...[
      "--processor",
      ".pl=/usr/bin/perl",
      "--cgi",
      `/cgis=${site.path("cgi-bin")}`,
      "--mount",
      `/doc=${site.path("doc")}`,
    ],
  ]);
});

after(async () => {
  await hawser.stop();
  await site[Symbol.asyncDispose]();
});

const curl = async (...words: readonly string[]) => (await runProgram("curl", ["-sS", ...words])).output;

test("curl gets the page, the Perl script, the CGI, /doc/ and the second index name (the article's Listing 2)", async (context) => {
  if (!needs(context, "curl", "perl")) return;
  assert.equal(await curl(hawser.url), "<h1>Home</h1>\n");
  assert.equal(await curl(`${hawser.url}page.pl`), "Perl says: GET /page.pl\n");
  assert.equal(await curl(`${hawser.url}doc/manual.txt`), "the manual\n");
  assert.equal(await curl(`${hawser.url}old/`), "the second index name\n");
  const answer = await curl("-i", "-d", "a=1&b=2", `${hawser.url}cgis/env.pl/more/path?q=1`);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /x-script: yes/i);
  for (const line of [
    "PATH_INFO=/more/path",
    "QUERY_STRING=q=1",
    "REQUEST_METHOD=POST",
    "CONTENT_LENGTH=7",
    "BODY=a=1&b=2",
  ]) {
    assert.ok(answer.includes(`${line}\n`), line);
  }
});

test("curl resumes, asks for ranges, sends Expect: 100-continue, and cannot climb out with --path-as-is", async (context) => {
  if (!needs(context, "curl")) return;
  assert.equal(await curl("-r", "10-19", `${hawser.url}big.bin`), "0123456789");
  assert.equal((await curl("-C", "299990", `${hawser.url}big.bin`)).length, 10);
  assert.match(
    await curl("-i", "-H", "Expect: 100-continue", "-d", "x=1", `${hawser.url}cgis/env.pl`),
    /^HTTP\/1\.1 100 Continue/,
  );
  const status = await curl("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", `${hawser.url}../../etc/passwd`);
  assert.match(status, /^40[04]$/);
});

test("curl keeps the connection for many requests", async (context) => {
  if (!needs(context, "curl")) return;
  const { errors } = await runProgram("curl", ["-sv", `${hawser.url}?[1-5]`, "-o", "/dev/null"]);
  assert.equal(errors.match(/Connected to/g)?.length, 1);
  assert.equal(errors.match(/< HTTP\/1\.1 200/g)?.length, 5);
});

test("wget mirrors the folder and finds nothing newer the second time", async (context) => {
  if (!needs(context, "wget")) return;
  await using copy = await testSite({});
  const words = ["-nv", "-m", "-nH", "-P", copy.folder, `${hawser.url}doc/`];
  assert.equal((await runProgram("wget", words)).status, 0);
  assert.equal(await readFile(copy.path("doc/manual.txt"), "utf8"), "the manual\n");
  assert.doesNotMatch((await runProgram("wget", words)).errors, /manual\.txt" \[1\]$/m);
});

test("Python's http.client keeps one connection alive, and pipelined requests are answered in order", async (context) => {
  if (!needs(context, "python3")) return;
  const { port } = new URL(hawser.url);
  const program = `
import http.client, socket
client = http.client.HTTPConnection("127.0.0.1", ${port})
for path in ("/", "/doc/manual.txt", "/missing", "/"):
    client.request("GET", path)
    answer = client.getresponse()
    print(answer.status, len(answer.read()))
client.request("POST", "/cgis/env.pl", body=iter([b"one ", b"two"]), headers={"Content-Type": "text/plain"}, encode_chunked=True)
print(client.getresponse().status)
plain = socket.create_connection(("127.0.0.1", ${port}))
plain.sendall(b"".join(b"GET %s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" % p for p in (b"/doc/manual.txt", b"/", b"/missing")) + b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
received = b""
while True:
    chunk = plain.recv(65536)
    if not chunk: break
    received += chunk
print([line.split()[1].decode() for line in received.split(b"\\r\\n") if line.startswith(b"HTTP/1.1 ") or b"HTTP/1.1 " in line])
`;
  const { output, errors } = await runProgram("python3", ["-c", program]);
  assert.match(output, /^200 14\n200 11\n404 \d+\n200 14\n(200|411)\n/, errors);
  const statuses = /\[(.*)\]/.exec(output)?.[1];
  assert.ok(statuses?.startsWith("'200'"), output);
});

test("ab and wrk finish without one failed request", async (context) => {
  if (!needs(context, "ab", "wrk")) return;
  const ab = (await runProgram("ab", ["-q", "-k", "-n", "5000", "-c", "20", hawser.url])).output;
  assert.match(ab, /Complete requests:\s+5000/);
  assert.match(ab, /Failed requests:\s+0/);
  assert.match(ab, /Keep-Alive requests:\s+(4[5-9]\d\d|5000)/);
  const wrk = (await runProgram("wrk", ["-t1", "-c50", "-d2s", `${hawser.url}doc/manual.txt`])).output;
  assert.match(wrk, /Requests\/sec/);
  assert.doesNotMatch(wrk, /Non-2xx|Socket errors/);
});
