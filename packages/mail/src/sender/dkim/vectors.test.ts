import assert from "node:assert/strict";
import { createHash, createPrivateKey } from "node:crypto";
import { describe, test } from "node:test";
import { dkimDnsRecord, memoryLookups, signDkim, splitMessage, verifyDkim } from "../index.ts";
import { DkimBodyCanonicalizer } from "./canonical-body.ts";
import { canonicalField } from "./canonical-header.ts";
import type { DkimCanonicalization } from "./words.ts";

const message = `From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`;

const keys = memoryLookups({
  "brisbane._domainkey.football.example.com": {
    TXT: ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
  },
  "test._domainkey.football.example.com": {
    TXT: [
      "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
    ],
  },
  "brisbane._domainkey.example.com": {
    TXT: [
      "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
    ],
  },
});

describe("DKIM: the examples of the RFCs", () => {
  test("Ed25519 and RSA on one message (RFC 8463 §A)", async () => {
    const signed = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
${message}`;
    assert.deepEqual(await verified(signed), ["pass", "pass"]);
    assert.deepEqual(await verified(signed.replace("hungry", "angry")), ["fail", "fail"]);
    assert.deepEqual(await verified(signed.replace("dinner", "supper")), ["fail", "fail"]);
  });

  test("a message of the appendix, simple (RFC 6376 §A.2)", async () => {
    const signed = `DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
${message.replace("game.  Are", "game. Are")}`;
    assert.deepEqual(await verified(signed), ["pass"]);
  });

  test("the same key signs what the RFC's verifies, and publishes the same record (RFC 8463 §A.2)", async () => {
    const seed = Buffer.from("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "base64");
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const key = { domain: "football.example.com", selector: "brisbane", privateKey };
    assert.deepEqual(dkimDnsRecord(key), {
      name: "brisbane._domainkey.football.example.com",
      type: "TXT",
      text: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    });
    const { header, body } = splitMessage(Buffer.from(message));
    const [field] = signDkim(header, body, { keys: [key], now: 1_528_637_909_000 });
    assert.match(field!.octets, /bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;/);
    assert.deepEqual(await verified(field!.octets + message), ["pass"]);
  });
});

describe("DKIM: canonical forms (RFC 6376 §3.4)", () => {
  const header = "A: X\r\n|B : Y\t\r\n\tZ  \r\n".split("|");
  const body = " C \r\nD \t E\r\n\r\n\r\n";
  const cases: readonly [kind: DkimCanonicalization, header: string, body: string][] = [
    ["relaxed", "a:X\r\nb:Y Z\r\n", " C\r\nD E\r\n"],
    ["simple", "A: X\r\nB : Y\t\r\n\tZ  \r\n", " C \r\nD \t E\r\n"],
  ];
  for (const [kind, wantedHeader, wantedBody] of cases)
    test(`${kind}, the examples of §3.4.5`, () => {
      assert.equal(header.map((octets) => canonicalField({ octets }, kind)).join(""), wantedHeader);
      assert.equal(canonicalBody(kind, body), wantedBody);
    });

  test("an empty body is a line end when simple, and nothing when relaxed (§3.4.3, §3.4.4)", () => {
    for (const empty of ["", "\r\n", "\r\n\r\n", "\n"]) {
      assert.equal(canonicalBody("simple", empty), "\r\n");
      assert.equal(canonicalBody("relaxed", empty), "");
    }
    assert.equal(base64Hash(canonicalBody("simple", "")), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
    assert.equal(base64Hash(canonicalBody("relaxed", "")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  });

  test("a last line gets its end, a CR alone is a character, LF alone ends a line", () => {
    for (const kind of ["simple", "relaxed"] as const) {
      assert.equal(canonicalBody(kind, "a"), "a\r\n");
      assert.equal(canonicalBody(kind, "a\rb\r"), "a\rb\r\r\n");
      assert.equal(canonicalBody(kind, "a\nb\n\n"), "a\r\nb\r\n");
    }
    assert.equal(canonicalBody("relaxed", " \t\r\n \t"), "");
    assert.equal(canonicalBody("relaxed", "a \t\r\n \t\r\nb"), "a\r\n\r\nb\r\n");
    assert.equal(canonicalField({ octets: "Empty:\r\n" }, "relaxed"), "empty:\r\n");
    assert.equal(canonicalField({ octets: "Empty: \t \r\n" }, "relaxed"), "empty:\r\n");
  });
});

function canonicalBody(kind: DkimCanonicalization, body: string): string {
  let text = "";
  const canonicalizer = new DkimBodyCanonicalizer(kind, (octets) => {
    text += Buffer.from(octets).toString("latin1");
  });
  canonicalizer.receive(Buffer.from(body, "latin1"));
  canonicalizer.end();
  return text;
}

function base64Hash(text: string): string {
  return createHash("sha256").update(text, "latin1").digest("base64");
}

async function verified(text: string): Promise<readonly string[]> {
  const { header, body } = splitMessage(Buffer.from(text.replace(/\r?\n/g, "\r\n")));
  const results = await verifyDkim(header, body, { lookups: keys, now: Date.UTC(2026, 0) });
  return results.map(({ status }) => status);
}
