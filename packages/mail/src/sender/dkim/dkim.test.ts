import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, test } from "node:test";
import { MailHeader } from "@hawser/mime";
import {
  DkimSigner,
  DkimVerifier,
  dkimDnsRecord,
  generateDkimKey,
  parseDkimKeyRecord,
  parseDkimSignature,
  SenderError,
  signDkim,
  splitMessage,
} from "../index.ts";
import {
  ed25519Key,
  keyLookups,
  rsaKey,
  signedMessage,
  testMessage,
  testNow,
  verdictsOf,
  verifiedMessage,
} from "./signing.test.kit.ts";

const edName = "ed._domainkey.example.org";
const edText = dkimDnsRecord(ed25519Key).text;

describe("DKIM: signing and verifying", () => {
  for (const header of ["simple", "relaxed"] as const)
    for (const body of ["simple", "relaxed"] as const)
      test(`two keys, ${header}/${body}`, async () => {
        const options = { keys: [rsaKey, ed25519Key], headerCanonicalization: header, bodyCanonicalization: body };
        const signed = signedMessage(testMessage, options);
        assert.deepEqual(await verdictsOf(signed), ["pass", "pass"]);
        const respaced = signed.replace("at  eight.\t", "at eight.").replace("Subject: Dinner", "SUBJECT:   Dinner ");
        const isKept = header === "relaxed" && body === "relaxed";
        const wanted = isKept ? "pass" : body === "simple" ? "fail: body-changed" : "fail: bad-signature";
        assert.deepEqual(await verdictsOf(respaced), [wanted, wanted]);
        assert.deepEqual(await verdictsOf(signed.replace("eight", "nine")), Array(2).fill("fail: body-changed"));
        assert.deepEqual(await verdictsOf(signed.replace("bob@", "rob@")), Array(2).fill("fail: bad-signature"));
      });

  test("what is told of a signature that passed", async () => {
    const options = { keys: [rsaKey], identity: "alice@sub.example.org", lifetimeSeconds: 600 };
    const [result] = await verifiedMessage(signedMessage(testMessage, options));
    assert.equal(result?.status, "pass");
    assert.equal(result?.keyBits, 2048);
    const { octets, bodyHash, signedFields, ...signature } = result!.signature!;
    assert.deepEqual(signature, {
      algorithm: "rsa-sha256",
      headerCanonicalization: "relaxed",
      bodyCanonicalization: "relaxed",
      domain: "example.org",
      selector: "rsa",
      identity: "alice@sub.example.org",
      bodyOctets: undefined,
      signedAt: testNow / 1000,
      expiresAt: testNow / 1000 + 600,
    });
    assert.deepEqual([octets.length, bodyHash.length], [256, 32]);
    assert.equal(signedFields.filter((name) => name === "from").length, 2);
    assert.equal(signedFields.filter((name) => name === "cc").length, 1);
  });

  test("lines of a signature have 78 octets, and it is one field", () => {
    const [field] = signDkim(MailHeader.parse(testMessage), [], { keys: [rsaKey], now: testNow });
    const lines = field!.octets.split("\r\n");
    assert.ok(lines.every((line) => line.length <= 78));
    assert.equal(MailHeader.parse(field!.octets).fields.length, 1);
    assert.ok(lines.slice(1, -1).every((line) => line.startsWith("\t")));
  });

  test("h= is a choice, and From is always in it twice (RFC 6376 §5.4)", async () => {
    const options = { fields: ["Subject", "X-Odd"], oversigned: [] };
    const signed = signedMessage(`X-Odd: 1\r\nX-Odd: 2\r\n${testMessage}`, options);
    assert.match(signed, /h=From:From:Subject:X-Odd:X-Odd;/);
    assert.deepEqual(await verdictsOf(signed), ["pass"]);
    assert.deepEqual(await verdictsOf(signed.replace("To: bob", "To: rob")), ["pass"]);
    assert.deepEqual(await verdictsOf(signed.replace("X-Odd: 1\r\nX-Odd: 2", "X-Odd: 2\r\nX-Odd: 1")), [
      "fail: bad-signature",
    ]);
  });

  test("a signature ends, and does not begin before its time (RFC 6376 §3.5)", async () => {
    const signed = signedMessage(testMessage, { lifetimeSeconds: 3600 });
    assert.deepEqual(await verdictsOf(signed, { now: testNow + 3_600_000 }), ["pass"]);
    assert.deepEqual(await verdictsOf(signed, { now: testNow + 4_000_000 }), ["fail: expired"]);
    assert.deepEqual(await verdictsOf(signed, { now: testNow - 299_000 }), ["pass"]);
    assert.deepEqual(await verdictsOf(signed, { now: testNow - 301_000 }), ["fail: from-the-future"]);
  });

  test("messages that cannot be signed are refused: no author, two, a key that is none", () => {
    const options = { keys: [ed25519Key], now: testNow };
    const code = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error instanceof SenderError ? error.code : error;
      }
    };
    assert.equal(
      code(() => new DkimSigner(MailHeader.parse("To: a@b\r\n"), options)),
      "bad-message",
    );
    assert.equal(
      code(() => new DkimSigner(MailHeader.parse("From: a@b\r\nFrom: c@d\r\n"), options)),
      "bad-message",
    );
    const header = MailHeader.parse(testMessage);
    const withKey = (key: object) =>
      code(() => new DkimSigner(header, { ...options, keys: [{ ...ed25519Key, ...key }] }));
    assert.equal(withKey({ privateKey: "secret" }), "bad-key");
    const small = generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey;
    assert.equal(withKey({ privateKey: small }), "bad-key");
    assert.equal(withKey({ privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }), "bad-key");
    assert.equal(withKey({ domain: "no domain" }), "bad-domain");
    assert.equal(withKey({ selector: "a;b" }), "bad-domain");
    assert.equal(
      code(() => new DkimSigner(header, { ...options, identity: "a@example.net" })),
      "bad-domain",
    );
    assert.equal(
      code(() => new DkimSigner(header, { ...options, identity: "a;x@example.org" })),
      "bad-domain",
    );
    assert.throws(() => new DkimSigner(header, { ...options, fields: ["a:b"] }), TypeError);
    assert.throws(() => generateDkimKey("rsa", { bits: 512 }), RangeError);
  });

  test("a message of any size is hashed as it passes by", async () => {
    const { header } = splitMessage(Buffer.from(testMessage));
    const block = Buffer.from(`${"line of text ".repeat(6)}\r\n`.repeat(800));
    const signer = new DkimSigner(header, { keys: [ed25519Key], now: testNow });
    for (let i = 0; i < 40; i++) signer.receive(block);
    const signed = new MailHeader([...signer.finish(), ...header.fields]);
    const verifier = new DkimVerifier(signed, { lookups: keyLookups([ed25519Key]), now: testNow });
    for (let i = 0; i < 40; i++) verifier.receive(block);
    assert.equal((await verifier.finish())[0]?.status, "pass");
  });
});

describe("DKIM: keys (RFC 6376 §3.6.1)", () => {
  const cases: readonly [what: string, record: string, verdict: string][] = [
    ["is as it should be", edText, "pass"],
    ["has no version and odd space", edText.replace("v=DKIM1; ", "").replace("p=", " p = "), "pass"],
    ["has tags nobody knows, and notes", `${edText}; n=hello there; x-y`.replace("; x-y", "; xy=1;"), "pass"],
    ["is for mail and others", `${edText}; s=tlsrpt:email`, "pass"],
    ["is not for mail", `${edText}; s=tlsrpt`, "permerror: bad-key"],
    ["is for SHA-256", `${edText}; h=sha1:sha256`, "pass"],
    ["is for SHA-1 alone", `${edText}; h=sha1`, "permerror: bad-key"],
    ["is of another version", edText.replace("DKIM1", "DKIM2"), "permerror: bad-key"],
    ["says its version last", `${edText.replace("v=DKIM1; ", "")}; v=DKIM1`, "permerror: bad-key"],
    ["is of another kind", dkimDnsRecord(rsaKey).text, "permerror: bad-key"],
    ["is of no kind", edText.replace("ed25519", "dsa"), "permerror: bad-key"],
    ["is revoked", "v=DKIM1; k=ed25519; p=", "permerror: revoked"],
    ["has no key", "v=DKIM1; k=ed25519", "permerror: bad-key"],
    ["has half a key", edText.slice(0, -12), "permerror: bad-key"],
    ["says a tag twice", `${edText}; k=ed25519`, "permerror: bad-key"],
    ["is no list", "hello", "permerror: bad-key"],
    [
      "is the key of somebody else",
      dkimDnsRecord({ ...ed25519Key, privateKey: generateDkimKey("ed25519") }).text,
      "fail: bad-signature",
    ],
  ];
  for (const [what, record, verdict] of cases)
    test(`a key that ${what}`, async () => {
      const lookups = keyLookups([], { [edName]: { TXT: [record] } });
      assert.deepEqual(await verdictsOf(signedMessage(testMessage), { lookups }), [verdict]);
    });

  test("a key that is not there, and a DNS that is silent", async () => {
    const signed = signedMessage(testMessage);
    assert.deepEqual(await verdictsOf(signed, { lookups: keyLookups([]) }), ["permerror: no-key"]);
    const lookups = keyLookups([], { [edName]: "failed" });
    assert.deepEqual(await verdictsOf(signed, { lookups }), ["temperror: key-unavailable"]);
  });

  test("of several records one that fits is enough", async () => {
    const lookups = keyLookups([], { [edName]: { TXT: ["v=spf1 -all", edText] } });
    assert.deepEqual(await verdictsOf(signedMessage(testMessage), { lookups }), ["pass"]);
  });

  test("t=s keeps domains below away, t=y is told", async () => {
    const lookups = keyLookups([], { [edName]: { TXT: [`${edText}; t=y:s`] } });
    const [plain] = await verifiedMessage(signedMessage(testMessage), { lookups });
    assert.deepEqual([plain?.status, plain?.isTesting], ["pass", true]);
    const below = signedMessage(testMessage, { identity: "@a.example.org" });
    assert.deepEqual(await verdictsOf(below, { lookups }), ["permerror: bad-key"]);
    assert.deepEqual(await verdictsOf(below), ["pass"]);
  });

  test("RSA keys may be published bare (RFC 6376 §3.6.1)", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const bare = publicKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    assert.ok(parseDkimKeyRecord(`p=${bare}`).publicKey?.equals(publicKey));
  });
});

describe("DKIM: signatures that break the grammar are permanent errors (RFC 6376 §6.1.1)", () => {
  const signed = signedMessage(testMessage);
  const cases: readonly [what: string, broken: string][] = [
    ["no version", signed.replace("v=1; ", "")],
    ["another version", signed.replace("v=1;", "v=2;")],
    ["no domain", signed.replace("d=example.org; ", "")],
    ["a domain that is none", signed.replace("d=example.org;", "d=example..org;")],
    ["From not signed", signed.replace("h=From:From:", "h=X:")],
    ["an identity elsewhere", signed.replace("v=1;", "v=1; i=@example.net;")],
    ["a tag twice", signed.replace("v=1;", "v=1; v=1;")],
    ["no base64", signed.replace(/bh=[^;]*/, "bh=***")],
    ["a form that is not known", signed.replace("relaxed/relaxed", "relaxed/loose")],
    ["a key elsewhere", signed.replace("v=1;", "v=1; q=http;")],
    ["an end before its beginning", signed.replace("v=1;", "v=1; x=1;")],
    ["a length that is none", signed.replace("v=1;", "v=1; l=-1;")],
  ];
  for (const [what, broken] of cases)
    test(what, async () => {
      assert.notEqual(broken, signed);
      assert.deepEqual(await verdictsOf(broken), ["permerror: syntax"]);
    });

  test("what is signed with something else is neutral", async () => {
    const verdicts = await verdictsOf(signed.replace("ed25519-sha256", "falcon-shake"));
    assert.deepEqual(verdicts, ["neutral: unknown-algorithm"]);
  });

  test("space in every place where it may be", () => {
    const field = MailHeader.parse(
      "DKIM-Signature : \r\n v = 1 ;\r\n a=rsa-sha256 ; d = exa\r\n mple.org; s=a.b;h=from : to\r\n : cc;\r\n bh= YQ = =; b=\r\n Y Q==\r\n ; c=relaxed;\r\n\r\n",
    ).fields[0]!;
    const { domain, selector, signedFields, octets, headerCanonicalization, bodyCanonicalization } =
      parseDkimSignature(field);
    assert.deepEqual([domain, selector, signedFields], ["example.org", "a.b", ["from", "to", "cc"]]);
    assert.equal(Buffer.from(octets).toString(), "a");
    assert.deepEqual([headerCanonicalization, bodyCanonicalization], ["relaxed", "simple"]);
  });
});

describe("DKIM: algorithms that prove nothing (RFC 8301)", () => {
  test("SHA-1 is policy, whoever made it", async () => {
    const signed = signedMessage(testMessage, { keys: [rsaKey] }).replace("a=rsa-sha256", "a=rsa-sha1");
    assert.deepEqual(await verdictsOf(signed), ["policy: weak-algorithm"]);
  });

  test("an RSA key of 768 bits is policy, though its signature is right", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 768 });
    const text = `v=DKIM1; p=${createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64")}`;
    const lookups = keyLookups([], { "rsa._domainkey.example.org": { TXT: [text] } });
    const signed = signedMessage(testMessage, { keys: [rsaKey] });
    assert.deepEqual(await verdictsOf(signed, { lookups }), ["policy: key-too-small"]);
  });
});
