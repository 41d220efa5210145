import assert from "node:assert/strict";
import { test } from "node:test";
import { isSerialAfter, soaSerial } from "../../authority/serial.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { TsigStreamSigner } from "../../tsig/sign.ts";
import { ZoneTransferError } from "../errors.ts";
import { linesOf, testOrigin, transferMessage } from "../transfer.test.kit.ts";
import { type ZoneTransferOutcome, type ZoneTransferQuestion, ZoneTransferReader } from "./reader.ts";

const runs = process.env["HAWSER_SOAK"] === "1" ? 1_000_000 : 30_000;
const seed = Number(process.env["HAWSER_SEED"] ?? 1);
const key = parseTsigKey("transfer.example:c2VjcmV0IHNlY3JldA==");
const mac = new Uint8Array(32).fill(7);
const question: ZoneTransferQuestion = { id: 1, origin: testOrigin, class: 1 };
const now = 1_700_000_000;

/** Transfers to be spoiled, message by message. */
const axfr = ["SOA 7\n@ NS ns", "ns A 192.0.2.1\nwww CNAME ns\n@ MX 10 mail", "mail AAAA ::1\nSOA 7"];
const ixfr = ["SOA 9\nSOA 3\na A 192.0.2.1", "SOA 4\nb A 192.0.2.2\nSOA 4", "c TXT a\nSOA 9", "SOA 9"];
const single = ["SOA 3"];
const corpus = [axfr, ixfr, single].map((parts) => parts.map((part) => transferMessage(part)));

function randomOf(start: number): (below: number) => number {
  let state = Math.imul(start + 1, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Random = (below: number) => number;

/** Spoils a transfer: messages left out, doubled, moved, taken from another; octets changed, parts cut off. */
function spoiled(messages: readonly Uint8Array[], random: Random): readonly Uint8Array[] {
  const all = [...messages];
  for (let n = random(3); n >= 0; n--) {
    const at = random(all.length || 1);
    const other = corpus[random(corpus.length)]!;
    const spoil: readonly (() => void)[] = [
      () => all.splice(at, 1),
      () => all.splice(at, 0, all[random(all.length)] ?? other[0]!),
      () => all.splice(at, 1, other[random(other.length)]!),
      () => all.reverse(),
      () => all.splice(at, 1, changed(all[at] ?? other[0]!, random)),
      () => all.splice(at, 1, (all[at] ?? other[0]!).subarray(0, random(200))),
    ];
    spoil[random(spoil.length)]!();
  }
  return all;
}

function changed(octets: Uint8Array, random: Random): Uint8Array {
  const at = random(octets.length);
  return Uint8Array.from(octets, (octet, i) =>
    i === at ? (random(2) === 0 ? random(256) : octet ^ (1 << random(8))) : octet,
  );
}

/** Gives what the reader gives, or `refused`; every other error is a fault. */
function outcomeOf(
  of: ZoneTransferQuestion,
  messages: readonly Uint8Array[],
): ZoneTransferOutcome | "more" | "refused" {
  const reader = new ZoneTransferReader(of);
  try {
    for (const message of messages) {
      const outcome = reader.receive(message, now);
      if (outcome !== undefined) return outcome;
    }
    return "more";
  } catch (error) {
    if (error instanceof ZoneTransferError) return "refused";
    throw error;
  }
}

/** Whatever came through is a zone, or steps that follow each other. */
function check(outcome: ZoneTransferOutcome, serial: number | undefined): void {
  if (outcome.type === "contents") {
    const sets = [...outcome.contents.sets()];
    assert.equal(sets.filter(({ type }) => type === 6).length, 1);
    for (const { name } of sets) assert.ok(name.isWithin(testOrigin));
  } else if (outcome.type === "changes") {
    let reached = serial!;
    for (const { oldSoa, newSoa, deleted, added } of outcome.changes) {
      assert.equal(soaSerial(oldSoa.data[0]!), reached);
      reached = soaSerial(newSoa.data[0]!);
      assert.ok(isSerialAfter(reached, soaSerial(oldSoa.data[0]!)));
      for (const { name, type } of [...deleted, ...added]) assert.ok(name.isWithin(testOrigin) && type !== 6);
    }
  }
}

test("whatever comes, a reader gives a zone, steps that follow each other, or a ZoneTransferError", (context) => {
  const random = randomOf(seed);
  const seen: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    const of = {
      ...question,
      serial: random(2) === 0 ? undefined : 3,
      transport: random(4) === 0 ? "udp" : "tcp",
    } as const;
    const outcome = outcomeOf(of, spoiled(corpus[random(corpus.length)]!, random));
    const name = typeof outcome === "string" ? outcome : outcome.type;
    seen[name] = (seen[name] ?? 0) + 1;
    if (typeof outcome !== "string") check(outcome, of.serial);
  }
  for (const name of ["contents", "changes", "current", "truncated", "more", "refused"])
    assert.ok(seen[name]! > 0, name);
  context.diagnostic(`${runs} spoiled transfers: ${JSON.stringify(seen)}`);
});

test("what is signed comes through as it was sent, or not at all", () => {
  const random = randomOf(seed);
  const of = { ...question, tsig: { key, mac } };
  const signer = new TsigStreamSigner(key, mac);
  const signed = corpus[0]!.map((message) => signer.sign(message, now));
  const sent = outcomeOf(of, signed);
  for (let run = 0; run < runs / 10; run++) {
    const outcome = outcomeOf(of, spoiled(signed, random));
    if (typeof outcome !== "string") assert.deepEqual(told(outcome), told(sent), `run ${run}`);
  }
});

function told(outcome: ReturnType<typeof outcomeOf>): readonly string[] {
  assert.ok(typeof outcome !== "string" && outcome.type === "contents");
  return linesOf(outcome.contents.sets());
}
