import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandContext, listen, memoryTree, type Reactor, UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { connectImap } from "../../imap/index.ts";
import { connectSmtp, sendMail } from "../../smtp/index.ts";
import { parseMailFailure } from "../failures.ts";
import { mailLocalCommand } from "./index.ts";
import type { MailLocalCommandValues } from "./options.ts";

const nothing: MailLocalCommandValues = {
  ...{ smtp: [], web: [], pop3: [], imap: [], webName: [], tlsCert: [], tlsKey: [], fail: [] },
  ...{
    allowPlainText: false,
    pedantic: false,
    quiet: false,
    maxMessages: undefined,
    keep: undefined,
    releaseTo: undefined,
  },
};

async function running(
  given: Partial<MailLocalCommandValues>,
  body: (reactor: Reactor, printed: string[]) => Promise<void>,
  reactor: Reactor = memoryReactor(),
): Promise<void> {
  const printed: string[] = [];
  const context: CommandContext = {
    ...{ reactor, users: [] },
    print: (line) => void printed.push(line),
    openLog: () => Promise.reject(new Error("no logs here")),
    listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
  };
  const service = await mailLocalCommand.start({ ...nothing, ...given }, context);
  try {
    await body(reactor, printed);
  } finally {
    await service.stop({ graceMs: 0 });
  }
}

const draft = {
  from: "ann@example.org",
  to: ["a@example.net", "b@example.net", "c@example.net"],
  subject: "Hi \x1b[2J",
  text: "x",
};

test("it listens where nothing needs privileges, says so, and tells of each message without obeying it", () =>
  running({}, async (reactor, printed) => {
    assert.deepEqual(printed, [
      "listening on smtp://127.0.0.1:1025",
      "listening on pop3://127.0.0.1:1110",
      "listening on imap://127.0.0.1:1143",
      "listening on http://127.0.0.1:8025/",
      "look at http://127.0.0.1:8025/",
      "IMAP and POP3 let everybody in, by any password",
    ]);
    await using client = await connectSmtp("tcp:127.0.0.1:1025", { reactor });
    await client.send({ from: draft.from, to: draft.to, content: "Subject: Hi \x1b[2J\r\n\r\nx\r\n" });
    assert.match(printed.at(-1)!, /^message 1 to a@example\.net and 2 others: Hi �\[2J, \d complaints$/);
  }));

test("it listens nowhere when told so, and prints nothing of messages when told so", async () => {
  const given = { smtp: ["tcp:25"], web: ["none"], pop3: ["none"], imap: ["none"], quiet: true };
  await running(given, async (reactor, printed) => {
    await sendMail(draft, { via: "tcp:127.0.0.1:25", reactor });
    assert.deepEqual(printed, ["listening on smtp://127.0.0.1:25"]);
  });
  const listens = await mailLocalCommand.preview!({ ...nothing, ...given }, { reactor: memoryReactor() });
  assert.deepEqual(listens, { listens: ["tcp:25"] });
});

test("what makes no sense is said", async () => {
  const preview = (given: Partial<MailLocalCommandValues>) =>
    mailLocalCommand.preview!({ ...nothing, ...given }, { reactor: memoryReactor() });
  await assert.rejects(preview({ smtp: ["none", "tcp:25"] }), UsageError);
  await assert.rejects(preview({ tlsKey: ["key.pem"] }), UsageError);
  await assert.rejects(preview({ smtp: ["tls:465"] }), /needs a certificate/);
  await assert.rejects(preview({ smtp: ["tpc:25"] }), UsageError);
  await assert.rejects(preview({ releaseTo: "tpc:example.org:25" }), UsageError);
  const secure = await preview({
    smtp: ["tls:465"],
    tlsCert: ["mail.pem"],
    web: ["none"],
    pop3: ["none"],
    imap: ["none"],
  });
  assert.deepEqual(secure.listens, ["tls:465:cert=mail.pem"]);
  const cluster = { ...memoryReactor(), kind: "cluster" } as Reactor;
  await assert.rejects(
    running({}, async () => {}, cluster),
    UsageError,
  );
});

test("pedantic, it refuses, and prints why", () =>
  running({ pedantic: true }, async (reactor, printed) => {
    await using client = await connectSmtp("tcp:127.0.0.1:1025", { reactor });
    const content = "From: ann@example.org\r\nSubject: Hi\r\n\r\nx\r\n";
    await assert.rejects(client.send({ from: "ann@example.org", to: "b@example.net", content }), { code: 550 });
    assert.match(printed.at(-3)!, /^message 1 to b@example\.net: Hi, 2 complaints, refused$/);
    assert.deepEqual(printed.slice(-2), [
      "  RFC 5322 §3.6: There is no Date",
      "  RFC 5322 §3.6.4: There is no Message-ID",
    ]);
  }));

test("it fails as it was told", () =>
  running({ fail: [parseMailFailure("recipient:a@*=550 5.1.1 Nobody")] }, async (reactor) => {
    await assert.rejects(sendMail({ ...draft, to: "a@example.net" }, { via: "tcp:127.0.0.1:1025", reactor }), {
      code: 550,
    });
  }));

test("what is kept in a folder is there the next time", async () => {
  const tree = memoryTree();
  const reactor = memoryReactor({ files: () => tree });
  await running(
    { keep: "/mail" },
    () => sendMail(draft, { via: "tcp:127.0.0.1:1025", reactor }).then(() => {}),
    reactor,
  );
  await running(
    { keep: "/mail" },
    async () => {
      await using client = await connectImap("tcp:127.0.0.1:1143", {
        login: { user: "b@example.net", password: "x" },
        reactor,
      });
      await using inbox = await client.select("INBOX");
      assert.equal(inbox.exists, 1);
    },
    reactor,
  );
});

const spelled: readonly (readonly [string, object])[] = [
  ["recipient:*@full.example=452", { stage: "recipient", match: "*@full.example", reply: "452" }],
  ["message=451 4.3.0 Try again later,once", { stage: "message", reply: "451 4.3.0 Try again later", times: 1 }],
  ["connect=drop,20%", { stage: "connect", drop: true, chance: 0.2 }],
  ["sender=5s", { stage: "sender", delayMs: 5_000 }],
  ["hello:localhost=550,300ms,3x", { stage: "hello", match: "localhost", reply: "550", delayMs: 300, times: 3 }],
];

for (const [text, failure] of spelled) test(`--fail ${text}`, () => assert.deepEqual(parseMailFailure(text), failure));

for (const text of [
  "",
  "nowhere=451",
  "message",
  "message=",
  "message=250",
  "message=once",
  "sender=0%",
  "sender=451\r\n250 ok",
])
  test(`--fail ${JSON.stringify(text)} is refused`, () => assert.throws(() => parseMailFailure(text), UsageError));
