import assert from "node:assert/strict";
import { test } from "node:test";

import { octets } from "../testing/conversation.test.ts";
import { HeadScanner } from "./head-scanner.ts";

const bounds = { headOctetsMax: 100_000, lineOctetsMax: 100_000, fieldsMax: 100 };
const head = "GET / HTTP/1.1\r\nHost: a\r\nAccept:b\r\n\r\n";

test("a scanner tells where the fields are", () => {
  const scanner = new HeadScanner(bounds, "head");
  assert.equal(scanner.scan(octets(`--${head}more`), 2, 2 + head.length + 4), true);
  assert.equal(scanner.position, head.length);
  assert.equal(scanner.startLineEnd, 14);
  assert.deepEqual(scanner.marks, [16, 20, 25, 31, 35]);
});

test("a scanner is used again, and leaves its marks to the last head", () => {
  const scanner = new HeadScanner(bounds, "head");
  scanner.scan(octets(head), 0, head.length);
  const { marks } = scanner;
  scanner.reset();
  assert.equal(scanner.scan(octets(head), 0, 20), false);
  assert.deepEqual(marks, [16, 20, 25, 31, 35]);
  assert.deepEqual(scanner.marks, [16]);
});

test("trailers have no start line, and may be empty", () => {
  const scanner = new HeadScanner(bounds, "trailers");
  assert.equal(scanner.scan(octets("\r\n"), 0, 2), true);
  assert.deepEqual(scanner.marks, [0]);
});

test("octets are looked at a few times at most, however they arrive", () => {
  let reads = 0;
  const whole = octets(
    `GET /${"a".repeat(5000)} HTTP/1.1\r\n${`${"n".repeat(40)}: ${"v".repeat(400)}\r\n`.repeat(20)}\r\n`,
  );
  const counted = new Proxy(whole, {
    get: (target, key) => {
      reads++;
      return Reflect.get(target, key, target);
    },
  });
  for (const step of [1, 2, 3, 7, whole.length]) {
    reads = 0;
    const scanner = new HeadScanner(bounds, "head");
    for (let end = step; !scanner.scan(counted, 0, Math.min(end, whole.length)); end += step);
    assert.ok(reads <= 3 * whole.length, `${reads} reads of ${whole.length} octets in steps of ${step}`);
  }
});
