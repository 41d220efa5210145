import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { dkimDnsRecord, generateDkimKey } from "../../sender/dkim/keys.ts";
import { verifyDkim } from "../../sender/dkim/verifier.ts";
import { memoryLookups } from "../../sender/lookups/memory-lookups.ts";
import { splitMessage } from "../../sender/split-message.ts";
import { MailAliasError } from "../errors.ts";
import { mailSenderRewriting } from "../router/srs.ts";
import { aliceLogsIn, bringing, fullStore, Scene, scene, submitting } from "../testing/scene.test.kit.ts";

const hello = "Subject: Tea?\nFrom: carol@far.example\n\nAt five.";

describe("mail from outside", () => {
  test("it is in the mailbox when the client hears yes, with its trace before it", () =>
    scene({}, async (one) => {
      await one.play(bringing("carol@far.example", "Alice@Example.ORG", hello));
      const [message, ...others] = await one.folder("alice@example.org");
      assert.deepEqual([others, one.queue.waiting], [[], []]);
      assert.match(
        message!,
        /^Return-Path: <carol@far\.example>\r\nDelivered-To: Alice@Example\.ORG\r\nReceived: from client\.example [\s\S]*\r\nSubject: Tea\?\r\nFrom: carol@far\.example\r\n\r\nAt five\.\r\n$/,
      );
    }));

  test("who is not there is told so, and so is who is elsewhere", () =>
    scene({ aliases: "round: about\nabout: round\n" }, (one) =>
      one.play(`
        S: 220 mx.example.org ESMTP ready
        C: EHLO client.example
        S: 250 …
        C: MAIL FROM:<carol@far.example>
        S: 250 …
        C: RCPT TO:<ghost@example.org>
        S: 550 5.1.1 No such user
        C: RCPT TO:<victim@far.example>
        S: 550 5.7.1 Mail is not sent on from here
        C: RCPT TO:<victim%far.example@example.org>
        S: 550 5.1.3 Addresses with a way in them are not taken
        C: RCPT TO:<round@example.org>
        S: 550 5.4.6 The aliases of this name go in a circle
        C: RCPT TO:<postmaster>
        S: 250 …
        C: RCPT TO:<abuse@example.com>
        S: 250 …`),
    ));

  test("several recipients get it once each, whatever they are called", () =>
    scene({ aliases: "team: alice, bob\nsales: alice+sales\n" }, async (one) => {
      await (await one.store.account("alice@example.org")).create("Sales");
      const to = ["team@example.org", "bob@example.org", "alice+nowhere@example.org", "sales@example.com"];
      await one.play(bringing("", to, hello));
      await one.queue.run(one.local);
      assert.equal((await one.folder("bob@example.org")).length, 1);
      assert.equal((await one.folder("alice@example.org", "Sales")).length, 1);
      const inbox = await one.folder("alice@example.org");
      assert.deepEqual(
        inbox.map((message) => /^Return-Path: <>\r\nDelivered-To: (.*)\r\n/.exec(message)?.[1]),
        ["team@example.org", "alice+nowhere@example.org"],
      );
    }));

  test("what goes to programs, files or elsewhere goes through the queue, and others with it", () =>
    scene({ aliases: 'tickets: "|/bin/tickets"\n' }, async (one) => {
      const text = bringing(
        "carol@far.example",
        ["alice@example.org", "tickets@example.org"],
        hello,
        "250 2.0.0 Queued as Q1",
      );
      await one.play(
        text.replace("<tickets@example.org>", "<tickets@example.org> NOTIFY=DELAY ORCPT=rfc822;x+2By@z.example"),
      );
      const [waiting] = one.queue.waiting;
      assert.deepEqual(waiting!.given.to, [
        { address: "alice@example.org", notify: undefined, orcpt: undefined },
        { address: "tickets@example.org", notify: ["DELAY"], orcpt: "rfc822;x+y@z.example" },
      ]);
      assert.match(waiting!.content, /^Received: /);
      assert.deepEqual(await one.folder("alice@example.org"), []);
      await one.queue.run(one.local);
      assert.match(
        (await one.folder("alice@example.org"))[0]!,
        /\r\nDelivered-To: alice@example\.org\r\nReceived: by mx\.example\.org id Q1\r\n\tfor </,
      );
    }));

  test("who wants to hear of success gets a report, which the queue writes", () =>
    scene({}, async (one) => {
      await one.play(
        bringing("carol@far.example", "alice@example.org", hello).replace(
          "<alice@example.org>",
          "<alice@example.org> NOTIFY=SUCCESS",
        ),
      );
      assert.equal(one.queue.waiting.length, 1);
    }));

  test("a mailbox that is full is told, and does not keep others from their mail", () =>
    scene({ store: fullStore }, async (one) => {
      await one.play(bringing("carol@far.example", "full@example.org", hello, "452 4.2.2 The mailbox is full"));
      assert.equal(one.queue.waiting.length, 0);
      await one.play(bringing("carol@far.example", ["full@example.org", "bob@example.org"], hello));
      assert.equal((await one.folder("bob@example.org")).length, 1);
      assert.deepEqual(
        one.queue.waiting[0]!.mail.to.map(({ address }) => address),
        ["full@example.org"],
      );
      one.queue.refuses = "full";
      await one.play(
        bringing("carol@far.example", ["full@example.org", "bob@example.org"], hello, "452 4.3.1 The queue is full…"),
      );
    }));

  test("a mailbox that is full may be told as full for good", () =>
    scene({ store: fullStore, domain: { overQuota: "fail" } }, (one) =>
      one.play(bringing("carol@far.example", "full@example.org", hello, "552 5.2.2 The mailbox is full")),
    ));

  test("a message that was here before, or was everywhere, is refused", () =>
    scene({}, async (one) => {
      const back = `Delivered-To: ALICE@example.org\n${hello}`;
      await one.play(
        bringing("", "alice@example.org", back, "554 5.4.6 The message was delivered to this address before"),
      );
      const tired = `${"Received: from a by b; now\n".repeat(101)}${hello}`;
      await one.play(bringing("", "alice@example.org", tired, "554 5.4.6 …"));
      await one.play(
        bringing("", "alice@example.org", `X: ${"x".repeat(900)}\n`.repeat(300) + hello, "552 5.3.4 The header…"),
      );
      assert.deepEqual(await one.folder("alice@example.org"), []);
    }));

  test("a client that goes away in the middle has sent nothing", () =>
    scene({}, async (one) => {
      await one.play(bringing("", "alice@example.org", hello).replace(/C: \.\nS: .*$/, ""));
      await one.world.clock.sleep(1_000);
      assert.deepEqual([await one.folder("alice@example.org"), one.queue.waiting], [[], []]);
    }));

  test("large messages wait in files, and leave nothing behind", () =>
    scene({ domain: { spool: { folder: "/spool", memoryOctetsMax: 1_000, totalOctetsMax: 2_000 } } }, async (one) => {
      await one.world.reactor.files("/").makeDirectory("spool");
      const large = `${hello}\n${"0123456789\n".repeat(20_000)}`;
      await one.play(bringing("", ["alice@example.org", "bob@example.org"], large));
      for (const user of ["alice@example.org", "bob@example.org"]) {
        const [message] = await one.folder(user);
        assert.ok(message!.endsWith(`\r\n${"0123456789\r\n".repeat(20_000)}\r\n`) && message!.includes("At five."));
      }
      assert.deepEqual(await one.world.reactor.files("/").list("spool"), []);
    }));

  test("what is too much for the memory is refused for now", () =>
    scene({ domain: { spool: { totalOctetsMax: 2_000 } } }, async (one) => {
      const large = `${hello}\n${"0123456789\n".repeat(1_000)}`;
      await one.play(bringing("", "alice@example.org", large, "452 4.3.1 Too many messages…"));
      await one.play(bringing("", "alice@example.org", hello));
    }));

  test("mail for lists whose members cannot be read now may come again", async () => {
    const targets = async (): Promise<never> => {
      throw new MailAliasError("unreadable", "not found", { path: "/etc/list" });
    };
    const faults: unknown[] = [];
    const hear = (fault: unknown): void => void faults.push(fault);
    subscribe("hawser:fault", hear);
    const rcpt = "C: RCPT TO:<list@example.org>\nS: 451 4.3.0 Nobody can tell now whom this is for\n";
    await simulate({ seed: 1, faultsFail: false }, async (world) => {
      const one = new Scene(world, { router: { aliases: { targets } } });
      await one.listen();
      await one.play(`S: 220 …\nC: EHLO x\nS: 250 …\nC: MAIL FROM:<>\nS: 250 …\n${rcpt}${rcpt}`);
    }).finally(() => unsubscribe("hawser:fault", hear));
    assert.equal(faults.length, 1, "told once");
  });
});

describe("mail from our own people", () => {
  test("it is made whole, signed, and sent on", async () => {
    const key = { domain: "example.org", selector: "2026", privateKey: generateDkimKey("ed25519") };
    await scene({ domain: { dkim: [key, { ...key, domain: "example.com" }] } }, async (one) => {
      const text =
        "From: Alice <alice@example.org>\nTo: dave@far.example\nBcc: secret@far.example\nSubject: Hi\n\nHello";
      await one.play(
        submitting("alice@example.org", ["dave@far.example", "secret@far.example"], text, "250 2.0.0 Queued as Q1"),
        { port: 587 },
      );
      const { content, mail } = one.queue.waiting[0]!;
      assert.deepEqual([mail.from, mail.to.length], ["alice@example.org", 2]);
      assert.match(
        content,
        /^DKIM-Signature: v=1; a=ed25519-sha256[\s\S]*\r\nReceived: [\s\S]*with ESMTPA [\s\S]*\r\nDate: [\s\S]*\r\nMessage-ID: <[0-9a-f]{32}@mx\.example\.org>\r\n\r\nHello\r\n$/,
      );
      assert.doesNotMatch(content, /secret|bcc/i);
      const { header, body } = splitMessage(Buffer.from(content, "latin1"));
      const { name, text: record } = dkimDnsRecord(key);
      const lookups = memoryLookups({ [name]: { TXT: [record] } });
      const results = await verifyDkim(header, body, { lookups, now: one.world.clock.wall() });
      assert.deepEqual(
        results.map(({ status, signature }) => [status, signature?.domain]),
        [["pass", "example.org"]],
      );
    });
  });

  test("nobody writes as somebody else, on the envelope or within", () =>
    scene({ aliases: "sales: alice, bob\nmarketing: bob\n" }, async (one) => {
      const from = (text: string) => `From: ${text}\n\nHello`;
      const refused = "550 5.7.1 The address in From is not yours";
      const send = (envelope: string, message: string, end?: string) =>
        one.play(submitting(envelope, "dave@far.example", message, end), { port: 587 });
      await send("alice+x@example.org", from("sales@example.org"));
      await send("", from("ALICE@example.com, alice@example.org"), refused);
      await send("alice@example.org", from("marketing@example.org"), refused);
      await send("alice@example.org", from("bob@example.org"), refused);
      await send("alice@example.org", from("alice@example.org, bob@example.org"), refused);
      await send("alice@example.org", from("postmaster@far.example"), refused);
      const one550 = "550 5.6.0 The message must have one field From…";
      await send("alice@example.org", "Subject: x\n\nHello", one550);
      await send("alice@example.org", `From: alice@example.org\n${from("bob@example.org")}`, one550);
      await send("alice@example.org", from("undisclosed:;"), one550);
      for (const port of [25, 587])
        await one.play(
          `S: 220 …\nC: EHLO x\nS: 250 …\n${aliceLogsIn}\nC: MAIL FROM:<bob@example.org>\nS: 553 5.7.1 This is not your address`,
          { port },
        );
      assert.equal(one.queue.waiting.length, 1);
    }));

  test("networks of ours send on without a login", () =>
    scene(
      {
        domain: ({ reactor }) => ({
          relayFrom: ["127.0.0.0/8", "10.0.0.0/8", "::/0"],
          reactor,
          policies: [
            {
              recipient: () => {
                throw new Error("asked");
              },
            },
          ],
        }),
      },
      async (one) => {
        await one.play(bringing("cron@example.org", "dave@far.example", "From: root@example.org\n\nDone"));
        assert.match(one.queue.waiting[0]!.content, /\r\nMessage-ID: /);
      },
    ));
});

describe("senders are judged", () => {
  const lookups = memoryLookups({
    "good.example": { TXT: ["v=spf1 ip4:0.0.0.0/0 ip6:::/0 -all"] },
    "_dmarc.good.example": { TXT: ["v=DMARC1; p=reject"] },
    "_dmarc.reject.example": { TXT: ["v=DMARC1; p=reject"] },
    "_dmarc.quarantine.example": { TXT: ["v=DMARC1; p=quarantine"] },
  });
  const from = (domain: string) =>
    `From: x@${domain}\nAuthentication-Results: mx.example.org; dmarc=pass\nSubject: Hi\n\nHello`;
  const judging = (dmarc?: "enforce" | "junk" | "mark") => ({ domain: { senders: { lookups, dmarc } } });
  const send = (one: Scene, domain: string, end?: string) =>
    one.play(bringing(`x@${domain}`, "alice@example.org", from(domain), end));

  test("what is found stands on top, and what others said in our name is gone", () =>
    scene(judging(), async (one) => {
      await send(one, "good.example");
      const [message] = await one.folder("alice@example.org");
      assert.match(
        message!,
        /^Return-Path: [\s\S]*Delivered-To: [\s\S]*\r\nAuthentication-Results: mx\.example\.org;[\s\S]*spf=pass[\s\S]*dmarc=pass/,
      );
      assert.equal(message!.match(/^Authentication-Results:/gim)?.length, 1);
    }));

  test("a domain that disowns a message has it refused, or laid aside", () =>
    scene(judging(), async (one) => {
      await send(one, "reject.example", "550 5.7.26 The domain in From says that it did not send this message");
      await send(one, "quarantine.example");
      assert.equal((await one.folder("alice@example.org")).length, 0);
      assert.match(
        (await one.folder("alice@example.org", "Junk"))[0]!,
        /\r\nX-Spam-Flag: YES\r\nAuthentication-Results: /,
      );
    }));

  test("as far as one says", async () => {
    await scene(judging("junk"), async (one) => {
      await send(one, "reject.example");
      assert.equal((await one.folder("alice@example.org", "Junk")).length, 1);
    });
    await scene(judging("mark"), async (one) => {
      await send(one, "reject.example");
      assert.match((await one.folder("alice@example.org"))[0]!, /dmarc=fail/);
    });
  });

  test("what names no author goes to junk, and through the queue as well", () =>
    scene({ ...judging(), aliases: "both: alice, dave@far.example\n" }, async (one) => {
      await one.play(
        bringing("", "both@example.org", "From: a@x.example\nFrom: b@y.example\n\nHi", "250 2.0.0 Queued as Q1"),
      );
      await one.queue.run(one.local);
      assert.equal((await one.folder("alice@example.org", "Junk")).length, 1);
    }));
});

describe("reports about mail that was sent on", () => {
  test("they find their way back, and nothing else does", () =>
    simulateSrs(async (one, sender) => {
      await one.play(bringing("", sender, hello, "250 2.0.0 Queued as Q1"));
      await one.queue.run(one.local);
      const [back] = one.queue.waiting;
      assert.deepEqual([back!.mail.from, back!.mail.to[0]!.address], ["", "carol@far.example"]);
      const envelope = (from: string, to: string, answer: string) =>
        one.play(`S: 220 …\nC: EHLO x\nS: 250 …\nC: MAIL FROM:<${from}>\nS: 250 …\nC: RCPT TO:<${to}>\nS: ${answer}`);
      await envelope("spam@far.example", sender, "550 5.7.1 Reports alone are taken for this address");
      await envelope("", sender.replace("carol", "victim"), "550 5.1.1 This is no address that we have made");
    }));

  function simulateSrs(run: (one: Scene, sender: string) => Promise<void>): Promise<void> {
    let wall = 0;
    const clock = { wall: () => wall } as never;
    const srs = mailSenderRewriting({ domain: "example.org", secrets: ["a secret of ours"], clock });
    return scene({ router: { srs } }, (one) => {
      wall = one.world.clock.wall();
      return run(one, srs.rewrite("carol@far.example"));
    });
  }
});

describe("LMTP", () => {
  test("each recipient has an answer of its own", () =>
    scene({ store: fullStore, aliases: "out: dave@far.example\n" }, async (one) => {
      const to = ["alice@example.org", "full@example.org", "out@example.org"];
      const text = bringing("carol@far.example", to, hello, "250 2.1.5 Delivered").replace("EHLO", "LHLO");
      await one.play(`${text}\nS: 452 4.2.2 The mailbox is full\nS: 250 2.1.5 Delivered`, { port: 24 });
      assert.equal((await one.folder("alice@example.org")).length, 1);
      assert.deepEqual(
        one.queue.waiting.map(({ mail }) => mail.to.map(({ address }) => address)),
        [["out@example.org"]],
      );
      one.queue.refuses = "closed";
      await one.play(`${text}\nS: 452 4.2.2 …\nS: 451 4.3.2 The queue is closed…`, { port: 24 });
      const far =
        "S: 220 …\nC: LHLO x\nS: 250 …\nC: MAIL FROM:<>\nS: 250 …\nC: RCPT TO:<dave@far.example>\nS: 550 5.7.1 …";
      await one.play(far, { port: 24 });
    }));
});
