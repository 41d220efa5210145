import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { memoryMailAliases } from "../aliases/memory.ts";
import type { MailDestination, MailRoute } from "../domain.ts";
import type { MailRouterOptions } from "./options.ts";
import { mailRouter } from "./router.ts";
import { mailSenderRewriting } from "./srs.ts";

const people = new Set([
  "alice@example.org",
  "bob@example.org",
  "a+b@example.org",
  "carol@example.com",
  "ü@bücher.example",
]);

const aliases = memoryMailAliases(`
team: alice, bob, dave@far.example
everybody: team, carol@example.com, everybody@example.com
everybody@example.com: carol
alice: alice, archive
archive: /var/mail/archive
tickets: "|/bin/tickets"
list: team, erin@far.example
owner-list: bob
inner: list, frank@far.example
owner-inner: alice
round: about
about: round
also-round: about, bob
itself: itself
final: \\tickets, \\bob
ghosts: ghost, phantom@example.org
some: ghost, bob
root: alice
abuse: root
@example.com: catcher
catcher: bob@example.org
`);

const options: MailRouterOptions = {
  domains: [
    "Example.ORG",
    "example.com",
    { name: "example.net", aliasOf: "example.org" },
    "bücher.example",
    { name: "caught.example", catchAll: "bob+caught@example.org" },
    { name: "lost.example", catchAll: "nobody@lost.example" },
  ],
  hasUser: (user) => people.has(user),
  aliases,
};

const router = mailRouter(options);

function spell(route: MailRoute): string {
  if (route.type === "remote") return "remote";
  if (route.type === "refuse") return `${route.status} ${route.text}`;
  const missing = route.missing === undefined ? "" : `; missing ${route.missing.join()}`;
  return `${route.to.map(spellDestination).join(", ") || "nobody"}${missing}`;
}

function spellDestination(to: MailDestination): string {
  if (to.type === "mailbox") return to.folder === undefined ? to.user : `${to.user} in ${to.folder}`;
  if (to.type === "program") return `|${to.command}`;
  if (to.type === "file") return to.path;
  return to.from === undefined ? `-> ${to.address}` : `-> ${to.address} from <${to.from}>`;
}

const routes: Readonly<Record<string, string>> = {
  "bob@example.org": "bob@example.org",
  "BOB@EXAMPLE.org.": "bob@example.org",
  '"bob"@example.org': "bob@example.org",
  "bob@example.net": "bob@example.org",
  "bob@far.example": "remote",
  "bob@[192.0.2.1]": "remote",
  "ghost@example.org": "5.1.1 No such user",
  "bob+Lists/Node@example.org": "bob@example.org in Lists/Node",
  "bob+@example.org": "bob@example.org",
  "bob+../x@example.org": "bob@example.org",
  "+bob@example.org": "5.1.1 No such user",
  "a+b@example.org": "a+b@example.org",
  "a+b+c@example.org": "5.1.1 No such user",
  "ü@bücher.example": "ü@bücher.example",
  "Ü@xn--bcher-kva.EXAMPLE": "ü@bücher.example",
  "u\u0308@BÜCHER.example": "ü@bücher.example",
  "alice@example.org": "alice@example.org, /var/mail/archive",
  "alice+x@example.org": "alice@example.org in x, /var/mail/archive",
  "team@example.net": "alice@example.org, /var/mail/archive, bob@example.org, -> dave@far.example",
  "everybody@example.org":
    "alice@example.org, /var/mail/archive, bob@example.org, -> dave@far.example, carol@example.com",
  "tickets+new@example.org": "|/bin/tickets",
  "list@example.org":
    "alice@example.org, /var/mail/archive, bob@example.org, -> dave@far.example from <owner-list@example.org>, -> erin@far.example from <owner-list@example.org>",
  "inner@example.org":
    "alice@example.org, /var/mail/archive, bob@example.org, -> dave@far.example from <owner-list@example.org>, -> erin@far.example from <owner-list@example.org>, -> frank@far.example from <owner-inner@example.org>",
  "round@example.org": "5.4.6 The aliases of this name go in a circle",
  "also-round@example.org": "bob@example.org",
  "itself@example.org": "5.1.1 Nobody is behind this name",
  "final@example.org": "bob@example.org; missing tickets@example.org",
  "ghosts@example.org": "5.1.1 Nobody is behind this name",
  "some@example.org": "bob@example.org; missing ghost@example.org",
  // Names without a domain belong to the first where they belong to nobody here.
  "root@example.com": "alice@example.org, /var/mail/archive",
  "anybody@example.com": "bob@example.org",
  "whoever@caught.example": "bob@example.org in caught",
  "whoever@lost.example": "5.1.1 Nobody is behind this name",
  postmaster: "postmaster@example.org",
  "PostMaster@bücher.example": "postmaster@example.org",
  "postmaster@caught.example": "postmaster@example.org",
  "abuse@example.net": "alice@example.org, /var/mail/archive",
  "abuse@bücher.example": "alice@example.org, /var/mail/archive",
  "victim%far.example@example.org": "5.1.3 Addresses with a way in them are not taken",
  '"victim@far.example"@example.org': "5.1.3 Addresses with a way in them are not taken",
  "far.example!victim@example.org": "5.1.3 Addresses with a way in them are not taken",
  '"|/bin/sh"@example.org': "5.1.1 No such user",
  '"/etc/passwd"@example.org': "5.1.1 No such user",
  '"\\\\bob"@example.org': "5.1.1 No such user",
};

describe("mailRouter", () => {
  for (const [address, expected] of Object.entries(routes))
    test(`${address} leads to ${expected.slice(0, 60)}`, async () => {
      assert.equal(spell(await router.route(address)), expected);
    });

  test("it knows its domains in every spelling", () => {
    const ours = ["example.org", "EXAMPLE.org.", "example.net", "BÜCHER.example", "xn--bcher-kva.example"];
    assert.deepEqual(
      ours.map(router.isLocal),
      ours.map(() => true),
    );
    for (const far of ["xexample.org", "org", "", "example.org.evil.example", "[127.0.0.1]", "a b"])
      assert.equal(router.isLocal(far), false, far);
  });

  test("separators are what one says", async () => {
    const dashed = mailRouter({ ...options, separator: "-=" });
    assert.equal(spell(await dashed.route("bob-x=y@example.org")), "bob@example.org in x=y");
    assert.equal(spell(await dashed.route("owner-list@example.org")), "bob@example.org");
    assert.equal(spell(await dashed.route("bob-request@example.org")), "5.1.1 No such user");
    assert.equal(
      spell(await mailRouter({ ...options, separator: "" }).route("bob+x@example.org")),
      "5.1.1 No such user",
    );
  });

  test("users send on what comes, with a copy or without", async () => {
    const forwarding = {
      "alice@example.org": { to: ["alice@far.example", "bob"], keepsCopy: true },
      "bob@example.org": { to: ["bob@far.example"] },
      "carol@example.com": { to: ["carol@example.com", "carol@far.example"] },
    };
    const forwardingOf = (user: string) => forwarding[user as "bob@example.org"];
    const to = async (address: string) =>
      spell(await mailRouter({ ...options, aliases: undefined, forwardingOf }).route(address));
    assert.equal(await to("bob@example.org"), "-> bob@far.example");
    assert.equal(await to("alice+x@example.org"), "alice@example.org in x, -> alice@far.example, -> bob@far.example");
    assert.equal(await to("carol@example.com"), "carol@example.com, -> carol@far.example");
  });

  test("who runs the domains is whom one says, and somebody in any case", async () => {
    const to = async (postmaster: string) =>
      spell(await mailRouter({ ...options, aliases: undefined, postmaster }).route("abuse@example.com"));
    assert.equal(await to("bob"), "bob@example.org");
    assert.equal(await to("dave@far.example"), "-> dave@far.example");
    assert.equal(await to("ghost"), "postmaster@example.org; missing ghost@example.org");
  });

  test("domains that make no sense are refused", () => {
    const wrong: readonly (readonly [MailRouterOptions["domains"], RegExp])[] = [
      [[], /there is no domain/],
      [["a b"], /is no domain/],
      [["example.org", "EXAMPLE.org"], /in two ways/],
      [[{ name: "example.org", aliasOf: "example.net" }], /not one of the domains/],
      [
        [
          { name: "a.example", aliasOf: "b.example" },
          { name: "b.example", aliasOf: "a.example" },
        ],
        /stand for each other/,
      ],
    ];
    for (const [domains, expected] of wrong) assert.throws(() => mailRouter({ ...options, domains }), expected);
  });

  test("what leads too far is refused", async () => {
    const chain = Array.from({ length: 60 }, (_, i) => `a${i}: a${i + 1}`).join("\n");
    const wide = `wide: ${Array.from({ length: 9_999 }, (_, i) => `u${i}@far.example`).join()}`;
    const long = mailRouter({
      ...options,
      aliases: memoryMailAliases(`${chain}\na60: bob\n${wide}\nboth: wide, x@far, y@far\n`),
    });
    assert.equal(spell(await long.route("a20@example.org")), "bob@example.org");
    assert.equal(spell(await long.route("a0@example.org")), "5.2.4 The aliases of this name lead too far");
    const { to } = (await long.route("wide@example.org")) as Extract<MailRoute, { type: "deliver" }>;
    assert.equal(to.length, 9_999);
    assert.equal(spell(await long.route("both@example.org")), "5.2.4 The aliases of this name lead too far");
  });
});

describe("mailSenderRewriting", () => {
  const clock = new ManualClock();
  const day = 86_400_000;
  const srs = mailSenderRewriting({ domain: "example.org", secrets: ["a secret of ours", "the one before"], clock });
  const far = mailSenderRewriting({ domain: "far.example", secrets: ["another secret"], clock });
  const localOf = (address: string) => address.slice(0, address.lastIndexOf("@"));

  test("a report finds its way back for three weeks", async () => {
    const sender = srs.rewrite("bob@far.example");
    assert.match(sender, /^SRS0=[A-Z2-7]{6}=[A-Z2-7]{2}=far\.example=bob@example\.org$/);
    const back = mailRouter({ ...options, srs });
    for (const address of [sender, sender.toLowerCase(), sender.replace("SRS0=", "SRS0+")])
      assert.equal(spell(await back.route(address)), "-> bob@far.example from <>");
    clock.advance(21 * day);
    assert.equal(srs.reverse(localOf(sender)), "bob@far.example");
    clock.advance(day);
    assert.match(spell(await back.route(sender)), /^5\.1\.1 This address was good for some days/);
  });

  test("what has been rewritten before leads back to who did it", () => {
    const once = far.rewrite("carol@third.example");
    const twice = srs.rewrite(once);
    assert.match(twice, /^SRS1=[A-Z2-7]{6}=far\.example==/);
    assert.equal(srs.reverse(localOf(twice)), once);
    const thrice = mailSenderRewriting({ domain: "x.example", secrets: ["12345678"], clock }).rewrite(twice);
    assert.match(thrice, /^SRS1=[A-Z2-7]{6}=far\.example==.*@x\.example$/);
    const dashed = once.replace("SRS0=", "SRS0-");
    assert.equal(srs.reverse(localOf(srs.rewrite(dashed))), dashed);
  });

  test("nobody else makes one, nor changes one", () => {
    const sender = localOf(srs.rewrite("bob@far.example"));
    for (const forged of [
      sender.replace("bob", "eve"),
      sender.replace("far.example", "victim.example"),
      sender.replace(/=(..)=far/, "=AA=far"),
      "SRS0=AAAAAA=AA=far.example=bob",
      "SRS0=",
      "SRS1=AAAAAA=far.example==x=y=z=bob",
      "SRS1=x",
    ])
      assert.equal(typeof srs.reverse(forged), "object", forged);
    assert.equal(srs.reverse("bob"), undefined);
    assert.equal(srs.reverse("srs"), undefined);
  });

  test("a secret may be changed, and what does not fit goes as it came", () => {
    const before = mailSenderRewriting({ domain: "example.org", secrets: ["the one before"], clock });
    assert.equal(srs.reverse(localOf(before.rewrite("bob@far.example"))), "bob@far.example");
    assert.equal(srs.rewrite(""), "");
    const long = `${"x".repeat(60)}@far.example`;
    assert.equal(srs.rewrite(long), long);
    assert.throws(() => mailSenderRewriting({ domain: "example.org", secrets: ["short"], clock }), RangeError);
  });
});
