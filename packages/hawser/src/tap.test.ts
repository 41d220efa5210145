import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { runHawser, startHawser } from "./testing/hawser-process.ts";
import { type TestSite, testSite } from "./testing/site.ts";

let site: TestSite;
before(async () => {
  site = await testSite({
    "htdocs/index.html": "<h1>Home</h1>",
    passphrase: "correct horse\n",
    wrong: "wrong horse\n",
    "node_modules/hawser-gopher/package.json": JSON.stringify({
      ...{ name: "hawser-gopher", type: "module" },
      hawser: { commands: { gopher: { module: "./commands.js", summary: "Serve a Gopher hole" } } },
    }),
    "node_modules/hawser-gopher/commands.js": `
      const text = { kind: "text", summary: "", repeatable: false, parse: (text) => text };
      export default {
        name: "gopher",
        summary: "Serve a Gopher hole",
        options: { hole: { ...text, placeholder: "DIR" } },
        async start({ hole }, { listen, print }) {
          const listener = await listen("tcp:127.0.0.1:0", { accept: (transport) => (transport.write("hole " + hole), transport.end(), { data() {}, end() {}, closed() {} }) });
          print("listening on gopher " + listener.address.port);
          return { stop: (options) => listener.stop(options) };
        },
      };`,
    "sub/node_modules/broken/package.json": JSON.stringify({
      hawser: { commands: { web: { module: "./x.js", summary: "Mine" } } },
    }),
  });
  chmodSync(site.path("passphrase"), 0o600);
});
after(() => site[Symbol.asyncDispose]());

const hawser = (...words: readonly string[]) => runHawser(words, { directory: site.folder });
const hawserInSub = (...words: readonly string[]) => runHawser(words, { directory: site.path("sub") });
const content = (name: string) => readFileSync(site.path(name), "utf8");

/** Runs a command that must succeed, and gives what it printed. */
async function done(...words: readonly string[]): Promise<string> {
  const { status, output, errors } = await hawser(...words);
  assert.equal(status, 0, `${words.join(" ")}: ${errors}`);
  assert.equal(errors, "");
  return output;
}

test("hawser tap keeps a server in a file that only its owner reads; hawser convert turns it round and back", async () => {
  assert.equal(
    await done("tap", "web", "--path", "htdocs", "--port", "7777", "--mount", "/doc=htdocs"),
    "wrote web.tap\n",
  );
  assert.equal(statSync(site.path("web.tap")).mode & 0o777, 0o600);
  assert.deepEqual(JSON.parse(content("web.tap")), {
    hawser: "tap",
    version: 1,
    application: {
      name: "web",
      directory: site.folder,
      services: [{ command: "web", name: "web", options: { port: 7777, path: "htdocs", mount: { "/doc": "htdocs" } } }],
    },
  });
  assert.equal(await done("convert", "web.tap", "web.tax"), "wrote web.tax\n");
  assert.equal(await done("convert", "web.tax", "web.tas"), "wrote web.tas\n");
  assert.equal(await done("convert", "web.tas", "again.tap"), "wrote again.tap\n");
  assert.equal(content("again.tap"), content("web.tap"));
  assert.match(content("web.tas"), /^import \{ application, web \} from "hawser";$/m);
  for (const name of ["web.tap", "web.tax", "web.tas"]) {
    assert.equal(await done("check", "--file", name), "ENDPOINT  SERVICE  TLS NAMES\ntcp:7777  web\n");
  }
});

test("hawser tap takes its own options before the command and among the command's, --append, and names", async () => {
  await done("tap", "-o", "two.tas", "--name", "first", "web", "--port", "7777", "--path", "htdocs");
  await done("tap", "web", "--port", "7778", "--append", "two.tas", "--path", "htdocs");
  await done("tap", "gopher", "--hole", "deep", "--append", "two.tas", "-o", "three.tap");
  const { services } = JSON.parse(content("three.tap")).application;
  assert.deepEqual(
    services.map(({ name, command }: { name: string; command: string }) => [name, command]),
    [
      ["first", "web"],
      ["web", "web"],
      ["gopher", "gopher"],
    ],
  );
  assert.match(
    content("two.tas"),
    /web\(\{ port: 7777, path: "htdocs" \}, \{ name: "first" \}\),\n {4}web\(\{ port: 7778, path: "htdocs" \}\),/,
  );
  const { status, errors } = await hawser("tap", "web", "--append", "two.tas", "--name", "first");
  assert.deepEqual([status, errors], [2, `hawser tap: cannot append: it has a service called "first" already\n`]);
});

test("a tas that was edited is run, and said to have been", async () => {
  await done("tap", "web", "--port", "7777", "-o", "edit.tas");
  writeFileSync(site.path("edit.tas"), content("edit.tas").replace("7777", "7000 + 777"));
  assert.equal(
    await done("convert", "edit.tas", "edit.tap"),
    "wrote edit.tap, after running edit.tas, which is a program\n",
  );
  assert.equal(JSON.parse(content("edit.tap")).application.services[0].options.port, 7777);
  const { status, errors } = await hawser("tap", "gopher", "--append", "edit.tas");
  assert.equal(status, 2);
  assert.match(
    errors,
    /cannot append: edit\.tas was edited, and would be written anew: choose another file with -o\n$/,
  );
});

test("an encrypted tap shows nothing, opens with its passphrase, and refuses another with one clear line", async () => {
  await done("tap", "web", "--path", "htdocs", "--encrypt", "--passphrase-file", "passphrase", "-o", "secret.tap");
  assert.match(content("secret.tap"), /^hawser-encrypted 1 tap scrypt 131072 8 1 /);
  assert.doesNotMatch(content("secret.tap"), /htdocs/);
  await done("convert", "secret.tap", "open.tap", "--decrypt", "--passphrase-file", "passphrase");
  assert.match(content("open.tap"), /htdocs/);
  await done("tap", "gopher", "--append", "secret.tap", "-o", "both.tap", "--passphrase-file", "passphrase");
  assert.match(content("both.tap"), /^hawser-encrypted /, "what was encrypted stays encrypted");
  const wrong = await hawser("convert", "secret.tap", "no.tap", "--decrypt", "--passphrase-file", "wrong");
  assert.deepEqual([wrong.status, wrong.output], [2, ""]);
  assert.equal(
    wrong.errors.split("\n").at(-2),
    `hawser convert: cannot decrypt "secret.tap": the passphrase is wrong, or the file was changed`,
  );
  const unasked = await hawser("check", "--file", "secret.tap");
  assert.deepEqual(
    [unasked.status, unasked.errors],
    [2, "hawser check: cannot ask for a secret: standard input is no terminal\n"],
  );
  const unsaid = await hawser("convert", "secret.tap", "no.tap", "--passphrase-file", "passphrase");
  assert.match(unsaid.errors, /is encrypted: --decrypt writes it in clear, --encrypt encrypts it again\n$/);
});

test("an encrypted tap runs where nobody can be asked, by --passphrase-file", async () => {
  await done("tap", "web", "--port", "0", "--encrypt", "--passphrase-file", "passphrase", "-o", "runs.tap");
  const words = ["run", "--file", "runs.tap", "--passphrase-file", "passphrase"];
  await using running = await startHawser(words, 1, { directory: site.folder });
  assert.equal((await fetch(running.url)).status, 200);
});

test("hawser check tells every mistake at once, with its place, and status 2", async () => {
  writeFileSync(
    site.path("sub/hawser.config.toml"),
    [
      "[[services]]",
      "web = { port = 'http', path = 'nowhere' }",
      "[[services]]",
      "gopher = { holes = 'x' }",
      "[[services]]",
      "wbe = {}",
    ].join("\n"),
  );
  const { status, output, errors } = await hawserInSub("check");
  assert.deepEqual([status, output], [2, ""]);
  assert.deepEqual(errors.split("\n"), [
    `warning: the package "broken" cannot be used: its command "web" is one of hawser itself`,
    `hawser.config.toml:2:1: web: cannot serve "nowhere": no such directory`,
    `hawser.config.toml:2:9: web: port: "http" is not a whole number from 0 to 65535`,
    `hawser.config.toml:4:12: gopher: holes: gopher has no option "holes", did you mean "hole"?`,
    `hawser.config.toml:6:1: wbe: There is no command "wbe", did you mean "web"?`,
    "4 mistakes",
    "",
  ]);
});

test("hawser check reads a configuration in TypeScript that imports hawser, which is not installed beside it", async () => {
  writeFileSync(site.path("ports.ts"), "export const port: number = 7777;\n");
  writeFileSync(
    site.path("hawser.config.ts"),
    `import { application, service, web } from "hawser";
     import { port } from "./ports.ts";
     export default application({ services: [web({ port, path: "htdocs" }), service("gopher", { hole: "x" })] });`,
  );
  const { status, output } = await hawser("check");
  assert.deepEqual([status, output], [0, "ENDPOINT  SERVICE  TLS NAMES\ntcp:7777  web\n"]);
  rmSync(site.path("hawser.config.ts"));
});

test("hawser check wants one configuration", async () => {
  assert.match((await hawser("check")).errors, /^hawser check: there is no hawser\.config\.ts .* in this folder\n$/);
  for (const name of ["hawser.config.json", "hawser.config.yaml"]) writeFileSync(site.path(name), "{}");
  const { status, errors } = await hawser("check");
  assert.deepEqual(
    [status, errors],
    [2, "hawser check: cannot choose between hawser.config.json and hawser.config.yaml: name one with --config\n"],
  );
});

test("a package beside the application brings a command, and a broken one spoils nothing", async () => {
  const { output } = await hawserInSub("--help");
  assert.match(output, /^ {2}gopher +Serve a Gopher hole \(hawser-gopher\)$/m);
  assert.match(output, /^The package "broken" cannot be used: its command "web" is one of hawser itself$/m);
  assert.match((await hawserInSub("gopher", "--help")).output, /--hole <DIR>/);
  assert.match((await hawserInSub("help", "gopher")).output, /--hole <DIR>/);
  assert.match((await hawserInSub("gofer")).errors, /^hawser: there is no command "gofer", did you mean "gopher"\?/);
});

test("a command of a package serves, in one process and in a cluster", async () => {
  for (const reactor of [[], ["--reactor", "cluster", "--workers", "2"]]) {
    const words = ["gopher", "--hole", "deep", ...reactor];
    await using running = await startHawser(words, 1, { directory: site.folder });
    const peer = connect(Number(running.url.split(" ").at(-1)), "127.0.0.1");
    const chunks: Buffer[] = [];
    for await (const chunk of peer) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString(), "hole deep");
  }
});
