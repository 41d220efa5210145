import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { addressOf, Play } from "./play.test.kit.ts";
import { plugin, sets } from "./tree.test.kit.ts";

const victims = ["www.good.example", "good.example", "example", "ns1.good.example", "a.nic.example", ".", "other.org"];

function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  return values[random.integer(0, values.length)]!;
}

/** A record about anything, with any data: about what was asked, what is near it, and what is somebody else's. */
function anyRecord(random: Random, asked: DomainName): string {
  const near = [asked, asked.parent() ?? asked, asked.suffix(3), asked.suffix(2)].map(String);
  const owner = oneOf(random, [...near, `ns.${asked}`.slice(0, 200), "liar.example", "x.y.liar.example", ...victims]);
  const name = oneOf(random, [
    ...near,
    "ns.liar.example.",
    "ns1.good.example.",
    "www.good.example.",
    "x.ring-a.example.",
    ".",
  ]);
  const evil = addressOf("liar");
  const data = [
    `A ${evil}`,
    `NS ${name}`,
    `CNAME ${name}`,
    `DNAME ${name}`,
    `SOA ${name} ${name} 1 1 1 1 9999`,
    `MX 1 ${name}`,
    `AAAA 2001:db8::66`,
  ];
  return `${owner} ${oneOf(random, [0, 60, 86_400, 2_147_483_647])} ${oneOf(random, data)}`;
}

function anySection(random: Random, asked: DomainName): readonly DnsEncodedSet[] {
  return sets(...Array.from({ length: random.integer(0, 5) }, () => anyRecord(random, asked)));
}

function anyReply(random: Random, asked: DomainName): DnsResponse {
  return dnsResponse({
    rcode: oneOf(random, [0, 0, 0, 0, 3, 3, 2, 5, 1, 6, 9]),
    authoritative: random.number() < 0.7,
    recursionAvailable: random.number() < 0.3,
    answers: anySection(random, asked),
    authorities: anySection(random, asked),
    additionals: anySection(random, asked),
  });
}

const truths: Readonly<Record<string, readonly string[]>> = {
  "www.good.example": ["NOERROR", "www.good.example. IN A 192.0.2.1"],
  "far.good.example": ["NOERROR", "far.good.example. IN CNAME www.other.org.", "www.other.org. IN A 192.0.2.3"],
  "nowhere.good.example": ["NXDOMAIN"],
  "www.sub.good.example": ["NOERROR", "www.sub.good.example. IN A 192.0.2.7"],
};

test("whatever a server says about its own zone and others', it costs no more than the limits, and others' names stay true", () => {
  for (const seed of seeds({ count: 40, soakCount: 2_000 })) {
    const random = new SeededRandom(`liars ${seed}`);
    const play = new Play();
    play.servers.set(
      addressOf("liar"),
      plugin(({ query }) => anyReply(random, query.name)),
    );
    for (const label of ["a", "b.c", "d.e.f.g"]) {
      const startedAt = play.now;
      const { resolution, response } = play.resolve(`${label}.liar.example${oneOf(random, ["", " MX", " NS"])}`);
      assert.ok(resolution.exchanges <= 100, `HAWSER_SEED=${seed}: ${resolution.exchanges} exchanges`);
      assert.ok(play.now - startedAt <= 10_000, `HAWSER_SEED=${seed}: ${play.now - startedAt} ms`);
      assert.ok([0, 2, 3, 6].includes(response.rcode), `HAWSER_SEED=${seed}: rcode ${response.rcode}`);
    }
    for (const [question, truth] of Object.entries(truths)) {
      const lines = play.resolve(question).lines.map((line) => line.replace(/ \d+ IN/, " IN"));
      assert.deepEqual(lines, truth, `HAWSER_SEED=${seed}: ${question}`);
    }
  }
});
