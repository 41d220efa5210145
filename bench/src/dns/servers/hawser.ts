import { readFileSync } from "node:fs";
import { listen } from "@hawser/core";
import {
  cachePlugin,
  type DnsPlugin,
  dnsServer,
  forwardPlugin,
  parseMasterFile,
  rootName,
  Zone,
  ZoneContents,
  ZoneTable,
  zonesPlugin,
} from "@hawser/dns";

function zone(file: string): DnsPlugin {
  const text = readFileSync(file, "utf8");
  const records = [...parseMasterFile(text, { origin: rootName })];
  const contents = new ZoneContents(records[0]!.name);
  for (const record of records) contents.addRecord(record);
  const table = new ZoneTable();
  table.add(new Zone(contents));
  return zonesPlugin(table);
}

function cached(port: string): readonly DnsPlugin[] {
  return [cachePlugin(), forwardPlugin({ to: `127.0.0.1:${port}` })];
}

const upstream = process.env["BENCH_UPSTREAM"];
const plugins = upstream === undefined ? zone(process.env["BENCH_ZONE"]!) : cached(upstream);
const listener = await listen("udp:0:interface=127.0.0.1", dnsServer(plugins));
if (listener.address.family === "ipv4") process.stdout.write(`listening ${listener.address.port}\n`);
