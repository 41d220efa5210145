import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { DnsProtocolError } from "../../errors.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import type { DnsTypeName } from "../../records/types.ts";
import { parseTsigKey, type TsigKey } from "../../tsig/key.ts";
import { DnsRcode } from "../../words.ts";
import { DnsClient } from "../dns-client.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { dnsResolver } from "../resolver/default-resolver.ts";
import { type ForeignServer, type ForeignServerPlan, startForeign } from "./servers.test.kit.ts";

const secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
const tsigKey = parseTsigKey(`hmac-sha256:ask.example:${secret}`);
const place = ({ port }: ForeignServer): DnsServerPlace => ({ transport: "udp", host: "127.0.0.1", port });
const overTls = ({ tlsPort }: ForeignServer): DnsServerPlace => ({
  transport: "tls",
  host: "127.0.0.1",
  port: tlsPort,
  serverName: "dns.example",
});

/** More than a datagram holds, and no more than BIND takes in one set. */
const largeRecords = 100;

const zone = `$TTL 300
@ SOA ns host 1 7200 900 1209600 60
@ NS ns
ns A 127.0.0.1
www A 192.0.2.1
www AAAA 2001:db8::1
alias CNAME www
_sip._tcp SRV 10 5 5060 www
svc SVCB 1 www alpn=dot,h2 port=853 ipv4hint=192.0.2.1
mixed MX 10 www
${Array.from({ length: largeRecords }, (_, i) => `large A 192.0.2.${i}`).join("\n")}
`;

function ask(name: string, type: DnsTypeName): DnsMessageInit {
  return { recursionDesired: true, questions: [{ name: parseDomainName(name), type, class: 1 }] };
}

/** Is up when it answers one question, whatever it says. */
async function isUp(server: ForeignServer, key?: TsigKey): Promise<void> {
  await using client = new DnsClient(nodeReactor, { cookies: false });
  await client.exchange(ask("www.example", "A"), place(server), { timeoutMs: 500, tsigKey: key });
}

const bind: ForeignServerPlan = {
  program: "named",
  config: "named.conf",
  files: { zone },
  words: (path) => ["-g", "-c", path, "-n", "1"],
  configure: ({ folder, port, tlsPort }) => `
key "ask.example" { algorithm hmac-sha256; secret "${secret}"; };
tls local { cert-file "${folder}/cert.pem"; key-file "${folder}/key.pem"; };
options {
  directory "${folder}"; managed-keys-directory "${folder}"; bindkeys-file "${folder}/none";
  pid-file none; session-keyfile "${folder}/session.key"; lock-file none;
  listen-on port ${port} { 127.0.0.1; }; listen-on port ${tlsPort} tls local { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; minimal-responses yes; require-server-cookie yes;
};
controls { };
zone "example" { type primary; file "${folder}/zone"; };
zone "secret" { type primary; file "${folder}/zone"; allow-query { key "ask.example"; }; };
`,
};

test("BIND: cookies that it requires, cut answers, many on a connection, TSIG and TLS", async (context) => {
  const server = await startForeign(context, bind, isUp);
  if (server === undefined) return;
  await using client = new DnsClient(nodeReactor, { tls: { ca: [server.ca] } });
  const first = await client.exchange(ask("WWW.example", "A"), place(server));
  assert.deepEqual([first.rcode, first.answers.length, String(first.questions[0]?.name)], [0, 1, "WWW.example."]);
  assert.equal(client.counters.datagrams, 2, "BADCOOKIE, and again with the cookie");
  await client.exchange(ask("alias.example", "A"), place(server));
  assert.deepEqual([client.counters.datagrams, client.counters.streamRetries], [3, 0]);

  const large = Array.from({ length: 100 }, () => client.exchange(ask("large.example", "A"), place(server)));
  assert.ok((await Promise.all(large)).every(({ answers }) => answers.length === largeRecords));
  assert.deepEqual([client.counters.streamRetries, client.counters.connections], [100, 1]);

  const refused = await client.exchange(ask("www.secret", "A"), place(server));
  assert.equal(refused.rcode, DnsRcode.refused);
  for (const transport of ["udp", "tcp"] as const) {
    const answer = await client.exchange(ask("www.secret", "A"), { ...place(server), transport }, { tsigKey });
    assert.deepEqual([answer.rcode, answer.answers.length, answer.tsig?.data.error], [0, 1, 0]);
    const wrong = parseTsigKey("hmac-sha256:ask.example:d3Jvbmcgd3Jvbmcgd3Jvbmc=");
    const bad = client.exchange(ask("www.secret", "A"), { ...place(server), transport }, { tsigKey: wrong });
    await assert.rejects(bad, (error) => error instanceof DnsProtocolError && /BADSIG/.test(error.message));
  }

  const secure = await Promise.all(
    Array.from({ length: 50 }, () => client.exchange(ask("www.example", "AAAA"), overTls(server))),
  );
  assert.ok(secure.every(({ answers }) => answers.length === 1));
  assert.equal(client.counters.strangers, 0);
});

const unbound: ForeignServerPlan = {
  program: "unbound",
  config: "unbound.conf",
  words: (path) => ["-d", "-c", path],
  configure: ({ folder, port, tlsPort }) => `
server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  interface: 127.0.0.1@${port}
  interface: 127.0.0.1@${tlsPort}
  tls-port: ${tlsPort}
  tls-service-key: "${folder}/key.pem"
  tls-service-pem: "${folder}/cert.pem"
  module-config: "iterator"
  local-zone: "example." static
  local-data: "www.example. 300 A 192.0.2.1"
  local-data: "www.example. 300 AAAA 2001:db8::1"
  local-data: "1.2.0.192.in-addr.arpa. 300 PTR www.example."
  local-data: "example. 300 SOA ns.example. host.example. 1 7200 900 1209600 60"
  local-zone: "never.example." always_refuse
remote-control:
  control-enable: no
`,
};

test("Unbound: a resolver over UDP, and over TLS with the name verified", async (context) => {
  const server = await startForeign(context, unbound, isUp);
  if (server === undefined) return;
  const options = { reactor: nodeReactor, resolvConf: false, hostsFile: false, serverTimeoutMs: 2_000 } as const;
  for (const where of [place(server), overTls(server)]) {
    await using dns = dnsResolver({ ...options, servers: [where], client: { tls: { ca: [server.ca] } } });
    assert.deepEqual(
      (await dns.addresses("www.example")).map(({ host }) => host),
      ["2001:db8::1", "192.0.2.1"],
    );
    assert.deepEqual((await dns.reverse("192.0.2.1")).map(String), ["www.example."]);
    await assert.rejects(dns.resolve("none.example", "A"), { code: "name-not-found", rcode: DnsRcode.nxDomain });
    await assert.rejects(dns.resolve("www.example", "MX"), { code: "no-data" });
    await assert.rejects(dns.resolve("www.never.example", "A"), { code: "refused" });
  }
  await using stranger = new DnsClient(nodeReactor, { tls: { ca: [server.ca] } });
  const wrong = stranger.exchange(ask("www.example", "A"), { ...overTls(server), serverName: "other.example" });
  await assert.rejects(wrong, (error) => error instanceof ConnectionError && error.code === "bad-certificate");
});

const knot: ForeignServerPlan = {
  program: "knotd",
  config: "knot.conf",
  files: { zone },
  words: (path) => ["-c", path],
  configure: ({ folder, port }) => `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "${folder}"
log:
  - target: stderr
    any: warning
mod-cookies:
  - id: all
    badcookie-slip: 1
key:
  - id: ask.example
    algorithm: hmac-sha256
    secret: ${secret}
acl:
  - id: signed
    key: ask.example
    action: query
  - id: anybody
    address: 127.0.0.1
    action: query
template:
  - id: default
    acl: [signed, anybody]
    storage: "${folder}"
    zonefile-sync: -1
    journal-content: none
    global-module: mod-cookies/all
zone:
  - domain: example
    file: zone
`,
};

test("Knot DNS: its cookies, its services, and TSIG", async (context) => {
  const server = await startForeign(context, knot, isUp);
  if (server === undefined) return;
  await using client = new DnsClient(nodeReactor);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => client.exchange(ask("www.example", "A"), place(server))),
  );
  assert.ok(answers.every(({ rcode, answers: records }) => rcode === 0 && records.length === 1));
  assert.ok(answers.at(-1)!.edns?.options.some((option) => option.type === "cookie" && option.server !== undefined));
  assert.equal((await client.exchange(ask("large.example", "A"), place(server))).answers.length, largeRecords);
  const signed = await client.exchange(ask("www.example", "A"), place(server), { tsigKey });
  assert.deepEqual([signed.rcode, signed.tsig?.data.error], [0, 0]);
  await using dns = dnsResolver({
    reactor: nodeReactor,
    servers: [place(server)],
    resolvConf: false,
    hostsFile: false,
  });
  const [srv] = await dns.resolve("_sip._tcp.example", "SRV");
  assert.deepEqual([srv?.port, String(srv?.target)], [5_060, "www.example."]);
  const [svcb] = await dns.resolve("svc.example", "SVCB");
  assert.deepEqual([svcb?.params.alpn, svcb?.params.port], [["dot", "h2"], 853]);
  const { canonicalName, aliases } = await dns.query("alias.example", "A");
  assert.deepEqual([String(canonicalName), aliases.length], ["www.example.", 1]);
});

/** dnss carries questions between HTTPS and a server over UDP, here Unbound. It is written in Go, whose HTTP speaks 1.1. */
async function startDnss(context: TestContext, upstream: ForeignServer): Promise<ForeignServer | undefined> {
  const plan: ForeignServerPlan = {
    program: "dnss",
    config: "none",
    configure: () => "",
    words: () => [],
  };
  let where = { folder: "", tlsPort: 0 };
  return startForeign(
    context,
    {
      ...plan,
      configure: (made) => {
        where = made;
        return "";
      },
      words: () => [
        ...["-enable_https_to_dns", "-dns_upstream", `127.0.0.1:${upstream.port}`, "-logtostderr"],
        ...["-https_server_addr", `127.0.0.1:${where.tlsPort}`],
        ...["-https_cert", `${where.folder}/cert.pem`, "-https_key", `${where.folder}/key.pem`],
      ],
    },
    async (server) => {
      await using client = new DnsClient(nodeReactor, { tls: { ca: [server.ca] } });
      await client.exchange(ask("www.example", "A"), { ...overTls(server), transport: "https" }, { timeoutMs: 1_000 });
    },
  );
}

test("dnss: a resolver over HTTPS, by GET and by POST", async (context) => {
  const upstream = await startForeign(context, unbound, isUp);
  if (upstream === undefined) return;
  const server = await startDnss(context, upstream);
  if (server === undefined) return;
  for (const httpsMethod of ["GET", "POST"] as const) {
    const servers = [{ ...overTls(server), transport: "https" as const, path: "/dns-query" }];
    const client = { httpsMethod, tls: { ca: [server.ca] } };
    await using dns = dnsResolver({ reactor: nodeReactor, servers, client, resolvConf: false, hostsFile: false });
    const found = await Promise.all(Array.from({ length: 20 }, () => dns.resolve("www.example", "A")));
    assert.ok(found.every(([data]) => data?.address === "192.0.2.1"));
    await assert.rejects(dns.resolve("none.example", "A"), { code: "name-not-found" });
  }
});

const twistedNames: ForeignServerPlan = {
  program: "twistd3",
  config: "zone.py",
  words: () => [],
  configure: () => `
zone = [
    SOA("example", mname="ns.example", rname="host.example", serial=1, refresh="1H", retry="1H", expire="1H", minimum="1H"),
    NS("example", "ns.example"),
    MX("example", 10, "mail.example"),
    TXT("example", b"hello"),
    A("www.example", "192.0.2.1"),
    AAAA("www.example", "2001:db8::1"),
    CNAME("alias.example", "www.example"),
    SRV("_sip._tcp.example", 10, 5, 5060, "www.example"),
]
`,
};

test("Twisted Names: a resolver over UDP and over TCP", async (context) => {
  let where = 0;
  const plan: ForeignServerPlan = {
    ...twistedNames,
    configure: (place) => {
      where = place.port;
      return twistedNames.configure(place);
    },
    words: (path) => ["-n", "--pidfile=", "dns", "-p", String(where), "-i", "127.0.0.1", "--pyzone", path],
  };
  const server = await startForeign(context, plan, isUp);
  if (server === undefined) return;
  for (const transport of ["udp", "tcp"] as const) {
    const servers = [{ ...place(server), transport }];
    await using dns = dnsResolver({ reactor: nodeReactor, servers, resolvConf: false, hostsFile: false });
    assert.deepEqual(
      (await dns.addresses("www.example")).map(({ host }) => host),
      ["2001:db8::1", "192.0.2.1"],
    );
    assert.equal(String((await dns.query("alias.example", "A")).canonicalName), "www.example.");
    assert.deepEqual(await dns.resolve("example", "TXT"), [{ strings: ["hello"] }]);
    assert.equal((await dns.resolve("_sip._tcp.example", "SRV"))[0]?.port, 5_060);
    assert.equal(String((await dns.resolve("example", "MX"))[0]?.exchange), "mail.example.");
    await assert.rejects(dns.resolve("none.example", "A"), { code: "name-not-found" });
  }
});
