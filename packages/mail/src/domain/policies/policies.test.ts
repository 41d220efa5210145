import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryTree } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { ManualClock } from "@hawser/core/testing";
import type { DnsLookups } from "../../sender/lookups/lookups.ts";
import { memoryLookups } from "../../sender/lookups/memory-lookups.ts";
import type { SmtpBackend } from "../../smtp/backend.ts";
import { smtpReject } from "../../smtp/errors.ts";
import { scene } from "../testing/scene.test.kit.ts";
import { recipientOf, senderOf, sessionFrom } from "../testing/session.test.kit.ts";
import { mailDnsLists } from "./dns-lists.ts";
import { type MailGreylistOptions, mailGreylist } from "./greylist.ts";
import { mailGreylistFile } from "./greylist-store.ts";
import { networkOf } from "./peer.ts";
import { mailPeerChecks } from "./peer-checks.ts";
import { type MailPolicy, withMailPolicies } from "./policy.ts";
import { mailRateLimits } from "./rate-limits.ts";
import { mailRecipientLimits } from "./recipient-limits.ts";

const minute = 60_000;
const day = 86_400_000;

/** What a policy says to a recipient: `ok`, or the refusal. */
async function said(
  policy: MailPolicy,
  host: string,
  from = "carol@far.example",
  to = "alice@example.org",
  more = {},
): Promise<string> {
  const session = sessionFrom(host, more);
  await policy.connected?.(session);
  const verdict = await policy.recipient!(recipientOf(to), session, senderOf(from));
  return verdict?.message ?? "ok";
}

describe("mailGreylist", () => {
  function greylist(options: Partial<MailGreylistOptions> = {}) {
    const clock = new ManualClock();
    return { clock, policy: mailGreylist({ reactor: { clock }, ...options }) };
  }
  const later = "451 4.7.1 We do not know you yet, come again in 300 seconds";

  test("who comes again in time is let in, and known for long", async () => {
    const { clock, policy } = greylist();
    assert.equal(await said(policy, "192.0.2.1"), later);
    clock.advance(4 * minute);
    assert.equal(await said(policy, "192.0.2.1"), later);
    clock.advance(minute);
    assert.equal(await said(policy, "192.0.2.200"), "ok", "another address of the network");
    assert.equal(await said(policy, "192.0.3.1"), later, "another network");
    assert.equal(await said(policy, "192.0.2.1", "dave@far.example"), later, "another sender");
    assert.equal(await said(policy, "192.0.2.1", "carol@far.example", "bob@example.org"), later, "another recipient");
    clock.advance(36 * day);
    assert.equal(await said(policy, "192.0.2.1"), "ok");
    clock.advance(36 * day + 1);
    assert.equal(await said(policy, "192.0.2.1"), later);
    clock.advance(2 * day + 1);
    assert.equal(await said(policy, "192.0.2.1"), later, "it did not come again in time");
  });

  test("what changes in an address from mail to mail changes nothing", async () => {
    const { clock, policy } = greylist();
    await said(policy, "2001:db8::1", "list-bounce-17-bob=x@far.example");
    await said(policy, "2001:db8::1", "prvs=0123456789=carol+a@far.example");
    await said(policy, "2001:db8::1", "");
    clock.advance(6 * minute);
    for (const from of ["List-bounce-2345-bob=x@FAR.example", "prvs=ab=carol@far.example", ""])
      assert.equal(await said(policy, "2001:db8::ffff:0:1", from), "ok", from);
    assert.equal(await said(policy, "2001:db8:0:1::1", ""), later);
  });

  test("a network that has come again often is known", async () => {
    const { clock, policy } = greylist({ knownAfter: 3 });
    for (const name of ["a", "b", "c"]) await said(policy, "192.0.2.1", `${name}@far.example`);
    clock.advance(6 * minute);
    for (const name of ["a", "b"]) await said(policy, "192.0.2.1", `${name}@far.example`);
    assert.equal(await said(policy, "192.0.2.1", "new@far.example"), later);
    await said(policy, "192.0.2.1", "c@far.example");
    assert.equal(await said(policy, "192.0.2.9", "newer@far.example"), "ok");
    clock.advance(37 * day);
    assert.equal(await said(policy, "192.0.2.9", "newest@far.example"), later);
  });

  test("who has logged in, comes from near, writes to postmaster, or passes SPF is never put off", async () => {
    const lookups = memoryLookups({ "far.example": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] } });
    const { policy } = greylist({ unlessSpfPasses: lookups });
    assert.equal(await said(policy, "192.0.2.1"), "ok");
    assert.equal(await said(policy, "192.0.2.2"), later);
    assert.equal(await said(policy, "192.0.2.2", "", "Postmaster@example.org"), "ok");
    assert.equal(await said(policy, "192.0.2.2", "", "abuse@example.org"), "ok");
    assert.equal(await said(policy, "192.0.2.2", "", "alice@example.org", { user: "bob" }), "ok");
    for (const near of ["127.0.0.1", "::1", "10.1.2.3", "::ffff:192.168.0.1", "fe80::1"])
      assert.equal(await said(policy, near), "ok", near);
    assert.equal(await said(mailGreylist({ reactor: { clock: new ManualClock() }, exempt: [] }), "10.1.2.3"), later);
  });

  test("what it remembers outlives a restart, and a crash in the middle of a line", async () => {
    const tree = memoryTree({});
    const reactor = { files: () => tree };
    const clock = new ManualClock();
    const begin = async () => {
      const store = await mailGreylistFile("/greylist", { reactor, entriesMax: 100 });
      return { store, policy: mailGreylist({ reactor: { clock }, store }) };
    };
    const one = await begin();
    await said(one.policy, "192.0.2.1");
    await one.store[Symbol.asyncDispose]();
    clock.advance(6 * minute);
    const two = await begin();
    assert.equal(await said(two.policy, "192.0.2.1"), "ok");
    await two.store[Symbol.asyncDispose]();
    const octets = Buffer.from(await tree.readFile("greylist")).toString();
    assert.match(octets, /^(?:[\w-]{22} \d+ \d+ \d+\n)+$/);
    assert.doesNotMatch(octets, /carol|alice|192/);
    await tree.writeFile("greylist", `${octets}what is this?\n${octets.slice(0, 30)}`);
    const three = await begin();
    assert.equal(await said(three.policy, "192.0.2.1"), "ok");
    // It is written anew now and then, and holds so many.
    await Promise.all(
      Array.from({ length: 3_000 }, (_, i) =>
        said(
          three.policy,
          "192.0.2.1",
          `x${"abcdefghij"[i % 10]}${String.fromCharCode(97 + (i % 23))}${"z".repeat(i % 41)}@far.example`,
        ),
      ),
    );
    await three.store[Symbol.asyncDispose]();
    const lines = Buffer.from(await tree.readFile("greylist"))
      .toString()
      .split("\n").length;
    assert.ok(lines <= 1_202, `${lines} lines`);
    assert.equal((await tree.stat("greylist")).mode, 0o600);
    const four = await begin();
    await four.store[Symbol.asyncDispose]();
    assert.ok(
      Buffer.from(await tree.readFile("greylist"))
        .toString()
        .split("\n").length <= 101,
    );
  });

  test("a network is cut where one says", () => {
    const octets = Uint8Array.of(192, 0, 255, 255);
    const cut = (bits: number) => networkOf(octets, { ipv4Bits: bits, ipv6Bits: 64 });
    assert.deepEqual([32, 24, 20, 1, 0].map(cut), [
      "192.0.255.255/32",
      "192.0.255.0/24",
      "192.0.240.0/20",
      "128.0.0.0/1",
      "0.0.0.0/0",
    ]);
  });
});

describe("mailDnsLists", () => {
  const lookups = memoryLookups({
    "1.2.0.192.bad.example": { A: ["127.0.0.2"] },
    "2.2.0.192.bad.example": { A: ["127.0.0.10"] },
    "3.2.0.192.bad.example": { A: ["127.255.255.254"] },
    "4.2.0.192.bad.example": { A: ["192.0.2.1"] },
    "5.2.0.192.bad.example": "failed",
    "6.2.0.192.bad.example": { A: ["127.0.0.2"] },
    "6.2.0.192.good.example": { A: ["127.0.3.1"] },
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bad.example": { A: ["127.0.0.4"] },
  });
  const zones = [
    { zone: "bad.example.", score: 2 },
    { zone: "good.example", score: -3 },
  ];
  const listed = (host: string) => `550 5.7.1 Your address ${host} is listed by bad.example`;
  const policy = mailDnsLists({ lookups, clock: new ManualClock(), zones, threshold: 2 });

  const rows: readonly (readonly [host: string, isListed: boolean, why: string])[] = [
    ["192.0.2.1", true, "it is listed"],
    ["2001:db8::1", true, "it is listed, in IPv6"],
    ["192.0.2.99", false, "it is not"],
    ["192.0.2.3", false, "the list does not answer us"],
    ["192.0.2.4", false, "the answer is none"],
    ["192.0.2.5", false, "the list is down"],
    ["192.0.2.6", false, "another list speaks for it"],
    ["10.0.0.1", false, "it is near"],
  ];
  for (const [host, isListed, why] of rows)
    test(`${host} is ${isListed ? "refused" : "let in"}: ${why}`, async () => {
      assert.equal(await said(policy, host), isListed ? listed(host) : "ok");
    });

  test("codes are those that one says, and who has logged in, or writes to postmaster, is not asked", async () => {
    const some = (codes: readonly string[]) =>
      mailDnsLists({ lookups, clock: new ManualClock(), zones: [{ zone: "bad.example", codes }] });
    assert.equal(await said(some(["127.0.0.4-7"]), "192.0.2.1"), "ok");
    assert.equal(await said(some(["127.0.0.9-11"]), "192.0.2.2"), listed("192.0.2.2"));
    assert.equal(await said(some(["127.0.0.3", "127.0.0.2"]), "192.0.2.1"), listed("192.0.2.1"));
    assert.throws(() => some(["2"]), RangeError);
    assert.equal(await said(policy, "192.0.2.1", "", "postmaster@example.org"), "ok");
    assert.equal(await said(policy, "192.0.2.1", "", "alice@example.org", { user: "bob" }), "ok");
  });

  test("a list that says nothing is waited for no longer than is said", () =>
    simulate({ seed: 1 }, async ({ clock }) => {
      const silent: DnsLookups = { lookUp: () => new Promise(() => {}) };
      const slow = mailDnsLists({
        lookups: silent,
        clock,
        zones: [{ zone: "a.example" }, { zone: "b.example" }],
        timeoutMs: 2_000,
      });
      const before = clock.now();
      assert.equal(await said(slow, "192.0.2.1"), "ok");
      assert.equal(clock.now() - before, 2_000);
    }));
});

describe("mailRateLimits", () => {
  test("each limit counts what it is for", async () => {
    const clock = new ManualClock();
    const hour = 60 * minute;
    const policy = mailRateLimits({
      clock,
      limits: [
        { per: "address", of: "connections", count: 2, periodMs: minute },
        { per: "network", of: "messages", count: 3, periodMs: hour },
        { per: "sender", of: "messages", count: 2, periodMs: hour },
        { per: "login", of: "recipients", count: 2, periodMs: hour },
      ],
    });
    const code = (verdict: unknown) => (verdict as { code?: number } | undefined)?.code ?? 250;
    const connect = (host: string) => code(policy.connected!(sessionFrom(host)));
    const send = (host: string, from: string, user?: string) =>
      code(policy.sender!(senderOf(from), sessionFrom(host, user === undefined ? {} : { user }), {}));
    const write = (user?: string) =>
      code(
        policy.recipient!(
          recipientOf("x@example.org"),
          sessionFrom("192.0.2.1", user === undefined ? {} : { user }),
          undefined,
        ),
      );
    assert.deepEqual(
      ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "10.0.0.1"].map(connect),
      [250, 250, 421, 250, 250],
    );
    clock.advance(minute / 2);
    assert.deepEqual([connect("192.0.2.1"), connect("192.0.2.1")], [250, 421]);
    assert.deepEqual(
      [connect("2001:db8::1"), connect("2001:db8::2"), connect("2001:db8::3"), connect("2001:db8:0:1::1")],
      [250, 250, 421, 250],
    );
    assert.deepEqual(
      [send("192.0.2.1", "a@x.example"), send("192.0.2.2", "A@x.example"), send("192.0.2.3", "a@x.example")],
      [250, 250, 450],
    );
    assert.deepEqual(
      [send("192.0.2.4", "b@x.example"), send("192.0.2.4", "c@x.example"), send("192.0.3.4", "c@x.example")],
      [250, 450, 250],
    );
    assert.equal(send("192.0.2.4", "b@x.example", "alice"), 250);
    assert.deepEqual(
      [write("alice"), write("Alice"), write("alice"), write("bob"), write(), write()],
      [250, 250, 450, 250, 250, 250],
    );
    clock.advance(hour / 2);
    assert.deepEqual([write("alice"), write("alice")], [250, 450]);
    assert.throws(
      () => mailRateLimits({ clock, limits: [{ per: "login", of: "messages", count: 0, periodMs: 1 }] }),
      RangeError,
    );
  });

  test("it forgets rather than grows", () => {
    const policy = mailRateLimits({
      clock: new ManualClock(),
      limits: [{ per: "sender", of: "messages", count: 1, periodMs: day }],
      entriesMax: 10,
    });
    for (let i = 0; i < 1_000; i++)
      assert.equal(policy.sender!(senderOf(`x${i}@x.example`), sessionFrom("192.0.2.1"), {}), undefined);
  });
});

describe("mailRecipientLimits", () => {
  test("a message has so many recipients, a report one", () => {
    const policy = mailRecipientLimits({ recipientsMax: 2, loginRecipientsMax: 3 });
    const codes = (from: string, user?: string) => {
      const session = sessionFrom("192.0.2.1", user === undefined ? {} : { user });
      policy.sender!(senderOf(from), session, {});
      return Array.from(
        { length: 4 },
        () =>
          (
            policy.recipient!(recipientOf("x@example.org"), session, senderOf(from)) as { message: string } | undefined
          )?.message.slice(0, 9) ?? "ok",
      );
    };
    assert.deepEqual(codes("a@x.example"), ["ok", "ok", "452 4.5.3", "452 4.5.3"]);
    assert.deepEqual(codes("a@x.example", "alice"), ["ok", "ok", "ok", "452 4.5.3"]);
    assert.deepEqual(codes(""), ["ok", "452 4.5.3", "452 4.5.3", "452 4.5.3"]);
  });
});

describe("mailPeerChecks", () => {
  const lookups = memoryLookups({
    "1.2.0.192.in-addr.arpa": { PTR: ["other.example", "mx.far.example"] },
    "mx.far.example": { A: ["192.0.2.7", "192.0.2.1"] },
    "2.2.0.192.in-addr.arpa": { PTR: ["mx.far.example"] },
    "4.2.0.192.in-addr.arpa": "failed",
    [`1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`]: { PTR: ["six.far.example"] },
    "six.far.example": { AAAA: ["2001:DB8:0::1"] },
  });

  test("an address must have a name that leads back", async () => {
    const policy = mailPeerChecks({ lookups, needsName: true });
    const nameless = "550 5.7.25 Your address has no name that leads back to it";
    const hosts = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "2001:db8::1", "2001:db8::2", "127.0.0.1"];
    assert.deepEqual(await Promise.all(hosts.map((host) => said(policy, host))), [
      "ok",
      nameless,
      nameless,
      "ok",
      "ok",
      nameless,
      "ok",
    ]);
    assert.equal(await said(policy, "192.0.2.3", "", "postmaster@example.org"), "ok");
  });

  test("nobody is called as we are, and all have their full name", async () => {
    const policy = mailPeerChecks({ lookups, ownNames: ["mx.example.org", "[192.0.2.25]"], needsFullHello: true });
    const code = async (hello: string) =>
      (await said(policy, "192.0.2.1", "", "alice@example.org", { hello })).slice(0, 3);
    for (const hello of ["MX.example.org", "mx.example.org.", "[192.0.2.25]"])
      assert.equal(await code(hello), "550", hello);
    for (const hello of ["localhost", "192.0.2.1", "[x]", "", "a b.c"]) assert.equal(await code(hello), "504", hello);
    for (const hello of ["mx.far.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "bücher.example"])
      assert.equal(await code(hello), "ok", hello);
  });
});

describe("withMailPolicies", () => {
  test("the first refusal is said, and nobody is asked after it", async () => {
    const asked: string[] = [];
    const policy = (name: string, answer: unknown): MailPolicy => ({
      recipient: () => {
        asked.push(name);
        return answer as undefined;
      },
    });
    const no = smtpReject("550 5.7.1 No");
    const backend: SmtpBackend = { recipient: () => void asked.push("backend"), message: () => undefined };
    const all = withMailPolicies(backend, [
      policy("a", undefined),
      policy("b", Promise.resolve(undefined)),
      policy("c", Promise.resolve(no)),
      policy("d", undefined),
    ]);
    assert.equal(await all.recipient(recipientOf("x@example.org"), sessionFrom("192.0.2.1"), undefined), no);
    assert.deepEqual(asked, ["backend", "a", "b", "c"]);
  });

  test("policies and a domain together, as a conversation", () =>
    scene(
      {
        domain: ({ reactor }) => ({
          policies: [
            mailRecipientLimits({ recipientsMax: 2 }),
            mailGreylist({ reactor, exempt: [] }),
            mailRateLimits({
              clock: reactor.clock,
              exempt: [],
              limits: [{ per: "address", of: "messages", count: 2, periodMs: day }],
            }),
          ],
        }),
      },
      async (one) => {
        const hello = "S: 220 …\nC: EHLO far.example\nS: 250 …\nC: MAIL FROM:<carol@far.example>";
        await one.play(`${hello}
          S: 250 2.1.0 Ok
          C: RCPT TO:<ghost@example.org>
          S: 550 5.1.1 No such user
          C: RCPT TO:<alice@example.org>
          S: 451 4.7.1 We do not know you yet, come again in 300 seconds
          C: RCPT TO:<postmaster@example.org>
          S: 250 2.1.5 Ok`);
        await one.world.clock.sleep(300_000);
        await one.play(`${hello}
          S: 250 2.1.0 Ok
          C: RCPT TO:<alice@example.org>
          S: 250 2.1.5 Ok
          C: RSET
          S: 250 …
          C: MAIL FROM:<carol@far.example>
          S: 450 4.7.1 Too many messages in a short time, try again later`);
      },
    ));
});
