import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SendmailError } from "./errors.ts";
import { readSendmailInput, withCrlf } from "./input.ts";

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), "latin1");
}

describe("readSendmailInput", () => {
  const rows: readonly (readonly [text: string, untilDot: string])[] = [
    ["", ""],
    ["a\nb", "a\nb"],
    ["a\n.\nb\n", "a\n"],
    ["a\r\n.\r\nb\r\n", "a\r\n"],
    [".\nb\n", ""],
    ["a\n..\nb\n", "a\n..\nb\n"],
    ["a\n. \nb\n", "a\n. \nb\n"],
    ["a\nx.\nb\n", "a\nx.\nb\n"],
    ["a\n.", "a\n."],
    ["a\n.\r", "a\n.\r"],
  ];
  for (const [text, untilDot] of rows)
    test(`${JSON.stringify(text)}: whole, and up to a dot, however it is cut`, async () => {
      for (const size of [1, 2, 3, 100]) {
        assert.equal(await readSendmailInput(cut(text, size), { dotEnds: false, octetsMax: 100 }), text);
        assert.equal(await readSendmailInput(cut(text, size), { dotEnds: true, octetsMax: 100 }), untilDot);
      }
    });

  test("does not read on behind the dot", async () => {
    const input = (async function* () {
      yield Buffer.from("a\n.\n");
      assert.fail("read on");
    })();
    assert.equal(await readSendmailInput(input, { dotEnds: true, octetsMax: 100 }), "a\n");
  });

  test("takes as many octets as it may, and keeps each", async () => {
    const octets = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)).toString("latin1");
    assert.equal(await readSendmailInput(cut(octets, 7), { dotEnds: false, octetsMax: 256 }), octets);
    const reading = readSendmailInput(cut(octets, 7), { dotEnds: false, octetsMax: 255 });
    await assert.rejects(reading, (error) => error instanceof SendmailError && error.status === 65);
  });
});

describe("withCrlf", () => {
  for (const [text, lines] of [
    ["", ""],
    ["a", "a\r\n"],
    ["a\n\nb\n", "a\r\n\r\nb\r\n"],
    ["a\r\nb\r\n", "a\r\nb\r\n"],
    ["a\r\r\nb\rc", "a\r\nb\r\nc\r\n"],
    ["a\n.\n", "a\r\n.\r\n"],
  ] as const)
    test(JSON.stringify(text), () => assert.equal(withCrlf(text), lines));
});
