import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatagramSocket, type IpAddress, ipAddress } from "@hawser/core";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { parseDnsRecord } from "../records/text.ts";
import { dnsServer } from "../serving/dns-server.ts";
import { dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";
import { DnsClient } from "./dns-client.ts";
import { withMixedCase } from "./exchange/letter-case.ts";
import { dnsResolver } from "./resolver/default-resolver.ts";
import { DnsLookupError } from "./resolver/errors.ts";

// A resolver on the worst network: what it gives is right, or a typed error in time; and nothing is left behind.

const faults = {
  latencyMs: [1, 200],
  datagramLoss: 0.2,
  datagramDuplicates: 0.2,
  datagramReordering: 0.2,
  cuts: true,
  resets: 0.01,
  refusals: 0.05,
  blackHoles: 0.05,
} as const;

const timeoutMs = 8_000;
const lie = parseDnsRecord("lie.example. 3600 IN A 203.0.113.66");
const soa = parseDnsRecord("example. 60 IN SOA ns.example. host.example. 1 1 1 1 60");

/** What is true: `h7.example` has 192.0.2.7, `alias7.example` is another name of it, and there are no others. */
function truth(name: DomainName): {
  readonly rcode: number;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
} {
  const [, kind, number] = /^(h|alias)(\d+)\.example\.$/i.exec(String(name)) ?? [];
  if (kind === undefined) return { rcode: DnsRcode.nxDomain, answers: [], authorities: [soa] };
  const address = parseDnsRecord(`h${number}.example. 60 IN A 192.0.2.${number}`);
  if (kind.toLowerCase() === "h") return { rcode: 0, answers: [{ ...address, name }], authorities: [] };
  const alias = parseDnsRecord(`alias${number}.example. 60 IN CNAME h${number}.example.`);
  return { rcode: 0, answers: [{ ...alias, name }, address], authorities: [] };
}

/** How one server behaves in one world. */
interface Habits {
  readonly silence: number;
  readonly truncation: number;
  readonly failures: number;
  readonly lies: number;
  readonly hasTcp: boolean;
}

function habits({ random }: World): Habits {
  const some = (most: number) => (random.number() < 0.5 ? 0 : random.number() * most);
  const hasTcp = random.number() < 0.8;
  return {
    silence: random.number() < 0.2 ? 1 : some(0.5),
    truncation: some(0.5),
    failures: some(0.3),
    lies: some(1),
    hasTcp,
  };
}

/** A server with such habits, and beside it those who lie, from everywhere and with everything but one thing right. */
class Server implements Disposable {
  readonly #world: World;
  readonly #habits: Habits;
  readonly #socket: DatagramSocket;
  readonly #otherPort: DatagramSocket;
  readonly #mallory: DatagramSocket;
  #guessedAt = Number.NEGATIVE_INFINITY;

  constructor(world: World, manners: Habits, [socket, otherPort, mallory]: readonly DatagramSocket[]) {
    this.#world = world;
    this.#habits = manners;
    this.#socket = socket!;
    this.#otherPort = otherPort!;
    this.#mallory = mallory!;
    socket!.start({ datagram: (octets, from) => this.#receive(decodeDnsMessage(octets), from), closed() {} });
  }

  static async start(world: World, host: SimulatedHost): Promise<Server> {
    const manners = habits(world);
    if (manners.hasTcp)
      await world.listen(
        "tcp:53",
        dnsServer({
          name: "truth",
          wrap:
            () =>
            ({ query }) =>
              responseTo(query.name),
        }),
        { reactor: host },
      );
    const mallory = world.host("mallory").network;
    const sockets = [
      host.network.bind(ipAddress("0.0.0.0", 53)),
      host.network.bind(ipAddress("0.0.0.0", 5353)),
      mallory.bind(ipAddress("0.0.0.0", 0)),
    ];
    return new Server(world, manners, await Promise.all(sockets));
  }

  [Symbol.dispose](): void {
    for (const socket of [this.#socket, this.#otherPort, this.#mallory]) socket.close();
  }

  #receive(query: DnsMessage, from: IpAddress): void {
    const { random, clock } = this.#world;
    const { silence, truncation, failures, lies } = this.#habits;
    if (random.number() < lies) this.#lie(query, from);
    if (random.number() < silence) return;
    const reply = (message: DnsMessageInit): void => this.#socket.send(answer(query, message), from);
    const { name } = query.questions[0]!;
    clock.after(random.integer(0, 3_000) * random.number(), () => {
      if (random.number() < failures) reply({ rcode: random.number() < 0.5 ? DnsRcode.servFail : DnsRcode.refused });
      else if (random.number() < truncation && this.#habits.hasTcp) reply({ truncated: true });
      else reply(truth(name));
    });
  }

  #lie(query: DnsMessage, to: IpAddress): void {
    const { name, type } = query.questions[0]!;
    const false_ = { answers: [{ ...lie, name }] };
    this.#mallory.send(answer(query, false_), to);
    this.#otherPort.send(answer(query, false_), to);
    this.#socket.send(answer({ ...query, id: query.id ^ (1 << this.#world.random.integer(0, 16)) }, false_), to);
    this.#socket.send(
      answer(query, { ...false_, questions: [{ name: parseDomainName("lie.example"), type, class: 1 }] }),
      to,
    );
    this.#socket.send(this.#world.random.bytes(this.#world.random.integer(0, 60)), to);
    this.#guess(query, false_, to);
  }

  /** All but the case of the letters is right. Nobody guesses a port and an id twice in a row. */
  #guess(query: DnsMessage, false_: DnsMessageInit, to: IpAddress): void {
    const { name, type } = query.questions[0]!;
    const other = withMixedCase(name, this.#world.random);
    const now = this.#world.clock.now();
    if (other.wire === name.wire || now - this.#guessedAt < 10_000) return;
    this.#guessedAt = now;
    this.#socket.send(answer(query, { ...false_, questions: [{ name: other, type, class: 1 }] }), to);
  }
}

function answer({ id, questions }: DnsMessage, message: DnsMessageInit): Uint8Array {
  return encodeDnsMessage({ id, response: true, questions, ...message });
}

function responseTo(name: DomainName) {
  const { rcode, answers, authorities } = truth(name);
  return dnsResponse({ rcode, answers: encodeDnsSets(answers), authorities: encodeDnsSets(authorities) });
}

const codes = ["timed-out", "server-failed", "refused", "unreachable"];

test("every lookup ends in the truth or a typed error within its deadline, on the worst of networks", async (context) => {
  const tally = { right: 0, denied: 0, failed: 0, strangers: 0 };
  for (const seed of seeds({ count: 30, soakCount: 2_000 }))
    await simulate({ ...faults, seed }, async (world) => {
      using _one = await Server.start(world, world.host("one"));
      using _two = await Server.start(world, world.host("two"));
      const client = world.host("client");
      const servers = [world.host("one").address, world.host("two").address];
      const cache = world.random.number() < 0.5 ? undefined : false;
      await using exchanger = new DnsClient(client);
      await using dns = dnsResolver({
        exchanger,
        reactor: client,
        servers,
        timeoutMs,
        cache,
        strategy: "rotate",
        serverTimeoutMs: 3_000,
      });
      const lookups = Array.from({ length: 12 }, async () => {
        await world.clock.sleep(world.random.integer(0, 4_000));
        const number = world.random.integer(1, 5);
        const name = [`h${number}.example`, `alias${number}.example`, "none.example"][world.random.integer(0, 3)]!;
        const begun = world.clock.now();
        try {
          const found = await dns.resolve(name, "A");
          assert.deepEqual(found, [{ address: `192.0.2.${number}` }], name);
          tally.right++;
        } catch (error) {
          assert.ok(error instanceof DnsLookupError, String(error));
          if (name === "none.example" && error.code === "name-not-found") tally.denied++;
          else {
            assert.ok(codes.includes(error.code), `${name}: ${error.message}`);
            tally.failed++;
          }
        }
        assert.ok(world.clock.now() - begun <= timeoutMs + 1, `${name} took ${world.clock.now() - begun} ms`);
      });
      await Promise.all(lookups);
      tally.strangers += exchanger.counters.strangers;
    });
  assert.ok(tally.right > tally.failed && tally.strangers > 0, JSON.stringify(tally));
  context.diagnostic(JSON.stringify(tally));
});
