import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError, type Reactor } from "@hawser/core";
import { diskMailQueueStore } from "../queue/disk/store.ts";
import { MailQueueError } from "../queue/errors.ts";
import { sendmailBench } from "./sendmail.test.kit.ts";

describe("sendmail", () => {
  test("puts a message into the queue, as PHP, cron and people write them", async () => {
    const bench = sendmailBench();
    const call = await bench.call(["-t", "-i"], "To: bob@example.net\nSubject: Hi\n\nHello\n.\nthere\n");
    assert.deepEqual(call, { status: 0, output: [], errors: [] });
    const [mail] = bench.queue.mails;
    assert.equal(mail?.from, "alice@example.org");
    assert.deepEqual(mail?.to, [{ address: "bob@example.net", notify: undefined }]);
    assert.equal(mail?.body, "7BIT");
    assert.match(
      bench.queue.text(0),
      /^Received: by host\.example\.org \(Hawser, from user 1000\);\r\n\t.*\r\nMessage-ID: <[^>]+@host\.example\.org>\r\nDate: .* \+0000\r\nFrom: alice@example\.org\r\nTo: bob@example\.net\r\nSubject: Hi\r\n\r\nHello\r\n\.\r\nthere\r\n$/,
    );
  });

  test("has the envelope, the name and the reports that its words ask for", async () => {
    const bench = sendmailBench();
    const words = [
      "-f",
      "bounces@example.org",
      "-FAlice B",
      "-N",
      "failure",
      "-R",
      "hdrs",
      "-V",
      "id1",
      "bob",
      "carol@example.net, dave",
    ];
    assert.equal((await bench.call(words, "\xe4\n.\nnot read\n")).status, 0);
    const { id: _, content: __, ...mail } = bench.queue.mails[0]!;
    const notify = ["FAILURE"];
    const to = ["bob@example.org", "carol@example.net", "dave@example.org"].map((address) => ({ address, notify }));
    assert.deepEqual(mail, { from: "bounces@example.org", to, body: "8BITMIME", ret: "HDRS", envid: "id1" });
    assert.match(bench.queue.text(0), /\r\nFrom: Alice B <bounces@example\.org>\r\n\r\n\xe4\r\n$/);
  });

  test("-f <> is the null reverse-path, and the author stays who called", async () => {
    const bench = sendmailBench();
    await bench.call(["-f", "<>", "bob@example.net"], "x\n");
    assert.equal(bench.queue.mails[0]?.from, "");
    assert.match(bench.queue.text(0), /\r\nFrom: alice@example\.org\r\n/);
  });

  test("-t sends to operands as well, each address once, and Bcc is not seen", async () => {
    const bench = sendmailBench();
    await bench.call(["-ti", "bob@example.net", "eve@example.net"], "To: bob@example.net\nBcc: root\n\n");
    assert.deepEqual(
      bench.queue.mails[0]?.to.map(({ address }) => address),
      ["bob@example.net", "root@example.org", "eve@example.net"],
    );
    assert.doesNotMatch(bench.queue.text(0), /bcc/i);
  });

  test("takes names from the environment, passwd(5), mailname and the system", async () => {
    const bench = sendmailBench(
      { queue: "/q" },
      {
        "etc/mailname": "mail.example.com\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:& Liddell,Room 1:/home/alice:/bin/sh\n",
      },
    );
    await bench.call(["bob"], "");
    await bench.call(["bob"], "", { environment: { NAME: "A" } });
    assert.match(bench.queue.text(0), /\r\nFrom: Alice Liddell <alice@mail\.example\.com>\r\n/);
    assert.match(bench.queue.text(1), /\r\nFrom: A <alice@mail\.example\.com>\r\n/);
    assert.equal(bench.queue.mails[0]?.to[0]?.address, "bob@mail.example.com");
    const odd = sendmailBench({ queue: "/q" });
    await odd.call(["bob"], "", { hostName: "a b\r\n" });
    assert.equal(odd.queue.mails[0]?.to[0]?.address, "bob@localhost");
  });

  test("says what it did with -v", async () => {
    const { output } = await sendmailBench().call(["-v", "a@x.example", "b@x.example"], "");
    assert.deepEqual(output, ["a@x.example... queued as q1", "b@x.example... queued as q1"]);
  });

  const refusals: readonly (readonly [status: number, why: RegExp, words: readonly string[], input: string])[] = [
    [64, /name its recipients/, [], ""],
    [64, /names no recipient/, ["-t"], "Subject: none\n\n"],
    [64, /no option/, ["-k", "x"], ""],
    [65, /no address/, ["a@b..c"], ""],
    [65, /no address/, ["-t"], "To: a@-b.c\n\n"],
    [65, /no address/, ["-f", "a b c", "x"], ""],
    [65, /more than 2000 octets/, ["x"], "x".repeat(2_001)],
    [65, /header has more than 1000 octets/, ["x"], `Subject: ${"x".repeat(1_000)}\n\n`],
    [65, /more than 3 recipients/, ["a", "b", "c", "d"], ""],
    [69, /goes in a circle/, ["x"], "Received: x\n".repeat(5)],
  ];
  for (const [status, why, words, input] of refusals)
    test(`exits with ${status} for ${JSON.stringify(words)} and ${JSON.stringify(input.slice(0, 20))}`, async () => {
      const bench = sendmailBench();
      const limits = { messageOctetsMax: 2_000, headerOctetsMax: 1_000, recipientsMax: 3, hopsMax: 4 };
      const call = await bench.call(words, input, { limits });
      assert.equal(call.status, status);
      assert.match(call.errors.join("\n"), why);
      assert.deepEqual(bench.queue.mails, []);
    });

  test("lets only trusted users send with other addresses, where the settings name some", async () => {
    const bench = sendmailBench({ queue: "/q", domain: "example.org", trustedUsers: ["www-data"] });
    const other = await bench.call(["-f", "bob@example.org", "x"], "");
    assert.equal(other.status, 77);
    assert.match(other.errors[0]!, /"alice" is not trusted/);
    assert.equal((await bench.call(["-f", "", "x"], "")).status, 77);
    assert.equal((await bench.call(["-f", "Alice@example.org", "x"], "")).status, 0);
    const user = { name: "www-data", uid: 33, home: undefined };
    assert.equal((await bench.call(["-f", "bob@example.org", "x"], "", { user })).status, 0);
  });

  test("brings messages to a queue on the disk, which somebody else runs, if there is one", async () => {
    const openQueue = undefined;
    const bench = sendmailBench({ queue: "/var/spool/hawser" });
    const missing = await bench.call(["x"], "", { openQueue });
    assert.equal(missing.status, 78);
    assert.match(missing.errors[0]!, /no queue in "\/var\/spool\/hawser"/);
    await using _ = await diskMailQueueStore(bench.reactor, "/var/spool/hawser"); // as its owner does
    assert.equal((await bench.call(["x@example.net"], "Hi\n", { openQueue })).status, 0);
    const { output } = await bench.call(["-bp"], "", { openQueue });
    assert.match(output.join("\n"), / {2}alice@host\.example\.org\n +x@example\.net\n\n-- 1 Kbytes in 1 Request\.$/);
  });

  test("says that a queue is not for everybody", async () => {
    const bench = sendmailBench();
    const fault = new FileError("not-permitted", 'Cannot stat "mail": permission denied');
    const files: Reactor["files"] = (root) => {
      const tree = bench.reactor.files(root);
      return root === "/" ? tree : { ...tree, stat: () => Promise.reject(fault) };
    };
    const call = await bench.call(["x"], "", { openQueue: undefined, reactor: { ...bench.reactor, files } });
    assert.deepEqual(
      [call.status, call.errors],
      [77, ['sendmail: Cannot send mail: the queue in "/var/spool/hawser" is for its owner alone']],
    );
  });

  test("knows by its exit status what went wrong with the queue", async () => {
    const bench = sendmailBench();
    bench.queue.failure = new MailQueueError("full", "Cannot take the message: the queue is full");
    assert.equal((await bench.call(["x"], "")).status, 75);
    bench.queue.failure = new MailQueueError("too-large", "Cannot take the message: it is too large");
    assert.equal((await bench.call(["x"], "")).status, 65);
    bench.queue.failure = new TypeError("a mistake");
    assert.equal((await bench.call(["x"], "")).status, 70);
  });
});

describe("sendmail -oe", () => {
  const broken = "To: a@b..c\nSubject: s\n\nFrom here\n";

  test("p prints, q is quiet, both with the status", async () => {
    const printed = await sendmailBench().call(["-t"], broken);
    assert.deepEqual([printed.status, printed.errors.length], [65, 1]);
    assert.deepEqual(await sendmailBench().call(["-oeq", "-t"], broken), { status: 65, output: [], errors: [] });
  });

  test("m mails the message back, and e does so and succeeds", async () => {
    for (const [word, status] of [
      ["-oem", 65],
      ["-oee", 0],
    ] as const) {
      const bench = sendmailBench();
      assert.deepEqual(await bench.call([word, "-t"], broken), { status, output: [], errors: [] });
      const [report] = bench.queue.mails;
      assert.equal(report?.from, "");
      assert.deepEqual(report?.to, [{ address: "alice@example.org" }]);
      assert.match(bench.queue.text(0), /\r\nAuto-Submitted: auto-replied\r\n/);
      assert.match(
        bench.queue.text(0),
        /Content-Type: message\/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nTo: a@b\.\.c\r\nSubject: s\r\n\r\nFrom here\r\n/,
      );
    }
  });

  test("m keeps in dead.letter what cannot be mailed, one message behind the other", async () => {
    const bench = sendmailBench();
    bench.queue.failure = new MailQueueError("full", "Cannot take the message: the queue is full");
    const call = await bench.call(["-oem", "-t"], broken);
    assert.equal(call.status, 65);
    assert.match(call.errors.join("\n"), /no address.*\n.*was put into \/home\/alice\/dead\.letter/);
    await bench.call(["-oem", "-t"], broken);
    const entry =
      "From alice@example\\.org \\w{3} \\w{3} [ \\d]\\d [\\d:]{8} \\d{4}\nTo: a@b\\.\\.c\nSubject: s\n\n>From here\n\n";
    assert.match((await bench.file("/home/alice/dead.letter"))!, new RegExp(`^${entry}${entry}$`));
    const grown = await bench.call(["-oem", "-t"], broken, { limits: { deadLetterOctetsMax: 100 } });
    assert.match(grown.errors.join("\n"), /could not be kept either: dead\.letter has grown too large/);
    const user = { name: "nobody", uid: 65534, home: undefined };
    assert.match((await bench.call(["-oem", "-t"], broken, { user })).errors.join("\n"), /"nobody" has no folder/);
  });

  test("w mails where nobody can be written to", async () => {
    const bench = sendmailBench(); // which has no processes
    assert.equal((await bench.call(["-oew", "-t"], broken)).status, 65);
    assert.equal(bench.queue.mails.length, 1);
  });

  test("m brings back the header alone of what is large", async () => {
    const bench = sendmailBench();
    await bench.call(["-oem", "-t"], `To: a@b..c\n\n${"long line\n".repeat(30_000)}`);
    assert.match(
      bench.queue.text(0),
      /text\/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\nTo: a@b\.\.c\r\n\r\n--/,
    );
  });
});

describe("sendmail -bp, -q, -bv, -bi", () => {
  test("prints the queue as programs read it", async () => {
    const bench = sendmailBench();
    assert.deepEqual(await bench.call(["-bp"]), { status: 0, output: ["Mail queue is empty"], errors: [] });
    await bench.call(["-f", "<>", "a@x.example", "b@x.example"], "x");
    const { output } = await bench.call(["-bp"]);
    assert.equal(output[0], "-Queue ID-            --Size-- ---Arrival Time---- -Sender/Recipient-------");
    assert.match(output[1]!, /^q1 {24}\d{3} Fri Nov {2}6 00:00:00 {2}MAILER-DAEMON$/);
    assert.deepEqual(output.slice(2), [
      `${" ".repeat(51)}a@x.example`,
      `${" ".repeat(51)}b@x.example`,
      "",
      "-- 1 Kbytes in 1 Request.",
    ]);
  });

  test("tries the queue again", async () => {
    const bench = sendmailBench();
    assert.deepEqual(await bench.call(["-q"]), { status: 0, output: [], errors: [] });
    await bench.call(["-qIabc"]);
    assert.deepEqual((await bench.call(["-v", "-qRexample.net"])).output, ["0 messages to be tried now"]);
    assert.deepEqual(bench.queue.flushed, [
      { id: undefined, domain: undefined },
      { id: "abc", domain: undefined },
      { id: undefined, domain: "example.net" },
    ]);
  });

  test("tells whether addresses are good, by the router where there is one", async () => {
    const bench = sendmailBench();
    const plain = await bench.call(["-bv", "bob", "a@b..c"]);
    assert.equal(plain.status, 65);
    assert.deepEqual(plain.output, ["bob@example.org... good, as far as is known here"]);
    const router = {
      isLocal: () => true,
      route: async (address: string) =>
        address.startsWith("bob")
          ? { type: "deliver" as const, to: [{ type: "mailbox" as const, user: "bob@example.org" }] }
          : { type: "refuse" as const, status: "5.1.1", text: "No such user" },
    };
    assert.deepEqual(await bench.call(["-bv", "bob", "eve"], "", { router }), {
      status: 67,
      output: [
        "bob@example.org... deliverable: bob@example.org",
        "eve@example.org... not deliverable: 5.1.1 No such user",
      ],
      errors: [],
    });
  });

  test("has nothing to do for aliases", async () => {
    assert.deepEqual(await sendmailBench().call(["-bi"]), { status: 0, output: [], errors: [] });
  });
});

describe("the settings of sendmail", () => {
  const wrong: readonly (readonly [text: string, why: RegExp])[] = [
    ["{", /is not JSON/],
    ["[]", /holds no object/],
    ['{"queue":"/q","relais":"x"}', /the key "relais", which means nothing/],
    ['{"queue":"q"}', /the value of "queue"/],
    ['{"queue":"/q","relay":"tcp:x:25"}', /one of "queue" and "relay"/],
    ["{}", /one of "queue" and "relay"/],
    ['{"relay":"tcp:x:25","user":"a"}', /both of "user" and "passwordFile"/],
    ['{"queue":"/q","user":"a","passwordFile":"/p"}', /no "relay"/],
    ['{"queue":"/q","domain":"a b"}', /the value of "domain"/],
    ['{"relay":"nonsense:x"}', /no endpoint type "nonsense"/],
    ['{"relay":"tcp:x:25","user":"a","passwordFile":"/none"}', /\/none cannot be read/],
  ];
  for (const [text, why] of wrong)
    test(`${text} is refused with EX_CONFIG, and not told`, async () => {
      const { status, errors } = await sendmailBench(text).call(["x"], "x");
      assert.equal(status, 78);
      assert.match(errors.join("\n"), why);
    });

  test("come from the variable, from home, or from the system", async () => {
    const own = '{"queue":"/q","domain":"own.example"}';
    const bench = sendmailBench(undefined, {
      "home/alice/.config/hawser/sendmail.json": own,
      "opt/s.json": own.replace("own", "opt"),
    });
    await bench.call(["x"], "");
    await bench.call(["x"], "", { environment: { HAWSER_SENDMAIL: "/opt/s.json" } });
    await bench.call(["x"], "", { user: { name: "bob", uid: 1, home: undefined } });
    assert.deepEqual(
      bench.queue.mails.map(({ to }) => to[0]?.address),
      ["x@own.example", "x@opt.example", "x@example.org"],
    );
    assert.equal((await bench.call(["x"], "", { environment: { HAWSER_SENDMAIL: "/opt/none.json" } })).status, 78);
    assert.equal((await bench.call(["x"], "", { environment: { HAWSER_SENDMAIL: "opt/s.json" } })).status, 78);
  });

  test("must be somewhere", async () => {
    const bench = sendmailBench();
    await bench.reactor.files("/etc/hawser").remove("sendmail.json");
    const { status, errors } = await bench.call(["x"], "");
    assert.equal(status, 78);
    assert.match(errors[0]!, /write \/etc\/hawser\/sendmail\.json/);
  });
});
