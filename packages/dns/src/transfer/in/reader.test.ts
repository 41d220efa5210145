import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DnsMessageInit } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { TsigStreamSigner } from "../../tsig/sign.ts";
import { DnsRcode } from "../../words.ts";
import { ZoneTransferError, type ZoneTransferErrorCode } from "../errors.ts";
import { linesOf, testOrigin, testRecords, transferMessage } from "../transfer.test.kit.ts";
import { type ZoneTransferOutcome, type ZoneTransferQuestion, ZoneTransferReader } from "./reader.ts";

const axfr: ZoneTransferQuestion = { id: 1, origin: testOrigin, class: 1 };
const ixfr: ZoneTransferQuestion = { ...axfr, serial: 3 };
const overUdp: ZoneTransferQuestion = { ...ixfr, transport: "udp" };

/** What the last of some messages gives; those before it must give nothing. */
function read(question: ZoneTransferQuestion, messages: readonly Uint8Array[]): ZoneTransferOutcome | undefined {
  const reader = new ZoneTransferReader(question);
  const outcomes = messages.map((message) => reader.receive(message, 1_700_000_000));
  for (const early of outcomes.slice(0, -1)) assert.equal(early, undefined, "it ends before its last message");
  assert.equal(reader.received.messages, messages.length);
  return outcomes.at(-1);
}

/** An outcome as text that a test can be read by. */
function told(outcome: ZoneTransferOutcome | undefined): string {
  if (outcome === undefined) return "more";
  if (outcome.type === "truncated") return "truncated";
  if (outcome.type === "current") return `current ${outcome.serial}`;
  if (outcome.type === "contents") return linesOf(outcome.contents.sets()).map(short).join(", ");
  return outcome.changes
    .map(({ oldSoa, newSoa, deleted, added }) => {
      const signs = [
        ...linesOf(deleted).map((line) => `-${short(line)}`),
        ...linesOf(added).map((line) => `+${short(line)}`),
      ];
      return `${short(linesOf([oldSoa])[0]!)} to ${short(linesOf([newSoa])[0]!)}: ${signs.join(" ")}`.trim();
    })
    .join("; ");
}

/** `example.org. 300 IN SOA ns… 7 …` as `SOA 7`, and `a.example.org. 300 IN A 192.0.2.1` as `a A 192.0.2.1`. */
function short(line: string): string {
  const soa = /SOA \S+ \S+ (\d+)/.exec(line);
  return soa === null ? line.replace(/\.?example\.org\. \d+ IN/, "") : `SOA ${soa[1]}`;
}

const good: Readonly<Record<string, readonly [ZoneTransferQuestion, readonly string[], string]>> = {
  "a zone in one message": [
    axfr,
    ["SOA 7\n@ NS ns\nns A 192.0.2.1\nSOA 7"],
    " NS ns.example.org., SOA 7, ns A 192.0.2.1",
  ],
  "a zone over several messages": [
    axfr,
    ["SOA 7", "@ NS ns\nns A 192.0.2.1", "SOA 7"],
    " NS ns.example.org., SOA 7, ns A 192.0.2.1",
  ],
  "a zone whose sets come in parts, and some records twice": [
    axfr,
    ["SOA 7\na A 192.0.2.1\nb A 192.0.2.2", "a A 192.0.2.3\na A 192.0.2.1\nSOA 7"],
    "a A 192.0.2.1, a A 192.0.2.3, b A 192.0.2.2, SOA 7",
  ],
  "one step (RFC 1995 §7)": [
    ixfr,
    ["SOA 4\nSOA 3\na A 192.0.2.1\nSOA 4\na A 192.0.2.2\nSOA 4"],
    "SOA 3 to SOA 4: -a A 192.0.2.1 +a A 192.0.2.2",
  ],
  "several steps over several messages": [
    ixfr,
    ["SOA 9", "SOA 3\na A 192.0.2.1", "SOA 4\nb A 192.0.2.2\nSOA 4", "SOA 9", "SOA 9"],
    "SOA 3 to SOA 4: -a A 192.0.2.1 +b A 192.0.2.2; SOA 4 to SOA 9:",
  ],
  "the whole zone where differences were asked for": [ixfr, ["SOA 9\n@ NS ns\nSOA 9"], " NS ns.example.org., SOA 9"],
  "the whole zone though nothing is new": [ixfr, ["SOA 3\n@ NS ns\nSOA 3"], " NS ns.example.org., SOA 3"],
  "no news": [ixfr, ["SOA 3"], "current 3"],
  "a server that is behind": [ixfr, ["SOA 2"], "current 2"],
  "news that take more than a message": [ixfr, ["SOA 4"], "more"],
  "no news in a datagram": [overUdp, ["SOA 3"], "current 3"],
  "news that a datagram cannot hold": [overUdp, ["SOA 4"], "truncated"],
  "a step in a datagram": [overUdp, ["SOA 4\nSOA 3\nSOA 4\na A 192.0.2.2\nSOA 4"], "SOA 3 to SOA 4: +a A 192.0.2.2"],
  "serials that go round (RFC 1982)": [
    { ...axfr, serial: 0xffff_ffff },
    ["SOA 1\nSOA 4294967295\nSOA 1\nSOA 1"],
    "SOA 4294967295 to SOA 1:",
  ],
};

describe("what a transfer brings:", () => {
  for (const [name, [question, messages, expected]] of Object.entries(good))
    test(name, () =>
      assert.equal(
        told(
          read(
            question,
            messages.map((text) => transferMessage(text)),
          ),
        ),
        expected,
      ),
    );

  test("a datagram that was cut", () =>
    assert.equal(told(read(overUdp, [transferMessage("SOA 4", { truncated: true })])), "truncated"));

  test("SOAs whose names are spelled in other letters", () => {
    const [first, ns] = testRecords("SOA 7\n@ NS ns");
    const last = testRecords("@ 300 SOA NS HOST 7 7200 900 1209600 300")[0]!;
    assert.equal(
      told(read(axfr, [transferMessage("", { answers: [first!, ns!, last] })])),
      " NS ns.example.org., SOA 7",
    );
  });

  test("the least TTL of a set, and each of a thousand records once", () => {
    const hosts = Array.from({ length: 1_000 }, (_, i) => `a ${300 + i} A 192.0.${i >> 8}.${i & 255}`).reverse();
    const outcome = read(
      axfr,
      ["SOA 7", ...hosts, ...hosts, "SOA 7"].map((line) => transferMessage(line)),
    );
    assert.ok(outcome?.type === "contents");
    assert.deepEqual(
      [...outcome.contents.sets()].map(({ ttl, data }) => [ttl, data.length]),
      [
        [300, 1],
        [300, 1_000],
      ],
    );
  });
});

const bad: Readonly<
  Record<string, readonly [ZoneTransferErrorCode, ZoneTransferQuestion, readonly string[], DnsMessageInit?]>
> = {
  "no SOA first": ["bad-order", axfr, ["@ NS ns\nSOA 7"]],
  "another SOA last": ["bad-order", axfr, ["SOA 7\n@ NS ns\nSOA 8"]],
  "records behind the last SOA": ["bad-order", axfr, ["SOA 7\n@ NS ns\nSOA 7\nns A 192.0.2.1"]],
  "a message without records": ["bad-order", axfr, ["SOA 7\n@ NS ns", ""]],
  "a name outside of the zone": ["outside-zone", axfr, ["SOA 7\nwww.example.net. A 192.0.2.1\nSOA 7"]],
  "the name above the zone": ["outside-zone", axfr, ["SOA 7\norg. A 192.0.2.1\nSOA 7"]],
  "a name that only ends alike": ["outside-zone", axfr, ["SOA 7\nbadexample.org. A 192.0.2.1\nSOA 7"]],
  "the SOA of another zone": ["bad-record", axfr, ["sub SOA ns host 1 1 1 1 1\nSOA 7"]],
  "a SOA below the zone": ["bad-record", axfr, ["SOA 7\nsub SOA ns host 7 1 1 1 1\nSOA 7"]],
  "another class": ["bad-record", axfr, ["SOA 7\na CH TXT a\nSOA 7"]],
  "a type of questions": ["bad-record", axfr, ["SOA 7\na TYPE255 \\# 0\nSOA 7"]],
  "the type of keys that are negotiated": [
    "bad-record",
    axfr,
    ["SOA 7\na TYPE249 \\# 17 0000000000000000000000000000000000\nSOA 7"],
  ],
  "differences from another version": ["bad-order", ixfr, ["SOA 4\nSOA 2\nSOA 4\nSOA 4"]],
  "steps that do not follow each other": ["bad-order", ixfr, ["SOA 9\nSOA 3\nSOA 4\nSOA 5\nSOA 9\nSOA 9"]],
  "a step backwards": ["bad-order", ixfr, ["SOA 9\nSOA 3\nSOA 2\nSOA 9"]],
  "a step to the same version": ["bad-order", ixfr, ["SOA 9\nSOA 3\nSOA 3\nSOA 9"]],
  "steps that end too early": ["bad-order", ixfr, ["SOA 9\nSOA 3\nSOA 4\nSOA 9"]],
  "records behind the last step": ["bad-order", ixfr, ["SOA 4\nSOA 3\nSOA 4\nSOA 4\nSOA 4"]],
  "half a step in a datagram": ["ended-early", overUdp, ["SOA 4\nSOA 3\nSOA 4"]],
  "half a zone in a datagram": ["ended-early", overUdp, ["SOA 4\n@ NS ns"]],
  REFUSED: ["refused", axfr, [""], { rcode: DnsRcode.refused }],
  NOTAUTH: ["refused", ixfr, [""], { rcode: DnsRcode.notAuth }],
  "a message that was cut": ["bad-message", axfr, ["SOA 7\n@ NS ns\nSOA 7"], { truncated: true }],
  "another id": ["bad-message", axfr, ["SOA 7\n@ NS ns\nSOA 7"], { id: 2 }],
  "a question in place of an answer": ["bad-message", axfr, ["SOA 7\n@ NS ns\nSOA 7"], { response: false }],
  "another opcode": ["bad-message", axfr, ["SOA 7\n@ NS ns\nSOA 7"], { opcode: 4 }],
  "the answer to another question": [
    "bad-message",
    axfr,
    ["SOA 7\n@ NS ns\nSOA 7"],
    { questions: [{ name: parseDomainName("example.net"), type: "AXFR", class: 1 }] },
  ],
  "the answer to a question of another type": [
    "bad-message",
    axfr,
    ["SOA 7\n@ NS ns\nSOA 7"],
    { questions: [{ name: testOrigin, type: "IXFR", class: 1 }] },
  ],
  "too many records": ["too-large", { ...axfr, limits: { recordsMax: 3 } }, ["SOA 7\n@ NS ns\nns A 192.0.2.1\nSOA 7"]],
  "too many octets": ["too-large", { ...axfr, limits: { octetsMax: 99 } }, ["SOA 7\n@ NS ns", "ns A 192.0.2.1\nSOA 7"]],
};

describe("a transfer is refused for", () => {
  for (const [name, [code, question, messages, more]] of Object.entries(bad))
    test(name, () => {
      const octets = messages.map((text) => transferMessage(text, more));
      assert.throws(
        () => read(question, octets),
        (error) => error instanceof ZoneTransferError && error.code === code,
      );
    });

  test("octets that are no message", () =>
    assert.throws(() => read(axfr, [Uint8Array.of(0, 1, 0x84)]), { name: "ZoneTransferError", code: "bad-message" }));

  test("an answer with its rcode", () =>
    assert.throws(() => read(axfr, [transferMessage("", { rcode: 5 })]), {
      rcode: 5,
      message: "Cannot transfer the zone: the server answered REFUSED",
    }));
});

describe("a signed transfer", () => {
  const key = parseTsigKey("transfer.example:c2VjcmV0IHNlY3JldA==");
  const mac = new Uint8Array(32).fill(7);
  const question: ZoneTransferQuestion = { ...axfr, tsig: { key, mac } };
  const parts = ["SOA 7", "@ NS ns", "ns A 192.0.2.1", "SOA 7"].map((text) => transferMessage(text));
  const whole = " NS ns.example.org., SOA 7, ns A 192.0.2.1";

  /** Signs the messages whose places are named. */
  const signed = (...places: readonly number[]) => {
    const signer = new TsigStreamSigner(key, mac);
    return parts.map((part, i) => (places.includes(i) ? signer.sign(part, 1_700_000_000) : part));
  };
  const refused = (messages: readonly Uint8Array[], of = question) =>
    assert.throws(() => read(of, messages), { name: "ZoneTransferError", code: "bad-signature" });

  test("is taken when each message is signed", () => assert.equal(told(read(question, signed(0, 1, 2, 3))), whole));

  test("is refused when it is signed in another way than this", () => {
    refused(parts);
    refused(signed(1, 2, 3));
    refused(signed(0, 1, 2));
    refused(signed(0, 1, 2, 3), axfr);
    refused(signed(0, 1, 2, 3), { ...axfr, tsig: { key: { ...key, secret: Uint8Array.of(1) }, mac } });
    refused(signed(0, 1, 2, 3), { ...axfr, tsig: { key, mac: Uint8Array.of(1) } });
    refused(
      signed(0, 1, 2, 3).map((message) => message.map((octet, i) => (i === 25 ? octet ^ 1 : octet))),
      question,
    );
  });

  test("is refused when a message is left out", () => refused(signed(0, 1, 2, 3).filter((_, i) => i !== 2)));

  test("is refused with the server's own word for it", () =>
    assert.throws(() => read(question, [transferMessage("", { rcode: DnsRcode.notAuth })]), {
      code: "refused",
      rcode: DnsRcode.notAuth,
    }));
});
