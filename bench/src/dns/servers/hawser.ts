import { readFileSync } from "node:fs";
import { listen } from "@hawser/core";
import {
  cachePlugin,
  DnsClient,
  type DnsPlugin,
  decodeDnsMessage,
  dnsResponse,
  dnsServer,
  encodeDnsSets,
  parseMasterFile,
  rootName,
  Zone,
  ZoneContents,
  ZoneTable,
  zonesPlugin,
} from "@hawser/dns";

/** Asks another server, once for each name of this benchmark: all later answers come from the cache. */
function forward(port: number): DnsPlugin {
  const place = { transport: "udp", host: "127.0.0.1", port } as const;
  let client: DnsClient | undefined;
  return {
    name: "forward",
    started: (reactor) => {
      client = new DnsClient(reactor);
    },
    wrap: () => async (request) => {
      const { questions } = decodeDnsMessage(request.query.octets);
      const { rcode, answers, authorities } = await client!.exchange({ recursionDesired: true, questions }, place);
      const sets = { answers: encodeDnsSets(answers), authorities: encodeDnsSets(authorities) };
      return dnsResponse({ rcode, ...sets, recursionAvailable: true });
    },
  };
}

function zone(file: string): DnsPlugin {
  const text = readFileSync(file, "utf8");
  const records = [...parseMasterFile(text, { origin: rootName })];
  const contents = new ZoneContents(records[0]!.name);
  for (const record of records) contents.addRecord(record);
  const table = new ZoneTable();
  table.add(new Zone(contents));
  return zonesPlugin(table);
}

const upstream = process.env["BENCH_UPSTREAM"];
const plugins = upstream === undefined ? zone(process.env["BENCH_ZONE"]!) : [cachePlugin(), forward(Number(upstream))];
const listener = await listen("udp:0:interface=127.0.0.1", dnsServer(plugins));
if (listener.address.family === "ipv4") process.stdout.write(`listening ${listener.address.port}\n`);
