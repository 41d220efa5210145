import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { MailHeader } from "@hawser/mime";
import { dkimSign, dkimVerify, dmarc } from "mailauth";
import { ed25519Key, rsaKey, signedMessage, testNow, verdictsOf } from "../dkim/signing.test.kit.ts";
import { checkDmarc, type DnsMemoryRecords, memoryLookups } from "../index.ts";
import { forms, keyRecords, sampleMessages } from "./messages.test.kit.ts";

const curTime = new Date(testNow);

/** A table of texts as it asks for them. */
const resolver =
  (texts: Readonly<Record<string, string>>) =>
  async (name: string, type: string): Promise<string[][]> => {
    const text = type === "TXT" ? texts[name.toLowerCase()] : undefined;
    if (text === undefined) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
    return [[text]];
  };

describe("DKIM: with mailauth", () => {
  for (const [i, [header, body]] of forms.entries())
    test(`we sign ${header}/${body} with two keys, it verifies; and sees what was changed`, async () => {
      const options = { keys: [rsaKey, ed25519Key], headerCanonicalization: header, bodyCanonicalization: body };
      for (const message of sampleMessages(500 + i)) {
        const signed = signedMessage(message, options);
        assert.deepEqual(await theirVerdicts(signed), ["pass", "pass"], signed);
        assert.deepEqual(await theirVerdicts(signed.replace("bob@", "rob@")), ["fail", "fail"], signed);
      }
    });

  for (const [i, form] of forms.entries())
    for (const [algorithm, key] of [
      ["rsa-sha256", rsaKey],
      ["ed25519-sha256", ed25519Key],
    ] as const)
      test(`it signs ${form.join("/")} with ${algorithm}, we verify`, async () => {
        for (const message of sampleMessages(600 + i)) {
          const { signatures, errors } = await dkimSign(Buffer.from(message, "latin1"), {
            canonicalization: form.join("/"),
            algorithm,
            signTime: curTime,
            signatureData: [
              { signingDomain: "example.org", selector: key.selector, privateKey: String(key.privateKey) },
            ],
          } as never);
          assert.deepEqual(errors ?? [], []);
          const signed = `${signatures.trimEnd()}\r\n${message}`;
          assert.deepEqual(await verdictsOf(signed), ["pass"], signed);
          assert.deepEqual(await verdictsOf(signed.replace("bob@", "rob@")), ["fail: bad-signature"], signed);
        }
      });
});

describe("DMARC: with mailauth, where alignment is relaxed", () => {
  const published = {
    "_dmarc.example.org": "v=DMARC1; p=reject; sp=quarantine",
    "_dmarc.news.example.org": "v=DMARC1; p=none",
  };
  const domains = ["example.org", "news.example.org", "shop.example.org", "example.net", "notexample.org"];
  for (const from of domains)
    for (const signer of domains)
      test(`from ${from}, signed by ${signer}`, async () => {
        const theirs = await dmarc({
          headerFrom: from,
          spfDomains: [],
          dkimDomains: [{ id: signer, domain: signer, aligned: false, underSized: 0 }],
          resolver: resolver(published),
        } as never);
        const table: Record<string, DnsMemoryRecords> = {};
        for (const [name, text] of Object.entries(published)) table[name] = { TXT: [text] };
        const ours = await checkDmarc(
          {
            header: MailHeader.parse(`From: a@${from}\r\n`),
            spf: { result: "none", domain: "" },
            dkim: [{ status: "pass", signature: { domain: signer } as never, isTesting: false, unsignedOctets: 0 }],
          },
          { lookups: memoryLookups(table), chance: () => 0 },
        );
        const said = theirs === false ? "none" : theirs.status.result;
        assert.equal(ours.result, said);
        if (theirs !== false && ours.policy !== undefined) assert.equal(ours.policy, theirs.policy);
      });
});

async function theirVerdicts(text: string): Promise<readonly string[]> {
  const { results } = await dkimVerify(Buffer.from(text, "latin1"), {
    resolver: resolver(keyRecords),
    curTime,
  } as never);
  return results.map(({ status }) => String(status.result));
}

test("the clock of the tests stands still", () => assert.equal(new ManualClock(testNow).wall(), testNow));
