// A forwarder that blocks names and remembers answers.     hawser dig @127.0.0.1 -p 5300 example.org
// Its second argument is whom it asks: 192.0.2.1, tls://dns.example, https://dns.example/dns-query.
import { formatAddress, listen } from "@hawser/core";
import { blockPlugin, cachePlugin, dnsServer, forwardPlugin, hostsPlugin, logPlugin } from "@hawser/dns";

const server = dnsServer([
  logPlugin(console.log),
  hostsPlugin({ table: "192.0.2.7 nas.home.arpa" }),
  blockPlugin({ names: ["ads.example", "tracker.example"] }),
  cachePlugin(),
  forwardPlugin({ to: process.argv[3] ?? "tls://9.9.9.9#dns.quad9.net" }),
]);

const streams = await listen(process.argv[2] ?? "tcp:5300:interface=127.0.0.1", server);
const where = formatAddress(streams.address);
const datagrams = await listen(`udp:${where}`, server);
console.log(`listening on ${where}`);

process.once("SIGTERM", () => void Promise.all([streams.stop(), datagrams.stop()]));
