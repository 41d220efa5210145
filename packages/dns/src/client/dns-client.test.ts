import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ConnectionError,
  type DatagramSocket,
  type IpAddress,
  ipAddress,
  type Reactor,
  StateError,
} from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { DnsProtocolError } from "../errors.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { parseTsigKey } from "../tsig/key.ts";
import { signDnsMessage } from "../tsig/sign.ts";
import { verifyDnsMessage } from "../tsig/verify.ts";
import { DnsRcode } from "../words.ts";
import { DnsClient, type DnsClientOptions } from "./dns-client.ts";
import type { DnsExchangeOptions, DnsServerPlace } from "./exchanger.ts";

const name = parseDomainName("www.Example");
const question = { name, type: "A", class: 1 } as const;
const record = parseDnsRecord("www.Example. 60 IN A 192.0.2.1");

/** Many addresses: they do not fit a datagram. */
const large = Array.from({ length: 200 }, (_, i) => parseDnsRecord(`large.example. 60 IN A 192.0.2.${i}`));

const zone: DnsPlugin = {
  name: "zone",
  wrap: (next) => (request) => {
    const { name: asked } = request.query;
    if (asked.equals(name)) return dnsResponse({ answers: encodeDnsSets([record]) });
    if (asked.equals(large[0]!.name)) return dnsResponse({ answers: encodeDnsSets(large) });
    return next(request);
  },
};

/** A client on one host, a server on the other; the client is closed at the end, and then nothing may be open. */
function withClient(
  options: DnsClientOptions,
  body: (client: DnsClient, place: DnsServerPlace, world: World) => Promise<void>,
): Promise<void> {
  return simulate({}, async (world) => {
    const server = world.host("server");
    await using client = new DnsClient(world.host("client"), options);
    await body(client, { transport: "udp", host: server.address, port: 53 }, world);
  });
}

/** A server that does as it is told with each datagram, and how often it was asked. */
async function oddServer(
  host: Reactor,
  answer: (
    query: DnsMessage,
    reply: (message: DnsMessageInit | Uint8Array) => void,
    octets: Uint8Array,
    asked: number,
    socket: DatagramSocket,
    from: IpAddress,
  ) => void,
): Promise<{ asked: number; queries: DnsMessage[] } & AsyncDisposable> {
  const socket = await host.network.bind(ipAddress("0.0.0.0", 53));
  const state = {
    asked: 0,
    queries: [] as DnsMessage[],
    async [Symbol.asyncDispose]() {
      socket.close();
    },
  };
  socket.start({
    datagram(payload, from) {
      state.asked++;
      const query = decodeDnsMessage(payload);
      state.queries.push(query);
      const reply = (message: DnsMessageInit | Uint8Array): void =>
        socket.send(
          message instanceof Uint8Array
            ? message
            : encodeDnsMessage({ id: query.id, response: true, questions: query.questions, ...message }),
          from,
        );
      answer(query, reply, payload, state.asked, socket, from);
    },
    closed() {},
  });
  return state;
}

const ask = (client: DnsClient, place: DnsServerPlace, options?: DnsExchangeOptions) =>
  client.exchange({ questions: [question] }, place, options);

const texts = (message: DnsMessage) => message.answers.map((one) => formatDnsRecord(one));

describe("a client", () => {
  test("asks over UDP, with EDNS, a cookie and mixed letters, and gives the answer in the asker's spelling", () =>
    withClient({}, async (client, place, world) => {
      await using server = await oddServer(world.host("server"), (_query, reply) => reply({ answers: [record] }));
      assert.deepEqual(texts(await ask(client, place)), ["www.Example. 60 IN A 192.0.2.1"]);
      const [query] = server.queries;
      assert.equal(query?.edns?.udpPayloadOctets, 1_232);
      assert.deepEqual(
        query?.edns?.options.map(({ type }) => type),
        ["cookie"],
      );
      assert.ok(query?.questions[0]?.name.equals(name));
      assert.deepEqual(
        { ...client.counters },
        { questions: 1, datagrams: 1, repetitions: 0, streamRetries: 0, connections: 0, strangers: 0, unreadable: 0 },
      );
    }));

  test("goes over TCP when the answer was cut, and keeps the connection for the next", () =>
    withClient({}, async (client, place, world) => {
      await world.listen("udp:53", dnsServer(zone), { reactor: world.host("server") });
      await world.listen("tcp:53", dnsServer(zone), { reactor: world.host("server") });
      const message = { questions: [{ ...question, name: large[0]!.name }] };
      for (let i = 0; i < 3; i++) assert.equal((await client.exchange(message, place)).answers.length, 200);
      assert.equal(client.counters.streamRetries, 3);
      assert.equal(client.counters.connections, 1);
      assert.ok((await client.exchange(message, place, { keepTruncated: true })).truncated);
    }));

  test("puts a hundred questions on one connection", () =>
    withClient({}, async (client, place, world) => {
      await world.listen("tcp:53", dnsServer(zone), { reactor: world.host("server") });
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(client, { ...place, transport: "tcp" })));
      assert.ok(answers.every((answer) => answer.answers.length === 1));
      assert.equal(client.counters.connections, 1);
    }));

  test("sends again when nothing comes, and gives up at its deadline", () =>
    withClient({}, async (client, place, world) => {
      await using server = await oddServer(world.host("server"), () => {});
      const before = world.clock.now();
      await assert.rejects(
        ask(client, place),
        (error) => error instanceof ConnectionError && error.code === "timed-out" && /udp:\/\/10/.test(error.message),
      );
      assert.equal(world.clock.now() - before, 5_000);
      assert.equal(server.asked, 3); // at 0, 1 and 3 s
    }));

  test("asks again without EDNS where that is refused, and remembers it", () =>
    withClient({}, async (client, place, world) => {
      await using server = await oddServer(world.host("server"), (query, reply) =>
        reply(query.edns === undefined ? { answers: [record] } : { rcode: DnsRcode.formErr, questions: [] }),
      );
      assert.equal((await ask(client, place)).answers.length, 1);
      assert.equal((await ask(client, place)).answers.length, 1);
      assert.equal(server.asked, 3);
    }));

  test("ignores and counts what has another id, question, source or no response bit", () =>
    withClient({}, async (client, place, world) => {
      const mallory = await world.host("mallory").network.bind(ipAddress("0.0.0.0", 53));
      const wrong = { answers: [parseDnsRecord("www.Example. 60 IN A 203.0.113.66")] };
      await using _server = await oddServer(world.host("server"), (query, reply, octets, _asked, _socket, from) => {
        reply({ ...wrong, id: query.id ^ 1 });
        reply({ ...wrong, questions: [{ ...question, type: "AAAA" }] });
        reply({ ...wrong, questions: [] });
        reply(octets);
        mallory.send(encodeDnsMessage({ id: query.id, response: true, questions: query.questions, ...wrong }), from);
        world.clock.after(50, () => reply({ answers: [record] }));
      });
      assert.deepEqual(texts(await ask(client, place)), ["www.Example. 60 IN A 192.0.2.1"]);
      assert.equal(client.counters.strangers, 5);
      mallory.close();
    }));

  test("doubts an answer with letters of another case, and asks over TCP", () =>
    withClient({}, async (client, place, world) => {
      await world.listen("tcp:53", dnsServer(zone), { reactor: world.host("server") });
      const lower = { ...question, name: parseDomainName("www.example") };
      const wrong = parseDnsRecord("www.Example. 60 IN A 203.0.113.66");
      await using _server = await oddServer(world.host("server"), (_query, reply) =>
        reply({ questions: [lower], answers: [wrong] }),
      );
      assert.deepEqual(texts(await ask(client, place)), ["www.Example. 60 IN A 192.0.2.1"]);
      assert.equal(client.counters.streamRetries, 1);
    }));

  test("takes an answer with letters of another case from a server that has no TCP", () =>
    withClient({}, async (client, place, world) => {
      const lower = { ...question, name: parseDomainName("www.example") };
      await using _server = await oddServer(world.host("server"), (_query, reply) =>
        reply({ questions: [lower], answers: [record] }),
      );
      assert.equal((await ask(client, place)).answers.length, 1);
    }));

  test("gives back the cookie that the server gave, asks again after BADCOOKIE, and wants it from then on", () =>
    withClient({}, async (client, place, world) => {
      const given = new Uint8Array(16).fill(7);
      await world.listen("tcp:53", dnsServer(zone), { reactor: world.host("server") });
      await using server = await oddServer(world.host("server"), (query, reply, _octets, asked) => {
        const cookie = query.edns!.options[0]!;
        assert.ok(cookie.type === "cookie");
        if (asked > 2) return reply({ answers: [parseDnsRecord("www.Example. 60 IN A 203.0.113.66")] }); // without the cookie
        const edns = { options: [{ ...cookie, server: given }] };
        reply(cookie.server === undefined ? { rcode: DnsRcode.badCookie, edns } : { answers: [record], edns });
      });
      assert.equal((await ask(client, place)).answers.length, 1);
      assert.equal(server.asked, 2);
      assert.deepEqual(texts(await ask(client, place)), ["www.Example. 60 IN A 192.0.2.1"]);
      assert.equal(client.counters.streamRetries, 1);
    }));

  test("goes over TCP when somebody guesses, or the question does not fit a datagram", () =>
    withClient({}, async (client, place, world) => {
      await world.listen("tcp:53", dnsServer(zone), { reactor: world.host("server") });
      await using server = await oddServer(world.host("server"), (query, reply) => {
        for (let i = 1; i <= 10; i++)
          reply({ id: query.id ^ i, answers: [parseDnsRecord("www.Example. 60 IN A 203.0.113.66")] });
      });
      assert.deepEqual(texts(await ask(client, place)), ["www.Example. 60 IN A 192.0.2.1"]);
      assert.equal(server.asked, 1);
      const additionals = large.slice(0, 90);
      assert.equal((await client.exchange({ questions: [question], additionals }, place)).answers.length, 1);
      assert.deepEqual([server.asked, client.counters.streamRetries], [1, 2]);
    }));

  test("takes an error without a question when it is said again and again", () =>
    withClient({}, async (client, place, world) => {
      const refused = {
        rcode: DnsRcode.refused,
        questions: [],
        edns: { options: [{ type: "tcp-keepalive", idleTimeoutMs: 100 } as const] },
      };
      await using server = await oddServer(world.host("server"), (_query, reply) => reply(refused));
      const answer = await ask(client, place);
      assert.deepEqual([answer.rcode, answer.edns?.options.length, server.asked], [DnsRcode.refused, 1, 3]);
      assert.equal(client.counters.unreadable, 0);
    }));

  test("leaves no timer behind when it is answered", () =>
    withClient({}, async (client, place, world) => {
      await using _server = await oddServer(world.host("server"), (_query, reply) => reply({ answers: [record] }));
      await ask(client, place);
      assert.deepEqual(
        world.timeline.timers().filter(({ kind }) => kind === "timer"),
        [],
      );
    }));

  test("asks without EDNS when it is told so", () =>
    withClient({}, async (client, place, world) => {
      await using server = await oddServer(world.host("server"), (_query, reply) => reply({ answers: [record] }));
      await ask(client, place, { edns: false });
      assert.equal(server.queries[0]!.edns, undefined);
    }));

  const tsigKey = parseTsigKey("k.example:c2VjcmV0IHNlY3JldA==");

  test("signs, and takes only what is signed (RFC 8945 §5.4)", () =>
    withClient({}, async (client, place, world) => {
      const now = () => world.clock.wall() / 1_000;
      await using _server = await oddServer(world.host("server"), (query, reply, octets) => {
        const verdict = verifyDnsMessage(octets, { key: () => tsigKey, now: now() });
        assert.ok(verdict.type === "good");
        const answer = encodeDnsMessage({
          id: query.id,
          response: true,
          questions: query.questions,
          answers: [record],
        });
        reply(answer);
        reply(
          signDnsMessage(answer, { ...tsigKey, secret: Uint8Array.of(1) }, { now: now(), priorMac: verdict.mac })
            .octets,
        );
        reply(signDnsMessage(answer, tsigKey, { now: now(), priorMac: verdict.mac }).octets);
      });
      const answer = await ask(client, place, { tsigKey });
      assert.equal(answer.answers.length, 1);
      assert.equal(answer.questions[0]!.name.wire, name.wire);
      assert.equal(client.counters.unreadable, 2);
    }));

  test("tells that an answer is not signed, when no other comes", () =>
    withClient({}, async (client, place, world) => {
      await using _server = await oddServer(world.host("server"), (_query, reply) => reply({ answers: [record] }));
      await assert.rejects(
        ask(client, place, { tsigKey }),
        (error) => error instanceof DnsProtocolError && error.code === "bad-tsig",
      );
    }));

  test("is given up by its signal, with the signal's reason", () =>
    withClient({}, async (client, place, world) => {
      const controller = new AbortController();
      world.clock.after(10, () => controller.abort(new Error("enough")));
      await assert.rejects(ask(client, place, { signal: controller.signal }), /enough/);
      await assert.rejects(ask(client, { ...place, transport: "tcp" }, { signal: controller.signal }), /enough/);
    }));

  test("gives up what is under way when it is closed, and asks nothing more", () =>
    withClient({}, async (client, place) => {
      const asked = assert.rejects(ask(client, place), StateError);
      await client[Symbol.asyncDispose]();
      await asked;
      await assert.rejects(ask(client, place), StateError);
    }));
});
