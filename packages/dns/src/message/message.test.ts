import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DnsAnswerWriter,
  DnsClass,
  type DnsEncodedSet,
  type DnsMessageInit,
  DnsProtocolError,
  type DnsQuery,
  DnsRcode,
  DnsType,
  decodeDnsMessage,
  decodeDnsQuery,
  dnsRecord,
  encodeDnsData,
  encodeDnsMessage,
  formatDnsMessage,
  parseDnsRecord,
  parseDomainName,
} from "../index.ts";

const name = parseDomainName;
const www = name("www.example.org");
const question = { name: www, type: "A", class: DnsClass.in } as const;

describe("encodeDnsMessage", () => {
  test("writes the message of RFC 1035 §4", () => {
    const octets = encodeDnsMessage({
      id: 0x1234,
      response: true,
      authoritative: true,
      recursionDesired: true,
      questions: [question],
      answers: [dnsRecord(www, "A", { address: "192.0.2.1" }, { ttl: 300 })],
    });
    assert.equal(
      Buffer.from(octets).toString("hex"),
      "12348500000100010000000003777777076578616d706c65036f72670000010001c00c000100010000012c0004c0000201",
    );
  });

  test("narrows records by their type", () => {
    const [record] = decodeDnsMessage(encodeDnsMessage({ answers: [parseDnsRecord("a. MX 10 b.")] })).answers;
    assert.ok(record?.type === "MX");
    const { preference, exchange } = record.data;
    assert.deepEqual([preference, String(exchange)], [10, "b."]);
  });

  test("writes the upper bits of the rcode into OPT, and refuses them without", () => {
    const message: DnsMessageInit = { rcode: DnsRcode.badCookie, edns: {} };
    assert.equal(decodeDnsMessage(encodeDnsMessage(message)).rcode, 23);
    assert.throws(() => encodeDnsMessage({ rcode: 23 }), RangeError);
  });

  test("refuses what does not fit into its field", () => {
    const faults: readonly DnsMessageInit[] = [
      { id: 65_536 },
      { opcode: 16 },
      { rcode: -1 },
      { questions: [{ ...question, type: "TYPE65536" as never }] },
      { questions: [{ ...question, class: 65_536 }] },
      { answers: [{ ...parseDnsRecord("a. A 192.0.2.1"), ttl: 2 ** 31 } as never] },
      { edns: { udpPayloadOctets: 65_536 } },
      { edns: { options: [{ type: "cookie", client: new Uint8Array(7), server: undefined }] } },
    ];
    for (const fault of faults) assert.throws(() => encodeDnsMessage(fault), RangeError);
  });

  test("keeps records without data, as updates have them (RFC 2136 §2.4)", () => {
    const octets = Buffer.from("0000280000000000000100000161000001 00ff000000000000".replace(" ", ""), "hex");
    const decoded = decodeDnsMessage(octets);
    assert.deepEqual(decoded.authorities, [
      { name: name("a"), type: "TYPE1", class: DnsClass.any, ttl: 0, data: { octets: new Uint8Array(0) } },
    ]);
    assert.deepEqual(Buffer.from(encodeDnsMessage(decoded)), octets);
  });

  test("reads a TTL with its first bit set as 0 (RFC 2181 §8)", () => {
    const octets = encodeDnsMessage({ answers: [parseDnsRecord("a. 1 A 192.0.2.1")] });
    octets[octets.length - 10] = 0x80;
    assert.equal(decodeDnsMessage(octets).answers[0]?.ttl, 0);
  });

  test("pads to blocks (RFC 8467 §4.1)", () => {
    for (const [options, octets] of [
      [{}, 128],
      [{ paddingBlockOctets: 468 }, 468],
    ] as const) {
      const message = { questions: [question], edns: { options: [{ type: "padding", octetCount: 3 }] } } as const;
      const encoded = encodeDnsMessage(message, { paddingBlockOctets: 128, ...options });
      assert.equal(encoded.length, octets);
      assert.deepEqual(decodeDnsMessage(encoded).questions, [question]);
    }
    assert.equal(
      encodeDnsMessage({ questions: [question], edns: {} }, { paddingBlockOctets: 468, octetsMax: 100 }).length,
      100,
    );
    assert.equal(encodeDnsMessage({ questions: [question] }, { paddingBlockOctets: 128 }).length, 33);
  });
});

describe("a message that is too long", () => {
  const addresses = (owner: string, count: number) =>
    Array.from({ length: count }, (_, i) => dnsRecord(owner, "A", { address: `192.0.2.${i}` }));

  test("loses whole sets, says so, and keeps its OPT (RFC 2181 §9)", () => {
    const answers = [...addresses("a.example.", 10), ...addresses("b.example.", 30)];
    const cut = decodeDnsMessage(encodeDnsMessage({ questions: [question], answers, edns: {} }, { octetsMax: 512 }));
    assert.equal(cut.answers.length, 10);
    assert.ok(cut.truncated && cut.edns !== undefined);
  });

  test("loses additional records silently", () => {
    const message = { answers: addresses("a.example.", 2), additionals: addresses("b.example.", 40) };
    const cut = decodeDnsMessage(encodeDnsMessage(message, { octetsMax: 512 }));
    assert.deepEqual([cut.answers.length, cut.additionals.length, cut.truncated], [2, 0, false]);
  });

  test("loses no glue silently (RFC 9471 §3)", () => {
    const authorities = [parseDnsRecord("example. NS ns.example."), parseDnsRecord("example. NS ns.other.")];
    const glue = (owner: string) =>
      encodeDnsMessage({ authorities, additionals: addresses(owner, 40) }, { octetsMax: 512 });
    assert.equal(decodeDnsMessage(glue("ns.example.")).truncated, true);
    assert.equal(decodeDnsMessage(glue("ns.other.")).truncated, false);
  });

  test("is refused when not even its question fits", () => {
    assert.throws(() => encodeDnsMessage({ questions: [question], edns: {} }, { octetsMax: 40 }), RangeError);
  });

  test("may have 65,535 octets", () => {
    const answers = Array.from({ length: 400 }, () => dnsRecord("a.", "TXT", { strings: ["x".repeat(200)] }));
    const encoded = encodeDnsMessage({ answers });
    assert.ok(encoded.length <= 65_535);
    assert.ok(decodeDnsMessage(encoded).truncated);
  });
});

describe("the way of a server", () => {
  const ask = (message: DnsMessageInit): DnsQuery =>
    decodeDnsQuery(encodeDnsMessage({ id: 7, recursionDesired: true, ...message }));
  const set: DnsEncodedSet = {
    name: name("www.example.org"),
    type: DnsType.A,
    class: DnsClass.in,
    ttl: 300,
    data: [encodeDnsData("A", { address: "192.0.2.1" }), encodeDnsData("A", { address: "192.0.2.2" })],
  };

  test("reads a plain question without a list of anything", () => {
    const query = ask({ questions: [{ ...question, name: name("wWw.ExAmPlE.oRg") }], edns: { dnssecOk: true } });
    assert.equal(String(query.name), "wWw.ExAmPlE.oRg.");
    assert.deepEqual([query.id, query.opcode, query.type, query.class, query.isPlain], [7, 0, 1, 1, true]);
    assert.equal(query.edns?.dnssecOk, true);
    assert.equal(query.message().questions[0]?.type, "A");
  });

  test("leaves what is not plain to those who ask for it", () => {
    const update = ask({ opcode: 5, questions: [question], authorities: [parseDnsRecord("a. A 192.0.2.1")] });
    assert.deepEqual([update.isPlain, update.edns, update.opcode], [false, undefined, 5]);
    assert.equal(update.message().authorities.length, 1);
    assert.equal(ask({ questions: [question, question] }).isPlain, false);
    assert.equal(ask({ questions: [question], additionals: [parseDnsRecord("a. A 192.0.2.1")] }).isPlain, false);
    assert.throws(() => ask({ questions: [] }), DnsProtocolError);
  });

  test("answers with the spelling of the question and the data of the zone", () => {
    const writer = new DnsAnswerWriter();
    const query = ask({ questions: [{ ...question, name: name("wWw.ExAmPlE.oRg") }] });
    writer.begin(query, { authoritative: true, edns: {} });
    assert.ok(writer.add("answer", set));
    assert.ok(writer.add("additional", { ...set, name: name("ns.example.org"), data: set.data.slice(1) }));
    const answer = decodeDnsMessage(writer.finish());
    assert.deepEqual(
      [answer.id, answer.response, answer.authoritative, answer.recursionDesired],
      [7, true, true, true],
    );
    assert.deepEqual(
      answer.answers.map((record) => String(record.name)),
      ["wWw.ExAmPlE.oRg.", "wWw.ExAmPlE.oRg."],
    );
    assert.deepEqual(
      answer.additionals.map((record) => String(record.name)),
      ["ns.example.org."],
    );
    assert.equal(answer.edns?.udpPayloadOctets, 1_232);
  });

  test("cuts at the size that is asked for, whole sets at a time", () => {
    const writer = new DnsAnswerWriter();
    const query = ask({ questions: [question] });
    const many = { ...set, data: Array.from({ length: 40 }, () => set.data[0]!) };
    const cookie = { type: "cookie", client: new Uint8Array(8), server: new Uint8Array(16) } as const;
    writer.begin(query, { rcode: DnsRcode.badVers, edns: { options: [cookie] } });
    assert.ok(writer.add("answer", set));
    assert.ok(!writer.add("answer", many));
    assert.ok(!writer.add("additional", { ...many, name: name("a") }));
    const answer = decodeDnsMessage(writer.finish());
    assert.deepEqual(
      [answer.answers.length, answer.additionals.length, answer.truncated, answer.rcode],
      [2, 0, true, 16],
    );
    writer.begin(query, { octetsMax: 4_096 });
    assert.ok(!decodeDnsMessage(writer.finish()).truncated);
  });

  test("points into the question for the zone's name too", () => {
    const writer = new DnsAnswerWriter();
    const soa = parseDnsRecord("example.org. SOA . . 1 2 3 4 5");
    const data = [encodeDnsData("SOA", soa.data as never)];
    writer.begin(ask({ questions: [question] }), { rcode: DnsRcode.nxDomain });
    assert.ok(writer.add("authority", { name: soa.name, type: DnsType.SOA, class: 1, ttl: 60, data }));
    assert.ok(writer.add("additional", { ...set, name: name(".") }));
    const octets = writer.finish();
    assert.equal(octets.length, 12 + 17 + 4 + (2 + 10 + 22) + 2 * (1 + 10 + 4));
    const answer = decodeDnsMessage(octets);
    assert.deepEqual([answer.authorities[0]?.name, answer.rcode], [soa.name, 3]);
    assert.throws(() => writer.begin(ask({ questions: [question] }), { rcode: 16 }), RangeError);
  });

  test("leaves out options that do not fit beside the question", () => {
    const writer = new DnsAnswerWriter();
    const text = "x".repeat(600);
    writer.begin(ask({ questions: [question] }), {
      edns: { options: [{ type: "extended-error", infoCode: 0, text }] },
    });
    assert.ok(writer.add("answer", set));
    const octets = writer.finish();
    assert.ok(octets.length <= 512);
    assert.deepEqual(decodeDnsMessage(octets).edns?.options, []);
  });

  test("never writes to an answer again", () => {
    const writer = new DnsAnswerWriter();
    const answers: (readonly [number, Uint8Array])[] = [];
    for (let id = 0; id < 5_000; id++) {
      writer.begin(ask({ id, questions: [question] }), {});
      writer.add("answer", set);
      answers.push([id, writer.finish()]);
    }
    for (const [id, octets] of answers) assert.equal((octets[0]! << 8) | octets[1]!, id);
  });
});

test("formatDnsMessage prints what dig prints", () => {
  const message = decodeDnsMessage(
    encodeDnsMessage({
      id: 57_406,
      response: true,
      authoritative: true,
      recursionDesired: true,
      questions: [{ name: name("example.com"), type: "A", class: 1 }],
      answers: [parseDnsRecord("example.com. 86400 IN A 192.0.2.34")],
      authorities: [parseDnsRecord("example.com. 86400 IN NS a-name-server.example.com.")],
      edns: {
        udpPayloadOctets: 4_096,
        dnssecOk: true,
        options: [
          {
            type: "cookie",
            client: Buffer.from("2464c4abcf10c957", "hex"),
            server: Buffer.from("010000005cf79f111f8130c3eee29480", "hex"),
          },
          { type: "nsid", id: Buffer.from("ns1") },
          { type: "extended-error", infoCode: 18, text: "not today" },
          { type: "client-subnet", address: "192.0.2.0", sourcePrefix: 24, scopePrefix: 0 },
          { type: "tcp-keepalive", idleTimeoutMs: 2_500 },
          { type: "padding", octetCount: 4 },
          { type: "unknown", code: 4_711, octets: Uint8Array.of(1) },
        ],
      },
    }),
  );
  assert.equal(
    formatDnsMessage(message),
    `;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 57406
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 4096
; COOKIE: 2464c4abcf10c957010000005cf79f111f8130c3eee29480
; NSID: 6e 73 31 ("ns1")
; EDE: 18 (Prohibited): (not today)
; CLIENT-SUBNET: 192.0.2.0/24/0
; TCP KEEPALIVE: 2.5 secs
; PAD: (4 bytes)
; OPT=4711: 01 (".")

;; QUESTION SECTION:
;example.com.			IN	A

;; ANSWER SECTION:
example.com.		86400	IN	A	192.0.2.34

;; AUTHORITY SECTION:
example.com.		86400	IN	NS	a-name-server.example.com.
`,
  );
});
