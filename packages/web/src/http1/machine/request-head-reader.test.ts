import assert from "node:assert/strict";
import { test } from "node:test";
import { ReceiveBuffer } from "@hawser/core";
import { http1Limits } from "../limits.ts";
import { HeadScanner } from "../wire/head-scanner.ts";
import { RequestHeadReader, type SharedScanner } from "./request-head-reader.ts";

const head = "GET /a?b HTTP/1.1\r\nHost: example.org\r\nX-Count: 1\r\n\r\n";

function sharedScanner(): SharedScanner {
  return { limits: http1Limits, scanner: new HeadScanner(http1Limits, "head") };
}

/** Reads every head of a text that comes in pieces of so many octets. */
function readAll(text: string, piece: number) {
  const reader = new RequestHeadReader(sharedScanner());
  const input = new ReceiveBuffer();
  const heads = [];
  for (let at = 0; at < text.length; at += piece) {
    input.push(Buffer.from(text.slice(at, at + piece), "latin1"));
    for (let next = reader.read(input); next !== undefined; next = input.octets > 0 ? reader.read(input) : undefined) {
      heads.push(next);
    }
  }
  return heads;
}

test("a head that is sent again and again is the same request each time, however it is cut", () => {
  for (const piece of [1, 7, head.length, head.length + 1, 5 * head.length]) {
    const heads = readAll(head.repeat(5), piece);
    assert.deepEqual(
      heads.map(({ method, rawTarget, headers }) => [method, rawTarget, headers.get("host"), headers.get("x-count")]),
      Array(5).fill(["GET", "/a?b", "example.org", "1"]),
    );
  }
});

test("fields that were changed for one request are as they came in the next", () => {
  const heads = readAll(head.repeat(4), head.length);
  heads[2]!.headers.set("x-count", "2");
  assert.deepEqual(
    heads.map(({ headers }) => headers.get("x-count")),
    ["1", "1", "2", "1"],
  );
});

test("a head that differs in one octet is another one", () => {
  const other = head.replace("X-Count: 1", "X-Count: 3");
  const counts = readAll(head + head + head + other + head, 4_096).map(({ headers }) => headers.get("x-count"));
  assert.deepEqual(counts, ["1", "1", "1", "3", "1"]);
});

test("heads of several connections that come in pieces at the same time do not mix", () => {
  const shared = sharedScanner();
  const connections = Array.from({ length: 5 }, (_, at) => ({
    text: `GET /${"a".repeat(at)} HTTP/1.1\r\nHost: ${at}.example.org\r\n\r\n`.repeat(3),
    reader: new RequestHeadReader(shared),
    input: new ReceiveBuffer(),
    targets: [] as string[],
  }));
  for (let octet = 0; octet < 200; octet++)
    for (const [at, { text, reader, input, targets }] of connections.entries()) {
      const piece = text.slice(octet * (at + 1), (octet + 1) * (at + 1));
      if (piece === "") continue;
      input.push(Buffer.from(piece));
      for (let next = reader.read(input); next !== undefined; next = reader.read(input)) targets.push(next.target.path);
    }
  for (const [at, { targets }] of connections.entries())
    assert.deepEqual(
      targets,
      Array.from({ length: 3 }, () => `/${"a".repeat(at)}`),
    );
});

test("a bad head spoils no other connection's", () => {
  const shared = sharedScanner();
  for (const bad of [
    "GET\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "G(T / HTTP/1.1\r\n",
    "\r\n".repeat(9),
  ]) {
    const broken = new ReceiveBuffer();
    broken.push(Buffer.from(bad));
    assert.throws(() => new RequestHeadReader(shared).read(broken));
    const good = new ReceiveBuffer();
    good.push(Buffer.from(head));
    assert.equal(new RequestHeadReader(shared).read(good)?.target.path, "/a");
  }
});
