import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ImapFlow } from "imapflow";
import type { MailAccount } from "../store/store.ts";
import { needs, runProgram, serveHere, temporaryFolder } from "./testing/programs.test.kit.ts";
import { fill, hello, mixed } from "./testing/served.test.kit.ts";

/** Flags and checksums of all messages of a folder, whatever their order. */
async function contents(account: MailAccount, name: string): Promise<readonly string[]> {
  const folder = await account.open(name);
  const lines: string[] = [];
  for (const { uid, flags } of folder.messages) {
    const pieces: Uint8Array[] = [];
    for await (const piece of folder.read(uid)) pieces.push(piece);
    const text = withoutMark(Buffer.concat(pieces).toString("latin1"));
    const kept = [...flags].filter((flag) => flag.startsWith("\\")).sort();
    lines.push(`${createHash("sha256").update(text, "latin1").digest("hex")} ${kept.join(" ")}`);
  }
  return lines.sort();
}

/** mbsync marks what it copies, to find it again. */
function withoutMark(text: string): string {
  return text.replace(/^X-TUID: .*\r\n/m, "");
}

test("Python's imaplib", async (t) => {
  if (!needs(t, "python3")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const script = `
import imaplib, sys
M = imaplib.IMAP4("127.0.0.1", ${port})
M.login("alice", "wonderland")
assert M.create("Entw&APw-rfe")[0] == "OK"
print(M.list()[1])
print(M.select("INBOX")[1])
print(M.search(None, "FROM", '"gray"')[1])
typ, data = M.fetch("1:2", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
print([d[1] for d in data if isinstance(d, tuple)])
print(M.store("1", "+FLAGS", "\\\\Deleted")[1])
print(M.append("INBOX", "\\\\Seen", imaplib.Time2Internaldate(0), b"Subject: appended\\r\\n\\r\\nbody\\r\\n"))
print(M.uid("COPY", "1:*", '"Entw&APw-rfe"')[0])
print(M.expunge())
print(M.sort("REVERSE SIZE", "UTF-8", "ALL")[1])
print(M.thread("REFERENCES", "UTF-8", "ALL")[0])
print(M.status("INBOX", "(MESSAGES UIDNEXT)")[1])
print(M.namespace()[1], M.getquotaroot("INBOX")[0])
M.close(); M.logout()
M = imaplib.IMAP4("127.0.0.1", ${port})
M.authenticate("PLAIN", lambda challenge: b"\\0alice\\0wonderland")
M.enable("UTF8=ACCEPT")
print(M.append("INBOX", None, None, "Subject: Grüße\\r\\n\\r\\nx\\r\\n".encode())[0])
print(M.select("INBOX", readonly=True)[1], M.uid("SEARCH", "ALL")[1])
M.logout()
`;
  const said = await runProgram("python3", ["-c", script]);
  assert.match(said, /\[b'2'\]\n\[b'1'\]/);
  assert.match(said, /Subject: IMAP4rev2 WG mtg summary and minutes/);
  assert.match(said, /\[b'1 \(FLAGS \(\\\\Deleted \\\\Recent\)\)'\]/);
  assert.match(said, /\('OK', \[b'1'\]\)/);
  assert.match(said, /\[b'3'\] \[b'2 3 4'\]/);
  assert.equal((await contents(account, "Entwürfe")).length, 3);
});

test("curl", async (t) => {
  if (!needs(t, "curl")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const curl = (path: string, ...words: string[]) =>
    runProgram("curl", ["-sS", "-u", "alice:wonderland", `imap://127.0.0.1:${port}/${path}`, ...words]);
  assert.match(await curl(""), /LIST \(\\HasNoChildren \\Subscribed\) "\/" "INBOX"/);
  assert.equal(await curl("INBOX;MAILINDEX=1"), hello.lines.join("\r\n"));
  assert.equal(await curl("INBOX;UID=2;SECTION=1"), "Gr=C3=BC=C3=9Fe");
  assert.match(await curl("INBOX?SUBJECT%20minutes"), /^\* SEARCH 1\r\n$/);
  const file = join(temporaryFolder(t), "mail");
  writeFileSync(file, "Subject: from curl\r\n\r\nHello\r\n");
  await curl("INBOX", "-T", file);
  assert.match(await curl("INBOX;MAILINDEX=3;SECTION=HEADER"), /Subject: from curl/);
  await curl("INBOX", "-X", "STORE 3 +Flags \\Deleted");
  assert.equal((await account.status("INBOX")).deletedCount, 1);
});

/** A Maildir's messages, as {@link contents} tells them: without what mbsync adds, and with CRLF. */
function maildirContents(folder: string): readonly string[] {
  const names = ["cur", "new"].flatMap((sub) => readdirSync(join(folder, sub)).map((name) => join(folder, sub, name)));
  const letters: Readonly<Record<string, string>> = {
    D: "\\Draft",
    F: "\\Flagged",
    R: "\\Answered",
    S: "\\Seen",
    T: "\\Deleted",
  };
  return names
    .map((name) => {
      const text = readFileSync(name, "latin1")
        .replace(/\r?\n/g, "\r\n")
        .replace(/^X-TUID: .*\r\n/m, "");
      const flags = [...(/:2,(.*)$/.exec(name)?.[1] ?? "")].map((letter) => letters[letter]!).sort();
      return `${createHash("sha256").update(text, "latin1").digest("hex")} ${flags.join(" ")}`;
    })
    .sort();
}

test("mbsync, both ways, again and again", async (t) => {
  if (!needs(t, "mbsync")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  await account.create("Archive");
  const home = temporaryFolder(t);
  mkdirSync(join(home, "mail"));
  const config = [
    ...[
      "IMAPAccount here",
      "Host 127.0.0.1",
      `Port ${port}`,
      "User alice",
      "Pass wonderland",
      "SSLType None",
      "AuthMechs PLAIN",
      "",
    ],
    ...["IMAPStore far", "Account here", ""],
    ...["MaildirStore near", `Path ${home}/mail/`, `Inbox ${home}/mail/INBOX`, "SubFolders Verbatim", ""],
    ...[
      "Channel all",
      "Far :far:",
      "Near :near:",
      "Patterns *",
      "Create Both",
      "Expunge Both",
      "Sync All",
      "SyncState *",
      "",
    ],
  ];
  writeFileSync(join(home, "rc"), config.join("\n"));
  const sync = () => runProgram("mbsync", ["-c", join(home, "rc"), "-a"], { home });
  const inbox = join(home, "mail", "INBOX");
  let number = 0;
  const message = () =>
    `From: a@example.org\r\nSubject: number ${++number}\r\nMessage-Id: <${number}@example.org>\r\n\r\nbody ${number}\r\n`;
  for (let round = 0; round < 8; round++) {
    await sync();
    assert.deepEqual(maildirContents(inbox), await contents(account, "INBOX"), `round ${round}`);
    const folder = await account.open("INBOX");
    await account.append("INBOX", [{ content: [Buffer.from(message())], flags: round % 2 === 0 ? ["\\Seen"] : [] }]);
    const [first, second] = folder.messages;
    if (first !== undefined)
      await folder.changeFlags([first.uid], { operation: "add", flags: ["\\Flagged", "\\Answered"] });
    if (second !== undefined && round % 3 === 2) await folder.expunge([second.uid]);
    writeFileSync(join(inbox, "new", `${1_000 + number}.near`), message().replaceAll("\r\n", "\n"));
    const cur = readdirSync(join(inbox, "cur")).sort();
    const last = cur.at(-1);
    if (last !== undefined && round % 2 === 1) rmSync(join(inbox, "cur", last));
    else if (last?.includes(":2,") === true)
      renameSync(join(inbox, "cur", last), join(inbox, "cur", `${last.split(":2,")[0]}:2,FS`));
    await sync();
    await sync();
    assert.deepEqual(
      maildirContents(inbox),
      await contents(account, "INBOX"),
      `round ${round}, after changes on both sides`,
    );
  }
  assert.ok((await contents(account, "INBOX")).length >= 8);
});

test("offlineimap", async (t) => {
  if (!needs(t, "offlineimap")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const home = temporaryFolder(t);
  const config = [
    ...["[general]", "accounts = a", "ui = quiet", `metadata = ${home}/meta`, ""],
    ...["[Account a]", "localrepository = l", "remoterepository = r", ""],
    ...["[Repository l]", "type = Maildir", `localfolders = ${home}/mail`, ""],
    ...[
      "[Repository r]",
      "type = IMAP",
      "remotehost = 127.0.0.1",
      `remoteport = ${port}`,
      "remoteuser = alice",
      "remotepass = wonderland",
      "ssl = no",
      "starttls = no",
      "auth_mechanisms = PLAIN",
      "",
    ],
  ];
  writeFileSync(join(home, "rc"), config.join("\n"));
  const sync = () => runProgram("offlineimap", ["-o", "-1", "-c", join(home, "rc")], { home });
  await sync();
  const inbox = join(home, "mail", "INBOX");
  const subjects = () =>
    ["cur", "new"]
      .flatMap((sub) =>
        readdirSync(join(inbox, sub)).map(
          (name) => /^Subject: (.*?)\r?$/m.exec(readFileSync(join(inbox, sub, name), "utf8"))?.[1],
        ),
      )
      .sort();
  assert.deepEqual(subjects(), ["=?UTF-8?Q?Caf=C3=A9?=", "IMAP4rev2 WG mtg summary and minutes"]);
  writeFileSync(
    join(inbox, "new", "1.local"),
    "From: a@example.org\nSubject: from here\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\nbody\n",
  );
  await fill(account, "INBOX", [{ lines: ["Subject: from there", "From: a@example.org", "", "x", ""] }]);
  await sync();
  assert.equal((await account.status("INBOX")).messageCount, 4);
  assert.equal(subjects().length, 4);
});

test("fetchmail", async (t) => {
  if (!needs(t, "fetchmail")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const home = temporaryFolder(t);
  const rc = join(home, "rc");
  writeFileSync(
    rc,
    `poll 127.0.0.1 service ${port} protocol imap auth password user alice password wonderland mda "cat >> ${home}/got" sslproto ""\n`,
  );
  chmodSync(rc, 0o600);
  await runProgram(
    "fetchmail",
    ["-f", rc, "--pidfile", join(home, "pid"), "-i", join(home, "ids"), "--nosyslog", "-a"],
    { home },
  );
  const got = readFileSync(join(home, "got"), "utf8");
  assert.match(got, /Hello, world/);
  assert.match(got, /Caf=C3=A9/);
  assert.equal((await account.status("INBOX")).messageCount, 0); // it removes what it has
});

test("getmail", async (t) => {
  if (!needs(t, "getmail")) return;
  const { port } = await serveHere(t, [hello, mixed]);
  const home = temporaryFolder(t);
  const config = [
    ...[
      "[retriever]",
      "type = SimpleIMAPRetriever",
      "server = 127.0.0.1",
      `port = ${port}`,
      "username = alice",
      "password = wonderland",
      "",
    ],
    ...[
      "[destination]",
      "type = MDA_external",
      "path = /bin/sh",
      `arguments = ("-c", "cat >> ${home}/got; sleep 1")`, // getmail waits for ever for a child that ends before it waits
      "allow_root_commands = true",
      "",
    ],
  ];
  writeFileSync(join(home, "rc"), config.join("\n"), { mode: 0o600 });
  await runProgram("getmail", ["--getmaildir", home, "--rcfile", "rc"], { home });
  assert.equal(readFileSync(join(home, "got"), "utf8").match(/^Subject: IMAP4rev2|^Subject: =\?UTF-8/gm)?.length, 2);
});

test("imapflow", async (t) => {
  const { port, account } = await serveHere(t, [hello, mixed]);
  const client = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: false,
    auth: { user: "alice", pass: "wonderland" },
    logger: false,
    qresync: true,
  });
  await client.connect();
  try {
    await client.mailboxCreate("Entwürfe/2026");
    assert.ok((await client.list()).some(({ path }) => path === "Entwürfe/2026"));
    const lock = await client.getMailboxLock("INBOX");
    const subjects: (string | undefined)[] = [];
    for await (const { envelope } of client.fetch("1:*", {
      envelope: true,
      bodyStructure: true,
      flags: true,
      source: true,
    }))
      subjects.push(envelope?.subject);
    assert.deepEqual(subjects, ["IMAP4rev2 WG mtg summary and minutes", "Café"]);
    assert.deepEqual(await client.search({ subject: "café" }, { uid: true }), [2]);
    await client.messageFlagsAdd("1", ["\\Flagged"]);
    await client.append("INBOX", "Subject: x\r\n\r\nbody\r\n", ["\\Seen"]);
    await client.messageMove("3", "Entwürfe/2026");
    await client.messageDelete({ uid: "1" });
    const seen = new Promise((resolve) => client.once("exists", resolve));
    const idling = client.idle();
    await fill(account, "INBOX", [hello]);
    await seen;
    lock.release();
    assert.deepEqual(await client.status("INBOX", { messages: true, uidNext: true }), {
      path: "INBOX",
      messages: 2,
      uidNext: 5,
    });
    await idling;
  } finally {
    await client.logout();
  }
  assert.equal((await account.status("Entwürfe/2026")).messageCount, 1);
});

test("Twisted's client", async (t) => {
  if (!needs(t, "/usr/bin/python3")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const script = `
from io import BytesIO
from twisted.internet import reactor, defer, endpoints, protocol
from twisted.mail import imap4
@defer.inlineCallbacks
def main():
    client = yield endpoints.clientFromString(reactor, "tcp:127.0.0.1:${port}").connect(protocol.Factory.forProtocol(imap4.IMAP4Client))
    yield client.login(b"alice", b"wonderland")
    print((yield client.create("Archive")))
    print(len((yield client.list("", "*"))))
    selected = yield client.select("INBOX")
    print(selected["EXISTS"], selected["READ-WRITE"])
    print((yield client.search(imap4.Query(subject="minutes"))))
    envelopes = yield client.fetchEnvelope("1:2")
    print(envelopes[1]["ENVELOPE"][1])
    print((yield client.fetchBodyStructure("2"))[2]["BODYSTRUCTURE"][-5:])
    print((yield client.fetchFlags("1:*")))
    yield client.append("INBOX", BytesIO(b"Subject: x\\r\\n\\r\\nbody\\r\\n"), flags=["\\\\Seen"])
    yield client.addFlags("1", ["\\\\Deleted"], uid=True)
    yield client.copy("2", "Archive", True)
    print((yield client.expunge()))
    print((yield client.status("INBOX", "MESSAGES")))
    yield client.logout()
def done(result):
    if result is not None: print("FAILED", result)
    reactor.stop()
main().addBoth(done)
reactor.run()
`;
  if ((await runProgram("/usr/bin/python3", ["-c", "import twisted.mail"]).catch(() => undefined)) === undefined)
    return t.skip("python3-twisted is not installed");
  const said = await runProgram("/usr/bin/python3", ["-c", script]);
  assert.doesNotMatch(said, /FAILED/);
  assert.match(said, /IMAP4rev2 WG mtg summary and minutes/);
  assert.match(said, /\{'MESSAGES': 2\}/);
  assert.equal((await contents(account, "Archive")).length, 1);
});

test("mutt", async (t) => {
  if (!needs(t, "mutt", "script")) return;
  const { port, account } = await serveHere(t, [hello, mixed]);
  const home = temporaryFolder(t);
  mkdirSync(join(home, "Mail")); // it would ask whether to make it
  const keep = (name: string) => `<copy-message><kill-line>${home}/${name}<enter>`;
  const config = [
    ...[
      "set imap_user = alice",
      "set imap_pass = wonderland",
      "set ssl_starttls = no",
      "set ssl_force_tls = no",
      "set imap_authenticators = plain",
    ],
    ...[
      "set confirmappend = no",
      "set confirmcreate = no",
      "set sort = mailbox-order",
      "set delete = yes",
      "set mbox_type = mbox",
      "set move = no",
      "set wait_key = no",
      "set copy = no",
    ],
    `push "<first-entry>${keep("one")}<last-entry>${keep("two")}<first-entry><flag-message><last-entry><delete-message><sync-mailbox><quit>"`,
  ];
  writeFileSync(join(home, "rc"), config.join("\n"));
  const command = `env TERM=xterm mutt -F ${home}/rc -f imap://127.0.0.1:${port}/INBOX`;
  await runProgram("script", ["-qec", `timeout --foreground -k 5 40 ${command}`, join(home, "screen")], {
    home,
    input: "open",
  }).catch((error: unknown) => {
    throw new Error(readFileSync(join(home, "screen"), "latin1").slice(-1_500), { cause: error });
  });
  assert.match(readFileSync(join(home, "one"), "latin1"), /Hello, world/);
  assert.match(readFileSync(join(home, "two"), "latin1"), /Gr=C3=BC=C3=9Fe/);
  const folder = await account.open("INBOX");
  assert.deepEqual(
    folder.messages.map(({ uid, flags }) => [uid, flags.has("\\Flagged")]),
    [[1, true]],
  );
});
