import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DnsProtocolError,
  DnsRcode,
  DnsTextError,
  decodeDnsData,
  decodeDnsMessage,
  encodeDnsData,
  encodeDnsMessage,
  formatDnsData,
  parseDnsData,
  parseDnsRecord,
  parseDomainName,
  parseTsigKey,
  refuseTsig,
  signDnsMessage,
  type TsigKey,
  TsigStreamSigner,
  TsigStreamVerifier,
  type TsigVerdict,
  tsigAlgorithms,
  verifyDnsMessage,
} from "../index.ts";

const key = parseTsigKey("hmac-sha256:Transfer.example.:c2VjcmV0IHNlY3JldA==");
const now = 1_700_000_000;
const find = (name: { equals(other: TsigKey["name"]): boolean }) => (name.equals(key.name) ? key : undefined);
const question = { name: parseDomainName("example.org"), type: "SOA", class: 1 } as const;
const request = encodeDnsMessage({ id: 4_711, questions: [question], edns: {} });
const answer = (i: number) =>
  encodeDnsMessage({ id: 4_711, response: true, answers: [parseDnsRecord(`a${i}. A 192.0.2.1`)] });

/** The error of a bad signature; the type of every other verdict. */
const told = (verdict: TsigVerdict) => (verdict.type === "bad" ? verdict.error : verdict.type);

describe("a signed message", () => {
  for (const [method, algorithm] of Object.entries(tsigAlgorithms)) {
    test(`is good with ${method}`, () => {
      const signed = signDnsMessage(request, { ...key, algorithm }, { now });
      const verdict = verifyDnsMessage(signed.octets, { key: () => ({ ...key, algorithm }), now });
      assert.ok(verdict.type === "good");
      assert.deepEqual(Buffer.from(verdict.octets), Buffer.from(request));
      assert.deepEqual(verdict.mac, signed.mac);
      assert.equal(decodeDnsMessage(signed.octets).tsig?.data.mac.length, algorithm.macOctets);
    });
  }

  const { octets } = signDnsMessage(request, key, { now });

  test("is bad when any octet was changed", () => {
    for (let at = 0; at < octets.length; at++) {
      const changed = Uint8Array.from(octets, (octet, i) => (i === at ? octet ^ 1 : octet));
      let verdict: TsigVerdict;
      try {
        verdict = verifyDnsMessage(changed, { key: find, now });
      } catch (error) {
        assert.ok(error instanceof DnsProtocolError, String(error));
        continue;
      }
      // The id may be another on the way: the one that counts stands in the record (RFC 8945 §5.3.1).
      if (at > 1) assert.notEqual(verdict.type, "good", `octet ${at}`);
    }
  });

  test("is judged by its key, its time, and the length of its MAC", () => {
    assert.equal(told(verifyDnsMessage(octets, { key: () => undefined, now })), DnsRcode.badKey);
    assert.equal(
      told(verifyDnsMessage(octets, { key: () => ({ ...key, algorithm: tsigAlgorithms["hmac-sha512"]! }), now })),
      DnsRcode.badKey,
    );
    assert.equal(
      told(verifyDnsMessage(octets, { key: () => ({ ...key, secret: Uint8Array.of(1) }), now })),
      DnsRcode.badSig,
    );
    assert.equal(told(verifyDnsMessage(octets, { key: find, now: now + 300 })), "good");
    assert.equal(told(verifyDnsMessage(octets, { key: find, now: now + 301 })), DnsRcode.badTime);
    assert.equal(told(verifyDnsMessage(octets, { key: find, now: now - 301 })), DnsRcode.badTime);
    assert.equal(told(verifyDnsMessage(octets, { key: find, now, priorMac: Uint8Array.of(1) })), DnsRcode.badSig);
    assert.equal(told(verifyDnsMessage(request, { key: find, now })), "unsigned");
  });

  test("may have a shorter MAC only where that is allowed (RFC 8945 §5.2.2.1)", () => {
    const cut = (length: number) => {
      const { tsig, ...rest } = decodeDnsMessage(octets);
      return encodeDnsMessage({
        ...rest,
        tsig: { ...tsig!, data: { ...tsig!.data, mac: tsig!.data.mac.slice(0, length) } },
      });
    };
    assert.equal(told(verifyDnsMessage(cut(16), { key: find, now })), DnsRcode.badTrunc);
    assert.equal(told(verifyDnsMessage(cut(16), { key: find, now, macOctetsMin: 16 })), "good");
    assert.equal(told(verifyDnsMessage(cut(0), { key: find, now })), DnsRcode.badSig);
    assert.throws(() => verifyDnsMessage(cut(15), { key: find, now, macOctetsMin: 1 }), DnsProtocolError);
  });

  test("is answered over its own MAC, with the server's clock after BADTIME", () => {
    const { mac } = signDnsMessage(request, key, { now });
    const late = signDnsMessage(answer(1), key, { now, priorMac: mac, error: DnsRcode.badTime });
    assert.equal(told(verifyDnsMessage(late.octets, { key: find, now, priorMac: mac })), "good");
    assert.equal(told(verifyDnsMessage(late.octets, { key: find, now })), DnsRcode.badSig);
    const { data } = decodeDnsMessage(late.octets).tsig!;
    assert.equal(Buffer.from(data.other).readUIntBE(0, 6), now);
  });

  test("is refused without a MAC when its key is unknown (RFC 8945 §5.3.2)", () => {
    const verdict = verifyDnsMessage(octets, { key: () => undefined, now });
    assert.ok(verdict.type === "bad");
    const { tsig } = decodeDnsMessage(refuseTsig(answer(1), verdict, verdict.error));
    assert.deepEqual([tsig?.data.error, tsig?.data.mac.length, String(tsig?.name)], [17, 0, "Transfer.example."]);
  });
});

describe("a stream of signed messages (RFC 8945 §5.3.1)", () => {
  const { mac } = signDnsMessage(request, key, { now });
  const streams = () => ({
    signer: new TsigStreamSigner(key, mac),
    verifier: new TsigStreamVerifier({ key: find }, mac),
  });

  test("is good in order, and in no other", () => {
    const { signer, verifier } = streams();
    const messages = [1, 2, 3].map((i) => signer.sign(answer(i), now));
    assert.deepEqual(
      messages.map((octets) => told(verifier.verify(octets, now))),
      ["good", "good", "good"],
    );
    assert.ok(verifier.isComplete);
    const other = streams().verifier;
    assert.equal(told(other.verify(messages[0]!, now)), "good");
    assert.equal(told(other.verify(messages[2]!, now)), DnsRcode.badSig);
  });

  test("may have up to 99 messages that the next signature covers", () => {
    const { signer, verifier } = streams();
    assert.equal(told(verifier.verify(signer.sign(answer(0), now), now)), "good");
    for (let i = 0; i < 99; i++) assert.equal(told(verifier.verify(answer(i), now)), "unsigned");
    assert.ok(!verifier.isComplete);
    assert.throws(() => verifier.verify(answer(100), now), DnsProtocolError);
  });

  test("begins with a signature", () => {
    assert.throws(() => streams().verifier.verify(answer(1), now), DnsProtocolError);
  });
});

describe("keys", () => {
  test("are written as dig takes them", () => {
    assert.equal(String(key.name), "Transfer.example.");
    assert.equal(parseTsigKey("k:AQ==").algorithm, tsigAlgorithms["hmac-sha256"]);
    assert.equal(parseTsigKey("HMAC-MD5:k:AQ==").algorithm.name.toString(), "hmac-md5.sig-alg.reg.int.");
  });

  test("that are none are refused, and nobody reads the secret", () => {
    for (const text of ["", "AQ==", "k:", "k:A", "hmac-x:k:AQ==", "a:b:c:AQ==", "toString:k:AQ=="]) {
      assert.throws(
        () => parseTsigKey(text),
        (error) => error instanceof DnsTextError && !error.message.includes("AQ=="),
      );
    }
  });
});

test("TSIG has a text too", () => {
  const text = "hmac-sha256. 1700000000 300 AQID 4711 0 -";
  const data = parseDnsData("TSIG", text);
  assert.deepEqual(decodeDnsData("TSIG", encodeDnsData("TSIG", data)), data);
  assert.equal(formatDnsData("TSIG", data), text);
});
