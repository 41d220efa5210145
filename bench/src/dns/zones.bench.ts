import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nodeReactor } from "@hawser/core/node";
import {
  DnsAnswerWriter,
  DnsClass,
  decodeDnsQuery,
  encodeDnsMessage,
  loadZone,
  parseDomainName,
  readZone,
  Zone,
  ZoneTable,
} from "@hawser/dns";
import type { Bench, Contestant, Sample, Workload } from "../harness/bench.ts";

const million = 1_000_000;
const origin = parseDomainName("example.org");

/** How large may zones be, and how many? */
export const dnsZonesBench: Bench = {
  name: "dns-zones",
  servers: ["10 names", "1,000,000, the same", "1,000,000, others", "1,000,000, none", "hawser", "named-checkzone"],
  workloads: [
    {
      name: "zone-lookup",
      question: "a question is read and answered, by how many names the zone has, and which is asked for",
      enter: async (servers) => ({
        contestants: lookups().filter(({ server }) => servers.includes(server)),
        absent: {},
      }),
    },
    loading("load-million", "a zone of 1,000,000 records is loaded from a file and checked", 1, million),
    loading("load-10000", "10,000 zones of 20 records are loaded from files and checked", 10_000, 20),
  ],
};

function lookups(): readonly Contestant[] {
  const [small, large] = [10, million].map((names) => new Zone(readZone(zoneText(names), origin).contents)) as [
    Zone,
    Zone,
  ];
  const asked = (count: number, label: (i: number) => string): readonly Uint8Array[] =>
    Array.from({ length: count }, (_, i) => questionFor(label(i)));
  return [
    lookup(
      "10 names",
      small,
      asked(7, (i) => `host${i}`),
    ),
    lookup(
      "1,000,000, the same",
      large,
      asked(7, (i) => `host${i * 100_000}`),
    ),
    lookup(
      "1,000,000, others",
      large,
      asked(200_000, () => `host${Math.floor(Math.random() * million * 0.99)}`),
    ),
    lookup(
      "1,000,000, none",
      large,
      asked(200_000, (i) => `nobody${i}`),
    ),
  ];
}

function questionFor(label: string): Uint8Array {
  const question = { name: parseDomainName(label, origin), type: "A", class: DnsClass.in } as const;
  return encodeDnsMessage({ id: 1, questions: [question] });
}

/** Runs in this process: the processor's time counts, not the clock's. */
function lookup(server: string, zone: Zone, questions: readonly Uint8Array[]): Contestant {
  const writer = new DnsAnswerWriter();
  const answer = (octets: Uint8Array): number => {
    const query = decodeDnsQuery(octets);
    const { rcode, answers, authorities } = zone.answer(query);
    writer.begin(query, { rcode, authoritative: true });
    for (const set of answers) writer.add("answer", set);
    for (const set of authorities) writer.add("authority", set);
    return writer.finish().length;
  };
  return {
    server,
    async round(seconds) {
      const before = process.cpuUsage();
      const startedAt = performance.now();
      let operations = 0;
      while (performance.now() - startedAt < seconds * 1_000) {
        for (let i = 0; i < 1_000; i++) answer(questions[operations++ % questions.length]!);
      }
      const { user, system } = process.cpuUsage(before);
      return { operations, seconds: (performance.now() - startedAt) / 1_000, cpuMicroseconds: user + system };
    },
    stop: async () => {},
  };
}

/** Loading: an operation is a record. */
function loading(name: string, question: string, zones: number, records: number): Workload {
  return {
    name,
    question,
    roundsMax: 1,
    async enter(servers) {
      const folder = await mkdtemp(join(tmpdir(), "hawser-zones-"));
      await writeZones(folder, zones, records);
      const hasPeer = spawnSync("named-checkzone", ["-v"]).error === undefined;
      const all: readonly Contestant[] = [
        { server: "hawser", round: () => loadAll(folder, zones, records), stop: () => rm(folder, { recursive: true }) },
        { server: "named-checkzone", round: () => checkAll(folder, zones, records), stop: async () => {} },
      ];
      const contestants = all.filter(({ server }) => servers.includes(server) && (server === "hawser" || hasPeer));
      return { contestants, absent: hasPeer ? {} : { "named-checkzone": "it is not installed" } };
    },
  };
}

async function writeZones(folder: string, zones: number, records: number): Promise<void> {
  for (let i = 0; i < zones; i++) await writeFile(join(folder, `zone${i}`), zoneText(records));
}

function zoneText(records: number): string {
  const lines = ["$TTL 3600", "@ SOA ns host 1 7200 900 1209600 300", "@ NS ns", "ns A 192.0.2.1"];
  for (let i = 0; i < records - 3; i++) lines.push(`host${i} A 10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
  return `${lines.join("\n")}\n`;
}

async function loadAll(folder: string, zones: number, records: number): Promise<Sample> {
  const reactor = nodeReactor;
  const files = reactor.files(folder);
  const memory = memoryNow();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const table = new ZoneTable();
  delay.enable();
  for (let i = 0; i < zones; i++) {
    const own = zones === 1 ? origin : parseDomainName(`zone${i}.example`);
    const { contents } = await loadZone(files, `zone${i}`, own, reactor);
    table.add(new Zone(contents));
  }
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1_000;
  const operations = zones * records;
  const after = memoryNow();
  if (table.size !== zones) throw new Error("zones are missing");
  const extra = {
    "heap octets per record": (after.heapUsed - memory.heapUsed) / operations,
    "RSS octets per record": (after.rss - memory.rss) / operations,
    "longest stall, ms": delay.max / 1e6,
  };
  return { operations, seconds, cpuMicroseconds: user + system, extra };
}

/** Many processes for many zones; the shell tells what processor time they took. */
async function checkAll(folder: string, zones: number, records: number): Promise<Sample> {
  const startedAt = performance.now();
  const checked = Math.min(zones, 200);
  const script = `for i in $(seq 0 ${checked - 1}); do named-checkzone -q $1 ${folder}/zone$i; done; times`;
  const shell = spawn("bash", ["-c", script, "bash", zones === 1 ? "example.org" : "example"]);
  let printed = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await once(shell, "close");
  const times = Array.from(
    printed.split("\n")[1]!.matchAll(/(\d+)m([\d.]+)s/g),
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  const cpuSeconds = times.reduce((sum, one) => sum + one, 0);
  return {
    operations: checked * records,
    seconds: (performance.now() - startedAt) / 1_000,
    cpuMicroseconds: cpuSeconds * 1e6,
  };
}

function memoryNow(): NodeJS.MemoryUsage {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage();
}
