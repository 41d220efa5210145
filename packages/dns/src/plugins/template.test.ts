import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { dnsRecord } from "../records/text.ts";
import { startChain, talk, zoneOf } from "./talk.test.kit.ts";
import { templatePlugin } from "./template.ts";

test("makes records of what the name holds", () =>
  simulate({}, async (world) => {
    const plugin = templatePlugin({
      match: /^ip-(?<a>\d+)-(\d+)-(\d+)-(\d+)\.example$/,
      answer: ["$0. 60 IN A $<a>.$2.$3.$4", '$0. 60 IN TXT "costs $$1"'],
      authority: "example. 60 SOA ns host 1 2 3 4 5",
    });
    await talk(
      await startChain(world.reactor, plugin, zoneOf()),
      `Q: IP-192-0-2-7.example A
       A: NOERROR aa
       ip-192-0-2-7.example. 60 IN A 192.0.2.7
       Q: ip-192-0-2-7.example TXT
       A: NOERROR aa
       ip-192-0-2-7.example. 60 IN TXT "costs $1"
       Q: ip-192-0-2-7.example MX
       A: NOERROR aa
       + example. 60 IN SOA ns. host. 1 2 3 4 5
       Q: ip-999-0-2-7.example A
       A: NXDOMAIN
       Q: other.example A
       A: NXDOMAIN`,
    );
  }));

test("a function makes what text cannot, or leaves it to the next", () =>
  simulate({}, async (world) => {
    const plugin = templatePlugin({
      match: /^n(\d+)\.example$/g,
      types: ["AAAA"],
      answer: ([, number], { query }) =>
        Number(number) > 0xffff
          ? undefined
          : [dnsRecord(query.name, "AAAA", { address: `2001:db8::${Number(number).toString(16)}` }, { ttl: 5 })],
    });
    const asked = `Q: N255.example AAAA
       A: NOERROR aa
       N255.example. 5 IN AAAA 2001:db8::ff
       Q: n70000.example AAAA
       A: NXDOMAIN
       Q: n1.example A
       A: NXDOMAIN`;
    const chain = await startChain(world.reactor, plugin, zoneOf());
    await talk(chain, asked);
    await talk(chain, asked);
  }));

test("what a name holds stays in its place in the text", () =>
  simulate({}, async (world) => {
    const plugin = templatePlugin({ match: /^(.+)\.txt\.example$/, answer: '$0. 60 IN TXT "$1"' });
    await talk(
      await startChain(world.reactor, plugin, zoneOf()),
      `Q: a\\"\\;b.txt.example TXT
       A: NOERROR aa
       a\\"\\;b.txt.example. 60 IN TXT "a\\"\\;b"`.replace('"a\\"\\;b"', '"a\\";b"'),
    );
  }));
