import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ToLineFeeds, ToNetworkLines } from "./line-ends.ts";

/** Text of few characters, so that line ends meet in every way, in pieces. */
const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "\xe9", "\r", "\n"), maxLength: 12 }), { maxLength: 6 });

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

function textOf(...octets: readonly Uint8Array[]): string {
  return Buffer.concat(octets).toString("latin1");
}

describe("lines", () => {
  test("end with CRLF for the network, wherever the text is cut; those that do so stay", () => {
    fc.assert(
      fc.property(pieces, (texts) => {
        const lines = new ToNetworkLines();
        const written = textOf(...texts.map((text) => lines.convert(octetsOf(text))));
        assert.equal(written, texts.join("").replaceAll(/(?<!\r)\n/g, "\r\n"));
      }),
    );
  });

  test("go on behind a carriage return that came before", () => {
    assert.equal(textOf(new ToNetworkLines(true).convert(octetsOf("\na\n"))), "\na\r\n");
  });

  test("end with LF in a file, and come back from there as they were", () => {
    fc.assert(
      fc.property(pieces, (texts) => {
        const lines = new ToLineFeeds();
        const kept: Uint8Array[] = [];
        for (const text of texts) {
          if (lines.hasOddFeed(octetsOf(text))) return; // such a message is kept as it is
          kept.push(lines.convert(octetsOf(text)));
        }
        const file = textOf(...kept, lines.end());
        assert.equal(file, texts.join("").replaceAll("\r\n", "\n"));
        assert.equal(textOf(new ToNetworkLines().convert(octetsOf(file))), texts.join(""));
      }),
    );
  });
});
