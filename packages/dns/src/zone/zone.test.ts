import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  DnsTextError,
  formatDnsRecord,
  formatMasterFile,
  type MasterFileOptions,
  MasterFileReader,
  parseDomainName,
  parseMasterFile,
} from "../index.ts";
import { ordinaryTypes, recordsOf } from "../testing/arbitraries.test.kit.ts";

const origin = parseDomainName("example.org");
const linesOf = (text: string, options: MasterFileOptions = { origin }) =>
  parseMasterFile(text, options).map(formatDnsRecord);

describe("parseMasterFile", () => {
  test("reads the zone of RFC 1035 §5.3", () => {
    const text = `
@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        MX      10      VENERA
        MX      20      VAXA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32

$INCLUDE <SUBSYS>ISI-MAILBOXES.TXT
`;
    const mailboxes = "MOE     MB      A.ISI.EDU.\nSTOOGES MG      MOE.ISI.EDU.\n";
    const isi = parseDomainName("ISI.EDU");
    const lines = linesOf(text, {
      origin: isi,
      include: (file) => (file === "<SUBSYS>ISI-MAILBOXES.TXT" ? mailboxes : ""),
    });
    assert.deepEqual(lines, [
      "ISI.EDU. 60 IN SOA VENERA.ISI.EDU. Action\\.domains.ISI.EDU. 20 7200 600 3600000 60",
      "ISI.EDU. 60 IN NS A.ISI.EDU.",
      "ISI.EDU. 60 IN NS VENERA.ISI.EDU.",
      "ISI.EDU. 60 IN MX 10 VENERA.ISI.EDU.",
      "ISI.EDU. 60 IN MX 20 VAXA.ISI.EDU.",
      "A.ISI.EDU. 60 IN A 26.3.0.103",
      "VENERA.ISI.EDU. 60 IN A 10.1.0.52",
      "VENERA.ISI.EDU. 60 IN A 128.9.0.32",
      "MOE.ISI.EDU. 60 IN MB A.ISI.EDU.",
      "STOOGES.ISI.EDU. 60 IN MG MOE.ISI.EDU.",
    ]);
  });

  const cases: readonly (readonly [what: string, text: string, lines: readonly string[]])[] = [
    ["nothing", "; nothing\r\n\r\n", []],
    [
      "TTL and class in either order",
      "a 1h IN A 192.0.2.1\na IN 2h A 192.0.2.1\r\na A 192.0.2.1",
      [
        "a.example.org. 3600 IN A 192.0.2.1",
        "a.example.org. 7200 IN A 192.0.2.1",
        "a.example.org. 7200 IN A 192.0.2.1",
      ],
    ],
    [
      "$TTL over the TTL before",
      "a 5 A 192.0.2.1\n$ttl 1d\n A 192.0.2.2",
      ["a.example.org. 5 IN A 192.0.2.1", "a.example.org. 86400 IN A 192.0.2.2"],
    ],
    [
      "$ORIGIN, relative and not",
      "$TTL 1\n$ORIGIN sub\na A 192.0.2.1\n$ORIGIN other.\n@ A 192.0.2.2",
      ["a.sub.example.org. 1 IN A 192.0.2.1", "other. 1 IN A 192.0.2.2"],
    ],
    ["a class that stays", "a 1 CH TXT x\nb TXT y", ['a.example.org. 1 CH TXT "x"', 'b.example.org. 1 CH TXT "y"']],
    [
      "owners like numbers, types and classes",
      "1 1 A 192.0.2.1\nmx 1 MX 1 in\nin IN 1 A 192.0.2.1",
      [
        "1.example.org. 1 IN A 192.0.2.1",
        "mx.example.org. 1 IN MX 1 in.example.org.",
        "in.example.org. 1 IN A 192.0.2.1",
      ],
    ],
    ["a dollar that is no directive", "\\$a 1 A 192.0.2.1", ["\\$a.example.org. 1 IN A 192.0.2.1"]],
    [
      "$GENERATE",
      "$TTL 1\n$GENERATE 1-3 $ CNAME $.0-127\n$GENERATE 8-12/2 h${-8,2,d} A 192.0.2.$",
      [
        "1.example.org. 1 IN CNAME 1.0-127.example.org.",
        "2.example.org. 1 IN CNAME 2.0-127.example.org.",
        "3.example.org. 1 IN CNAME 3.0-127.example.org.",
        "h00.example.org. 1 IN A 192.0.2.8",
        "h02.example.org. 1 IN A 192.0.2.10",
        "h04.example.org. 1 IN A 192.0.2.12",
      ],
    ],
    [
      "$GENERATE in other bases",
      '$TTL 1\n$GENERATE 31-31 ${0,4,x}-${0,0,X}-${0,0,o} TXT "$ \\$ $$"\n$GENERATE 31-31 ${0,8,n} PTR a',
      ['001f-1F-37.example.org. 1 IN TXT "31 $ $"', "f.1.0.0.example.org. 1 IN PTR a.example.org."],
    ],
    ["$GENERATE with a TTL", "$GENERATE 0-0 a$ 5 IN MX 10 b$", ["a0.example.org. 5 IN MX 10 b0.example.org."]],
  ];
  for (const [what, text, lines] of cases) test(`reads ${what}`, () => assert.deepEqual(linesOf(text), lines));

  test("takes a TTL and a class from its caller", () => {
    assert.deepEqual(linesOf("a. A 192.0.2.1", { ttl: 7, class: 3 }), ["a. 7 CH A 192.0.2.1"]);
  });

  test("comes back from an included file with its own origin and owner", () => {
    const files: Readonly<Record<string, string>> = {
      one: "$ORIGIN x.\na A 192.0.2.2\n$INCLUDE two y.",
      two: " A 192.0.2.3\nb A 192.0.2.4",
    };
    const lines = linesOf("$TTL 1\nwww A 192.0.2.1\n$INCLUDE one sub\n A 192.0.2.5\nc A 192.0.2.6", {
      origin,
      include: (file) => files[file]!,
    });
    assert.deepEqual(lines, [
      "www.example.org. 1 IN A 192.0.2.1",
      "a.x. 1 IN A 192.0.2.2",
      "a.x. 1 IN A 192.0.2.3",
      "b.y. 1 IN A 192.0.2.4",
      "www.example.org. 1 IN A 192.0.2.5",
      "c.example.org. 1 IN A 192.0.2.6",
    ]);
  });

  const faults: readonly (readonly [text: string, code: string, line: number, column: number])[] = [
    [" A 192.0.2.1", "missing-value", 1, 2],
    ["a A 192.0.2.1", "missing-value", 1, 5],
    ["$TTL 1\na A 192.0.2.256", "bad-value", 2, 5],
    ["$TTL 1\na MX 10 b..c", "bad-name", 2, 9],
    ["$TTL 1\na NOTYPE x", "unknown-type", 2, 3],
    ["$TTL 1\na A (\n192.0.2.1\n\n", "unbalanced", 2, 5],
    ["$TTL 99999999999", "bad-value", 1, 6],
    ["a 4294967295 A 192.0.2.1", "bad-value", 1, 16],
    ["$TTL", "missing-value", 1, 1],
    ["$TTL 1 2", "surplus-value", 1, 8],
    ["$NOTHING", "bad-directive", 1, 1],
    ["\n$INCLUDE x", "no-include", 2, 10],
    ["$GENERATE 5-1 a$ A 192.0.2.$", "bad-directive", 1, 11],
    ["$GENERATE 1-5/0 a$ A 192.0.2.$", "bad-directive", 1, 11],
    ["$GENERATE 0-65536 a$ A 192.0.2.1", "too-large", 1, 11],
    ["$GENERATE 1-5 a$", "missing-value", 1, 15],
    ["$GENERATE 1-5 a${x} A 192.0.2.1", "bad-directive", 1, 23],
    ["$TTL 1\n$GENERATE 255-256 a$ A 192.0.2.$", "bad-value", 2, 1],
    ["$TTL 1\n$GENERATE 1-2 a${-2} A 192.0.2.1", "bad-directive", 2, 1],
  ];
  for (const [text, code, line, column] of faults) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => linesOf(text),
        (error) => {
          assert.ok(error instanceof DnsTextError, String(error));
          assert.deepEqual([error.code, error.position?.line], [code, line], error.message);
          assert.ok(Math.abs((error.position?.column ?? 0) - column) < 20, error.message);
          return true;
        },
      );
    });
  }

  test("refuses files that include themselves, and tells the file of a fault", () => {
    assert.throws(
      () => linesOf("$INCLUDE a", { include: () => "$INCLUDE a" }),
      (error) => error instanceof DnsTextError && error.code === "no-include" && error.position?.file === "a",
    );
    assert.throws(
      () => linesOf("$INCLUDE a", { file: "zone", include: () => "\nx A 1" }),
      (error) => error instanceof DnsTextError && /"a", line 2, column/.test(error.message),
    );
    assert.throws(
      () =>
        linesOf("$INCLUDE a", {
          file: "zone",
          include: () => {
            throw new Error("gone");
          },
        }),
      (error) =>
        error instanceof DnsTextError && error.code === "no-include" && (error.cause as Error).message === "gone",
    );
  });

  test("tells where every record stands", () => {
    const reader = new MasterFileReader("$TTL 1\n\na A (\n 192.0.2.1 )\nb A 192.0.2.2", { file: "zone" });
    assert.deepEqual(
      [...reader].map(({ position }) => position),
      [
        { file: "zone", line: 3, column: 1 },
        { file: "zone", line: 5, column: 1 },
      ],
    );
  });
});

describe("formatMasterFile", () => {
  test("says nothing twice", () => {
    const text = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n NS ns\nns A 192.0.2.1\n 30 AAAA 2001:db8::1\nEXAMPLE.org. TXT x";
    assert.equal(
      formatMasterFile(parseMasterFile(text, { origin }), { origin }),
      `$ORIGIN example.org.
$TTL 60
@	IN SOA	ns.example.org. host.example.org. 1 2 3 4 5
	IN NS	ns.example.org.
ns	IN A	192.0.2.1
	30 IN AAAA	2001:db8::1
EXAMPLE.org.	IN TXT	"x"
`,
    );
  });

  test("writes what is read again as it was", () => {
    fc.assert(
      fc.property(fc.array(recordsOf(ordinaryTypes), { maxLength: 8 }), (records) => {
        assert.deepEqual(parseMasterFile(formatMasterFile(records, { origin })), records);
      }),
      { numRuns: 300 },
    );
  });
});
