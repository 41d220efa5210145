import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, connection, encodeLengthPrefixed } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage } from "../../message/message.ts";
import { formatDnsRecord } from "../../records/text.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { testOrigin, testRecords, transferMessage } from "../transfer.test.kit.ts";
import { type TransferZoneOptions, transferZone } from "./transfer-zone.ts";

type Script = (peer: Connection, question: DnsMessage, say: (records: string) => void) => void | Promise<void>;

/** Asks a server that does what a script says. */
async function askScripted(world: World, script: Script, options: Partial<TransferZoneOptions> = {}) {
  const server = connection(async (peer) => {
    const [high, low] = await peer.readExactly(2);
    const question = decodeDnsMessage(await peer.readExactly((high! << 8) | low!));
    const say = (records: string) =>
      peer.write(encodeLengthPrefixed(16, transferMessage(records, { id: question.id })));
    await script(peer, question, say);
  });
  await world.listen("tcp:53", server, { reactor: world.host("primary") });
  const primary = { host: world.host("primary").address };
  return await transferZone(testOrigin, primary, { reactor: world.host("asker"), ...options });
}

/** Says nothing more until the asker has gone. */
const silence = (peer: Connection): Promise<void> => peer.closed.then(() => {});

test("asks for the whole zone, or for the way on from a version", () =>
  simulate({ cuts: true }, async (world) => {
    const [soa] = encodeDnsSets(testRecords("SOA 3"));
    const asked: string[] = [];
    const script: Script = async (peer, { questions, authorities, edns }, say) => {
      asked.push(`${questions[0]!.type} ${authorities.map(formatDnsRecord)} ${edns === undefined}`);
      say("SOA 3");
      await silence(peer);
    };
    assert.equal((await askScripted(world, script, { soa })).type, "current");
    assert.deepEqual(asked, [`IXFR ${formatDnsRecord(testRecords("SOA 3")[0]!)} true`]);
  }));

test("shows each message as it came", () =>
  simulate({ cuts: "each-octet" }, async (world) => {
    const shown: Uint8Array[] = [];
    const script: Script = async (peer, _question, say) => {
      for (const part of ["SOA 7", "@ NS ns", "SOA 7"]) say(part);
      await silence(peer);
    };
    const outcome = await askScripted(world, script, { onMessage: (octets) => shown.push(octets) });
    assert.equal(outcome.type, "contents");
    assert.equal(shown.length, 3);
  }));

test("gives up a server that begins and says no more", () =>
  simulate({}, async (world) => {
    const before = world.clock.now();
    const script: Script = (peer, _question, say) => {
      say("SOA 7\n@ NS ns");
      return silence(peer);
    };
    await assert.rejects(askScripted(world, script), { name: "ConnectionError", code: "timed-out" });
    const ms = world.clock.now() - before;
    assert.ok(ms > 30_000 && ms < 30_100, `${ms} ms`);
  }));

test("gives up a server that never comes to an end", () =>
  simulate({}, async (world) => {
    const script: Script = async (peer, _question, say) => {
      say("SOA 7");
      let isGone = false;
      void peer.closed.then(() => {
        isGone = true;
      });
      for (let i = 0; !isGone; i++) {
        say(`host${i} A 192.0.2.1`);
        await peer.reactor.clock.sleep(1_000);
      }
    };
    const limits = { timeoutMs: 60_000 };
    await assert.rejects(askScripted(world, script, { limits }), { name: "ConnectionError", code: "timed-out" });
  }));

test("gives up when it is told to", () =>
  simulate({}, async (world) => {
    const stop = new AbortController();
    world.clock.after(500, () => stop.abort(new Error("enough")));
    await assert.rejects(askScripted(world, silence, { signal: stop.signal }), { message: "enough" });
  }));

test("refuses what ends in the middle", () =>
  simulate({ cuts: true }, async (world) => {
    const script: Script = (peer, _question, say) => {
      say("SOA 7\n@ NS ns");
      peer.write(Uint8Array.of(0, 99, 1));
      peer.end();
    };
    await assert.rejects(askScripted(world, script), { name: "ZoneTransferError", code: "ended-early" });
  }));
