import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connection, connectTo, formatAddress, listen } from "@hawser/core";
import { type DnsResolver, dnsResolver } from "@hawser/dns";
import { connectImap } from "@hawser/mail/imap";
import { sendMail } from "@hawser/mail/smtp";
import { type Example, startExample } from "./testing/example.ts";

const sourceFolder = fileURLToPath(new URL("../src/", import.meta.url));
const linesMax = 40;

/** What each example is for, tried out. Those that serve are given `http://127.0.0.1:PORT/`. */
const trials: Readonly<Record<string, () => Promise<void>>> = {
  cluster: () =>
    serving("cluster", async (url, { pid }) => {
      const worker = /^Process (\d+)\n$/.exec(await body(url))?.[1];
      assert.ok(worker !== undefined && Number(worker) !== pid);
    }),
  "dns-forwarder": () =>
    serving("dns-zone", async (upstream) => {
      await using example = startExample("dns-forwarder", "tcp:0:interface=127.0.0.1", new URL(upstream).host);
      await using dns = resolverOf(`http://${await example.printed(/^listening on (127\.0\.0\.1:\d+)/)}`);
      assert.equal((await dns.resolve("www.example.org", "A"))[0]!.address, "192.0.2.1");
      assert.equal((await dns.resolve("nas.home.arpa", "A"))[0]!.address, "192.0.2.7");
      await assert.rejects(dns.resolve("www.ads.example", "A"), { code: "name-not-found" });
      assert.match(await example.printed(/(.*ads\.example.*)\n/i), / udp www\.ads\.example\. IN A \S+ NXDOMAIN /i);
    }),
  "dns-worst-network": async () => {
    await using one = startExample("dns-worst-network", "42");
    await using other = startExample("dns-worst-network", "42");
    const pattern = /^((192\.0\.2\.53 after \d+ ms\n){5})/;
    assert.equal(await one.printed(pattern), await other.printed(pattern));
    assert.deepEqual([await one.ended(), await other.ended()], [0, 0]);
  },
  "dns-zone": () =>
    serving("dns-zone", async (url) => {
      await using dns = resolverOf(url);
      assert.equal((await dns.resolve("a.shops.example.org", "A"))[0]!.address, "192.0.2.1");
      assert.deepEqual((await dns.resolve("21.double.example", "TXT"))[0]!.strings, ["42"]);
    }),
  events: () =>
    serving("events", async (url) => {
      const response = await fetch(url);
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      for await (const chunk of response.body!) {
        assert.equal(Buffer.from(chunk).toString(), "data: tick 1\n\n");
        break;
      }
    }),
  form: () =>
    serving("form", async (url) => {
      assert.match(await body(url), /<form method="post"/);
      const form = new FormData();
      form.set("name", "Ahab");
      form.set("log", new Blob(["Call me Ishmael"]), "../ship.log");
      assert.equal(await body(url, { method: "POST", body: form }), '{"name":"Ahab","ship.log":15}');
    }),
  hello: () => serving("hello", async (url) => assert.equal(await body(`${url}?name=you`), "Hello, you\n")),
  hono: () =>
    serving("hono", async (url) => {
      assert.equal(await body(`${url}users/7`), '{"id":7}');
      assert.equal(await body(`${url}echo`, { method: "POST", body: "ahoy" }), "ahoy");
    }),
  limits: () => serving("limits", async (url) => assert.match(await body(url), /^(Slow and steady\n){64}$/)),
  login: () =>
    withFolder((folder) =>
      serving(
        "login",
        async (url) => {
          assert.equal((await fetch(url)).status, 401);
          const authorization = `Basic ${Buffer.from("alice:wonderland").toString("base64")}`;
          assert.equal(await body(url, { headers: { authorization } }), "Hello, alice of staff\n");
        },
        join(folder, "users"),
      ),
    ),
  machine: async () => {
    await using example = startExample("machine");
    assert.equal(await example.printed(/^6, 9\n/), "6, 9\n");
    assert.equal(await example.ended(), 0);
  },
  "own-command": () =>
    serving("own-command", async (url) => assert.equal(await said(url, "ahoy\r\n"), "You said ahoy\r\n")),
  "personal-web-server": () =>
    withFolder(async (folder) => {
      await writeFiles(folder, {
        "htdocs/index.htm": "Home",
        "htdocs/sum.pl": 'print "Content-Type: text/plain\\n\\n", 40 + 2;',
        "cgi-bin/who": "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nThis is %s' \"$SCRIPT_NAME\"\n",
        "doc/manual.txt": "Read me",
      });
      await chmod(join(folder, "cgi-bin/who"), 0o755);
      await serving("personal-web-server", asksEverywhere, folder);
    }),
  "mail-domain": async () => {
    await using example = startExample("mail-domain", "tcp:0:interface=127.0.0.1", "tcp:0:interface=127.0.0.1");
    const smtp = await example.printed(/^smtp on (\S+),/);
    const imap = await example.printed(/imap on (\S+)\n/);
    const draft = { from: "bob@example.org", to: "Team@Example.org", subject: "Tea?", text: "At five." };
    await sendMail(draft, { via: `tcp:${smtp}` });
    const login = { user: "alice@example.org", password: "wonderland" };
    await using mail = await connectImap(`tcp:${imap}`, { login });
    await using inbox = await mail.select("INBOX");
    for await (const { envelope } of inbox.fetch("1", ["envelope"])) assert.equal(envelope.subject, "Tea?");
    assert.equal(inbox.exists, 1);
    assert.equal(await example.ended("SIGTERM"), 0);
  },
  "phone-book": () =>
    serving("phone-book", async (url) => {
      assert.equal(await said(url, "bob\r\neve\r\n"), "+31 20 5678\r\nNo such person\r\n");
    }),
  reconnect: async () => {
    const answers = ["+49 30 1234", "+49 30 5678"];
    const oneAnswer = connection(async (peer) => {
      assert.equal(await peer.readLine(), "alice");
      peer.write(`${answers.shift() ?? "no more"}\r\n`);
    });
    await using server = await listen("tcp:127.0.0.1:0", oneAnswer);
    await using example = startExample("reconnect", `tcp:${formatAddress(server.address)}`);
    await example.printed(/connected\nalice: \+49 30 1234\nwaiting\nconnecting\nconnected\nalice: \+49 30 5678\n/);
    assert.equal(await example.ended("SIGTERM"), 0);
  },
  services: async () => {
    await using example = startExample("services", "tcp:0:interface=127.0.0.1");
    const url = await example.printed(/^listening on (http:.*)\n/);
    // A connection of its own each time: one that is kept stays with the service that took it.
    const ask = () => said(url, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert.match(await ask(), /\nHello, after \d+ beats\n$/);
    process.kill(example.pid, "SIGHUP");
    await example.printed(/reloaded\n/);
    assert.match(await ask(), /\nGood evening, after \d+ beats\n$/);
    const status = await example.ended("SIGTERM");
    await example.printed(/stopped\n$/);
    assert.equal(status, 0);
  },
  sessions: () =>
    serving("sessions", async (url) => {
      const first = await fetch(url);
      assert.equal(await first.text(), "Visit 1\n");
      const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
      assert.equal(await body(url, { headers: { cookie } }), "Visit 2\n");
    }),
  simulation: async () => {
    await using one = startExample("simulation", "42");
    await using other = startExample("simulation", "42");
    const whole = /^.*All of it took .* steps here\n/s;
    assert.equal(await one.printed(whole), await other.printed(whole));
    assert.match(await one.printed(whole), /-- partition client\|server\n.*-- heal\n.*S: HTTP\/1\.1 200 OK\n/s);
  },
  tls: async () => {
    await using example = startExample("tls", "tls:0:interface=127.0.0.1");
    const where = await example.printed(/^listening on https:\/\/(.*)\/\ntry: curl -k https:.*\n/);
    await using peer = await connectTo(`tls:${where}:verify=no`);
    peer.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert.match(Buffer.from(await peer.readAll()).toString(), /\r\n\r\nNobody else heard that \(TLSv1\.3, .*\)\n$/);
  },
  upgrade: () =>
    serving("upgrade", async (url) => {
      assert.equal((await fetch(url)).status, 426);
      const request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n";
      assert.match(await said(url, `${request}ahoy\r\n`), /^HTTP\/1\.1 101 .*\r\n\r\nAHOY\r\n$/s);
    }),
  upload: () =>
    serving("upload", async (url) => {
      assert.equal((await fetch(url)).status, 405);
      const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
      assert.equal(await body(url, { method: "PUT", body: "abc" }), `{"octets":3,"sha256":"${sha256}"}`);
    }),
  "virtual-hosts": () =>
    serving("virtual-hosts", async (url) => {
      const ask = (host: string) => said(url, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(await ask("www.example.org"), /\r\n\r\nThe site of www\.example\.org\n$/);
      assert.match(await ask("blog.example.org"), /\r\n\r\nThe page of blog\n$/);
      assert.match(await ask("example.org"), /\r\nLocation: https:\/\/www\.example\.org/);
    }),
  "wait-for-mail": async () => {
    await using example = startExample("wait-for-mail");
    await example.printed(/also when the server is busy the first time/);
    assert.equal(await example.ended(), 0);
  },
  watch: () =>
    serving("watch", async (url, example) => {
      await body(`${url}lighthouse`);
      await example.printed(/opened, 1 open\nGET \/lighthouse 200 in [\d.]+ ms\n/);
    }),
};

const names = (await readdir(sourceFolder))
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => name.slice(0, -3));

describe("examples", { concurrency: 2 }, () => {
  for (const name of names) {
    test(`${name} does what it says, in ${linesMax} lines at most`, async () => {
      const lines = (await readFile(join(sourceFolder, `${name}.ts`), "utf8")).trimEnd().split("\n").length;
      assert.ok(lines <= linesMax, `it has ${lines} lines`);
      assert.ok(trials[name] !== undefined, "nothing tries it: add a trial");
      await trials[name]();
    });
  }

  test("are all listed in README.md", async () => {
    const page = await readFile(join(sourceFolder, "../README.md"), "utf8");
    for (const name of names) assert.ok(page.includes(`(src/${name}.ts)`), name);
  });
});

/** Runs an example that serves, and ends it as people do. */
/** A resolver that asks the server of this URL, and nobody else. */
function resolverOf(url: string): DnsResolver {
  const { hostname, port } = new URL(url);
  return dnsResolver({ servers: [`${hostname}#${port}`], hostsFile: false, search: [] });
}

async function serving(
  name: string,
  trial: (url: string, example: Example) => Promise<void>,
  ...words: readonly string[]
): Promise<void> {
  await using example = startExample(name, "tcp:0:interface=127.0.0.1", ...words);
  const where = await example.printed(/^listening on (?:http:\/\/)?(127\.0\.0\.1:\d+)/);
  await trial(`http://${where}/`, example);
  assert.ok([0, "SIGTERM"].includes((await example.ended("SIGTERM")) as never));
}

async function asksEverywhere(url: string): Promise<void> {
  assert.equal(await body(url), "Home");
  assert.equal(await body(`${url}sum.pl`), "42");
  assert.equal(await body(`${url}cgis/who`), "This is /cgis/who");
  assert.equal(await body(`${url}doc/manual.txt`), "Read me");
}

async function body(url: string, options: RequestInit = {}): Promise<string> {
  return (await fetch(url, options)).text();
}

/** Says something and ends; gives everything that is answered. */
async function said(url: string, text: string): Promise<string> {
  await using peer = await connectTo(`tcp:${new URL(url).host}`);
  peer.write(text);
  peer.end();
  return Buffer.from(await peer.readAll()).toString();
}

async function withFolder(trial: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-examples-"));
  try {
    await trial(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
