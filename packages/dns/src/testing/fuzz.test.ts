import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  DnsProtocolError,
  DnsTextError,
  DnsTokenizer,
  decodeDnsMessage,
  decodeDnsQuery,
  encodeDnsMessage,
  formatDnsMessage,
  formatDnsRecord,
  parseDnsRecord,
  parseTsigKey,
  signDnsMessage,
  verifyDnsMessage,
} from "../index.ts";
import { messagesOf, ordinaryTypes, recordsOf } from "./arbitraries.test.kit.ts";
import { mutate, randomOf } from "./mutation.test.kit.ts";

const soak = process.env["HAWSER_SOAK"] === "1";
const seed = Number(process.env["HAWSER_SEED"] ?? 1);
const packets = soak ? 1_000_000 : 5_000;
const lines = soak ? 200_000 : 2_000;

const key = parseTsigKey("hmac-sha256:k.example.:c2VjcmV0");
const corpus = fc.sample(messagesOf(ordinaryTypes), { seed, numRuns: soak ? 2_000 : 200 }).map((message, i) => {
  const octets = encodeDnsMessage({ ...message, tsig: undefined });
  return i % 4 === 0 ? signDnsMessage(octets, key, { now: 1 }).octets : octets;
});

/** What is read, or the fault; anything else than a DnsProtocolError is thrown. */
function attempt<T>(read: () => T): T | DnsProtocolError {
  try {
    return read();
  } catch (error) {
    if (error instanceof DnsProtocolError) return error;
    throw error;
  }
}

test(`${packets} mutated packets are read or refused, and nothing else happens (HAWSER_SEED=${seed})`, {
  timeout: 3_600_000,
}, () => {
  let readable = 0;
  for (let n = 0; n < packets; n++) {
    const random = randomOf(seed + n);
    const octets = mutate(corpus[n % corpus.length]!, corpus, random);
    try {
      attempt(() => decodeDnsQuery(octets));
      attempt(() => verifyDnsMessage(octets, { key: () => key, now: 1 }));
      const message = attempt(() => decodeDnsMessage(octets));
      if (message instanceof DnsProtocolError) continue;
      readable++;
      assert.deepEqual(decodeDnsMessage(encodeDnsMessage(message)), message);
      if (n % 16 === 0) formatDnsMessage(message);
    } catch (cause) {
      throw new Error(`HAWSER_SEED=${seed + n}: ${Buffer.from(octets).toString("hex")}`, { cause });
    }
  }
  assert.ok(readable > packets / 20, `${readable} of ${packets} were readable`);
});

test(`${lines} mutated records of text are read or refused (HAWSER_SEED=${seed})`, { timeout: 3_600_000 }, () => {
  const texts = fc.sample(recordsOf(ordinaryTypes), { seed, numRuns: 300 }).map(formatDnsRecord);
  const pieces = ['"', "\\", "(", ")", ";", "\n", ".", "@", "\\#", " ", "0", "99999999999", "\\256", "é", "=", ","];
  for (let n = 0; n < lines; n++) {
    const random = randomOf(seed + n);
    let text = texts[n % texts.length]!;
    for (let k = random(3); k >= 0; k--) {
      const at = random(text.length + 1);
      text = text.slice(0, at) + (random(3) > 0 ? pieces[random(pieces.length)] : "") + text.slice(at + random(4));
    }
    try {
      const record = parseDnsRecord(text);
      assert.deepEqual(parseDnsRecord(formatDnsRecord(record)), record);
      for (const tokenizer = new DnsTokenizer(text); tokenizer.next() !== undefined; );
    } catch (cause) {
      if (!(cause instanceof DnsTextError))
        throw new Error(`HAWSER_SEED=${seed + n}: ${JSON.stringify(text)}`, { cause });
    }
  }
});
