import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DkimBodyHashes } from "./body-hash.ts";
import { DkimBodyCanonicalizer } from "./canonical-body.ts";
import { canonicalField } from "./canonical-header.ts";
import type { DkimCanonicalization } from "./words.ts";

const bodies = fc
  .array(fc.constantFrom("\r\n", "\r", "\n", " ", "\t", "a", "bc", "é", " \r\n", "\r\n\r\n"), { maxLength: 40 })
  .map((pieces) => Buffer.from(pieces.join("")));
const kinds = fc.constantFrom<DkimCanonicalization>("relaxed", "simple");

describe("DKIM: bodies as they pass by", () => {
  test("a body cut anywhere has the same hash (postalsys/mailauth#115)", () => {
    fc.assert(
      fc.property(bodies, kinds, fc.array(fc.nat(80), { maxLength: 8 }), fc.nat(40), (body, kind, cuts, length) => {
        const whole = hashesOf([body], kind, length);
        assert.deepEqual(hashesOf(cutAt(body, cuts), kind, length), whole);
        assert.deepEqual(
          hashesOf(
            [...body].map((octet) => Uint8Array.of(octet)),
            kind,
            length,
          ),
          whole,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("every cut in two of a body with all that is special has the same hash", () => {
    const body = Buffer.from("\r\n a \t b\r\n\r\n \r\nc\rd\r\r\ne\n\nf  \r\n\t\r\n\r\n");
    for (const kind of ["simple", "relaxed"] as const)
      for (let at = 0; at <= body.length; at++)
        assert.deepEqual(hashesOf([body.subarray(0, at), body.subarray(at)], kind, 9), hashesOf([body], kind, 9));
  });

  test("the form is the one that regular expressions make of it (RFC 6376 §3.4.3, §3.4.4)", () => {
    fc.assert(
      fc.property(bodies, kinds, (body, kind) => {
        assert.equal(formOf(body, kind), plainForm(body.toString("latin1"), kind));
      }),
      { numRuns: 2000 },
    );
  });

  test("what is in its form stays as it is", () => {
    fc.assert(
      fc.property(bodies, kinds, (body, kind) => {
        const form = formOf(body, kind);
        assert.equal(formOf(Buffer.from(form, "latin1"), kind), form);
      }),
    );
    const field = fc.array(fc.constantFrom(" ", "\t", "a", "B", ":", "\r\n "), { maxLength: 20 });
    fc.assert(
      fc.property(field, kinds, (pieces, kind) => {
        const form = canonicalField({ octets: `Name :${pieces.join("")}\r\n` }, kind);
        assert.equal(canonicalField({ octets: form }, kind), form);
      }),
    );
  });

  test("endless space, and endless empty lines, cost neither memory nor time (postalsys/mailauth#64)", () => {
    for (const piece of [" ", "\t", "\r\n", " \r\n", "\r", "a ", "x"]) {
      const hashes = new DkimBodyHashes();
      const hash = hashes.want("relaxed");
      const chunk = Buffer.from(piece.repeat(1000));
      const started = performance.now();
      for (let i = 0; i < 2000; i++) hashes.receive(chunk);
      hashes.end();
      assert.equal(hash.octetCount, { "\r": 2_000_002, "a ": 4_000_001, x: 2_000_002 }[piece] ?? 0);
      assert.ok(performance.now() - started < 10_000);
    }
  });
});

function hashesOf(chunks: readonly Uint8Array[], kind: DkimCanonicalization, length: number) {
  const hashes = new DkimBodyHashes();
  const wanted = [hashes.want(kind), hashes.want(kind, length)];
  for (const chunk of chunks) hashes.receive(chunk);
  hashes.end();
  return wanted.map(({ digest, octetCount }) => [Buffer.from(digest).toString("hex"), octetCount]);
}

function cutAt(body: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length];
  return places.slice(1).map((end, i) => body.subarray(places[i], end));
}

function formOf(body: Uint8Array, kind: DkimCanonicalization): string {
  let text = "";
  const canonicalizer = new DkimBodyCanonicalizer(kind, (octets) => {
    text += Buffer.from(octets).toString("latin1");
  });
  canonicalizer.receive(body);
  canonicalizer.end();
  return text;
}

function plainForm(body: string, kind: DkimCanonicalization): string {
  const lines = body.replace(/\r?\n/g, "\r\n");
  const spaced = kind === "simple" ? lines : lines.replace(/[ \t]+/g, " ").replace(/ (?=\r\n|$)/g, "");
  const trimmed = spaced.replace(/(\r\n)*$/, "");
  return trimmed === "" && kind === "relaxed" ? "" : `${trimmed}\r\n`;
}

test("the hash is SHA-256", () => {
  const [[hash] = []] = hashesOf([Buffer.from("a\r\n")], "simple", 0);
  assert.equal(hash, createHash("sha256").update("a\r\n").digest("hex"));
});
