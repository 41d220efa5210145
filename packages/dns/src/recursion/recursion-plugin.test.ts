import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "@hawser/core";
import { simulate, simulation } from "@hawser/core/simulation";
import { queryOf } from "../authority/authority.test.kit.ts";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { DnsFlag } from "../message/flags.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { dnsServer } from "../serving/dns-server.ts";
import { refuseAll } from "../serving/plugin.ts";
import { bareResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsRcode, formatDnsRcode } from "../words.ts";
import { recursionPlugin } from "./recursion-plugin.ts";
import { parseRootHints } from "./root-hints.ts";
import { plugin, sets } from "./tree.test.kit.ts";
import { askServer, plantResolver, plantTree, toldBy } from "./world.test.kit.ts";

test("RA is set, AD is not, and clients of the Internet are refused unless they are allowed (RFC 5358)", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    await plantResolver(world, { clients: [`${world.host("friend").address}/32`] });
    const { address } = world.host("resolver");
    const served = await askServer(world.host("friend"), address, "www.good.example");
    assert.equal(served.recursionAvailable, true);
    assert.equal(served.authoritative, false);
    assert.equal(served.authenticData, false);
    const refused = await askServer(world.host("stranger"), address, "www.good.example");
    assert.deepEqual(toldBy(refused), ["REFUSED", `EDE ${ExtendedDnsError.prohibited}`]);
  }));

test("by default those on private networks are served, and nobody else", async () => {
  const exchanger = { exchange: () => Promise.reject(new TypeError("Nobody needs to be asked for localhost")) };
  const recursion = recursionPlugin({ exchanger });
  await recursion.started?.(simulation().reactor);
  const answer = recursion.wrap(refuseAll);
  const rcodeFor = async (host: string): Promise<number | undefined> => {
    const reply = await answer(requestFrom(host, "localhost"));
    return reply.type === "response" ? reply.rcode : undefined;
  };
  for (const host of ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"])
    assert.equal(await rcodeFor(host), DnsRcode.noError, host);
  for (const host of ["192.0.2.1", "8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8"])
    assert.equal(await rcodeFor(host), DnsRcode.refused, host);
  await recursion.stopped?.();
});

test("without RD only what is known is told (RFC 1034 §4.3.1)", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    await plantResolver(world);
    const { address } = world.host("resolver");
    const ask = (recursionDesired: boolean) =>
      askServer(world.host("client"), address, "www.good.example", { recursionDesired });
    assert.deepEqual(toldBy(await ask(false)), ["REFUSED", `EDE ${ExtendedDnsError.notAuthoritative}`]);
    const whole = toldBy(await ask(true));
    assert.deepEqual(toldBy(await ask(false)), whole);
  }));

test("questions that nobody needs to be asked about are answered at once", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const recursion = await plantResolver(world);
    const told = async (text: string) =>
      toldBy(await askServer(world.host("client"), world.host("resolver").address, text));
    assert.deepEqual(await told("good.example ANY"), ["NOERROR", `good.example. IN HINFO "RFC${8482}" ""`]);
    assert.deepEqual(await told("good.example MAILA"), ["NOTIMP"]);
    const transfer = await askServer(world.host("client"), world.host("resolver").address, "good.example AXFR", {
      transport: "tcp",
    });
    assert.deepEqual(toldBy(transfer), ["REFUSED"]);
    assert.deepEqual(await told("localhost"), ["NOERROR", "localhost. IN A 127.0.0.1"]);
    assert.equal(recursion.statistics?.exchanges, 0);
  }));

test("whoever watches is told of each question, and of what became of it", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const seen: string[] = [];
    const trace: NonNullable<Parameters<typeof recursionPlugin>[0]>["trace"] = ({ ask, reply }) =>
      void seen.push(`${ask.name} ${"type" in reply ? reply.code : formatDnsRcode(reply.rcode)}`);
    await plantResolver(world, { trace });
    await askServer(world.host("client"), world.host("resolver").address, "x.dead.example");
    assert.ok(seen.includes("dead.example. NOERROR"), seen.join("\n"));
    assert.equal(seen.filter((line) => line === "x.dead.example. timed-out").length, 3);
  }));

test("those who ask the same at once share one resolution", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const recursion = await plantResolver(world);
    const { address } = world.host("resolver");
    const asks = Array.from({ length: 20 }, (_, at) =>
      askServer(world.host(`client${at}`), address, "www.good.example"),
    );
    for (const message of await Promise.all(asks)) assert.equal(message.answers.length, 1);
    const { resolutions, joined } = recursion.statistics!;
    assert.equal(resolutions, 2); // the name's, and the root's servers'
    assert.equal(joined, 19);
  }));

test("more than can be resolved at once is refused at once, and so is more than the servers of a zone can take", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const recursion = await plantResolver(world, { resolutionsMax: 5, exchangesPerZoneMax: 1 });
    await recursion.resolver!.resolve({ name: parseDomainName("www.good.example"), type: DnsType.A });
    const names = Array.from({ length: 8 }, (_, at) => parseDomainName(`x${at}.dead.example`));
    const responses = await Promise.all(names.map((name) => recursion.resolver!.resolve({ name, type: DnsType.A })));
    assert.ok(responses.every((response) => response.rcode === DnsRcode.servFail));
    const texts = responses.map((response) =>
      response.options.map((one) => (one.type === "extended-error" ? one.text : "")).join(""),
    );
    assert.equal(texts.filter((text) => /Too many questions are being resolved/.test(text)).length, 3);
    assert.ok(
      texts.some((text) => /Cannot ask about dead\.example/.test(text)),
      texts.join("\n"),
    );
    assert.equal(recursion.statistics?.overloads, 3);
  }));

test("what is popular and nearly out of date is asked for again in the background", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const recursion = await plantResolver(world);
    const { clock } = world.host("client");
    const ask = () => askServer(world.host("client"), world.host("resolver").address, "www.good.example");
    await ask();
    await clock.sleep(56_000);
    for (let time = 0; time < 3; time++) assert.ok((await ask()).answers[0]!.ttl <= 5);
    await clock.sleep(1_000);
    assert.ok((await ask()).answers[0]!.ttl > 50);
    assert.equal(recursion.statistics?.prefetches, 1);
  }));

test("who waits longer than 1.8 s gets what is out of date, and the next the new answer (RFC 8767 §5)", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const recursion = await plantResolver(world);
    const { clock } = world.host("client");
    const ask = () =>
      askServer(world.host("client"), world.host("resolver").address, "www.good.example", { transport: "tcp" });
    await ask();
    await clock.sleep(61_000);
    for (const server of ["good1", "good2", "dead"]) world.partition("resolver", server);
    const startedAt = clock.now();
    assert.deepEqual(toldBy(await ask()), ["NOERROR", "EDE 3", "www.good.example. IN A 192.0.2.1"]);
    assert.ok(clock.now() - startedAt < 1_900);
    assert.equal(recursion.statistics?.staleAnswers, 1);
    world.heal();
    await clock.sleep(20_000);
    assert.deepEqual(toldBy(await ask()), ["NOERROR", "www.good.example. IN A 192.0.2.1"]);
  }));

test("a validator sees answers with their signatures before anybody else, and sets AD", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const seen: string[] = [];
    await plantResolver(world, {
      validator: {
        async validate(question, response, resolve) {
          seen.push(String(question.name));
          const keys = await resolve({ name: parseDomainName("good.example"), type: DnsType.DNSKEY });
          return { ...response, authenticData: keys.rcode === DnsRcode.noError };
        },
      },
    });
    const message = await askServer(world.host("client"), world.host("resolver").address, "www.good.example", {
      authenticData: true,
    });
    assert.equal(message.authenticData, true);
    assert.deepEqual(new Set(seen.map((name) => name.toLowerCase())), new Set(["www.good.example."]));
  }));

test("servers that refuse letters of mixed case are asked in plain ones", () =>
  simulate({}, async (world) => {
    const lowerCaseOnly = plugin(({ query }) =>
      query.name.wire === query.name.key
        ? dnsResponse({ authoritative: true, answers: sets(`${query.name} 60 A 192.0.2.8`) })
        : bareResponse(DnsRcode.refused),
    );
    await plantTree(world, { liar: () => dnsServer(lowerCaseOnly) });
    await plantResolver(world);
    const told = toldBy(await askServer(world.host("client"), world.host("resolver").address, "ok.liar.example"));
    assert.deepEqual(told, ["NOERROR", "ok.liar.example. IN A 192.0.2.8"]);
  }));

test("root hints come from a file, which is read again on reload", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const hints = (address: string) => `. 3600000 NS a.root.\na.root. 3600000 A ${address}\n`;
    const host = world.host("resolver", { files: { "etc/root.hints": hints(world.host("dead").address) } });
    const recursion = recursionPlugin({ rootHintsFile: "/etc/root.hints", families: "ipv4" });
    await recursion.started?.(host);
    const ask = async () =>
      (await recursion.resolver!.resolve({ name: parseDomainName("www.good.example"), type: DnsType.A })).rcode;
    assert.equal(await ask(), DnsRcode.servFail);
    await host.files("/").writeFile("etc/root.hints", hints(world.host("root1").address));
    await recursion.reload?.();
    await world.clock.sleep(10_000);
    assert.equal(await ask(), DnsRcode.noError);
    await recursion.stopped?.();
  }));

test("hints without an address of the root are refused", () => {
  assert.throws(() => parseRootHints(". NS a.root.\n"), RangeError);
});

function requestFrom(host: string, question: string): DnsRequest {
  const query = queryOf(question);
  const { signal } = new AbortController();
  const asker = { peer: ipAddress(host, 5_353), transport: "udp", octetsMax: 1_232, arrivedAt: 0 } as const;
  return { ...asker, query: { ...query, flags: query.flags | DnsFlag.rd }, tsigKey: undefined, signal };
}
