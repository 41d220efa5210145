import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDomainName } from "../name/domain-name.ts";
import { DnsAnswerWriter, type DnsEncodedSet } from "./answer.ts";
import { encodeDnsMessage } from "./encode.ts";
import { type DnsQuery, decodeDnsQuery } from "./query.ts";

/** Names that lie below each other, beside each other with equally many octets, and elsewhere. */
const names = [
  ".",
  "example",
  "Example",
  "a.example",
  "b.example",
  "aa.example",
  "x.A.example",
  "x.b.example",
  "other",
];
const name = fc.constantFrom(...names).map((text) => parseDomainName(text));

const query: fc.Arbitrary<DnsQuery> = fc
  .record({ name, id: fc.nat(0xffff), hasEdns: fc.boolean() })
  .map(({ name: asked, id, hasEdns }) =>
    decodeDnsQuery(
      encodeDnsMessage({
        id,
        questions: [{ name: asked, type: "A", class: 1 }],
        ...(hasEdns && { edns: { dnssecOk: true } }),
      }),
    ),
  );

const set: fc.Arbitrary<DnsEncodedSet> = fc.record({
  name,
  type: fc.constant(16),
  class: fc.constant(1),
  ttl: fc.nat(0xffff),
  data: fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 3 }),
});
const placed = fc.record(
  { section: fc.constantFrom("answer", "authority", "additional"), set },
  { noNullPrototype: true },
);

/** Begins an answer; an OPT record comes where one came. */
function begin(writer: DnsAnswerWriter, asked: DnsQuery, octetsMax: number): void {
  writer.begin(asked, { octetsMax, edns: asked.edns && { dnssecOk: true } });
}

test("records that were written once are the same behind every question that takes them", () =>
  fc.assert(
    fc.property(
      query,
      fc.array(query, { minLength: 1, maxLength: 12 }),
      fc.array(placed, { maxLength: 4 }),
      fc.integer({ min: 512, max: 1_232 }),
      (first, others, sets, octetsMax) => {
        const writer = new DnsAnswerWriter();
        begin(writer, first, 4_096);
        for (const one of sets) writer.add(one.section as "answer", one.set);
        const written = writer.written(4_096)!;
        for (const asked of [first, ...others]) {
          begin(writer, asked, octetsMax);
          const isTaken = writer.addWritten(written);
          const octets = writer.finish();
          begin(writer, asked, octetsMax);
          const isWhole = sets.every((one) => writer.add(one.section as "answer", one.set));
          const plain = writer.finish();
          if (isTaken) assert.deepEqual([...octets], [...plain]);
          assert.ok(!isTaken || isWhole, "what does not fit is not taken");
          if (asked.name.equals(first.name)) assert.equal(isTaken, isWhole);
        }
      },
    ),
  ));

test("records of which some did not fit, and those of more octets than are wanted, are not given", () => {
  const writer = new DnsAnswerWriter();
  const asked = decodeDnsQuery(
    encodeDnsMessage({ id: 1, questions: [{ name: parseDomainName("a.example"), type: "A", class: 1 }] }),
  );
  const long = { name: asked.name, type: 16, class: 1, ttl: 60, data: [new Uint8Array(400)] };
  writer.begin(asked, {});
  assert.equal(writer.written(512)?.octets.length, 0);
  assert.ok(writer.add("answer", long));
  assert.equal(writer.written(411), undefined);
  assert.equal(writer.written(412)?.octets.length, 412);
  assert.ok(!writer.add("additional", long));
  assert.equal(writer.written(4_096), undefined);
});
