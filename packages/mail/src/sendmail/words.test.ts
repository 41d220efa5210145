import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SendmailError } from "./errors.ts";
import type { SendmailRequest } from "./request.ts";
import { parseSendmailWords } from "./words.ts";

const plain: SendmailRequest = {
  mode: "submit",
  recipients: [],
  headerRecipients: false,
  dotEnds: true,
  errorMode: "print",
  isGateway: false,
  isVerbose: false,
};

describe("parseSendmailWords takes", () => {
  const rows: readonly (readonly [words: string, said: Partial<SendmailRequest>])[] = [
    ["root", { recipients: ["root"] }],
    ["-t", { headerRecipients: true }],
    // What PHP, cron, mutt, s-nail, git and monit call it with.
    ["-t -i", { headerRecipients: true, dotEnds: false }],
    ["-t -i -fwebmaster@example.org", { headerRecipients: true, dotEnds: false, sender: "webmaster@example.org" }],
    [
      "-FCronDaemon -i -B8BITMIME -oem root",
      { fullName: "CronDaemon", dotEnds: false, body: "8BITMIME", errorMode: "mail", recipients: ["root"] },
    ],
    [
      "-oem -oi -f alice@example.org -- bob@example.net",
      { errorMode: "mail", dotEnds: false, sender: "alice@example.org", recipients: ["bob@example.net"] },
    ],
    ["-i bob@example.net carol@example.net", { dotEnds: false, recipients: ["bob@example.net", "carol@example.net"] }],
    ["-N failure,delay -R hdrs -- bob", { notify: ["FAILURE", "DELAY"], ret: "HDRS", recipients: ["bob"] }],
    ["-tif user", { headerRecipients: true, dotEnds: false, sender: "user" }],
    ["-tifuser", { headerRecipients: true, dotEnds: false, sender: "user" }],
    ["-r user -t", { headerRecipients: true, sender: "user" }],
    ["-f <> root", { sender: "", recipients: ["root"] }],
    ["-f <alice@example.org> root", { sender: "alice@example.org", recipients: ["root"] }],
    ["-f -t root", { sender: "-t", recipients: ["root"] }],
    ["-- -t", { recipients: ["-t"] }],
    ["root -t", { recipients: ["root", "-t"] }],
    ["-", { recipients: ["-"] }],
    ["-N NEVER -V id-1 -R FULL x", { notify: [], envid: "id-1", ret: "FULL", recipients: ["x"] }],
    ["-N success,success x", { notify: ["SUCCESS"], recipients: ["x"] }],
    ["-B7bit x", { body: "7BIT", recipients: ["x"] }],
    ["-bm x", { recipients: ["x"] }],
    ["-bs", { mode: "smtp" }],
    ["-bp", { mode: "list" }],
    ["-bp -v", { mode: "list", isVerbose: true }],
    ["-bi", { mode: "aliases" }],
    ["-I", { mode: "aliases" }],
    ["-bv a b", { mode: "verify", recipients: ["a", "b"] }],
    ["-q", { mode: "flush" }],
    ["-q30m", { mode: "flush" }],
    ["-q1h30m -v", { mode: "flush", isVerbose: true }],
    ["-qIabc123", { mode: "flush", flushId: "abc123" }],
    ["-qRexample.net", { mode: "flush", flushDomain: "example.net" }],
    ["-qR@example.net", { mode: "flush", flushDomain: "example.net" }],
    ["-oee x", { errorMode: "mail-and-succeed", recipients: ["x"] }],
    ["-oeq x", { errorMode: "quiet", recipients: ["x"] }],
    ["-oew x", { errorMode: "write", recipients: ["x"] }],
    ["-oep x", { recipients: ["x"] }],
    ["-em x", { errorMode: "mail", recipients: ["x"] }],
    ["-odb -odi -odq -odd -om -oMrxyz -oA/x x", { recipients: ["x"] }],
    [
      "-O ErrorMode=q -ODeliveryMode=b -OIgnoreDots=True -OTimeout.queue=1d x",
      { errorMode: "quiet", dotEnds: false, recipients: ["x"] },
    ],
    ["-oi0 x", { recipients: ["x"] }],
    ["-U -n -m -c -x -s -Lsm -Am -pESMTP:host -h 3 -T1d -d0.1 -d -G x", { isGateway: true, recipients: ["x"] }],
    ["-C /etc/mail/sendmail.cf x", { recipients: ["x"] }],
  ];
  for (const [words, said] of rows)
    test(words, () => assert.deepEqual(parseSendmailWords(words.split(" ")), { ...plain, ...said }));

  test("an empty sender, which is none", () => {
    assert.equal(parseSendmailWords(["-f", "", "root"]).sender, "");
  });

  test("a name with spaces", () => {
    assert.equal(parseSendmailWords(["-F", "Cron Daemon", "root"]).fullName, "Cron Daemon");
  });
});

describe("parseSendmailWords refuses with EX_USAGE", () => {
  for (const words of [
    "",
    "-i",
    "-k x",
    "-t -bp",
    "-t -bs",
    "-bs x",
    "-bv",
    "-bd",
    "-bt x",
    "-bconstructor x",
    "-f",
    "-ti -f",
    "-B 9BIT x",
    "-N maybe x",
    "-N success,never x",
    "-R some x",
    "-oex x",
    "-oe x",
    "-odx x",
    "-h many x",
    "-qSalice",
    "-qI",
    "-q! ",
    "-V \u00fc x",
    // Files that strangers could name (CVE-2016-10033, CVE-2017-7692)
    "-X/var/www/html/shell.php x",
    "-D/tmp/x x",
    "-OQueueDirectory=/tmp -X/var/www/a.php -t",
    "--relay tcp:evil.example:25 x",
  ])
    test(JSON.stringify(words), () =>
      assert.throws(
        () => parseSendmailWords(words === "" ? [] : words.split(" ")),
        (error) => error instanceof SendmailError && error.status === 64,
      ),
    );

  test("a name of an envelope that is too long", () => {
    assert.throws(() => parseSendmailWords(["-V", "x".repeat(101), "root"]), SendmailError);
  });
});
