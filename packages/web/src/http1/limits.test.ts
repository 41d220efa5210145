import assert from "node:assert/strict";
import { test } from "node:test";

import { Http1ServerMachine, http1Limits } from "./index.ts";
import { hear, inEveryCut, nothing, octets, takeAll } from "./testing/conversation.test.ts";

const { headOctetsMax, lineOctetsMax, targetOctetsMax, fieldsMax, drainOctetsMax, requestsMax } = http1Limits;
const get = "GET / HTTP/1.1\r\nHost: a\r\n";
const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** The fault that a request meets, or `undefined`. */
function faultOf(request: string): string | undefined {
  return hear([octets(request)]).events.find((event) => event.startsWith("fault "));
}

/** `text` is taken, `text` and one octet more is not. */
function bounded(make: (octets: number) => string, max: number, fault: string): void {
  assert.equal(faultOf(make(max)), undefined);
  assert.equal(faultOf(make(max + 1)), fault);
}

test("the octets of a head are bounded", () => {
  const filler = `X: ${"x".repeat(7000)}\r\n`;
  const make = (total: number) => {
    const head = `${get}${filler}${filler}`;
    return `${head}Y: ${"y".repeat(total - head.length - 7)}\r\n\r\n`;
  };
  assert.equal(make(headOctetsMax).length, headOctetsMax);
  bounded(make, headOctetsMax, "fault head-too-large 431");
});

test("the octets of a line are bounded", () => {
  bounded((length) => `${get}X: ${"x".repeat(length - 3)}\r\n\r\n`, lineOctetsMax, "fault line-too-long 431");
  bounded((length) => `${get}${"x".repeat(length - 1)}:\r\n\r\n`, lineOctetsMax, "fault line-too-long 431");
});

test("the octets of a target are bounded, and so is the line it is in", () => {
  assert.equal(targetOctetsMax, lineOctetsMax);
  const make = (length: number) => `GET /${"a".repeat(length - 14)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  bounded(make, lineOctetsMax, "fault target-too-long 414");
  const limits = { targetOctetsMax: 10 };
  const answer = (target: string) =>
    hear([octets(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)], nothing, { limits }).events[0];
  assert.equal(answer("/123456789"), "GET /123456789");
  assert.equal(answer("/1234567890"), "fault target-too-long 414");
});

test("the number of fields is bounded", () => {
  bounded((count) => `${get}${"a:\r\n".repeat(count - 1)}\r\n`, fieldsMax, "fault too-many-fields 431");
  assert.equal(faultOf(`${get}${"a:\r\n".repeat(3000)}\r\n`), "fault too-many-fields 431");
});

test("a limit answers the same however the octets are cut", () => {
  const limits = { headOctetsMax: 80, lineOctetsMax: 30, fieldsMax: 3 };
  for (const [request, fault] of [
    [`${get}X: ${"x".repeat(40)}\0\r\n\r\n`, "fault line-too-long 431"],
    [`${get}X: ${"x".repeat(20)}\r\nY: ${"y".repeat(27)}\0`, "fault head-too-large 431"],
    [`${get}a:\r\nb:\r\nc:\r\n\0`, "fault too-many-fields 431"],
    [`GET /${"a".repeat(40)}\0`, "fault target-too-long 414"],
    [`GET / HTTP/3.0\r\nX : y\r\n\r\n`, "fault unsupported-version 505"],
  ] as const) {
    inEveryCut(request, (chunks, how) => assert.equal(hear(chunks, nothing, { limits }).events[0], fault, how));
  }
});

test("chunk extensions are bounded over the whole body", () => {
  const make = (length: number) => `${chunked}5;${"a".repeat(length - 4)}\r\nhello\r\n5;bc\r\nhello\r\n0\r\n\r\n`;
  bounded(make, http1Limits.chunkExtensionOctetsMax, "fault chunk-extensions-too-long 400");
});

test("extensions of one body are not counted against the next", () => {
  const body = `5;${"a".repeat(10_000)}\r\nhello\r\n0\r\n\r\n`;
  assert.equal(faultOf(`${chunked}${body}${chunked}${body}`), undefined);
});

test("empty lines before one request are not counted against the next", () => {
  assert.equal(faultOf(`\r\n\r\n${get}\r\n\r\n\r\n${get}\r\n`), undefined);
});

test("trailers are bounded in octets and number", () => {
  const make = (length: number) => `${chunked}0\r\nX: ${"x".repeat(length - 7)}\r\n\r\n`;
  bounded(make, http1Limits.trailerOctetsMax, "fault trailers-too-large 431");
  bounded((count) => `${chunked}0\r\n${"a:\r\n".repeat(count)}\r\n`, fieldsMax, "fault too-many-fields 431");
});

test("a body that the application leaves is discarded up to a bound, then the connection closes", () => {
  const after = (length: number) => {
    const app = (event: { type: string }) =>
      event.type === "request" ? [{ type: "response" as const, status: 204 }] : [];
    const request = `${chunked}${length.toString(16)}\r\n${"x".repeat(length)}\r\n0\r\n\r\n${get}\r\n`;
    const chunks = octets(request);
    return hear([chunks.subarray(0, 1000), chunks.subarray(1000, 60_000), chunks.subarray(60_000)], app).events;
  };
  assert.deepEqual(after(drainOctetsMax), ["POST /", "GET /", "end"]);
  assert.deepEqual(after(drainOctetsMax + 1), ["POST /"]);
});

test("a response says that it closes when too much of the body would have to be discarded", () => {
  const app = (event: { type: string }) =>
    event.type === "request" ? [{ type: "response" as const, status: 413 }] : [];
  const { output, machine } = hear(
    [octets(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${drainOctetsMax + 1}\r\n\r\n`)],
    app,
  );
  assert.equal(output, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  assert.equal(machine.closing, "end");
});

test("the last request of a connection is answered with Connection: close", () => {
  const requests = `${get}\r\n`.repeat(requestsMax + 1);
  const { events, output } = hear([octets(requests)]);
  assert.equal(events.length, requestsMax);
  assert.equal(output.split("Connection: close").length, 2);
  assert.ok(output.endsWith("Connection: close\r\n\r\n"));
});

test("pipelined requests wait as octets, not as events", () => {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(octets(`${get}\r\n`.repeat(1000)));
  assert.equal(machine.next()?.type, "request");
  assert.equal(machine.next(), undefined);
  assert.equal(machine.bufferedOctets, 999 * (get.length + 2));
  machine.send({ type: "response", status: 204 });
  assert.equal(takeAll(machine).length, 27);
});
