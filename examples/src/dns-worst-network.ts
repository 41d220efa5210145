// A resolver on a network that loses every third datagram, in virtual time.     node dns-worst-network.js 42
import { simulate } from "@hawser/core/simulation";
import { dnsResolver, dnsServer, ZoneTable, zone, zonesPlugin } from "@hawser/dns";

const seed = Number(process.argv[2] ?? 1);
const zones = new ZoneTable([
  zone("example", ["$TTL 1h", "@ SOA ns host 1 2h 15m 2w 5m", "@ NS ns", "ns A 192.0.2.53"]),
]);

await simulate({ seed, latencyMs: [20, 200], datagramLoss: 0.3, datagramDuplicates: 0.1 }, async (world) => {
  const reactor = world.host("client");
  const server = dnsServer(zonesPlugin(zones));
  await world.listen("udp:53", server, { reactor: world.host("server") });
  await world.listen("tcp:53", server, { reactor: world.host("server") });
  const [{ host } = { host: "" }] = await reactor.names.lookup("server");
  await using dns = dnsResolver({ reactor, servers: [host], cache: false });
  for (let i = 0; i < 5; i++) {
    const began = reactor.clock.now();
    const [record] = await dns.resolve("ns.example", "A");
    console.log(`${record!.address} after ${Math.round(reactor.clock.now() - began)} ms`);
  }
});
