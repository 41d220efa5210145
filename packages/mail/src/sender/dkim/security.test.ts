import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MailHeader } from "@hawser/mime";
import { type DnsLookups, dkimDnsRecord, parseDkimSignature } from "../index.ts";
import {
  ed25519Key,
  keyLookups,
  signedMessage,
  testMessage,
  testNow,
  verdictsOf,
  verifiedMessage,
} from "./signing.test.kit.ts";

describe("DKIM: what was done to signed mail", () => {
  test("l= abuse: what is put behind the signed octets is not signed (RFC 6376 §8.2)", async () => {
    const signed = signedMessage(testMessage, { bodyOctets: 1000 });
    const extended = `${signed}<p>Send your password to mallory</p>\r\n`;
    assert.deepEqual(await verdictsOf(signed), ["pass"]);
    assert.deepEqual(await verdictsOf(extended), ["policy: body-extended"]);
    assert.equal((await verifiedMessage(extended))[0]?.unsignedOctets, 38);
    assert.deepEqual(await verdictsOf(extended, { acceptsUnsignedBody: true }), ["pass"]);
    assert.deepEqual(await verdictsOf(signed.replace("\r\n\r\nAlice\r\n", "\r\n")), ["fail: body-cut"]);
  });

  test("l=0 signs no body at all", async () => {
    const signed = signedMessage(testMessage, { bodyOctets: 0 });
    assert.deepEqual(await verdictsOf(signed), ["policy: body-extended"]);
  });

  test("duplicate From: a message with two authors is nobody's (RFC 6376 §8.15)", async () => {
    const signed = signedMessage(testMessage);
    for (const forged of [
      `From: mallory@example.com\r\n${signed}`,
      signed.replace("\r\nTo:", "\r\nfrom : mallory@example.com\r\nTo:"),
    ])
      assert.deepEqual(await verdictsOf(forged), ["permerror: bad-message"]);
    assert.deepEqual(await verdictsOf(signed.replace("From: Alice", "X: Alice")), ["permerror: bad-message"]);
  });

  test("header injection after signing: fields that are signed once more than they are there", async () => {
    const signed = signedMessage(testMessage);
    for (const field of [
      "Subject: Urgent",
      "To: all@example.net",
      "Cc: a@b",
      "Reply-To: m@example.com",
      "Date: now",
      "Content-Type: text/html",
    ])
      for (const forged of [`${field}\r\n${signed}`, signed.replace("\r\n\r\nCome", `\r\n${field}\r\n\r\nCome`)])
        assert.deepEqual(await verdictsOf(forged), ["fail: bad-signature"], field);
  });

  test("header injection where others signed each field once: what may be there once is there twice", async () => {
    const signed = signedMessage(testMessage, { oversigned: [] });
    assert.deepEqual(await verdictsOf(`Subject: Urgent\r\n${signed}`), ["policy: fields-added"]);
    assert.deepEqual(await verdictsOf(`Received: from elsewhere\r\n${signed}`), ["pass"]);
  });

  test("a thousand signatures cost eight (limits)", async () => {
    const one = signedMessage(testMessage).slice(0, -testMessage.length);
    const results = await verdictsOf(one.repeat(1000) + testMessage);
    assert.deepEqual(results, Array(8).fill("pass"));
  });

  test("a key's record may not be endless", async () => {
    const name = "ed._domainkey.example.org";
    const endless = keyLookups([], { [name]: { TXT: [`${dkimDnsRecord(ed25519Key).text}; n=${"x".repeat(5000)}`] } });
    assert.deepEqual(await verdictsOf(signedMessage(testMessage), { lookups: endless }), ["permerror: bad-key"]);
  });

  test("b= in other tags is not taken for the signature's", async () => {
    const signed = signedMessage(testMessage);
    const odd = signed.replace("v=1;", "v=1; z=Subject:b=20c;");
    assert.deepEqual(await verdictsOf(odd), ["fail: bad-signature"]);
    const field = MailHeader.parse(odd).fields[0]!;
    assert.equal(parseDkimSignature(field).octets.length, 64);
  });

  test("Unicode domains are looked up as A-labels (RFC 8616 §3), and what only looks like ASCII is none", async () => {
    const key = { ...ed25519Key, domain: "bücher.example" };
    const message = Buffer.from(testMessage.replace("alice@example.org", "alice@bücher.example")).toString("latin1");
    const signed = signedMessage(message, { keys: [key] });
    const lookups = keyLookups([key]);
    assert.match(signed, /d=xn--bcher-kva\.example;/);
    assert.deepEqual(await verdictsOf(signed, { lookups }), ["pass"]);
    const asUnicode = Buffer.from("d=bücher.example").toString("latin1");
    const asked: string[] = [];
    const recorded: DnsLookups = {
      lookUp(name, type, options) {
        asked.push(name);
        return lookups.lookUp(name, type, options);
      },
    };
    await verdictsOf(signed.replace("d=xn--bcher-kva.example", asUnicode), { lookups: recorded });
    assert.deepEqual(asked, ["ed._domainkey.xn--bcher-kva.example"]);
    const spoof = Buffer.from("d=example.org/bücher.example").toString("latin1");
    assert.deepEqual(await verdictsOf(signed.replace("d=xn--bcher-kva.example", spoof), { lookups }), [
      "permerror: syntax",
    ]);
  });

  test("what waits for the DNS can be given up", async () => {
    const controller = new AbortController();
    const lookups: DnsLookups = {
      lookUp: (_name, _type, options) =>
        new Promise((_, reject) => options?.signal?.addEventListener("abort", () => reject(options.signal?.reason))),
    };
    const results = verdictsOf(signedMessage(testMessage), { lookups, now: testNow, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(results, /enough/);
  });
});
