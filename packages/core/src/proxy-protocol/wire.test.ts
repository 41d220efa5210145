import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ipAddress } from "../address.ts";
import { crc32c } from "./crc32c.ts";
import { ProxyProtocolError } from "./errors.ts";
import type { ProxyHeader } from "./header.ts";
import { encodeProxyHeader, ProxyHeaderReader } from "./wire.ts";

const signature = "0d0a0d0a000d0a515549540a";
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const read = (octets: Uint8Array) => new ProxyHeaderReader().receive(octets);
const tcp4: ProxyHeader = {
  version: 1,
  command: "proxy",
  addresses: {
    transport: "stream",
    source: ipAddress("192.168.0.1", 56324),
    destination: ipAddress("192.168.0.11", 443),
  },
};

test("version 1 is one line (proxy-protocol.txt §2.1)", () => {
  const line = "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n";
  assert.deepEqual(read(Buffer.from(line)), { header: tcp4, rest: Buffer.alloc(0) });
  assert.equal(String(encodeProxyHeader(tcp4)), line);
  assert.deepEqual(read(Buffer.from("PROXY UNKNOWN ffff:: ffff:: 1 2\r\nGET"))!.header, {
    version: 1,
    command: "proxy",
  });
});

test("version 2 over TCP and IPv4, octet by octet (proxy-protocol.txt §2.2)", () => {
  const header = hex(`${signature} 21 11 000c c0a80001 c0a8000b dc04 01bb`);
  assert.deepEqual(read(header)!.header, { ...tcp4, version: 2 });
  assert.deepEqual(read(hex(`${signature} 20 00 0000 4745`)), {
    header: { version: 2, command: "local" },
    rest: hex("4745"),
  });
});

test("a LOCAL header is passed over whatever it holds", () => {
  assert.deepEqual(read(hex(`${signature} 20 ff 0003 ffffff`))!.header, { version: 2, command: "local" });
});

test("the checksum is CRC32C, and a wrong one is refused", () => {
  assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
  const octets = Buffer.from(encodeProxyHeader({ ...tcp4, version: 2, authority: "example.org" }));
  octets[20]! ^= 1;
  assert.throws(() => read(octets), { code: "bad-checksum" });
});

const refused: readonly (readonly [string, string, string])[] = [
  ["a request without a header", Buffer.from("GET / HTTP/1.1\r\n").toString("hex"), "bad-header"],
  ["its first wrong octet", "51", "bad-header"],
  ["a line without an end", Buffer.from(`PROXY TCP4 ${"1".repeat(100)}`).toString("hex"), "header-too-long"],
  ["a line that ends in LF alone", Buffer.from("PROXY UNKNOWN\n").toString("hex"), "bad-header"],
  ["an address with leading zeros", Buffer.from("PROXY TCP4 010.0.0.1 1.1.1.1 1 2\r\n").toString("hex"), "bad-header"],
  ["an address of the other family", Buffer.from("PROXY TCP6 10.0.0.1 1.1.1.1 1 2\r\n").toString("hex"), "bad-header"],
  ["a port that is none", Buffer.from("PROXY TCP4 1.1.1.1 1.1.1.1 1 65536\r\n").toString("hex"), "bad-header"],
  ["two spaces", Buffer.from("PROXY TCP4  1.1.1.1 1.1.1.1 1 2\r\n").toString("hex"), "bad-header"],
  ["an unknown version", `${signature} 31 11 0000`, "bad-header"],
  ["an unknown command", `${signature} 22 11 0000`, "bad-header"],
  ["an unknown family", `${signature} 21 41 0000`, "bad-header"],
  ["addresses cut short", `${signature} 21 11 000b c0a80001 c0a8000b dc04 01`, "bad-header"],
  [
    "a field that is longer than the header",
    `${signature} 21 11 0010 c0a80001 c0a8000b dc04 01bb 02 0002 41`,
    "bad-header",
  ],
  ["a header without end", `${signature} 21 11 ffff`, "header-too-long"],
  ["a unique id of 129 octets", `${signature} 21 00 0084 05 0081 ${"00".repeat(129)}`, "bad-header"],
  ["an SSL field without its flags", `${signature} 21 00 0004 20 0001 01`, "bad-header"],
];

for (const [what, octets, code] of refused) {
  test(`${what} is refused as ${code}`, () => {
    assert.throws(
      () => read(hex(octets)),
      (error) => error instanceof ProxyProtocolError && error.code === code,
    );
  });
}

const ip = fc.oneof(
  fc.tuple(fc.ipV4(), fc.ipV4()),
  fc.tuple(fc.ipV6(), fc.ipV6()).filter((hosts) => hosts.every((host) => !host.includes("%"))),
);
const port = fc.nat(65_535);
const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\0"));
const path = fc.stringMatching(/^\/[a-z/]{0,90}$/);
const addresses = fc.oneof(
  fc.tuple(ip, port, port).map(([[source, destination], from, to]) => ({
    source: canonical(source, from),
    destination: canonical(destination, to),
  })),
  fc.tuple(path, path).map(([source, destination]) => ({
    source: { family: "unix" as const, path: source },
    destination: { family: "unix" as const, path: destination },
  })),
);
const optional = { noNullPrototype: true, requiredKeys: [] as [] };
const v2: fc.Arbitrary<ProxyHeader> = fc
  .record(
    {
      addresses: fc
        .tuple(addresses, fc.constantFrom("stream" as const, "datagram" as const))
        .map(([ends, transport]) => ({ transport, ...ends })),
      alpn: word,
      authority: word,
      uniqueId: fc.uint8Array({ maxLength: 128 }),
      networkNamespace: word,
      others: fc.array(
        fc.record(
          { type: fc.integer({ min: 0xe0, max: 0xef }), value: fc.uint8Array({ maxLength: 50 }) },
          { noNullPrototype: true },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      ssl: fc.record(
        {
          tls: fc.boolean(),
          certificate: fc.constantFrom("none" as const, "connection" as const, "session" as const),
          verified: fc.boolean(),
          version: word,
          commonName: word,
        },
        { noNullPrototype: true, requiredKeys: ["tls", "certificate", "verified"] },
      ),
    },
    optional,
  )
  .map((fields) => ({ version: 2 as const, command: "proxy" as const, ...fields }));

test("what is written is read back, however it is cut, and the octets behind it are left", () => {
  fc.assert(
    fc.property(v2, fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 600 }), (header, behind, cut) => {
      const octets = Buffer.concat([encodeProxyHeader(header), behind]);
      const reader = new ProxyHeaderReader();
      let at = 0;
      let result: ReturnType<ProxyHeaderReader["receive"]>;
      while (result === undefined) {
        result = reader.receive(octets.subarray(at, at + cut));
        at += cut;
      }
      assert.deepEqual(plain(result.header), plain(header));
      assert.deepEqual(Buffer.concat([result.rest, octets.subarray(at)]), Buffer.from(behind));
    }),
  );
});

test("any octets either become a header, or wait, or are refused", () => {
  const starts = fc
    .constantFrom("", "PROXY TCP4 ", signature)
    .map((start) => (start.startsWith("0d") ? hex(start) : Buffer.from(start)));
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      try {
        read(Buffer.concat([start, rest]));
      } catch (error) {
        assert.ok(error instanceof ProxyProtocolError, String(error));
      }
    }),
  );
});

test("what a header cannot carry is refused when it is written", () => {
  const addresses = { transport: "stream" as const, source: ipAddress("::1", 1), destination: ipAddress("1.1.1.1", 1) };
  assert.throws(() => encodeProxyHeader({ version: 1, command: "proxy", addresses }), TypeError);
  assert.throws(() => encodeProxyHeader({ version: 2, command: "proxy", addresses }), TypeError);
  const injected = { ...addresses, source: { family: "ipv4" as const, host: "1.1.1.1 2.2.2.2 1 2\r\n", port: 1 } };
  assert.throws(() => encodeProxyHeader({ version: 1, command: "proxy", addresses: injected }), TypeError);
  assert.throws(() => encodeProxyHeader({ version: 2, command: "proxy", addresses: injected }), TypeError);
  assert.throws(() => encodeProxyHeader({ version: 2, command: "proxy", uniqueId: new Uint8Array(129) }), TypeError);
});

function canonical(host: string, port: number) {
  const header = encodeProxyHeader({
    version: 2,
    command: "proxy",
    addresses: { transport: "stream", source: ipAddress(host, port), destination: ipAddress(host, port) },
  });
  return read(header)!.header.addresses!.source;
}

/** Buffers and arrays of octets compare as text. */
function plain(header: ProxyHeader): unknown {
  return JSON.parse(
    JSON.stringify(header, (_, value) =>
      value?.type === "Buffer" ? value.data : value instanceof Uint8Array ? [...value] : value,
    ),
  );
}
