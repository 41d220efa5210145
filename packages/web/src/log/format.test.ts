import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress, type Transport } from "@hawser/core";
import { ManualClock } from "@hawser/core/testing";
import { Http1ProtocolError } from "../http1/errors.ts";
import { makeRequest } from "../testing/ask.test.kit.ts";
import type { HttpAccess, HttpRefusal } from "./access.ts";
import { formatAccessJson, formatCombined } from "./format.ts";

function access(requestLine: string, fields: readonly string[] = [], more: Partial<HttpAccess> = {}): HttpAccess {
  const clock = new ManualClock(Date.UTC(2026, 10, 3, 4, 5, 6, 789));
  const request = makeRequest(requestLine, fields, { clock, peer: ipAddress("2001:db8::7", 5_000) });
  return { request, status: 200, octets: 1_234, durationMs: 1_000, complete: true, ...more };
}

test("the combined format, as Apache writes it; the time is the request's", () => {
  assert.equal(
    formatCombined(access("GET /a?b=c", ["Referer: https://example.net/", "User-Agent: Mozilla/5.0 (X)"])),
    `2001:db8::7 - - [03/Nov/2026:04:05:05 +0000] "GET /a?b=c HTTP/1.1" 200 1234 "https://example.net/" "Mozilla/5.0 (X)"\n`,
  );
});

test("what is missing is a dash", () => {
  assert.match(formatCombined(access("GET /", [], { octets: 0, status: 304 })), / 304 - "-" "-"\n$/);
});

test("who has logged in stands in the third field, as one word", () => {
  const one = access("GET /");
  one.request.login = { user: { name: 'J\u00fc "Q"', groups: [], attributes: {} }, scheme: "basic" };
  assert.match(formatCombined(one), /^2001:db8::7 - J\\xc3\\xbc\\x20\\"Q\\" \[/);
  assert.equal(JSON.parse(formatAccessJson(one))["user.name"], 'J\u00fc "Q"');
});

test("no client writes a line of its own: quotes, backslashes and octets are escaped", () => {
  const line = formatCombined(
    access(`GET /"'\\`.replaceAll('"', "%22").replace("\\", "%5C"), ['User-Agent: a"b\\c\td\xff']),
  );
  assert.match(line, /"a\\"b\\\\c\\x09d\\xff"\n$/);
  assert.equal(line.split("\n").length, 2);
});

test("one JSON object a line", () => {
  const line = formatAccessJson(
    access("GET /a?b=c", ['User-Agent: a"b\tc'], { durationMs: 12.345678, complete: false }),
  );
  assert.ok(line.endsWith("}\n"));
  assert.deepEqual(JSON.parse(line), {
    time: "2026-11-03T04:05:06.776Z",
    "client.address": "2001:db8::7",
    "http.request.method": "GET",
    "url.scheme": "http",
    "server.address": "example.org",
    "url.path": "/a",
    "url.query": "b=c",
    "network.protocol.version": "1.1",
    "http.response.status_code": 200,
    "http.response.body.size": 1_234,
    "user_agent.original": 'a"b\tc',
    durationMs: 12.346,
    complete: false,
  });
});

test("what was no request has no words of the client's in its line", () => {
  const { peer, reactor } = makeRequest("GET /", [], {
    clock: new ManualClock(Date.UTC(2026, 10, 3, 4, 5, 6)),
    peer: ipAddress("192.0.2.1", 5_000),
  });
  const transport = { peer, reactor } as Transport;
  const refusal: HttpRefusal = { transport, status: 431, error: new Http1ProtocolError("head-too-large") };
  assert.equal(formatCombined(refusal), '192.0.2.1 - - [03/Nov/2026:04:05:06 +0000] "-" 431 - "-" "-"\n');
  assert.deepEqual(JSON.parse(formatAccessJson(refusal)), {
    time: "2026-11-03T04:05:06.000Z",
    "client.address": "192.0.2.1",
    "http.response.status_code": 431,
    "error.type": "head-too-large",
  });
});
