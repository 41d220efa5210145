import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { SeededRandom } from "@hawser/core/simulation";
import { DnsClient } from "../../client/dns-client.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import { transferZone } from "../../transfer/in/transfer-zone.ts";
import {
  eventually,
  freePort,
  needsPrograms,
  runProgram,
  temporaryFolder,
  writeIn,
} from "../../transfer/interop/daemons.test.kit.ts";
import { bind, keyName, keySecret, startNameServer } from "../../transfer/interop/name-servers.test.kit.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { formatDnsRcode } from "../../words.ts";
import { linesOf } from "../authority.test.kit.ts";
import { type DynamicZonesPlugin, dynamicZonesPlugin } from "../journal/dynamic-zones-plugin.ts";
import { updateOf } from "../update/update-text.test.kit.ts";

const origin = parseDomainName("example.org");
const key = parseTsigKey(`hmac-sha256:${keyName}:${keySecret}`);
const zoneText = "$TTL 300\n@ SOA ns host 1 7200 900 1209600 300\n@ NS ns\n@ NS ns2\nns A 192.0.2.1\nns2 A 192.0.2.2\n";

/** A server of ours whose zone takes updates from those who have the key. */
async function serve(context: TestContext): Promise<{ port: number; plugin: DynamicZonesPlugin; folder: string }> {
  const [folder, port] = [await temporaryFolder(context), await freePort()];
  await writeIn(folder, "zone", zoneText);
  const policy = [{ key: keyName, types: ["ANY"] }];
  const plugin = dynamicZonesPlugin({ folder, zones: { "example.org": { file: "zone", policy } } });
  const endpoints = [`udp:${port}:interface=127.0.0.1`, `tcp:${port}:interface=127.0.0.1`];
  const listener = await listen(endpoints, dnsServer(plugin, { tsigKeys: [key] }), { reactor: nodeReactor });
  context.after(() => listener.stop({ graceMs: 0 }));
  return { port, plugin, folder };
}

test("nsupdate changes our zone with TSIG, and nothing without", async (context) => {
  if (!needsPrograms(context, "nsupdate", "dig")) return;
  const { port, plugin } = await serve(context);
  const update = (lines: string, ...words: readonly string[]): Promise<string> =>
    runProgram("nsupdate", words, `server 127.0.0.1 ${port}\nzone example.org\n${lines}\nsend\nanswer\n`);
  const signed = ["-y", `hmac-sha256:${keyName}:${keySecret}`];
  assert.match(
    await update("prereq nxdomain www.example.org\nadd www.example.org 60 A 192.0.2.80", ...signed),
    /status: NOERROR/,
  );
  await update(
    'add www.example.org 60 TXT "a b" c\ndelete ns2.example.org\nadd _s._tcp.example.org 5 SRV 1 2 3 www.example.org.',
    ...signed,
  );
  assert.equal(
    (await runProgram("dig", [`-p${port}`, "@127.0.0.1", "+short", "www.example.org", "TXT"])).trim(),
    '"a b" "c"',
  );
  const before = linesOf(plugin.store(origin)!.zone.sets());
  for (const [lines, words, fault] of [
    ["add x.example.org 60 A 192.0.2.81", [], /REFUSED/],
    ["add x.example.org 60 A 192.0.2.81", ["-y", `hmac-sha256:${keyName}:d3Jvbmc=`], /BADSIG|NOTAUTH/],
    ["prereq nxdomain www.example.org\nadd x.example.org 60 A 192.0.2.81", signed, /YXDOMAIN/],
    ["prereq yxrrset www.example.org AAAA\nadd x.example.org 60 A 192.0.2.81", signed, /NXRRSET/],
  ] as const) {
    const failed = await update(lines, ...words).catch(
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
    assert.match(failed, fault);
  }
  assert.deepEqual(linesOf(plugin.store(origin)!.zone.sets()), before);
});

test("BIND does the same with the same updates", async (context) => {
  if (!needsPrograms(context, "named")) return;
  const { port: ourPort, plugin } = await serve(context);
  const port = await freePort();
  const server = await startNameServer(context, bind, { port, ourPort, zone: zoneText });
  await using client = new DnsClient(nodeReactor);
  const ask = async (at: number, message: DnsMessageInit): Promise<string> => {
    const place = { transport: "tcp", host: "127.0.0.1", port: at } as const;
    return formatDnsRcode((await client.exchange(message, place, { tsigKey: key })).rcode);
  };
  await eventually(
    "BIND answers",
    () =>
      ask(port, updateOf("prereq yxdomain @")).then(
        (rcode) => rcode === "NOERROR",
        () => false,
      ),
    server.log,
  );
  const random = new SeededRandom("updates");
  const rcodes = new Map<string, number>();
  for (let round = 0; round < 400; round++) {
    const lines = randomUpdate(random);
    const update = updateOf(...lines);
    const [ours, theirs] = [await ask(ourPort, update), await ask(port, update)];
    assert.equal(ours, theirs, `round ${round}\n${lines.join("\n")}`);
    rcodes.set(ours, (rcodes.get(ours) ?? 0) + 1);
    if (round % 10 === 9)
      assert.deepEqual(await bindLines(port), ourLines(plugin), `round ${round}\n${lines.join("\n")}`);
  }
  context.diagnostic(`400 updates: ${[...rcodes].map(([rcode, count]) => `${count} ${rcode}`).join(", ")}`);
});

function ourLines(plugin: DynamicZonesPlugin): readonly string[] {
  return canonical(linesOf(plugin.store(origin)!.zone.sets()));
}

async function bindLines(port: number): Promise<readonly string[]> {
  const outcome = await transferZone(origin, { host: "127.0.0.1", port, tsigKey: key }, { reactor: nodeReactor });
  assert.ok(outcome.type === "contents");
  return canonical(linesOf(outcome.contents.sets()));
}

/** In any order, and without the serial: BIND counts on for changes that we do not see as any. */
function canonical(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/( SOA \S+ \S+) \d+/, "$1 _")).sort();
}

const names = ["a", "b", "c.a", "d", "*.w", "@", "sub"];
const data: Readonly<Record<string, readonly string[]>> = {
  A: ["192.0.2.10", "192.0.2.11", "192.0.2.12"],
  TXT: ["one", "two"],
  CNAME: ["a", "b", "elsewhere."],
  NS: ["ns", "ns2", "other."],
  MX: ["1 mail.", "2 mail."],
};

/** Up to two prerequisites and four changes, of which some cannot be. */
function randomUpdate(random: SeededRandom): readonly string[] {
  const pick = <Value>(values: readonly Value[]): Value => values[random.integer(0, values.length)]!;
  const record = (): readonly [string, string, string] => {
    const type = pick(Object.keys(data));
    return [pick(names), type, pick(data[type]!)];
  };
  const prerequisite = (): string => {
    const [name, type, value] = record();
    const forms = [
      `nxdomain ${name}`,
      `yxdomain ${name}`,
      `yxrrset ${name} ${type}`,
      `nxrrset ${name} ${type}`,
      `yxrrset ${name} ${type} ${value}`,
    ];
    return `prereq ${pick(forms)}`;
  };
  const change = (): string => {
    const [name, type, value] = record();
    const add = `add ${name} ${pick([60, 300])} ${type} ${value}`;
    return pick([add, add, add, `delete ${name} ${type} ${value}`, `delete ${name} ${type}`, `delete ${name}`]);
  };
  const prerequisites = random.number() < 0.3 ? Array.from({ length: random.integer(1, 3) }, prerequisite) : [];
  return [...prerequisites, ...Array.from({ length: random.integer(1, 5) }, change)];
}
