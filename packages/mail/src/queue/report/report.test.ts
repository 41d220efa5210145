import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock } from "@hawser/core/testing";
import { mailQueueLimits, mailQueueTimes } from "../limits.ts";
import { memoryMailQueueStore } from "../memory/store.ts";
import type { MailTransportResult, NewQueuedMail, QueuedMail } from "../queue.ts";
import { conclude } from "../runner/conclusion.ts";
import type { MailQueueDraft } from "../store.ts";
import { busy, delivered, refused } from "../testing/scripted-transport.test.kit.ts";
import { contentIn } from "../testing/store-contract.test.kit.ts";
import { reportMail } from "./report.ts";

const hour = 3_600_000;
const relayed: MailTransportResult = { outcome: "relayed", by: "old.example.net" };
const passed: MailTransportResult = { outcome: "passed" };

/** What the sender of a message hears after one attempt. */
async function reportOn(
  draft: Partial<MailQueueDraft>,
  results: readonly MailTransportResult[],
  { hours = 0, postmaster }: { hours?: number; postmaster?: string } = {},
): Promise<{ report: NewQueuedMail | undefined; text: string; mail: QueuedMail }> {
  const clock = new ManualClock();
  const random = new SeededRandom("reports");
  const reactor = { ...memoryReactor(), clock, random };
  const store = memoryMailQueueStore();
  const to = results.map((_, i) => ({ address: `r${i}@example.net` }));
  const whole = {
    id: "message1",
    submittedAt: clock.wall(),
    from: "alice@example.org",
    to,
    content: "Subject: Hi\r\nX: 1\r\n\r\nHello\r\n",
  };
  const mail = await store.add({ ...whole, ...draft }, { octetsMax: 10_000_000 });
  clock.advance(hours * hour);
  const tried = mail.to.map((recipient, i) => ({ recipient, result: results[i]! }));
  const { reported } = conclude(mail, tried, { now: clock.wall(), times: mailQueueTimes, random });
  const settings = { name: "mx.example.org", postmaster };
  const content = () => store.read(mail.id);
  const report =
    reported.length === 0
      ? undefined
      : await reportMail({ mail, reported, content, reactor, limits: mailQueueLimits, settings });
  if (report !== undefined) await store.add({ ...report, id: "report00", submittedAt: 0 }, { octetsMax: 10_000_000 });
  return { report, text: report === undefined ? "" : await contentIn(store, "report00"), mail };
}

function actionsIn(text: string): readonly string[] {
  return [...text.matchAll(/^Final-Recipient: \S+ (\S+)\r\nAction: (\w+)\r\nStatus: (\S+)\r$/gm)].map(
    ([, address, action, status]) => `${address} ${action} ${status}`,
  );
}

test("a report has its parts, its fields, and no sender (RFC 3464, RFC 6522)", async () => {
  const to = [{ address: "r0@example.net", orcpt: "rfc822;robert@example.net" }];
  const { report, text } = await reportOn({ to, envid: "QQ 314", ret: "HDRS" }, [refused]);
  assert.equal(report!.from, "");
  assert.deepEqual(report!.to, [{ address: "alice@example.org" }]);
  for (const line of [
    "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>",
    "To: <alice@example.org>",
    "Auto-Submitted: auto-replied",
    "Original-Envelope-Id: QQ 314",
    "Reporting-MTA: dns; mx.example.org",
    "Arrival-Date: Sat, 01 Jan 2000 00:00:00 +0000".replace("01 Jan", "1 Jan"),
    "Original-Recipient: rfc822; robert@example.net",
    "Final-Recipient: rfc822; r0@example.net",
    "Action: failed",
    "Status: 5.1.1",
    "Remote-MTA: dns; mx.example.net",
    "Diagnostic-Code: smtp; 550 5.1.1 No such user",
  ])
    assert.ok(text.includes(`\r\n${line}\r\n`), `${line}\n${text}`);
  assert.match(text, /Content-Type: text\/rfc822-headers; charset=utf-8\r\n\r\nSubject: Hi\r\nX: 1\r\n/);
  assert.ok(!text.includes("Hello"));
});

test("a sender hears of what he asked for (RFC 3461 §4.1)", async () => {
  const told = async (notify: MailQueueDraft["to"][number]["notify"], result: MailTransportResult, hours = 0) =>
    actionsIn((await reportOn({ to: [{ address: "r0@example.net", notify }] }, [result], { hours })).text)[0]?.split(
      " ",
    )[1];
  assert.equal(await told(undefined, refused), "failed");
  assert.equal(await told(["FAILURE"], refused), "failed");
  assert.equal(await told(["SUCCESS", "DELAY"], refused), undefined);
  assert.equal(await told([], refused), undefined);
  assert.equal(await told(undefined, delivered), undefined);
  assert.equal(await told(["SUCCESS"], delivered), "delivered");
  assert.equal(await told(["SUCCESS"], relayed), "relayed");
  assert.equal(await told(["SUCCESS"], passed), undefined);
  assert.equal(await told(undefined, busy, 3), undefined);
  assert.equal(await told(undefined, busy, 5), "delayed");
  assert.equal(await told(["DELAY"], busy, 5), "delayed");
  assert.equal(await told(["FAILURE"], busy, 5), undefined);
  assert.equal(await told(undefined, busy, 121), "failed");
  assert.equal(await told([], busy, 121), undefined);
});

test("one report tells of all recipients of an attempt", async () => {
  const { text } = await reportOn({}, [refused, delivered, busy], { hours: 6 });
  assert.deepEqual(actionsIn(text), ["r0@example.net failed 5.1.1", "r2@example.net delayed 4.2.1"]);
  assert.match(text, /Will-Retry-Until: Thu, 6 Jan 2000 00:00:00 \+0000\r\n/);
  assert.match(
    text,
    /Your message could not be delivered to:[\s\S]*r0@example\.net[\s\S]*has not been delivered yet to:[\s\S]*r2@/,
  );
});

test("what a report brings back is what its sender wants, as far as it is not too much (RFC 3461 §4.3)", async () => {
  const of = (octets: number) => `Subject: Hi\r\n\r\n${"0123456789abcd\r\n".repeat(octets / 16)}THE END\r\n`;
  const isWhole = async (octets: number, ret?: "FULL" | "HDRS", result = refused, notify?: ["SUCCESS"]) =>
    (await reportOn({ content: of(octets), ret, to: [{ address: "r0@example.net", notify }] }, [result])).text.includes(
      "THE END",
    );
  assert.equal(await isWhole(16_000), true);
  assert.equal(await isWhole(16_000, "HDRS"), false);
  assert.equal(await isWhole(64_000), false);
  assert.equal(await isWhole(64_000, "FULL"), true);
  assert.equal(await isWhole(1_600_000, "FULL"), false);
  assert.equal(await isWhole(16_000, "FULL", delivered, ["SUCCESS"]), false);
});

test("nothing that a peer or a sender says begins a field of its own", async () => {
  const evil: MailTransportResult = {
    ...{ outcome: "failed", status: "9.9\r\nX-Evil: 1", text: "No", by: "mx\r\nX-Evil: 2" },
    reply: { code: 550, lines: ["a\r\nX-Evil: 3", `${"long ".repeat(2_000)}`, "\u202e\u0007"] },
  };
  const { text } = await reportOn(
    { envid: "x\tX-Evil: 4", to: [{ address: '"a b"@example.net', orcpt: "odd;\u00fc X-Evil: 5" }] },
    [evil],
  );
  assert.doesNotMatch(text, /^X-Evil/m);
  assert.match(text, /^Status: 5\.0\.0\r$/m);
  assert.ok(text.split("\r\n").every((line) => line.length <= 998));
});

test("addresses beyond US-ASCII are spelt as RFC 6533 §3 has it, and their sender is written to in UTF-8", async () => {
  const { report, text } = await reportOn(
    { from: "zo\u00eb@example.org", utf8: true, to: [{ address: "gr\u00fcn@example.net" }] },
    [refused],
  );
  assert.match(text, /^Final-Recipient: utf-8; gr\\x\{FC\}n@example\.net\r$/m);
  assert.equal(report!.utf8, true);
});

test("nobody but the postmaster hears of a report that comes back", async () => {
  assert.equal((await reportOn({ from: "" }, [refused])).report, undefined);
  const { report } = await reportOn({ from: "" }, [refused], { postmaster: "postmaster@example.org" });
  assert.deepEqual(report!.to, [{ address: "postmaster@example.org" }]);
  const his = { from: "", to: [{ address: "postmaster@example.org" }] };
  assert.equal((await reportOn(his, [refused], { postmaster: "postmaster@example.org" })).report, undefined);
  assert.equal(
    (await reportOn({ from: "" }, [busy], { hours: 6, postmaster: "postmaster@example.org" })).report,
    undefined,
  );
});
