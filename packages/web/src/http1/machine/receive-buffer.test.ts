import assert from "node:assert/strict";
import { test } from "node:test";

import { octets } from "../testing/conversation.test.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

test("chunks that are read before the next one are not copied", () => {
  const buffer = new ReceiveBuffer();
  for (const text of ["hello", "world"]) {
    const chunk = octets(text);
    buffer.push(chunk);
    assert.equal(buffer.octets, chunk);
    assert.equal(Buffer.from(buffer.take(10)).toString(), text);
  }
});

test("a rest and what follows it are one", () => {
  const buffer = new ReceiveBuffer();
  buffer.push(octets("abc"));
  buffer.skip(1);
  buffer.push(new Uint8Array());
  buffer.push(Uint8Array.of(0x64, 0x65));
  assert.equal(buffer.length, 4);
  assert.equal(buffer.peekText(4), "bcde");
  assert.equal(buffer.takeText(2), "bc");
  buffer.clear();
  assert.equal(buffer.length, 0);
});

test("views that were given out never change", () => {
  const buffer = new ReceiveBuffer();
  const views: Uint8Array[] = [];
  for (let n = 0; n < 5000; n++) {
    buffer.push(octets(`${n};`));
    if (n % 3 === 0) views.push(buffer.take(2));
  }
  views.push(buffer.take(buffer.length));
  const expected = Array.from({ length: 5000 }, (_, n) => `${n};`).join("");
  assert.equal(Buffer.concat(views).toString(), expected);
});

test("a rest that grows octet by octet is moved seldom, and the chunks of others are never written to", () => {
  const buffer = new ReceiveBuffer();
  const first = octets("a");
  buffer.push(first);
  const rooms = new Set([buffer.octets]);
  for (let n = 0; n < 100_000; n++) {
    buffer.push(Uint8Array.of(0x62));
    rooms.add(buffer.octets);
  }
  assert.ok(rooms.size < 12, `moved ${rooms.size} times`);
  assert.equal(first.toString(), "a");
});
