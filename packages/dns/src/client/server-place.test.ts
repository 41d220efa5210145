import assert from "node:assert/strict";
import { test } from "node:test";
import { DnsTextError } from "../errors.ts";
import { formatDnsServer, parseDnsServer } from "./server-place.ts";

const places: readonly (readonly [text: string, formatted: string])[] = [
  ["192.0.2.1", "udp://192.0.2.1"],
  ["192.0.2.1#5353", "udp://192.0.2.1:5353"],
  ["192.0.2.1:5353", "udp://192.0.2.1:5353"],
  ["2001:db8::1", "udp://[2001:db8::1]"],
  ["2001:db8::1#5353", "udp://[2001:db8::1]:5353"],
  ["[::1]", "udp://[::1]"],
  ["[::1]:53", "udp://[::1]"],
  ["[fe80::1%eth0]:54", "udp://[fe80::1%eth0]:54"],
  ["udp://192.0.2.1", "udp://192.0.2.1"],
  ["TCP://192.0.2.1:54", "tcp://192.0.2.1:54"],
  ["tls://dns.example", "tls://dns.example"],
  ["tls://192.0.2.1:8853#dns.example", "tls://192.0.2.1:8853#dns.example"],
  ["https://dns.example", "https://dns.example/dns-query"],
  ["https://dns.example:8443/q?x=1", "https://dns.example:8443/q?x=1"],
  ["https://[2001:db8::1]/dns-query#dns.example", "https://[2001:db8::1]/dns-query#dns.example"],
];

const refused = [
  ...[
    "",
    "dns.example",
    "192.0.2.1#0",
    "192.0.2.1:65536",
    "192.0.2",
    "[192.0.2.1",
    "udp://dns.example",
    "http://dns.example",
  ],
  ...[
    "tcp://192.0.2.1#dns.example",
    "tls://dns.example/path",
    "tls://a b",
    "https://user@dns.example/",
    "tls://[dns.example]",
  ],
  ...["https://dns.example/a b", "https://dns.example/a\r\nHost: b", "tls://dns.example#a#b"],
];

for (const [text, formatted] of places)
  test(`parseDnsServer reads ${text}, and what formatDnsServer makes of it`, () => {
    const place = parseDnsServer(text);
    assert.equal(formatDnsServer(place), formatted);
    assert.deepEqual(parseDnsServer(formatted), place);
  });

test("parseDnsServer refuses what is no place", () => {
  for (const text of refused) assert.throws(() => parseDnsServer(text), DnsTextError, text);
});
