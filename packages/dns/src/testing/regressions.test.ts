import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DnsProtocolError,
  DnsReader,
  type DomainName,
  decodeDnsMessage,
  decodeDnsQuery,
  encodeDnsMessage,
  isDnsQuery,
  parseDnsRecord,
  parseDomainName,
} from "../index.ts";

/** A header with these counts, and what follows it. */
function message(counts: readonly number[], ...hex: readonly string[]): Uint8Array {
  const header = Buffer.alloc(12);
  for (const [i, count] of counts.entries()) header.writeUInt16BE(count, 4 + 2 * i);
  return Buffer.concat([header, Buffer.from(hex.join("").replaceAll(" ", ""), "hex")]);
}

/** Reads a message in every way that a server has. */
function codesOf(octets: Uint8Array): readonly string[] {
  return [decodeDnsMessage, decodeDnsQuery].map((decode) => {
    try {
      decode(octets);
      return "read";
    } catch (error) {
      if (!(error instanceof DnsProtocolError)) throw error;
      assert.match(error.message, /^Cannot read the DNS message: /);
      assert.match(error.section ?? "", /^RFC \d+ §/);
      return error.code;
    }
  });
}

const question = "03777777 00 0001 0001";
const tail = "0001 0001 00000000 0004 c0000201";

describe("messages that stopped other servers", () => {
  const faults: readonly (readonly [what: string, octets: Uint8Array, code: string])[] = [
    ["nothing at all", new Uint8Array(0), "truncated"],
    ["one octet (node-dns 102)", Uint8Array.of(0), "truncated"],
    ["a header that is cut", message([1, 0, 0, 0]).subarray(0, 11), "truncated"],
    ["a header without its question", message([1, 0, 0, 0]), "truncated"],
    ["a question that is cut", message([1, 0, 0, 0], "03777777 00 0001"), "truncated"],
    ["a label that is cut", message([1, 0, 0, 0], "3f7777"), "truncated"],
    ["a pointer that is cut", message([1, 0, 0, 0], "c0"), "truncated"],
    ["a pointer to itself (dnsd 11)", message([1, 0, 0, 0], "c00c 0001 0001"), "bad-pointer"],
    ["a pointer back to its own label", message([1, 0, 0, 0], "0161 c00c 0001 0001"), "bad-pointer"],
    ["a pointer forward", message([1, 0, 0, 0], "c010 0001 0001 0000"), "bad-pointer"],
    ["a pointer into the header", message([1, 0, 0, 0], "c000 0001 0001"), "bad-pointer"],
    ["a pointer beyond the message", message([1, 0, 0, 0], "ffff 0001 0001"), "bad-pointer"],
    ["an extended label", message([1, 0, 0, 0], "41 0001 0001"), "bad-label"],
    ["a label of the type 10", message([1, 0, 0, 0], "80 0001 0001"), "bad-label"],
    ["octets behind the end", message([1, 0, 0, 0], question, "00"), "trailing-octets"],
  ];
  for (const [what, octets, code] of faults) test(what, () => assert.deepEqual(codesOf(octets), [code, code]));

  test("behind the question, for those who read that far", () => {
    const deep: readonly (readonly [what: string, octets: Uint8Array, code: string])[] = [
      ["65,535 records that are not there", message([1, 65_535, 65_535, 65_535], question), "truncated"],
      [
        "two pointers in a circle (node-dns 124)",
        message([1, 2, 0, 0], question, "c01f", tail, "c015", tail),
        "bad-pointer",
      ],
      [
        "data longer than the message",
        message([1, 1, 0, 0], question, "c00c 0001 0001 00000000 ffff c0000201"),
        "truncated",
      ],
      [
        "data shorter than their type",
        message([1, 1, 0, 0], question, "c00c 0001 0001 00000000 0003 c00002"),
        "truncated",
      ],
      [
        "data longer than their type",
        message([1, 1, 0, 0], question, "c00c 0001 0001 00000000 0005 c000020100"),
        "bad-rdata",
      ],
      [
        "a name that leaves its data",
        message([1, 1, 0, 0], question, "c00c 0005 0001 00000000 0002 0361 6262 00"),
        "truncated",
      ],
      [
        "OPT twice (RFC 6891 §6.1.1)",
        message([1, 0, 0, 2], question, "00 0029 04d0 00000000 0000".repeat(2)),
        "bad-edns",
      ],
      ["OPT with a name", message([1, 0, 0, 1], question, "c00c 0029 04d0 00000000 0000"), "bad-edns"],
      ["OPT among the answers", message([1, 1, 0, 0], question, "00 0029 04d0 00000000 0000"), "bad-edns"],
      [
        "an option longer than OPT",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 0006 000a 0008 0000"),
        "truncated",
      ],
      ["an option that is cut", message([1, 0, 0, 1], question, "00 0029 04d0 00000000 0003 000a 00"), "truncated"],
      [
        "a cookie of nine octets (RFC 7873 §5.2.2)",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 000d 000a 0009", "00".repeat(9)),
        "bad-option",
      ],
      [
        "a subnet with bits after its prefix",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 000b 0008 0007 0001 1700 c00001"),
        "bad-option",
      ],
      [
        "a subnet of an unknown family",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 0008 0008 0004 0003 0000"),
        "bad-option",
      ],
      [
        "a subnet longer than its prefix",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 000c 0008 0008 0001 1800 c0000201"),
        "bad-option",
      ],
      [
        "a keepalive of one octet",
        message([1, 0, 0, 1], question, "00 0029 04d0 00000000 0005 000b 0001 00"),
        "bad-option",
      ],
      [
        "TSIG before another record",
        message(
          [1, 0, 0, 2],
          question,
          `00 00fa 00ff 00000000 0011 00 000000000000 012c 0000 0000 0000 0000 c00c ${tail}`,
        ),
        "bad-tsig",
      ],
      [
        "TSIG of the class IN",
        message([1, 0, 0, 1], question, "00 00fa 0001 00000000 0011 00 000000000000 012c 0000 0000 0000 0000"),
        "bad-tsig",
      ],
      [
        "TSIG among the answers",
        message([1, 1, 0, 0], question, "00 00fa 00ff 00000000 0011 00 000000000000 012c 0000 0000 0000 0000"),
        "bad-tsig",
      ],
    ];
    for (const [what, octets, code] of deep) assert.equal(codesOf(octets)[0], code, what);
  });

  test("a response is no question", () => {
    assert.ok(isDnsQuery(message([1, 0, 0, 0], question)));
    assert.ok(!isDnsQuery(encodeDnsMessage({ response: true })));
    assert.ok(!isDnsQuery(new Uint8Array(11)));
  });
});

describe("compression", () => {
  test("may make a name of 255 octets and none of 256", () => {
    const labels = (last: number) =>
      `${"3f".padEnd(128, "61")}`.repeat(3) +
      (last + 0x100)
        .toString(16)
        .slice(1)
        .padEnd(2 + 2 * last, "61");
    const long = (last: number) => message([1, 1, 0, 0], `${labels(last)}00 0001 0001`, `0161 c00c ${tail}`);
    assert.deepEqual(codesOf(long(59)), ["read", "read"]);
    assert.equal(decodeDnsMessage(long(59)).answers[0]?.name.octetCount, 255);
    assert.equal(codesOf(long(60))[0], "name-too-long");
    assert.deepEqual(codesOf(message([1, 0, 0, 0], `${labels(61)}00 0001 0001`)), ["read", "read"]);
    assert.equal(codesOf(message([1, 0, 0, 0], `${labels(62)}00 0001 0001`))[0], "name-too-long");
  });

  test("may follow 127 pointers and no more", () => {
    assert.equal(readChain(127).toString(), ".");
    assert.throws(
      () => readChain(128),
      (error) => error instanceof DnsProtocolError && error.code === "too-many-pointers",
    );
  });

  test("costs no more than 127 pointers a name, whatever is built of them", () => {
    // A chain of 3,000 pointers to pointers, and as many names as fit, each of which enters it at another place.
    const [chainAt, links, names] = [29, 3_000, 4_000];
    const pointer = (at: number) => (0xc000 | at).toString(16);
    const chain = Array.from({ length: links }, (_, i) => pointer(i === 0 ? 12 : chainAt + 2 * (i - 1)));
    const entries = Array.from(
      { length: names },
      (_, i) => `${pointer(chainAt + 2 * (links - 1 - (i % links)))} 000a 0001 00000000 0000`,
    );
    const nullRecord = `c00c 000a 0001 00000000 ${(2 * links).toString(16)}`;
    const octets = message([1, 1 + names, 0, 0], "00 0001 0001", nullRecord, ...chain, ...entries);
    assert.equal(codesOf(octets)[0], "too-many-pointers");
    const reader = new DnsReader(octets, chainAt + 2 * links);
    while (reader.left > 0) {
      const { at } = reader;
      try {
        reader.name();
      } catch (error) {
        assert.ok(error instanceof DnsProtocolError);
        reader.at = at + 2;
      }
      reader.at += 10;
    }
    assert.ok(reader.pointersFollowed <= 128 * names, String(reader.pointersFollowed));
  });

  test("gives names that are pointers to one another as one object", () => {
    const names = ["www.example.org", "www.example.org", "www.example.org"];
    const decoded = decodeDnsMessage(
      encodeDnsMessage({
        questions: [{ name: parseDomainName(names[0]!), type: "A", class: 1 }],
        answers: names.map((name) => parseDnsRecord(`${name} A 192.0.2.1`)),
      }),
    );
    for (const { name } of decoded.answers) assert.equal(name, decoded.questions[0]?.name);
  });

  test("leaves alone the names of types younger than RFC 1035 (RFC 3597 §4)", () => {
    const owner = "a.example.org.";
    const length = (text: string) => encodeDnsMessage({ answers: [parseDnsRecord(`${owner} ${text}`)] }).length;
    const header = 12 + owner.length + 1 + 10;
    assert.equal(length(`MX 1 ${owner}`), header + 2 + 2);
    assert.equal(length(`SRV 1 1 1 ${owner}`), header + 6 + owner.length + 1);
    assert.equal(length(`DNAME ${owner}`), header + owner.length + 1);
    assert.equal(length(`SVCB 1 ${owner}`), header + 2 + owner.length + 1);
    assert.equal(length(`NSEC ${owner}`), header + owner.length + 1);
  });

  test("is refused beyond 16,383 octets and goes on without", () => {
    const answers = Array.from({ length: 2_500 }, (_, i) =>
      parseDnsRecord(`host${i}.zone${i % 50}.example. A 192.0.2.1`),
    );
    const octets = encodeDnsMessage({ answers });
    assert.deepEqual(decodeDnsMessage(octets).answers, answers);
  });
});

/** A root name behind so many pointers. */
function readChain(pointers: number): DomainName {
  const octets = Buffer.alloc(13 + 2 * pointers);
  for (let i = 0; i < pointers; i++) octets.writeUInt16BE(0xc000 | (i === 0 ? 12 : 11 + 2 * i), 13 + 2 * i);
  return new DnsReader(octets, 11 + 2 * pointers).name();
}
