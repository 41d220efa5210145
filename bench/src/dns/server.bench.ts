import { createSocket } from "node:dgram";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeReactor } from "@hawser/core/node";
import {
  DnsClient,
  type DnsMessage,
  decodeDnsMessage,
  encodeDnsMessage,
  formatDnsRcode,
  parseDomainName,
} from "@hawser/dns";
import type { Bench, Contestant, Workload } from "../harness/bench.ts";
import type { RunningServer } from "../harness/process.ts";
import { type DnsLoad, loadDns } from "./load.ts";
import { type DnsSource, dnsServers, startScript } from "./servers.ts";

const hostCount = 10_000;
const files = mkdtempSync(join(tmpdir(), "hawser-bench-dns-"));
const zoneFile = file("zone", [
  "bench.example. 300 IN SOA ns.bench.example. host.bench.example. 1 3600 900 604800 300",
  "bench.example. 300 IN NS ns.bench.example.",
  "ns.bench.example. 300 IN A 127.0.0.1",
  ...hosts((i) => `host${i}.bench.example. 300 IN A 192.0.2.${i % 256}`),
]);

/** What is asked, and what must come. */
const known: DnsLoad = {
  questionsFile: file(
    "known",
    hosts((i) => `host${i}.bench.example A`),
  ),
  rcode: "NOERROR",
};
const unknown: DnsLoad = {
  questionsFile: file(
    "unknown",
    hosts((i) => `no${i}.bench.example A`),
  ),
  rcode: "NXDOMAIN",
};

const cachedNames = hosts((i) => `host${i}.bench.example`).slice(0, 1_000);
const cached: DnsLoad = {
  ...known,
  questionsFile: file(
    "cached",
    cachedNames.map((name) => `${name} A`),
  ),
};

/** How many questions does one core answer, compared? Over UDP, with 100 questions under way. */
export const dnsBench: Bench = {
  name: "dns",
  servers: Object.keys(dnsServers),
  workloads: [
    workload("authoritative", "10,000 names of a zone, one address each", known, "host1.bench.example", false),
    workload("nxdomain", "10,000 names that the zone has not", unknown, "no1.bench.example", false),
    workload("cached", "1,000 names that another server was asked for once", cached, "host1.bench.example", true),
  ],
};

function workload(name: string, question: string, load: DnsLoad, sample: string, isCached: boolean): Workload {
  return {
    name,
    question,
    async enter(servers) {
      const upstream = isCached ? await startScript("hawser", { zoneFile, upstreamPort: undefined }) : undefined;
      const source: DnsSource = { zoneFile, upstreamPort: upstream?.port };
      const contestants: Contestant[] = [];
      const absent: Record<string, string> = {};
      for (const server of servers) {
        const isRaw = server === "raw-dgram";
        if (isRaw && load.rcode !== "NOERROR") continue; // it knows one answer
        const running = await dnsServers[server]!(source);
        if (typeof running === "string") absent[server] = running;
        else contestants.push(await contestant(server, running, load, sample));
        // To a question with EDNS, as our client puts it, the raw socket's answer is none.
        if (isCached && typeof running !== "string" && !isRaw) await fill(running.port);
      }
      return { contestants: endsWith(contestants, upstream), absent };
    },
  };
}

async function contestant(server: string, running: RunningServer, load: DnsLoad, sample: string): Promise<Contestant> {
  const { rcode, answers } = await ask(running.port, sample);
  const addresses = answers.map((one) => (one.type === "A" ? one.data.address : one.type)).join();
  const wanted = load.rcode === "NOERROR" ? "192.0.2.1" : "";
  if (formatDnsRcode(rcode) !== load.rcode || addresses !== wanted)
    throw new Error(`${server} answered ${formatDnsRcode(rcode)} with "${addresses}"`);
  return {
    server,
    async round(seconds) {
      const before = running.cpuMicroseconds();
      const result = await loadDns(running.port, load, seconds);
      return { ...result, cpuMicroseconds: running.cpuMicroseconds() - before };
    },
    stop: () => running.stop(),
  };
}

/** Has a cache ask for every name once, and without haste: what is measured is what it knows then. */
async function fill(port: number): Promise<void> {
  const client = new DnsClient(nodeReactor, { questionsMax: 10, mixedCase: false, cookies: false });
  const server = { transport: "udp", host: "127.0.0.1", port } as const;
  const ask = (name: string): Promise<DnsMessage> => {
    const question = { name: parseDomainName(name), type: "A", class: 1 } as const;
    return client.exchange({ recursionDesired: true, questions: [question] }, server, { timeoutMs: 30_000 });
  };
  await Promise.all(cachedNames.map(ask)).finally(() => client[Symbol.asyncDispose]());
}

/** The server that the caches ask goes when the first of them does. */
function endsWith(contestants: readonly Contestant[], upstream: RunningServer | undefined): readonly Contestant[] {
  return contestants.map((one, at) =>
    at > 0 || upstream === undefined
      ? one
      : {
          ...one,
          async stop() {
            await one.stop();
            await upstream.stop();
          },
        },
  );
}

/** Asks until an answer comes: some listen before they have read their zones. */
function ask(port: number, name: string): Promise<DnsMessage> {
  const socket = createSocket("udp4");
  const question = { name: parseDomainName(name), type: "A", class: 1 } as const;
  const octets = encodeDnsMessage({ id: 1, questions: [question], recursionDesired: true });
  return new Promise<DnsMessage>((resolve, reject) => {
    const again = setInterval(() => socket.send(octets, port, "127.0.0.1"), 100);
    const late = setTimeout(() => reject(new Error(`Nobody answers at port ${port}`)), 10_000);
    socket.on("message", (answer) => {
      clearInterval(again);
      clearTimeout(late);
      resolve(decodeDnsMessage(answer));
    });
  }).finally(() => socket.close());
}

function hosts(line: (i: number) => string): readonly string[] {
  return Array.from({ length: hostCount }, (_, i) => line(i));
}

function file(name: string, lines: readonly string[]): string {
  const path = join(files, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
