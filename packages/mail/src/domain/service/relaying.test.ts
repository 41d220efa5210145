import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { aliceLogsIn, bringing, scene } from "../testing/scene.test.kit.ts";

describe("a mail domain is no open relay", () => {
  const spam = "spam@far.example";
  /** Sender and recipient, and the answer to the first of them that is refused. */
  const rows: readonly (readonly [name: string, from: string, to: string, answer: number])[] = [
    ["a local recipient", spam, "bob@example.org", 250],
    ["1 far to far", spam, "victim@far.example", 550],
    ["2 a sender who says to be local", "bob@example.org", "victim@far.example", 550],
    ["3 a sender at localhost", "spam@localhost", "victim@far.example", 550],
    ["4 a sender without a domain", "spam", "victim@far.example", 501],
    ["5 the null sender", "", "victim@far.example", 550],
    ["6 a sender at our address", "spam@[127.0.0.1]", "victim@far.example", 550],
    ["7 percent", spam, "victim%far.example@example.org", 550],
    ["8 percent at our address", spam, "victim%far.example@[127.0.0.1]", 550],
    ["9 quoted without a domain", spam, '"victim@far.example"', 501],
    ["10 quoted percent without a domain", spam, '"victim%far.example"', 501],
    ["11 two ats", spam, "victim@far.example@example.org", 501],
    ["12 quoted at", spam, '"victim@far.example"@example.org', 550],
    ["13 two ats at our address", spam, "victim@far.example@[127.0.0.1]", 501],
    ["14 a source route", spam, "@example.org:victim@far.example", 550],
    ["15 a source route by our address", spam, "@[127.0.0.1]:victim@far.example", 501],
    ["16 a bang path", spam, "far.example!victim", 501],
    ["17 a bang path at our name", spam, "far.example!victim@example.org", 550],
    ["another case of our name", spam, "bob@EXAMPLE.org", 250],
    ["a domain that ends as ours", spam, "victim@notexample.org", 550],
    ["a domain that begins as ours", spam, "victim@example.org.far.example", 550],
    ["a user's folder", spam, "bob+x@example.org", 250],
    ["a folder with a way in it", spam, "bob+victim%far.example@example.org", 550],
    ["a command for a name", spam, '"|/bin/sh"@example.org', 550],
    ["a file for a name", spam, '"/tmp/x"@example.org', 550],
    ["a list to be included for a name", spam, '":include:/etc/passwd"@example.org', 550],
    ["a rewritten sender that nobody wrote", "", "SRS0=AAAAAA=AA=far.example=victim@example.org", 550],
  ];

  for (const [name, from, to, answer] of rows)
    test(name, () =>
      scene({}, async (one) => {
        const isSender = answer === 501 && !from.includes("@");
        const envelope = isSender
          ? `C: MAIL FROM:<${from}>\nS: 501 …`
          : `C: MAIL FROM:<${from}>\nS: 250 …\nC: RCPT TO:<${to}>\nS: ${answer} …`;
        await one.play(`S: 220 …\nC: EHLO x\nS: 250 …\n${envelope}`);
        await one.play(`S: 220 …\nC: EHLO x\nS: 250 …\nC: MAIL FROM:<${from}>\nS: 530 …`, { port: 587 });
        assert.deepEqual(one.queue.waiting, []);
      }),
    );

  test("who has logged in sends anywhere, but by no way through us", () =>
    scene({}, async (one) => {
      const to = (address: string, answer: string) => `C: RCPT TO:<${address}>\nS: ${answer} …`;
      await one.play(
        [
          `S: 220 …\nC: EHLO x\nS: 250 …\n${aliceLogsIn}\nC: MAIL FROM:<alice@example.org>\nS: 250 …`,
          to("victim@far.example", "250"),
          to("victim%far.example@example.org", "550"),
          to("far.example!victim@example.org", "550"),
          to('"victim@far.example"@example.org', "550"),
          to("ghost@example.org", "550"),
        ].join("\n"),
      );
    }));

  test("a login ends with the session", () =>
    scene({}, async (one) => {
      await one.play(`S: 220 …\nC: EHLO x\nS: 250 …\n${aliceLogsIn}`);
      await one.play(
        `S: 220 …\nC: EHLO x\nS: 250 …\nC: MAIL FROM:<alice@example.org>\nS: 250 …\nC: RCPT TO:<victim@far.example>\nS: 550 …`,
      );
    }));

  test("mail that comes by aliases goes on, since we have said so", () =>
    scene({ aliases: "far: victim@far.example\n" }, async (one) => {
      await one.play(bringing(spam, "far@example.org", "Subject: x\n\nx", "250 2.0.0 Queued as Q1"));
      assert.equal(one.queue.waiting[0]!.mail.to[0]!.address, "far@example.org");
    }));
});
