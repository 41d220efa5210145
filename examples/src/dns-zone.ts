// Authority over a zone that is data, and a plugin of your own.     hawser dig @127.0.0.1 -p 5300 www.example.org
import { formatAddress, listen } from "@hawser/core";
import {
  type DnsPlugin,
  dnsResponse,
  dnsServer,
  encodeDnsSets,
  parseDnsRecord,
  ZoneTable,
  zone,
  zonesPlugin,
} from "@hawser/dns";

const zones = new ZoneTable([
  zone("example.org", [
    "$TTL 1h",
    "@ SOA ns host 1 2h 15m 2w 5m",
    "@ NS ns",
    "ns A 192.0.2.53",
    "www A 192.0.2.1",
    "*.shops CNAME www",
  ]),
]);

const double: DnsPlugin = {
  name: "double",
  wrap: (next) => (request) => {
    const digits = /^(\d{1,9})\.double\.example\.$/i.exec(String(request.query.name))?.[1];
    if (digits === undefined) return next(request); // everything else goes on
    const record = parseDnsRecord(`${request.query.name} 0 IN TXT "${2 * Number(digits)}"`);
    return dnsResponse({ authoritative: true, answers: encodeDnsSets([record]) });
  },
};

const server = dnsServer([double, zonesPlugin(zones)], { nsid: "example" });
const streams = await listen(process.argv[2] ?? "tcp:5300:interface=127.0.0.1", server);
const where = formatAddress(streams.address);
const datagrams = await listen(`udp:${where}`, server);
console.log(`listening on ${where}`);
process.once("SIGTERM", () => void Promise.all([streams.stop(), datagrams.stop()]));
