import { endOnFailure, parseBenchArguments } from "./harness/arguments.ts";
import { type Bench, runBench } from "./harness/bench.ts";

/** The benchmarks, by the name that `npm run bench -- NAME` gives. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  dns: async () => (await import("./dns/server.bench.ts")).dnsBench,
  "dns-codec": async () => (await import("./dns/codec.bench.ts")).dnsCodecBench,
  "dns-zones": async () => (await import("./dns/zones.bench.ts")).dnsZonesBench,
  http: async () => (await import("./http/http.bench.ts")).httpBench,
  imap: async () => (await import("./imap/imap.bench.ts")).imapBench,
  pop3: async () => (await import("./imap/pop3.bench.ts")).pop3Bench,
  smtp: async () => (await import("./smtp/smtp.bench.ts")).smtpBench,
};

const options = parseBenchArguments(process.argv.slice(2), Object.keys(benches));
await endOnFailure(async () => runBench(await benches[options.name]!(), options));
