import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { fieldBody, MailHeader } from "@hawser/mime";
import fc from "fast-check";
import {
  ed25519Key,
  keyLookups,
  rsaKey,
  signedMessage,
  testMessage,
  testNow,
  verifiedMessage,
} from "./dkim/signing.test.kit.ts";
import {
  type AuthenticationResults,
  authenticateMail,
  checkSpf,
  dkimDnsRecord,
  formatAuthenticationResults,
  memoryLookups,
  parseAuthenticationResults,
  parseDkimKeyRecord,
  parseDkimSignature,
  parseDmarcRecord,
  parseSpfRecord,
  SenderError,
  splitMessage,
} from "./index.ts";

const soak = process.env["HAWSER_SOAK"] === "1";
const numRuns = soak ? 50_000 : 400;

const signed = signedMessage(testMessage, { keys: [rsaKey, ed25519Key] });

const dkimSample = MailHeader.parse(signed).fields[0]!.octets;

/** Text with a few of its pieces changed, doubled, or taken away. */
function mutated(text: string): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.nat(text.length),
    fc.nat(12),
    fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(";", "=", "\r\n", "b=", "h=", "%{", "/", ":", "\0", '"', "(", "é"),
    ),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((now, [at, length, piece]) => now.slice(0, at) + piece + now.slice(at + length), text),
    );
}

/** Reads, or refuses with an error of this package. */
function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof SenderError)) throw error;
  }
}

describe("sender authentication: whatever comes is read, or refused with a SenderError", () => {
  const parsers: readonly [what: string, sample: string, read: (text: string) => unknown][] = [
    ["a DKIM signature", dkimSample, (text) => parseDkimSignature({ name: "DKIM-Signature", octets: text })],
    ["a DKIM key", dkimDnsRecord(rsaKey).text, parseDkimKeyRecord],
    [
      "an SPF record",
      "v=spf1 a:%{d2}/24//64 mx ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%{ir}.x.org ~all redirect=a.b exp=c.d",
      parseSpfRecord,
    ],
    ["a DMARC record", "v=DMARC1; p=reject; sp=none; pct=20; rua=mailto:a@b.c; fo=1:d", parseDmarcRecord],
    [
      "results",
      'a.b 1; dkim=pass reason="x y" (c (d)) header.d=a.b; spf=fail smtp.mailfrom=a@b',
      parseAuthenticationResults,
    ],
  ];
  for (const [what, sample, read] of parsers)
    test(what, () => {
      read(sample);
      fc.assert(
        fc.property(fc.oneof(mutated(sample), fc.string()), (text) => readsOrRefuses(() => read(text))),
        { numRuns },
      );
    });

  test("a signature that was changed anywhere does not pass, unless only its space did", async () => {
    const known = signed.replace(/[ \t\r\n]+/g, " ").toLowerCase();
    await fc.assert(
      fc.asyncProperty(mutated(signed), async (text) => {
        const results = await verifiedMessage(Buffer.from(text).toString("latin1"));
        const isSame = text.replace(/[ \t\r\n]+/g, " ").toLowerCase() === known;
        const isMadeUp = results.some(({ status }) => status === "pass") && !isSame;
        if (isMadeUp) assert.ok(isUnsignedChange(text), JSON.stringify(text));
      }),
      { numRuns: numRuns / 2 },
    );
  });

  test("every message and every peer gets its verdict, in one field", async () => {
    const lookups = memoryLookups({
      "example.org": { TXT: ["v=spf1 exists:%{l}.%{ir}.%{h}.example.org -all exp=%{s}.example.org"] },
      "_dmarc.example.org": { TXT: ["v=DMARC1; p=reject"] },
    });
    const reactor = { clock: new ManualClock(testNow), random: { number: () => 0 } as never };
    await fc.assert(
      fc.asyncProperty(
        mutated(signed),
        fc.string(),
        fc.oneof(
          fc.string(),
          fc.string().map((name) => `${name}@example.org`),
        ),
        async (text, helo, mailFrom) => {
          const mail = { message: Buffer.from(text), peer: "2001:db8::1", helo, mailFrom };
          const { field, receivedSpf } = await authenticateMail(mail, {
            lookups,
            reactor,
            authservId: "mx.example.net",
          });
          for (const { octets } of [field, receivedSpf]) assert.equal(MailHeader.parse(octets).fields.length, 1);
          parseAuthenticationResults(fieldBody(field));
        },
      ),
      { numRuns: numRuns / 2 },
    );
  });

  test("policies of any kind give a result, and end", async () => {
    const term = fc.constantFrom(
      "a",
      "mx",
      "ptr",
      "include:example.org",
      "exists:%{p}.%{d}",
      "a:%{d1r}.example.org",
      "redirect=example.org",
      "?ip4:192.0.2.0/24",
      "exists:%{S}.%{L9r.+-}.x",
      "a:%{s-.-+}.x",
      "exists:%{i2r--}%{d9,/=}.x",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(term, { maxLength: 12 }), fc.string(), async (terms, localPart) => {
        const lookups = memoryLookups({
          "example.org": { TXT: [`v=spf1 ${terms.join(" ")}`], MX: ["example.org"], A: ["192.0.2.1"] },
        });
        const given = { peer: "203.0.113.1", helo: "example.org", mailFrom: `${localPart}@example.org` };
        const { result } = await checkSpf(given, { lookups, clock: new ManualClock() });
        assert.ok(["pass", "fail", "neutral", "permerror"].includes(result), result);
      }),
      { numRuns },
    );
  });
});

describe("sender authentication: both directions", () => {
  test("results that are written are read again", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
    const value = fc.stringMatching(/^[!-~]{1,30}$/);
    const property = fc.record({ type: word, name: word, value }, { noNullPrototype: true });
    const result = fc.record(
      { method: word, result: word, properties: fc.array(property, { maxLength: 3 }) },
      { noNullPrototype: true },
    );
    const all: fc.Arbitrary<AuthenticationResults> = fc.record(
      {
        authservId: word,
        results: fc.array(result, { maxLength: 5 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(all, (results) => {
        assert.deepEqual(parseAuthenticationResults(fieldBody(formatAuthenticationResults(results))), results);
      }),
      { numRuns },
    );
  });

  test("what is signed passes, whatever is in it and however it is signed", async () => {
    const canonicalization = fc.constantFrom("relaxed" as const, "simple" as const);
    const options = fc.record({ headerCanonicalization: canonicalization, bodyCanonicalization: canonicalization });
    const fields = fc.array(fc.stringMatching(/^[!-9;-~]{1,10}:[ -~\t]{0,30}$/), { maxLength: 4 });
    const body = fc.array(fc.constantFrom("\r\n", "a", " ", "\t", ".", "é", "\n", "\r"), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fields, body, options, async (more, pieces, how) => {
        const known = more.filter((field) => !/^(from|dkim-signature)\s*:/i.test(field));
        const text = Buffer.from(
          `${["From: a@example.org", ...known].join("\r\n")}\r\n\r\n${pieces.join("")}`,
        ).toString("latin1");
        const [result] = await verifiedMessage(signedMessage(text, how));
        assert.equal(result?.status, "pass", result?.reason);
      }),
      { numRuns: numRuns / 2 },
    );
  });

  test("a message is parted where its header ends", () => {
    const piece = fc.constantFrom("\r\n", "\n", "\r", "A: b", "x", "\r\n\r\n", "\n\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const octets = Buffer.from(pieces.join(""));
        const { header, body } = splitMessage(octets);
        assert.deepEqual(header.fields, MailHeader.parse(octets).fields);
        const before = header.toOctets().length;
        assert.equal(octets.subarray(octets.length - body.length).equals(Buffer.from(body)), true);
        assert.ok(octets.length - before - body.length <= 2);
      }),
      { numRuns },
    );
  });
});

/** Whether the parts that are signed still say the same: others may be added, such as a field that nobody signed. */
function isUnsignedChange(text: string): boolean {
  const names = ["from", "to", "subject", "date", "message-id"];
  const now = MailHeader.parse(text);
  const before = MailHeader.parse(signed);
  const isSameHeader = names.every((name) => same(now.all(name).join("|"), before.all(name).join("|")));
  const isSameBody = same(bodyOf(text), bodyOf(signed));
  return isSameHeader && isSameBody;
}

function bodyOf(text: string): string {
  return Buffer.from(splitMessage(Buffer.from(text)).body).toString();
}

function same(one: string, other: string): boolean {
  return one.replace(/[ \t\r\n]+/g, " ").trim() === other.replace(/[ \t\r\n]+/g, " ").trim();
}

test("keys of the tests are found", async () => {
  assert.equal((await keyLookups([rsaKey]).lookUp("rsa._domainkey.example.org", "TXT")).type, "found");
});
