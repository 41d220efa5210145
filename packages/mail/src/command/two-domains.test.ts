import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listen, type Reactor, type Service } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { dnsServer, ZoneTable, zone, zonesPlugin } from "@hawser/dns";
import { connectImap } from "../imap/client/connect.ts";
import { dkimDnsRecord, generateDkimKey } from "../sender/dkim/keys.ts";
import { sendMail } from "../smtp/send-mail.ts";
import { givenMail } from "./given.test.kit.ts";
import type { MailCommandValues } from "./options.ts";
import { startMail } from "./service.ts";

const key = generateDkimKey("ed25519");
const here = "interface=127.0.0.1";

/** A host with mail for one domain, for alice, and all that the DNS says about it. */
async function startHost(world: World, domain: string, given: Partial<MailCommandValues> = {}): Promise<Service> {
  const reactor = world.host(domain);
  await reactor.files("").writeFile("dkim.pem", key);
  return startMail(
    givenMail({
      domain: [[domain, "mail"]],
      smtp: ["tcp:25"],
      submission: [`tcp:587:${here}`],
      imap: [`tcp:143:${here}`],
      dkim: [["e", "dkim.pem"]],
      nameServer: [world.host("dns").address],
      ...given,
    }),
    {
      reactor,
      print: () => {},
      openLog: assert.fail,
      listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
      users: ["memory:alice:wonderland"],
    },
  );
}

function records(world: World, domain: string): readonly string[] {
  const { text } = dkimDnsRecord({ domain, selector: "e", privateKey: key });
  return [
    "$TTL 1h",
    "@ SOA ns host 1 2h 15m 2w 5m",
    "@ NS ns",
    `ns A ${world.host("dns").address}`,
    "@ MX 10 mail",
    `mail A ${world.host(domain).address}`,
    `@ TXT "v=spf1 mx -all"`,
    `e._domainkey TXT "${text}"`,
    `_dmarc TXT "v=DMARC1; p=reject"`,
  ];
}

async function startDns(world: World): Promise<AsyncDisposable> {
  const domains = ["one.example", "two.example"];
  const server = dnsServer([zonesPlugin(new ZoneTable(domains.map((name) => zone(name, records(world, name)))))]);
  const reactor = world.host("dns");
  const listeners = [await listen("udp:53", server, { reactor }), await listen("tcp:53", server, { reactor })];
  return { [Symbol.asyncDispose]: async () => void (await Promise.all(listeners.map((one) => one.stop()))) };
}

function send(reactor: Reactor, from: string, to: string): Promise<unknown> {
  const login = { user: from, password: "wonderland" };
  const draft = { from, to, subject: `to ${to}`, text: "Hello" };
  return sendMail(draft, { via: "tcp:127.0.0.1:587", startTls: "never", login, reactor });
}

/** The header of the first message that comes to alice, who waits for it. */
async function firstHeader(reactor: Reactor, user: string): Promise<string> {
  const login = { user, password: "wonderland" };
  await using mail = await connectImap("tcp:127.0.0.1:143", { login, startTls: "never", reactor });
  await using inbox = await mail.select("INBOX");
  while (inbox.exists === 0) {
    await reactor.clock.sleep(10_000);
    await mail.noop();
  }
  for await (const { sections } of inbox.fetch("1", [{ section: "HEADER" }]))
    return Buffer.from(sections.get("HEADER")!).toString();
  throw new Error("There is no message");
}

describe("two servers of hawser mail, and a DNS between them", () => {
  for (const seed of [1, 2])
    test(`bring mail from one to the other, which believes who sent it, over a network that is gone at first (seed ${seed})`, () =>
      simulate({ seed, latencyMs: [1, 80], cuts: true }, async (world) => {
        await using _dns = await startDns(world);
        const one = await startHost(world, "one.example");
        const two = await startHost(world, "two.example");
        const [from, to] = [world.host("one.example"), world.host("two.example")];
        world.partition("one.example", "two.example");
        await send(from, "alice@one.example", "alice@two.example");
        await world.clock.sleep(60_000);
        world.heal();
        const header = await firstHeader(to, "alice@two.example");
        assert.match(header, /^Authentication-Results: mail\.two\.example;/m);
        for (const result of [/\bspf=pass\b/, /\bdkim=pass\b/, /\bdmarc=pass\b/]) assert.match(header, result);
        assert.match(header, /^Delivered-To: alice@two\.example\r$/m);
        assert.ok(world.clock.now() > 60_000, "it waited in the queue");
        await Promise.all([one.stop(), two.stop()]);
      }));

  test("send reports back about who is not there, and refuse who pretends to be of the other", () =>
    simulate({ seed: 7, latencyMs: [1, 80] }, async (world) => {
      await using _dns = await startDns(world);
      const one = await startHost(world, "one.example");
      const two = await startHost(world, "two.example");
      const from = world.host("one.example");
      await send(from, "alice@one.example", "nobody@two.example");
      const header = await firstHeader(from, "alice@one.example");
      assert.match(header, /^Content-Type: multipart\/report; /m);
      const forged = { from: "alice@one.example", to: "alice@two.example", subject: "Trust me", text: "Hello" };
      const stranger = world.host("stranger");
      const via = `tcp:${world.host("two.example").address}:25`;
      await assert.rejects(sendMail(forged, { via, startTls: "never", reactor: stranger }), /550 5\.7\.2\d/);
      await Promise.all([one.stop(), two.stop()]);
    }));
});
