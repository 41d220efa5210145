import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, type World } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { signDnsMessage } from "../tsig/sign.ts";
import { verifyDnsMessage } from "../tsig/verify.ts";
import { DnsRcode } from "../words.ts";
import { DatagramClient, question, recordsPlugin, serve } from "./conversation.test.kit.ts";
import { dnsServer } from "./dns-server.ts";
import type { DnsPlugin } from "./plugin.ts";

const key = parseTsigKey("hmac-sha256:k.example.:c2VjcmV0");
const asked = question("www.example", "A", { edns: {} });

const keyNames: (string | undefined)[] = [];
const watch: DnsPlugin = {
  name: "watch",
  wrap: (next) => (request) => {
    keyNames.push(request.tsigKey && String(request.tsigKey.name));
    return next(request);
  },
};

async function answerTo(world: World, octets: Uint8Array): Promise<Uint8Array> {
  await serve(world, dnsServer([watch, recordsPlugin("www.example. 60 IN A 192.0.2.1")], { tsigKeys: [key] }));
  const client = await DatagramClient.open(world);
  const answers = await client.ask(octets);
  client.close();
  assert.equal(answers.length, 1);
  return answers[0]!;
}

const seconds = (world: World): number => world.clock.wall() / 1_000;

test("a good signature names its key to the plugins, and the answer is signed over it (RFC 8945 §5.3)", () =>
  simulate({}, async (world) => {
    const signed = signDnsMessage(encodeDnsMessage(asked), key, { now: seconds(world) });
    const answer = await answerTo(world, signed.octets);
    const verdict = verifyDnsMessage(answer, { key: () => key, now: seconds(world), priorMac: signed.mac });
    assert.equal(verdict.type, "good");
    assert.equal(decodeDnsMessage(answer).answers.length, 1);
    assert.equal(keyNames.at(-1), "k.example.");
    assert.notEqual(decodeDnsMessage(answer).edns, undefined);
  }));

test("an unknown key is BADKEY, without a signature (RFC 8945 §5.2.1)", () =>
  simulate({}, async (world) => {
    const other = parseTsigKey("hmac-sha256:other.example.:c2VjcmV0");
    const answer = decodeDnsMessage(
      await answerTo(world, signDnsMessage(encodeDnsMessage(asked), other, { now: seconds(world) }).octets),
    );
    assert.equal(answer.rcode, DnsRcode.notAuth);
    assert.equal(answer.tsig?.data.error, DnsRcode.badKey);
    assert.equal(answer.tsig?.data.mac.length, 0);
    assert.equal(answer.questions.length, 1);
  }));

test("a wrong MAC is BADSIG, without a signature (RFC 8945 §5.2.2)", () =>
  simulate({}, async (world) => {
    const wrong = { ...key, secret: Uint8Array.of(1, 2, 3) };
    const answer = decodeDnsMessage(
      await answerTo(world, signDnsMessage(encodeDnsMessage(asked), wrong, { now: seconds(world) }).octets),
    );
    assert.deepEqual([answer.rcode, answer.tsig?.data.error], [DnsRcode.notAuth, DnsRcode.badSig]);
    assert.equal(answer.tsig?.data.mac.length, 0);
  }));

test("a wrong clock is BADTIME, signed, with the asker's time and ours (RFC 8945 §5.2.3)", () =>
  simulate({}, async (world) => {
    const theirs = Math.floor(seconds(world)) - 1_000;
    const signed = signDnsMessage(encodeDnsMessage(asked), key, { now: theirs, fudgeSeconds: 60 });
    const octets = await answerTo(world, signed.octets);
    const { rcode, tsig } = decodeDnsMessage(octets);
    assert.equal(rcode, DnsRcode.notAuth);
    assert.equal(verifyDnsMessage(octets, { key: () => key, now: theirs, priorMac: signed.mac }).type, "good");
    assert.deepEqual(
      [tsig?.data.error, tsig?.data.timeSigned, tsig?.data.fudgeSeconds],
      [DnsRcode.badTime, theirs, 60],
    );
    const ours = Buffer.from(tsig!.data.other).readUIntBE(0, 6);
    assert.ok(Math.abs(ours - seconds(world)) <= 2);
  }));

test("a cut MAC is BADTRUNC, signed (RFC 8945 §5.2.4); one cut too far is FORMERR (RFC 8945 §5.2.2.1)", () =>
  simulate({}, async (world) => {
    const whole = signDnsMessage(encodeDnsMessage(asked), key, { now: seconds(world) });
    const octets = await answerTo(world, withMac(whole.octets, 16));
    const { rcode, tsig } = decodeDnsMessage(octets);
    assert.deepEqual([rcode, tsig?.data.error, tsig?.data.mac.length], [DnsRcode.notAuth, DnsRcode.badTrunc, 32]);
    const client = await DatagramClient.open(world);
    const [answer] = await client.ask(withMac(whole.octets, 8));
    assert.equal(decodeDnsMessage(answer!).rcode, DnsRcode.formErr);
    client.close();
  }));

test("a signed answer that does not fit is cut so that its signature does (RFC 8945 §5.3)", () =>
  simulate({}, async (world) => {
    const texts = Array.from({ length: 30 }, (_, i) => `many.example. 60 IN A 192.0.2.${i}`);
    await serve(world, dnsServer(recordsPlugin(...texts), { tsigKeys: [key] }));
    const client = await DatagramClient.open(world);
    const signed = signDnsMessage(encodeDnsMessage(question("many.example")), key, { now: seconds(world) });
    const [octets] = await client.ask(signed.octets);
    assert.ok(octets!.length <= 512);
    assert.equal(decodeDnsMessage(octets!).truncated, true);
    assert.equal(verifyDnsMessage(octets!, { key: () => key, now: seconds(world), priorMac: signed.mac }).type, "good");
    client.close();
  }));

/** The message with the end of its MAC cut off. The MAC of HMAC-SHA256 stands before id, error and other length. */
function withMac(octets: Uint8Array, macOctets: number): Uint8Array {
  const message = decodeDnsMessage(octets);
  const tsig = message.tsig!;
  return encodeDnsMessage({
    ...message,
    tsig: { ...tsig, data: { ...tsig.data, mac: tsig.data.mac.slice(0, macOctets) } },
  });
}
