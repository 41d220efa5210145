import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type DnsRecordTypeName,
  decodeDnsData,
  decodeDnsMessage,
  decodeDnsQuery,
  encodeDnsData,
  encodeDnsMessage,
  formatDnsData,
  formatDnsMessage,
  formatDnsRecord,
  parseDnsData,
  parseDnsRecord,
  parseDomainName,
} from "../index.ts";
import { dataOf, messagesOf, names, ordinaryTypes, recordsOf } from "./arbitraries.test.kit.ts";

const numRuns = process.env["HAWSER_SOAK"] === "1" ? 10_000 : 100;

describe("data come out of both forms as they went in", () => {
  for (const type of Object.keys(dataOf) as DnsRecordTypeName[]) {
    test(type, () => {
      fc.assert(
        fc.property(dataOf[type] as fc.Arbitrary<never>, (data) => {
          assert.deepEqual(decodeDnsData(type, encodeDnsData(type, data)), data);
          assert.deepEqual(parseDnsData(type, formatDnsData(type, data)), data);
        }),
        { numRuns },
      );
    });
  }
});

test("records come out of text as they went in", () => {
  fc.assert(
    fc.property(recordsOf(ordinaryTypes), (record) => {
      assert.deepEqual(parseDnsRecord(formatDnsRecord(record)), record);
    }),
    { numRuns: numRuns * 10 },
  );
});

test("names come out of text as they went in, and equal themselves in any case", () => {
  fc.assert(
    fc.property(names, (name) => {
      assert.deepEqual(parseDomainName(name.toString()), name);
      const shouted = parseDomainName(name.toString().toUpperCase());
      assert.ok(shouted.equals(name) && shouted.key === name.key);
      assert.equal(
        parseDomainName(name.relativeTo(parseDomainName("example.org")), parseDomainName("example.org")).wire.length,
        name.wire.length,
      );
    }),
    { numRuns: numRuns * 10 },
  );
});

test("messages come out of the wire as they went in", () => {
  fc.assert(
    fc.property(messagesOf(ordinaryTypes), (message) => {
      const octets = encodeDnsMessage(message);
      const decoded = decodeDnsMessage(octets);
      assert.deepEqual(decoded, message);
      assert.deepEqual(encodeDnsMessage(decoded), octets);
      assert.ok(formatDnsMessage(decoded).startsWith(";; ->>HEADER<<- "));
      if (message.questions.length > 0) assert.deepEqual(decodeDnsQuery(octets).name, message.questions[0]!.name);
    }),
    { numRuns: numRuns * 10 },
  );
});

test("a message is cut to any size by whole sets, and keeps its OPT", () => {
  fc.assert(
    fc.property(messagesOf(["A", "NS", "MX", "TXT", "RRSIG"]), fc.integer({ min: 0, max: 700 }), (message, more) => {
      const least = encodeDnsMessage({ ...message, answers: [], authorities: [], additionals: [] }).length;
      const octets = encodeDnsMessage(message, { octetsMax: least + more });
      assert.ok(octets.length <= least + more);
      const cut = decodeDnsMessage(octets);
      assert.deepEqual(cut.edns, message.edns);
      assert.deepEqual(cut.tsig, message.tsig);
      assert.deepEqual(cut.answers, message.answers.slice(0, cut.answers.length));
      const isCut = cut.answers.length + cut.authorities.length < message.answers.length + message.authorities.length;
      assert.ok(!isCut || cut.truncated);
    }),
    { numRuns: numRuns * 5 },
  );
});
