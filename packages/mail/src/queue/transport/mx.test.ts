import assert from "node:assert/strict";
import { test } from "node:test";
import { connection, type Factory } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import type { SmtpBackend } from "../../smtp/backend.ts";
import { smtpReject } from "../../smtp/errors.ts";
import { smtpExtensions } from "../../smtp/extensions/index.ts";
import { memorySmtpBackend, type SmtpMemoryBackend } from "../../smtp/memory.ts";
import { type SmtpServerOptions, smtpServer } from "../../smtp/server.ts";
import { memoryMailQueueStore } from "../memory/store.ts";
import type { MailTransport, MailTransportResult, NewQueuedMail } from "../queue.ts";
import { type DnsTable, tableResolver } from "../testing/table-resolver.test.kit.ts";
import { chooseMailTransport } from "./choose.ts";
import { type MxTransportOptions, mxTransport } from "./mx.ts";
import { smartHostTransport } from "./smart-host.ts";

/** A network of mail servers, and what the DNS says of them. */
class Place {
  readonly world: World;
  readonly dns: DnsTable = {};
  connections = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** A mail server on a host of this name. */
  async server(
    name: string,
    more: Partial<SmtpBackend> = {},
    options: SmtpServerOptions = {},
  ): Promise<SmtpMemoryBackend> {
    const memory = memorySmtpBackend();
    const backend: SmtpBackend = {
      ...memory,
      connected: () => {
        this.connections++;
        return undefined;
      },
      ...more,
    };
    const host = this.world.host(name);
    await this.world.listen("tcp:25", smtpServer(backend, { name, ...options }), { reactor: host });
    this.dns[name] = { A: [host.address] };
    return memory;
  }

  mx(options: Partial<MxTransportOptions> = {}): AsyncDisposable & MailTransport {
    return mxTransport({
      reactor: this.world.reactor,
      resolver: tableResolver(this.dns),
      name: "home.example",
      ...options,
    });
  }
}

function placeTest(title: string, body: (place: Place) => Promise<void>): void {
  test(title, () => simulate({ seed: title, latencyMs: [1, 20], cuts: true }, (world) => body(new Place(world))));
}

/** Has a transport deliver, as a queue would. */
async function deliver(
  transport: MailTransport,
  to: readonly string[],
  more: Partial<NewQueuedMail> = {},
): Promise<readonly MailTransportResult[]> {
  const store = memoryMailQueueStore();
  const draft = {
    ...{ id: "message1", submittedAt: 0, from: "alice@home.example", content: "Subject: Hi\r\n\r\nHello\r\n" },
    ...{ to: to.map((address) => ({ address })), ...more },
  };
  const mail = await store.add(draft, { octetsMax: 1_000_000 });
  const { signal } = new AbortController();
  return transport.deliver({ mail, recipients: mail.to, content: () => store.read(mail.id), signal });
}

function brief(results: readonly MailTransportResult[]): readonly string[] {
  return results.map((one) => ("status" in one ? `${one.outcome} ${one.status}` : one.outcome));
}

placeTest(
  "mail goes to the most preferred server, and to the next where that cannot be reached (RFC 5321 §5.1)",
  async (place) => {
    const second = await place.server("second.example");
    const third = await place.server("third.example");
    const down = place.world.host("first.example");
    place.dns["first.example"] = { A: [down.address], AAAA: [down.address6] };
    place.dns["one.example"] = {
      MX: ["30 third.example.", "10 first.example.", "15 gone.example.", "20 second.example."],
    };
    await using mx = place.mx();
    const [result] = await deliver(mx, ["bob@One.Example"]);
    assert.equal(result!.outcome, "passed");
    assert.match((result as { by: string }).by, /^second\.example\[10\./);
    assert.deepEqual([second.messages.length, third.messages.length], [1, 0]);
    assert.equal(mx.destination("bob@One.Example"), "mx one.example");
  },
);

placeTest("equals have their turn by chance", async (place) => {
  const servers = [await place.server("a.example"), await place.server("b.example")];
  place.dns["one.example"] = { MX: ["10 a.example.", "10 b.example."] };
  await using mx = place.mx();
  for (let i = 0; i < 20; i++) await deliver(mx, ["bob@one.example"]);
  assert.ok(servers.every(({ messages }) => messages.length >= 4));
});

placeTest("a domain without MX stands for itself; a null MX takes no mail (RFC 7505)", async (place) => {
  const own = await place.server("plain.example");
  place.dns["null.example"] = { MX: ["0 ."] };
  place.dns["none.example"] = {};
  place.dns["lost.example"] = { MX: ["10 nowhere.example."] };
  place.dns["silent.example"] = "timed-out";
  place.dns["half.example"] = { MX: ["10 silent.example.", "20 nowhere.example."] };
  await using mx = place.mx();
  const outcome = async (domain: string) => brief(await deliver(mx, [`bob@${domain}`]))[0];
  assert.equal(await outcome("plain.example"), "passed");
  assert.equal(own.messages.length, 1);
  assert.equal(await outcome("null.example"), "failed 5.1.10");
  assert.equal(await outcome("nowhere.example"), "failed 5.1.2");
  assert.equal(await outcome("none.example"), "failed 5.1.2");
  assert.equal(await outcome("lost.example"), "failed 5.1.2");
  assert.equal(await outcome("silent.example"), "deferred 4.4.3");
  assert.equal(await outcome("half.example"), "deferred 4.4.3");
  assert.deepEqual(brief(await deliver(mx, ["postmaster"])), ["failed 5.1.3"]);
});

placeTest("an address stands for its host, but not for ourselves", async (place) => {
  const server = await place.server("a.example");
  const { address, address6 } = place.world.host("a.example");
  await using mx = place.mx();
  assert.deepEqual(brief(await deliver(mx, [`bob@[${address}]`])), ["passed"]);
  assert.deepEqual(brief(await deliver(mx, [`bob@[IPv6:${address6}]`])), ["passed"]);
  assert.equal(server.messages.length, 2);
  for (const own of ["[127.0.0.1]", "[IPv6:::1]"])
    assert.deepEqual(brief(await deliver(mx, [`bob@${own}`])), ["failed 5.4.6"]);
});

placeTest("mail does not come back to ourselves (RFC 5321 §5.1)", async (place) => {
  const better = await place.server("better.example");
  const worse = await place.server("worse.example");
  place.dns["home.example"] = { A: ["10.9.9.9"] };
  place.dns["backup.example"] = { MX: ["10 better.example.", "20 home.example.", "30 worse.example."] };
  place.dns["only.example"] = { MX: ["10 home.example.", "20 worse.example."] };
  place.dns["loop.example"] = { A: ["127.0.0.1"] };
  await using mx = place.mx();
  assert.deepEqual(brief(await deliver(mx, ["bob@backup.example"])), ["passed"]);
  assert.deepEqual(brief(await deliver(mx, ["bob@only.example"])), ["failed 5.4.6"]);
  assert.deepEqual(brief(await deliver(mx, ["bob@loop.example"])), ["failed 5.4.6"]);
  assert.deepEqual([better.messages.length, worse.messages.length], [1, 0]);
  await place.server("mirror.example", {}, { name: "home.example" });
  assert.deepEqual(brief(await deliver(mx, ["bob@mirror.example"])), ["failed 5.4.6"]);
});

placeTest("a server that does not want to talk is passed over; what it says of recipients stands", async (place) => {
  const busy = await place.server("busy.example", { connected: () => smtpReject("421 4.3.2 Too much to do") });
  const choosy = await place.server("choosy.example", {
    recipient: ({ local }) =>
      local === "no"
        ? smtpReject("550 5.1.1 No such user")
        : local === "later"
          ? smtpReject("450 4.2.0 Grey")
          : undefined,
  });
  place.dns["one.example"] = { MX: ["10 busy.example.", "20 choosy.example."] };
  await using mx = place.mx();
  const to = ["no", "yes", "later", "also"].map((local) => `${local}@one.example`);
  const results = await deliver(mx, to);
  assert.deepEqual(brief(results), ["failed 5.1.1", "passed", "deferred 4.2.0", "passed"]);
  assert.deepEqual([busy.messages.length, choosy.messages.length], [0, 1]);
  assert.equal((results[0] as { by: string }).by.startsWith("choosy.example"), true);
  const [blocked] = await deliver(mx, ["x@busy.example"]);
  assert.ok(blocked?.outcome === "deferred" && blocked.isBlocked === true);
  const [grey] = await deliver(mx, ["later@one.example"]);
  assert.ok(grey?.outcome === "deferred" && grey.isBlocked !== true);
});

placeTest("a server that takes some recipients at a time gets them all", async (place) => {
  const few = await place.server("few.example", {}, { limits: { recipientsMax: 3 } });
  let asked = 0;
  const old = await place.server("old.example", {
    recipient: () => (++asked % 4 === 0 ? smtpReject("452 4.5.3 Too many recipients") : undefined),
  });
  await using mx = place.mx();
  const to = (domain: string) => Array.from({ length: 8 }, (_, i) => `u${i}@${domain}`);
  assert.deepEqual(new Set(brief(await deliver(mx, to("few.example")))), new Set(["passed"]));
  assert.deepEqual(
    few.messages.map(({ envelope }) => envelope.to.length),
    [3, 3, 2],
  );
  assert.deepEqual(new Set(brief(await deliver(mx, to("old.example")))), new Set(["passed"]));
  assert.equal(old.messages.flatMap(({ envelope }) => envelope.to).length, 8);
});

placeTest("a server that ends sessions with many refusals in them is told of all recipients", async (place) => {
  const recipient = ({ local }: { readonly local: string }) =>
    local.startsWith("no") ? smtpReject("550 5.1.1 No such user") : undefined;
  const strict = await place.server("strict.example", { recipient: async (to) => recipient(to) });
  await using mx = place.mx();
  const to = Array.from({ length: 45 }, (_, i) => `${i % 5 === 0 ? "yes" : "no"}${i}@strict.example`);
  const results = brief(await deliver(mx, to));
  assert.deepEqual(
    results,
    to.map((address) => (address.startsWith("no") ? "failed 5.1.1" : "passed")),
  );
  assert.equal(strict.messages.flatMap(({ envelope }) => envelope.to).length, 9);
});

placeTest("connections carry several messages, and a stale one costs nothing", async (place) => {
  const server = await place.server("a.example", {}, { limits: { commandTimeoutMs: 2_000 } });
  await using mx = place.mx({ connectionMessagesMax: 3, connectionIdleMs: 60_000 });
  for (let i = 0; i < 7; i++) assert.deepEqual(brief(await deliver(mx, ["bob@a.example"])), ["passed"]);
  assert.equal(place.connections, 3);
  await place.world.clock.sleep(10_000); // the server gives up waiting
  assert.deepEqual(brief(await deliver(mx, ["bob@a.example"])), ["passed"]);
  assert.equal(server.messages.length, 8);
  assert.equal(place.connections, 4);
});

placeTest("what a server cannot take is told with its status (RFC 6531 §3.5, RFC 3463)", async (place) => {
  await place.server("small.example", {}, { limits: { messageOctetsMax: 10 } });
  const without = (...names: string[]) => ({
    extensions: smtpExtensions.filter(({ keyword }) => !names.includes(keyword)),
  });
  const plain = await place.server("plain.example", {}, without("SMTPUTF8", "8BITMIME", "BINARYMIME", "DSN"));
  await using mx = place.mx();
  assert.deepEqual(brief(await deliver(mx, ["bob@small.example"])), ["failed 5.3.4"]);
  assert.deepEqual(brief(await deliver(mx, ["b\u00f6b@plain.example"])), ["failed 5.6.7"]);
  assert.deepEqual(brief(await deliver(mx, ["bob@plain.example"])), ["relayed"]);
  const eight = (header: string) => ({ content: `${header}\r\n\r\nGr\u00fc\u00dfe\r\n` });
  assert.deepEqual(brief(await deliver(mx, ["bob@plain.example"], eight("Subject: Hi"))), ["relayed"]);
  assert.ok(
    Buffer.from(plain.messages.at(-1)!.content).toString().endsWith("quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n"),
  );
  assert.deepEqual(brief(await deliver(mx, ["bob@plain.example"], eight("Subject: \u00fc"))), ["failed 5.6.3"]);
});

placeTest("where TLS fails mail goes in clear, unless it must not (RFC 7435 §3)", async (place) => {
  for (const [name, answer] of [
    ["breaks.example", "220 Go on"],
    ["cannot.example", "454 4.7.0 Not now"],
  ] as const) {
    const host = place.world.host(name);
    place.dns[name] = { A: [host.address] };
    await place.world.listen("tcp:25", brokenTls(answer), { reactor: host });
  }
  await using mx = place.mx();
  assert.deepEqual(brief(await deliver(mx, ["bob@breaks.example"])), ["relayed"]);
  assert.deepEqual(brief(await deliver(mx, ["bob@cannot.example"])), ["relayed"]);
  await using strict = place.mx({ security: () => ({ startTls: "required" }) });
  assert.deepEqual(brief(await deliver(strict, ["bob@breaks.example"])), ["deferred 4.4.1"]);
  assert.deepEqual(brief(await deliver(strict, ["bob@cannot.example"])), ["deferred 4.7.0"]);
});

/** A server that offers TLS and cannot do it. */
function brokenTls(answer: string): Factory {
  return connection(async (peer) => {
    const say = (line: string): void => void peer.write(`${line}\r\n`);
    say("220 ready");
    for (let isData = false; ; ) {
      const line = await peer.readLine({ octetsMax: 1_000 });
      if (line === undefined) return;
      if (isData && line !== ".") continue;
      if (line.startsWith("EHLO")) say("250-hello\r\n250 STARTTLS");
      else if (line === "STARTTLS") say(answer);
      else say(line === "DATA" ? "354 Go on" : "250 OK");
      if (line === "STARTTLS" && answer.startsWith("220")) return;
      isData = line === "DATA";
    }
  });
}

placeTest("a smart host that does not want us bounces nothing: somebody can put that right", async (place) => {
  await place.server("smart.example", { connected: () => smtpReject("554 5.7.1 Who are you?") });
  await using smart = smartHostTransport({ reactor: place.world.reactor, via: "tcp:smart.example:25" });
  const [result] = await deliver(smart, ["bob@far.example"]);
  assert.ok(result?.outcome === "deferred" && result.status === "4.7.1" && result.isBlocked === true);
  await using mx = place.mx();
  assert.deepEqual(brief(await deliver(mx, ["bob@smart.example"])), ["failed 5.7.1"]);
});

placeTest("a smart host takes all, from who logs in, and choice is by domain", async (place) => {
  const host = await place.server("smart.example");
  const local = await place.server("local.example");
  const { reactor } = place.world;
  await using smart = smartHostTransport({ reactor, via: ["tcp:nobody.example:25", "tcp:smart.example:25"] });
  await using mx = place.mx();
  const both = chooseMailTransport((domain) => (domain === "local.example" ? mx : smart));
  assert.equal(both.destination("a@far.example"), "via nobody.example, smart.example");
  assert.equal(both.destination("a@local.example"), "mx local.example");
  assert.deepEqual(brief(await deliver(both, ["a@far.example", "b@local.example"])), ["passed", "passed"]);
  assert.deepEqual(
    [host, local].map(({ messages }) => messages.length),
    [1, 1],
  );
});
