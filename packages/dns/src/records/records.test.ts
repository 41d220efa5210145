import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DnsProtocolError,
  type DnsRecordTypeName,
  DnsTextError,
  decodeDnsData,
  dnskeyTag,
  dnsRecordTypes,
  encodeDnsData,
  formatDnsData,
  parseDnsData,
  parseDnsRecord,
} from "../index.ts";

/** Each type as it is written here, and on the wire; the examples of the RFCs where they have some. */
const VALUES: readonly (readonly [type: DnsRecordTypeName, text: string, hex: string])[] = [
  ["A", "192.0.2.1", "c0000201"],
  ["NS", "ns1.example.org.", "036e7331076578616d706c65036f726700"],
  ["MD", "a.example.", "0161076578616d706c6500"],
  ["MF", "a.example.", "0161076578616d706c6500"],
  ["CNAME", "www.Example.org.", "03777777074578616d706c65036f726700"],
  [
    "SOA",
    "ns.example.org. host\\.master.example.org. 2024010101 7200 900 1209600 300",
    "026e73076578616d706c65036f7267000b686f73742e6d6173746572076578616d706c65036f72670078a3f17500001c2000000384001275000000012c",
  ],
  ["MB", "a.example.", "0161076578616d706c6500"],
  ["MG", "a.example.", "0161076578616d706c6500"],
  ["MR", "a.example.", "0161076578616d706c6500"],
  ["NULL", "\\# 3 ABCDEF", "abcdef"],
  ["WKS", "192.0.2.1 6 25 80", "c0000201060000004000000000000080"],
  ["PTR", "host.example.", "04686f7374076578616d706c6500"],
  ["HINFO", '"RISC-V" "Debian"', "06524953432d560644656269616e"],
  ["MINFO", "a.example. b.example.", "0161076578616d706c65000162076578616d706c6500"],
  ["MX", "10 mail.example.org.", "000a046d61696c076578616d706c65036f726700"],
  [
    "TXT",
    '"v=spf1 -all" "a \\"quoted\\" \\\\ word" "\\195\\169\\000"',
    "0b763d73706631202d616c6c1161202271756f74656422205c20776f726403c3a900",
  ],
  ["RP", "alice.example. .", "05616c696365076578616d706c650000"],
  ["AFSDB", "1 afs.example.", "000103616673076578616d706c6500"],
  ["X25", '"311061700956"', "0c333131303631373030393536"],
  ["ISDN", '"150862028003217" "004"', "0f31353038363230323830303332313703303034"],
  ["ISDN", '"150862028003217"', "0f313530383632303238303033323137"],
  ["RT", "2 relay.prime.com.", "00020572656c6179057072696d6503636f6d00"],
  [
    "PX",
    "50 ab.net2.it. ab.PRMD-net2.ADMDb.C-it.",
    "0032026162046e657432026974000261620950524d442d6e6574320541444d446204432d697400",
  ],
  ["GPOS", '"-32.6882" "116.8652" "10.0"', "082d33322e36383832083131362e383635320431302e30"],
  ["AAAA", "2001:db8::1", "20010db8000000000000000000000001"],
  ["LOC", "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m", "0033161389172dd070be15f000988d20"],
  ["LOC", "52 14 5.000 N 0 8 50.000 E 10.00m 1.00m 10000.00m 10.00m", "001216138b3556c88008165000989a68"],
  ["SRV", "0 5 5060 sip.example.org.", "0000000513c403736970076578616d706c65036f726700"],
  [
    "NAPTR",
    '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .',
    "0064000a0175074532552b7369701b215e2e2a24217369703a696e666f406578616d706c652e636f6d2100",
  ],
  ["KX", "10 kx.example.", "000a026b78076578616d706c6500"],
  ["CERT", "1 65534 8 AQIDBA==", "0001fffe0801020304"],
  ["DNAME", "other.example.", "056f74686572076578616d706c6500"],
  ["APL", "1:192.168.32.0/21 !1:192.168.38.0/28", "00011503c0a82000011c83c0a826"],
  ["APL", "1:224.0.0.0/4 2:ff00::/8", "00010401e000020801ff"],
  ["DS", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "ec4505012bb183af5f22588179a53b0a98631fad1a292118"],
  ["SSHFP", "2 1 123456789ABCDEF67890123456789ABCDEF67890", "0201123456789abcdef67890123456789abcdef67890"],
  [
    "IPSECKEY",
    "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
  ],
  [
    "IPSECKEY",
    "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
  ],
  [
    "IPSECKEY",
    "10 3 2 mygateway.example.com. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0a0302096d7967617465776179076578616d706c6503636f6d00010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
  ],
  [
    "IPSECKEY",
    "10 2 2 2001:db8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0a020220010db8000080020000000020000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801",
  ],
  [
    "RRSIG",
    "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=",
    "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f0166f2737eea907378341fb12dc0a77a",
  ],
  [
    "NSEC",
    "host.example.com. A MX RRSIG NSEC TYPE1234",
    "04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020",
  ],
  [
    "DNSKEY",
    "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
    "0100030501039e8a247418e318903b215a848acfd5f37f026bd4062db26c774c690968d5d56df8bfda91e6f36d9a279888f41333357c5e6029990d10fdf5663062a512763326980a615ddbf17a05ddfcce7e5fb3abcca05a31b0957452d4521e83870789063115bf97f6c308ccf57cdc9ce7fe10f6ed1bd0cc0660038c50dcdb0feb963c2f17",
  ],
  [
    "DHCID",
    "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40",
  ],
  [
    "NSEC3",
    "1 1 12 AABBCCDD 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM",
    "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290",
  ],
  ["NSEC3", "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr", "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b"],
  ["NSEC3PARAM", "1 0 12 AABBCCDD", "0100000c04aabbccdd"],
  ["NSEC3PARAM", "1 0 0 -", "0100000000"],
  [
    "TLSA",
    "3 1 1 0C72AC70B745AC19998811B131D662C9AC69DBDBE7CB23E5B514B56664C5D3D6",
    "0301010c72ac70b745ac19998811b131d662c9ac69dbdbe7cb23e5b514b56664c5d3d6",
  ],
  ["SMIMEA", "3 0 0 30820301", "03000030820301"],
  [
    "HIP",
    "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs1.example.com. rvs2.example.com.",
    "10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c22243851fc708bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe529af582c36bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a4b2499d1da5433f805c7a5ad3237acc5dd5c5e430472767331076578616d706c6503636f6d000472767332076578616d706c6503636f6d00",
  ],
  ["CDS", "0 0 0 00", "0000000000"],
  ["CDNSKEY", "0 3 0 AA==", "0000030000"],
  ["OPENPGPKEY", "mQCNAzIG", "99008d033206"],
  ["CSYNC", "66 3 A NS AAAA", "000000420003000460000008"],
  [
    "ZONEMD",
    "2018031900 1 1 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C",
    "7848b91c0101c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c",
  ],
  ["SPF", '"v=spf1 -all"', "0b763d73706631202d616c6c"],
  ["NID", "10 0014:4fff:ff20:ee64", "000a00144fffff20ee64"],
  ["L32", "10 10.1.2.0", "000a0a010200"],
  ["L64", "10 2001:0db8:1140:1000", "000a20010db811401000"],
  ["LP", "10 l64-subnet.example.", "000a0a6c36342d7375626e6574076578616d706c6500"],
  ["EUI48", "00-00-5e-00-53-2a", "00005e00532a"],
  ["EUI64", "00-00-5e-ef-10-00-00-2a", "00005eef1000002a"],
  ["TKEY", "gss-tsig. 594420523 594420523 3 0 AQID -", "086773732d7473696700236e232b236e232b0003000000030102030000"],
  ["URI", '10 1 "ftp://ftp1.example.com/public"', "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963"],
  ["CAA", '0 issue "ca1.example.net; policy=ev"', "000569737375656361312e6578616d706c652e6e65743b20706f6c6963793d6576"],
  ["CAA", '128 tbs ""', "8003746273"],
  ["AVC", '"app-name:WOLFGANG|app-class:OAM"', "1f6170702d6e616d653a574f4c4647414e477c6170702d636c6173733a4f414d"],
  ["RESINFO", '"qnamemin" "exterr=15-17"', "08716e616d656d696e0c6578746572723d31352d3137"],
  ["DLV", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "ec4505012bb183af5f22588179a53b0a98631fad1a292118"],
];

describe("every type goes from text to the wire, and back", () => {
  for (const [type, text, hex] of VALUES) {
    test(`${type} ${text.slice(0, 40)}`, () => {
      const parsed = parseDnsData(type, text);
      const octets = Buffer.from(hex, "hex");
      assert.equal(Buffer.from(encodeDnsData(type, parsed)).toString("hex"), hex);
      const decoded = decodeDnsData(type, octets);
      assert.deepEqual(decoded, parsed);
      assert.equal(formatDnsData(type, decoded), text);
      assert.deepEqual(parseDnsData(type, `\\# ${octets.length} ${hex}`), parsed, "RFC 3597 §5");
    });
  }

  test("and none is forgotten", () => {
    const tested = new Set<string>(VALUES.map(([type]) => type));
    const left = Object.keys(dnsRecordTypes).filter((type) => !tested.has(type) && !testedElsewhere.has(type));
    assert.deepEqual(left, []);
  });

  test("cut anywhere, its data are refused or mean less", () => {
    for (const [type, , hex] of VALUES) {
      const octets = Buffer.from(hex, "hex");
      for (let end = 0; end < octets.length; end++) {
        const cut = octets.subarray(0, end);
        let read: unknown;
        try {
          read = decodeDnsData(type, cut);
        } catch (error) {
          assert.ok(error instanceof DnsProtocolError, `${type} ${hex} cut to ${end}: ${error}`);
          continue;
        }
        assert.deepEqual(decodeDnsData(type, encodeDnsData(type, read as never)), read, type);
      }
    }
  });
});

/** SVCB and HTTPS have the vectors of RFC 9460, TSIG its own folder. */
const testedElsewhere = new Set(["HTTPS", "SVCB", "TSIG"]);

describe("other spellings mean the same", () => {
  const cases: readonly (readonly [type: DnsRecordTypeName, written: string, canonical: string])[] = [
    ["SOA", "ns. host. ( 1 ; serial\n 2h 15M 2w 5m )", "ns. host. 1 7200 900 1209600 300"],
    ["LOC", "42 21 54 N 71 06 18 W -24m 30m", "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"],
    ["LOC", "32 S 116 e 10", "32 0 0.000 S 116 0 0.000 E 10.00m 1.00m 10000.00m 10.00m"],
    ["LOC", "1 N 1 E 0 99m", "1 0 0.000 N 1 0 0.000 E 0.00m 90.00m 10000.00m 10.00m"],
    ["DNSKEY", "257 3 ED25519 AA ==", "257 3 15 AA=="],
    ["CERT", "pkix 1 RSASHA256 AQID BA==", "1 1 8 AQIDBA=="],
    ["TXT", 'one two\\ three ""', '"one" "two three" ""'],
    ["TXT", "é", '"\\195\\169"'],
    ["NSEC", "b. TYPE1 a TYPE65280 MX a", "b. A MX TYPE65280"],
    [
      "RRSIG",
      "TYPE65280 5 3 1d 1048354263 1045762263 2642 a. AA==",
      "TYPE65280 5 3 86400 20030322173103 20030220173103 2642 a. AA==",
    ],
    ["NSEC", "b. A6 NXT", "b. TYPE30 TYPE38"],
    ["WKS", "192.0.2.1 TCP 80 25 80", "192.0.2.1 6 25 80"],
    ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["NID", "10 14:4fff:ff20:ee64", "10 0014:4fff:ff20:ee64"],
    ["TLSA", "3 1 1 ab CD", "3 1 1 ABCD"],
    ["APL", "", ""],
    ["APL", "3:ABCD/12", "3:ABCD/12"],
    ["EUI48", "00-00-5E-00-53-2A", "00-00-5e-00-53-2a"],
    ["CAA", "0 issue ca.example.net", '0 issue "ca.example.net"'],
  ];
  for (const [type, written, canonical] of cases) {
    test(`${type} ${written}`, () => {
      const data = parseDnsData(type, written);
      assert.equal(formatDnsData(type, data), canonical);
      assert.deepEqual(decodeDnsData(type, encodeDnsData(type, data)), parseDnsData(type, canonical));
    });
  }
});

describe("text that is no value of its type is refused, and its place told", () => {
  const cases: readonly (readonly [type: DnsRecordTypeName, text: string, code: string])[] = [
    ["A", "192.0.2", "bad-value"],
    ["A", "192.0.2.256", "bad-value"],
    ["A", "2001:db8::1", "bad-value"],
    ["A", "192.0.2.1 192.0.2.2", "surplus-value"],
    ["A", "", "missing-value"],
    ["A", "\\# 3 C00002", "bad-value"],
    ["A", "\\# 4 C000", "bad-value"],
    ["AAAA", "192.0.2.1", "bad-value"],
    ["AAAA", "fe80::1%eth0", "bad-value"],
    ["MX", "mail.example. 10", "bad-value"],
    ["MX", "65536 mail.example.", "bad-value"],
    ["MX", "10", "missing-value"],
    ["MX", "10 a..b", "bad-name"],
    ["MX", `10 ${"a".repeat(64)}.`, "bad-name"],
    ["MX", "10 \\256.", "bad-escape"],
    ["TXT", "", "missing-value"],
    ["TXT", `"${"a".repeat(256)}"`, "too-large"],
    ["TXT", '"open', "unbalanced"],
    ["SOA", "a. b. ( 1 2 3 4 5", "unbalanced"],
    ["SOA", "a. b. 1 2 3 4 5 )", "unbalanced"],
    ["SOA", "a. b. 1 2x 3 4 5", "bad-value"],
    ["SOA", "a. b. 1 99999999999 3 4 5", "bad-value"],
    ["DS", "1 5 1 ABC", "bad-value"],
    ["DNSKEY", "256 3 5 A", "bad-value"],
    ["NSEC", "a. NOTYPE", "unknown-type"],
    ["NSEC3", "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojw", "bad-value"],
    ["RRSIG", "A 5 3 1 20031322173103 20030220173103 1 a. AA==", "bad-value"],
    ["LOC", "91 N 0 E 0", "bad-value"],
    ["LOC", "90 0 0.001 N 0 E 0", "bad-value"],
    ["LOC", "1 60 N 0 E 0", "bad-value"],
    ["LOC", "1 X 0 E 0", "bad-value"],
    ["LOC", "1 N 0 E", "missing-value"],
    ["LOC", "1 N 0 E -100001m", "bad-value"],
    ["APL", "1:192.0.2.0", "bad-value"],
    ["APL", "1:192.0.2.0/33", "bad-value"],
    ["IPSECKEY", "10 4 2 . AA==", "bad-value"],
    ["IPSECKEY", "10 0 2 a. AA==", "bad-value"],
    ["EUI48", "00-00-5e-00-53", "bad-value"],
    ["CAA", '0 is-sue ""', "bad-value"],
    ["L64", "10 2001:db8:1140", "bad-value"],
    ["NULL", "abc", "bad-value"],
  ];
  for (const [type, text, code] of cases) {
    test(`${type} ${text.slice(0, 40)}`, () => {
      assert.throws(
        () => parseDnsData(type, text),
        (error) => error instanceof DnsTextError && error.code === code && /^Cannot read /.test(error.message),
      );
    });
  }

  test("in a record", () => {
    assert.throws(
      () => parseDnsRecord("example.org. 60 IN SOA (\n  ns host\n  1 x 3 4 5 )"),
      (error) => error instanceof DnsTextError && error.position?.line === 3 && error.position.column === 5,
    );
  });
});

describe("octets that are no value of their type are refused", () => {
  const cases: readonly (readonly [type: DnsRecordTypeName, hex: string, why: string])[] = [
    ["A", "c00002", "short"],
    ["A", "c000020100", "long"],
    ["TXT", "", "no string"],
    ["TXT", "0561", "a string that is cut"],
    ["MX", "000a", "no name"],
    ["MX", "000ac000", "a pointer into nothing"],
    ["NSEC", "000040", "a window without a length"],
    ["NSEC", "000000", "an empty window"],
    ["NSEC", `000021${"00".repeat(33)}`, "a window that is too long"],
    ["NSEC", "0001014000014000", "windows that descend"],
    ["NSEC3", "0100000c04aabb", "salt that is cut"],
    ["LOC", `01${"00".repeat(15)}`, "another version"],
    ["LOC", "00a012138b0d2c8c7ff8fca500989680", "a size with the digit 10"],
    ["LOC", "00121213ffffffff7ff8fca500989680", "a latitude beyond the pole"],
    ["APL", "00012104c0000201", "a prefix beyond the address"],
    ["APL", "00011805c000020100", "an address that is too long"],
    ["IPSECKEY", "0a0402", "an unknown gateway"],
    ["HIP", "1002ffff20", "a key that is cut"],
    ["CAA", "0003692d73", "a tag with a hyphen"],
    ["CAA", "0000", "an empty tag"],
    ["ISDN", "016101620163", "a third string"],
    ["SVCB", "000100000300020035000100030268", "keys that descend"],
    ["SVCB", "00010000030002003500030002003500", "a key given twice"],
    ["SVCB", "0001000003000100", "a short port"],
    ["SVCB", "000100000100010", "a parameter that is cut"],
    ["SVCB", "0001000001000100", "an empty protocol"],
    ["SVCB", "00010000040000", "no address"],
    ["SVCB", "0001000004000500000000ff", "an address that is cut"],
    ["SVCB", "0001000002000100", "a flag with a value"],
    ["SVCB", "00010000000000", "nothing mandatory"],
    ["SVCB", "0001000000000400030001", "mandatory keys that descend"],
    ["SVCB", "0001000000000400030003", "a mandatory key given twice"],
    ["TSIG", "00000000000001012c0020", "a MAC that is cut"],
  ];
  for (const [type, hex, why] of cases) {
    test(`${type}: ${why}`, () => {
      assert.throws(() => decodeDnsData(type, Buffer.from(hex, "hex")), DnsProtocolError);
    });
  }
});

describe("values that the wire cannot hold are refused", () => {
  const cases: readonly (readonly [type: DnsRecordTypeName, change: object])[] = [
    ["A", { address: "192.0.2.1.1" }],
    ["A", { address: "192.0.02.1" }],
    ["A", { address: "192.0.2." }],
    ["A", { address: "192.0.2.1000000000000" }],
    ["A", { address: "::1" }],
    ["AAAA", { address: "1.2.3.4" }],
    ["MX", { preference: 65_536 }],
    ["MX", { preference: -1 }],
    ["MX", { preference: 1.5 }],
    ["TXT", { strings: [] }],
    ["TXT", { strings: ["a".repeat(256)] }],
    ["TXT", { strings: ["€"] }],
    ["CAA", { tag: "" }],
    ["CAA", { tag: "a\r\n" }],
    ["EUI48", { address: "00-00-5e-00-53-zz" }],
    ["L64", { locator: "1:2:3:4:5" }],
    ["LOC", { latitudeMilliArcSeconds: 90 * 3_600_000 + 1 }],
    ["LOC", { sizeCm: 1e10 }],
    ["NSEC", { types: ["NOTYPE"] }],
    ["NSEC3", { salt: new Uint8Array(256) }],
    ["WKS", { ports: [65_536] }],
    ["APL", { items: [{ negated: false, family: 1, address: "192.0.2.0", prefix: 33 }] }],
    ["DS", { digest: new Uint8Array(65_536) }],
  ];
  for (const [type, change] of cases) {
    test(`${type} ${JSON.stringify(change).slice(0, 40)}`, () => {
      const [, text] = VALUES.find(([name]) => name === type)!;
      const data = { ...parseDnsData(type, text), ...change };
      assert.throws(() => encodeDnsData(type, data as never), RangeError);
    });
  }
});

describe("canonical form (RFC 4034 §6.2)", () => {
  const lowered = [
    "NS A.B.",
    "CNAME A.B.",
    "MX 1 A.B.",
    "SOA A. B. 1 1 1 1 1",
    "RP A. B.",
    "SRV 1 1 1 A.B.",
    "DNAME A.B.",
    'NAPTR 1 1 "U" "" "" A.',
    "KX 1 A.",
    "RRSIG A 5 0 1 0 0 1 A.B. AA==",
  ];
  const kept = ["NSEC A.B. A", "SVCB 1 A.B.", "HTTPS 1 A.B.", "LP 1 A.", 'TXT "A"'];
  for (const text of [...lowered, ...kept]) {
    test(text, () => {
      const [type, rest] = [text.slice(0, text.indexOf(" ")) as DnsRecordTypeName, text.slice(text.indexOf(" ") + 1)];
      const lower = rest.replace(/\b[AB]\./g, (name) => name.toLowerCase());
      const canonical = encodeDnsData(type, parseDnsData(type, rest), "canonical");
      const wanted = lowered.includes(text) ? lower : rest;
      assert.deepEqual(canonical, encodeDnsData(type, parseDnsData(type, wanted)));
    });
  }
});

test("the tag of a key is that of RFC 4034 §5.4", () => {
  const [, text] = VALUES.find(([type]) => type === "DNSKEY")!;
  assert.equal(dnskeyTag(parseDnsData("DNSKEY", text)), 60_485);
  assert.equal(dnskeyTag({ flags: 256, protocol: 3, algorithm: 1, publicKey: Uint8Array.of(1, 2, 3, 4, 5) }), 0x0304);
});
