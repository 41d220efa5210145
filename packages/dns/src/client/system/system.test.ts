import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomainName } from "../../name/domain-name.ts";
import { parseHostsFile } from "./hosts-file.ts";
import { parseResolvConf, resolvConfDefault } from "./resolv-conf.ts";

test("parseResolvConf reads what glibc reads, within its bounds", () => {
  const conf = parseResolvConf(`
; a comment
# another
nameserver 192.0.2.1
nameserver fe80::1%eth0
nameserver dns.example
domain old.example
search a.example b.example. ..
options ndots:99 timeout:60 attempts:9 rotate edns0 trust-ad use-vc no-aaaa what:7 timeout:0
sortlist 10.0.0.0
`);
  assert.deepEqual(
    conf.servers.map(({ host }) => host),
    ["192.0.2.1", "fe80::1%eth0"],
  );
  assert.deepEqual(conf.search.map(String), ["a.example.", "b.example."]);
  const { servers: _servers, search: _search, ...options } = conf;
  assert.deepEqual(options, {
    ndots: 15,
    serverTimeoutMs: 30_000,
    attemptsMax: 5,
    rotate: true,
    edns0: true,
    trustAd: true,
    useTcp: true,
    noAaaa: true,
  });
});

test("parseResolvConf of nothing is what glibc does without the file", () => {
  assert.deepEqual(parseResolvConf(""), resolvConfDefault);
  assert.equal(
    parseResolvConf(Array.from({ length: 20 }, (_, i) => `nameserver 192.0.2.${i}`).join("\n")).servers.length,
    8,
  );
});

test("parseHostsFile reads addresses both ways, and passes over what it does not understand", () => {
  const { addresses, names } = parseHostsFile(
    "127.0.0.1\tlocalhost LocalHost.\r\n::1 localhost # x\n::ffff:192.0.2.1 box\nfe80::1%lo0 b\\200x ..\nnonsense here\n192.0.2.1 bücher\n",
  );
  assert.deepEqual(addresses.get(parseDomainName("localhost").key), ["127.0.0.1", "::1"]);
  assert.deepEqual(addresses.get(parseDomainName("box").key), ["192.0.2.1"]);
  assert.deepEqual(names.get("192.0.2.1")?.map(String), ["box.", "xn--bcher-kva."]);
  assert.equal(addresses.has(parseDomainName("here").key), false);
});
