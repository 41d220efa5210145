import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { type HawserProcess, runHawser, startHawser } from "./testing/hawser-process.ts";
import { testSite } from "./testing/site.ts";

const zone = `$TTL 1h
@    SOA  ns host 1 2h 15m 2w 5m
     NS   ns
ns   A    127.0.0.1
www  A    192.0.2.1
`;
const onLoopback = ["--listen", "tcp:0:interface=127.0.0.1", "--listen", "udp:0:interface=127.0.0.1"];

/** `127.0.0.1#PORT`, as it is asked. */
function place({ url }: Pick<HawserProcess, "url">): string {
  const port = url.split(":").at(-1)!;
  return `127.0.0.1#${port}`;
}

async function dig(server: Pick<HawserProcess, "url">, ...words: readonly string[]): Promise<string> {
  const { output, errors } = await runHawser(["dig", `@${place(server)}`, ...words]);
  assert.equal(errors, "");
  return output.trim();
}

describe("hawser dns", () => {
  test("serves a zone over UDP and TCP on the same port, and says how to ask", async () => {
    await using site = await testSite({ "example.zone": zone });
    await using server = await startHawser(["dns", ...onLoopback, "--zone", `example=${site.path("example.zone")}`], 2);
    const [tcp, udp] = server.urls.map((url) => url.split(":"));
    assert.deepEqual([tcp![0], udp![0], tcp![2]], ["tcp", "udp", udp![2]]);
    assert.equal(await dig(server, "www.example", "+short"), "192.0.2.1");
    assert.match(await dig(server, "www.example", "+tcp"), /status: NOERROR[\s\S]*\(TCP\)/);
    assert.match(await dig(server, "other.test"), /status: REFUSED/);
    assert.match(await dig(server, "example", "axfr"), /Transfer failed/);
    assert.equal(server.lines.at(-1), `ask it: hawser dig @127.0.0.1 -p ${tcp![2]} example SOA`);
    assert.equal(await server.stop(), 0);
  });

  test("keeps a copy of another server's zone, with a key, and takes what is new when it is told", async () => {
    await using site = await testSite({ "example.zone": zone, "copies/.keep": "" });
    const { output: key } = await runHawser(["zone", "key", "k.example"]);
    await writeFile(site.path("k.key"), key);
    const tsig = ["--tsig", `k.example=${site.path("k.key")}`];
    const of = [
      "--zone",
      `example=${site.path("example.zone")}`,
      "--allow-transfer",
      "k.example",
      "--allow-update",
      "k.example",
    ];
    await using primary = await startHawser(["dns", ...onLoopback, ...of, ...tsig], 2);
    const from = ["--secondary", `example@${place(primary)},k.example`, "--state", site.path("copies")];
    await using copy = await startHawser(["dns", ...onLoopback, ...from, ...tsig], 2);
    await until(async () => (await dig(copy, "www.example", "+short")) === "192.0.2.1");
    const whole = await dig(primary, "example", "axfr", "-k", site.path("k.key"));
    assert.match(whole, /www\.example\.\s+3600\s+IN\s+A\s+192\.0\.2\.1[\s\S]*XFR size: 5 records/);
    assert.ok(!whole.includes(key.split('"')[3]!));
  });

  test("forwards, blocks, and answers from a hosts file, for networks of private use alone", async () => {
    await using site = await testSite({
      "example.zone": zone,
      "hosts.txt": "192.0.2.7 nas.home.arpa nas",
      "ads.txt": "ads.example",
    });
    await using upstream = await startHawser(
      ["dns", ...onLoopback, "--zone", `example=${site.path("example.zone")}`],
      2,
    );
    const lists = ["--hosts", site.path("hosts.txt"), "--block", site.path("ads.txt")];
    await using forwarder = await startHawser(["dns", ...onLoopback, "--forward", place(upstream), ...lists], 2);
    assert.equal(await dig(forwarder, "www.example", "+short"), "192.0.2.1");
    assert.equal(await dig(forwarder, "nas.home.arpa", "+short"), "192.0.2.7");
    assert.equal(await dig(forwarder, "-x", "192.0.2.7", "+short"), "nas.home.arpa.\nnas.");
    assert.equal(await dig(forwarder, "localhost", "+short"), "127.0.0.1");
    assert.match(await dig(forwarder, "ads.example"), /status: NXDOMAIN[\s\S]*EDE: 15 \(Blocked\)/);
    await using closed = await startHawser(
      ["dns", ...onLoopback, "--forward", place(upstream), "--allow", "10.0.0.0/8"],
      2,
    );
    assert.match(await dig(closed, "www.example"), /status: REFUSED[\s\S]*EDE: 18 \(Prohibited\)/);
  });

  test("writes a line for each answer, tells its name, and answers over HTTPS", async () => {
    await using site = await testSite({ "example.zone": zone });
    const options = ["--nsid", "ns7", "--log", site.path("dns.log"), "--https", "tcp:0:interface=127.0.0.1"];
    await using server = await startHawser(
      ["dns", ...onLoopback, "--zone", `example=${site.path("example.zone")}`, ...options],
      3,
    );
    assert.match(await dig(server, "www.example", "+nsid"), /NSID: 6e 73 37 \("ns7"\)/);
    assert.match(server.urls[2]!, /^http:\/\/127\.0\.0\.1:\d+\/dns-query$/);
    const question = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlAAABAAE"; // www.example. IN A
    const response = await fetch(`${server.urls[2]}?dns=${question}`);
    assert.equal(response.headers.get("content-type"), "application/dns-message");
    assert.deepEqual([...new Uint8Array(await response.arrayBuffer())].slice(-4), [192, 0, 2, 1]);
    await server.stop();
    assert.match(await readFile(site.path("dns.log"), "utf8"), / udp www\.example\. IN A \S+ NOERROR aa 1\/0\/0 /);
  });

  for (const [words, message] of [
    [[], /there is nothing to answer: add --zone/],
    [["--zone", "example=nowhere"], /cannot serve "example" from "nowhere": no such file/],
    [["--zone", "example"], /"example" is not NAME=…/],
    [["--zone", "a..b=x"], /a label is empty/],
    [["--secondary", "example@"], /is no name server/],
    [["--secondary", "example@192.0.2.1,k"], /there is no key "k": add --tsig k=FILE/],
    [["--forward", "192.0.2.1", "--recursive"], /leave out --forward, or give it a ZONE=/],
    [["--forward", "https:/x"], /is no name server: write it like/],
    [["--forward", "192.0.2.1", "--allow", "x"], /"x" is no network/],
    [["--block", "x", "--hosts", "/etc/hosts"], /--block needs --forward or --recursive/],
    [["--hosts", "/nowhere"], /cannot answer from "\/nowhere": no such file/],
    [
      ["--secondary", "example@192.0.2.1", "--state", "/nowhere"],
      /cannot keep copies in "\/nowhere": no such directory/,
    ],
    [["--recursive", "--root-hints", "/nowhere"], /cannot take root hints from "\/nowhere": no such file/],
  ] as const)
    test(`dns ${words.join(" ")} is told in one line`, async () => {
      const { status, output, errors } = await runHawser(["dns", "--port", "0", ...words]);
      assert.deepEqual([status, output], [2, ""]);
      assert.match(errors, /^hawser dns: .*\n$/);
      assert.match(errors, message);
    });

  test("tells the place of a fault in a zone, and that a zone is given twice", async () => {
    await using site = await testSite({ "example.zone": `${zone}x A 1.2.3\n` });
    const of = ["--zone", `example=${site.path("example.zone")}`];
    const faulty = await runHawser(["dns", "--port", "0", ...of]);
    assert.match(faulty.errors, /line 6, column 5: .*"1\.2\.3" is wrong here/);
    assert.deepEqual([faulty.status, faulty.output], [2, ""]);
    const twice = await runHawser(["dns", "--port", "0", ...of, "--zone", `EXAMPLE.=${site.path("example.zone")}`]);
    assert.match(twice.errors, /the zone "EXAMPLE" is given twice/);
  });
});

test("a configuration, and tap, tas and tax files, hold a DNS server; a reload reads its zones again", async () => {
  await using site = await testSite({
    "example.zone": zone,
    "hawser.config.mjs": `export default { services: [{ dns: {
      listen: ["tcp:0:interface=127.0.0.1", "udp:0:interface=127.0.0.1"], zone: { example: "example.zone" } } }] };`,
  });
  const { folder: directory } = site;
  const checked = await runHawser(["check"], { directory });
  assert.deepEqual([checked.status, checked.errors], [0, ""]);
  assert.match(checked.output, /udp:0:interface=127\.0\.0\.1/);
  const words = ["dns", ...onLoopback, "--zone", "example=example.zone", "--forward", "corp.example=192.0.2.53"];
  const tap = await runHawser(["tap", ...words], { directory });
  assert.equal(tap.status, 0, tap.errors);
  for (const [from, to] of [
    ["dns.tap", "dns.tas"],
    ["dns.tas", "dns.tax"],
    ["dns.tax", "again.tap"],
  ] as const)
    assert.equal((await runHawser(["convert", from, to], { directory })).status, 0, to);
  assert.deepEqual(
    JSON.parse(await readFile(site.path("again.tap"), "utf8")),
    JSON.parse(await readFile(site.path("dns.tap"), "utf8")),
  );

  await using server = await startHawser(["up"], 2, { directory });
  assert.equal(await dig(server, "www.example", "+short"), "192.0.2.1");
  await writeFile(site.path("example.zone"), `${zone.replace("host 1 ", "host 2 ")}new A 192.0.2.2\n`);
  process.kill(server.pid, "SIGHUP");
  await until(async () => (await dig(server, "new.example", "+short")) === "192.0.2.2");
  await appendFile(site.path("example.zone"), "x A 1.2.3\n");
  process.kill(server.pid, "SIGHUP");
  await until(async () => server.errors.includes("1.2.3"));
  assert.equal(await dig(server, "new.example", "+short"), "192.0.2.2");
});

describe("hawser zone", () => {
  test("check tells what is wrong, with its place, and OK", async () => {
    await using site = await testSite({
      "good.zone": zone,
      "bad.zone": `${zone}x A 1.2.3\nmail MX 10 www\nz CNAME a\nz A 192.0.2.3\n`,
    });
    const check = (...words: readonly string[]) =>
      runHawser(["zone", "check", "example", ...words], { directory: site.folder });
    const good = await check("good.zone");
    assert.deepEqual([good.status, good.output, good.errors], [0, "zone example: serial 1, 4 records\nOK\n", ""]);
    const bad = await check("bad.zone");
    assert.equal(bad.status, 1);
    assert.match(bad.errors, /^bad\.zone:6:5: error: .*"1\.2\.3"/);
    assert.match(bad.errors, /\nzone example: not to be served: \d errors\n$/);
    assert.deepEqual([(await check("bad.zone", "--quiet")).errors, (await check("nowhere")).status], ["", 2]);
    const printed = await check("good.zone", "--print", "--format", "full");
    assert.match(printed.output, /^example\.\s3600\sIN\sSOA[\s\S]*\nwww\.example\. 3600 IN A 192\.0\.2\.1\n$/);
    assert.match(printed.errors, /OK/);
  });

  test("key makes another secret each time, for --tsig and dig -k", async () => {
    const [one, two] = [await runHawser(["zone", "key", "a.example"]), await runHawser(["zone", "key", "a.example"])];
    assert.match(one.output, /^key "a\.example" \{\n\talgorithm hmac-sha256;\n\tsecret "[A-Za-z0-9+/]{43}=";\n\};\n$/);
    assert.notEqual(one.output, two.output);
  });
});

/** Asks again until it is so; the test run ends what never is. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
