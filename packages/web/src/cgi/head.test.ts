import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CgiError } from "./errors.ts";
import { type CgiHeadOptions, CgiHeadReader } from "./head.ts";

function read(text: string, options?: CgiHeadOptions) {
  const reader = new CgiHeadReader(options);
  const head = reader.receive(Buffer.from(text, "latin1"));
  return { head, rest: Buffer.from(reader.takeRest() ?? []).toString("latin1") };
}

describe("CgiHeadReader", () => {
  const answers = [
    ["a document", "Content-Type: text/plain\n\nbody", 200, { "content-type": "text/plain" }, "body"],
    [
      "a document with CRLF",
      "Content-Type: text/plain\r\nX-A: 1\r\n\r\nbody",
      200,
      { "content-type": "text/plain", "x-a": "1" },
      "body",
    ],
    ["a status", "status: 404 Not Found\nContent-Type: text/html\n\n", 404, { "content-type": "text/html" }, ""],
    ["a status without a reason", "Status: 204\n\n", 204, {}, ""],
    ["a client redirect", "Location: http://example.org/\n\n", 302, { location: "http://example.org/" }, ""],
    [
      "a client redirect with a document",
      "Status: 301 Moved\nLocation: http://e.org/\nContent-Type: text/html\n\nx",
      301,
      { location: "http://e.org/", "content-type": "text/html" },
      "x",
    ],
    [
      "fields of the connection, which are not the script's",
      "Connection: close\nKeep-Alive: 1\nContent-Type: a/b\n\n",
      200,
      { "content-type": "a/b" },
      "",
    ],
  ] as const;
  for (const [name, text, status, headers, rest] of answers) {
    test(`reads ${name}`, () => {
      const answer = read(text);
      assert.equal(answer.head?.status, status);
      assert.deepEqual(Object.fromEntries(answer.head.headers), headers);
      assert.equal(answer.rest, rest);
      assert.equal(answer.head.localRedirect, undefined);
    });
  }

  test("reads the same head octet by octet", () => {
    const reader = new CgiHeadReader();
    const text = "Status: 201 Created\r\nContent-Type: text/plain\r\n\r\n";
    const heads = [...text].map((octet) => reader.receive(Buffer.from(octet)));
    assert.equal(
      heads.findIndex((head) => head !== undefined),
      text.length - 1,
    );
    assert.equal(heads.at(-1)?.status, 201);
  });

  const redirects = [
    ["Location: /a/b?c=d\n\n", "/a/b?c=d"],
    ["Location: //example.org/\n\n", undefined],
    ["Location: /a\nStatus: 302\n\n", undefined],
    ["Location: /a\nContent-Type: text/html\n\n", undefined],
  ] as const;
  for (const [text, expected] of redirects) {
    test(`${JSON.stringify(text)} is ${expected === undefined ? "no" : "a"} local redirect`, () => {
      assert.equal(read(text).head?.localRedirect, expected);
    });
  }

  test("reads the status line of a script that prints a whole response (RFC 3875 §5)", () => {
    const { head } = read("HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/plain\r\n\r\n", { statusLine: true });
    assert.equal(head?.status, 418);
    assert.throws(() => read("Content-Type: text/plain\n\n", { statusLine: true }), { code: "bad-head" });
  });

  const refused = [
    ["\n", "bad-head"],
    ["<html>\n\n", "bad-head"],
    ["bad name: x\n\n", "bad-head"],
    ["X: a\0b\n\n", "bad-head"],
    ["Status: 100 Continue\n\n", "bad-head"],
    ["Status: many\n\n", "bad-head"],
    ["Status: 200\nStatus: 201\n\n", "bad-head"],
    ["Transfer-Encoding: chunked\n\n", "bad-head"],
    [`X: ${"a".repeat(300)}`, "head-too-long"],
    ["X: y\n".repeat(60), "head-too-long"],
  ] as const;
  for (const [text, code] of refused) {
    test(`refuses ${JSON.stringify(text.slice(0, 30))} with ${code}`, () => {
      assert.throws(() => read(text, { octetsMax: 256 }), { name: "CgiError", code });
    });
  }
});

test("CgiHeadReader throws nothing but its own errors, whatever a script prints", () => {
  const lines = fc.array(fc.oneof(fc.string({ unit: "binary-ascii" }), fc.constant("Status: 200"), fc.constant("")));
  fc.assert(
    fc.property(lines, fc.boolean(), (printed, statusLine) => {
      try {
        read(printed.join("\n"), { statusLine, octetsMax: 512 });
      } catch (error) {
        assert.ok(error instanceof CgiError, String(error));
      }
    }),
  );
});
