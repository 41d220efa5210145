import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldBody, MailHeader } from "@hawser/mime";
import {
  type AuthenticationResults,
  formatAuthenticationResults,
  formatReceivedSpf,
  parseAuthenticationResults,
  SenderError,
  withoutForgedResults,
} from "../index.ts";

describe("Authentication-Results: the examples (RFC 8601 §B)", () => {
  const cases: readonly [body: string, wanted: unknown][] = [
    ["example.org 1; none", { authservId: "example.org", version: 1, results: [] }],
    [
      "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net",
      {
        authservId: "example.com",
        results: [
          { method: "auth", result: "pass", properties: [{ type: "smtp", name: "auth", value: "sender@example.net" }] },
          { method: "spf", result: "pass", properties: [{ type: "smtp", name: "mailfrom", value: "example.net" }] },
        ],
      },
    ],
    [
      'example.com; dkim=fail reason="bad signature"\r\n header.i=@mail-router.example.net',
      {
        authservId: "example.com",
        results: [
          {
            method: "dkim",
            result: "fail",
            reason: "bad signature",
            properties: [{ type: "header", name: "i", value: "@mail-router.example.net" }],
          },
        ],
      },
    ],
    [
      "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
      {
        authservId: "foo.example.net",
        version: 1,
        results: [
          {
            method: "dkim",
            methodVersion: 1,
            result: "fail",
            properties: [{ type: "policy", name: "expired", value: "1362471462" }],
          },
        ],
      },
    ],
  ];
  for (const [body, wanted] of cases)
    test(body.slice(0, 40), () => assert.deepEqual(parseAuthenticationResults(body.replace(/\r\n/g, "")), wanted));

  test("what says nothing is refused", () => {
    for (const body of ["", ";", "a b c; none", "example.org", "example.org; =pass", "example.org; dkim", "(x); none"])
      assert.throws(() => parseAuthenticationResults(body), SenderError, body);
  });
});

describe("Authentication-Results: writing", () => {
  const results: AuthenticationResults = {
    authservId: "mx.example.org",
    results: [
      {
        method: "dkim",
        result: "fail",
        reason: 'the "body" changed',
        properties: [
          { type: "header", name: "d", value: "example.net" },
          { type: "header", name: "b", value: "ab+/c=12" },
        ],
      },
      {
        method: "spf",
        result: "pass",
        properties: [{ type: "smtp", name: "mailfrom", value: "odd name;@example.net" }],
      },
    ],
  };

  test("what is written is read again", () => {
    const { octets } = formatAuthenticationResults(results);
    assert.equal(
      octets,
      'Authentication-Results: mx.example.org; dkim=fail reason="the \\"body\\"\r\n changed" header.d=example.net header.b="ab+/c=12"; spf=pass\r\n smtp.mailfrom="odd name;"@example.net\r\n',
    );
    assert.deepEqual(parseAuthenticationResults(fieldBody(formatAuthenticationResults(results))), results);
    const nothing = { authservId: "mx.example.org", results: [] };
    assert.deepEqual(parseAuthenticationResults(fieldBody(formatAuthenticationResults(nothing))), nothing);
  });

  test("nobody begins a line, a result or a field of their own", () => {
    const property = { type: "smtp", name: "helo", value: "x\r\nBcc: a@b" };
    const result = { method: "spf", result: "pass", properties: [property] };
    assert.throws(() => formatAuthenticationResults({ authservId: "a.b", results: [result] }), SenderError);
    const words = { method: "spf; dkim=pass", result: "none", properties: [] };
    assert.throws(() => formatAuthenticationResults({ authservId: "a.b", results: [words] }), SenderError);
    const check = { peer: "192.0.2.1", helo: "x\r\nBcc: a", mailFrom: 'a";b@c' };
    const { octets } = formatReceivedSpf(
      { result: "none", domain: "c", identity: "mailfrom" },
      check,
      "mx.example.org",
    );
    assert.equal(MailHeader.parse(octets).fields.length, 1);
    assert.match(octets, /^Received-SPF: none client-ip=192\.0\.2\.1; /);
    assert.match(octets.replace(/\r\n/g, ""), /envelope-from="a\\";b@c"; helo="x\?\?Bcc: a"/);
  });
});

describe("Authentication-Results: forged ones (RFC 8601 §5)", () => {
  const forged = [
    "Authentication-Results: mx.example.org; dkim=pass header.d=bank.example",
    "authentication-results : MX.EXAMPLE.ORG 1; spf=pass",
    "Authentication-Results: (hi) mx.example.org(there); dmarc=pass",
    'Authentication-Results: "mx.example.org"; dmarc=pass',
    "Authentication-Results: mx.example.org.; dmarc=pass",
    "Authentication-Results:\r\n mx.example.org\r\n ; dmarc=pass",
    "Authentication-Results: mx.example.org",
    "Authentication-Results: mx.example.org dmarc=pass",
    "Authentication-Results: ; dmarc=pass",
    "Authentication-Results: (; dmarc=pass",
  ];
  for (const field of forged)
    test(JSON.stringify(field), () => {
      const header = MailHeader.parse(`${field}\r\nSubject: x\r\n`);
      assert.deepEqual(
        withoutForgedResults(header, "mx.example.org").fields.map(({ name }) => name),
        ["Subject"],
      );
    });

  test("those of others stay", () => {
    const header = MailHeader.parse(
      "Authentication-Results: mx.example.net; dmarc=pass\r\nX-Results: mx.example.org\r\n",
    );
    assert.equal(withoutForgedResults(header, "mx.example.org").fields.length, 2);
    assert.equal(withoutForgedResults(header, "mx.example.org", "MX.example.net").fields.length, 1);
  });
});
