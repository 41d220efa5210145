import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { SeededRandom } from "@hawser/core/simulation";
import { defaultSeed } from "@hawser/core/testing";
import type { MailAccount, MailFolder } from "../store.ts";
import { mail, whole } from "../store-contract.test.kit.ts";
import { maildirMail } from "./store.ts";

const missing = spawnSync("/usr/bin/doveadm", ["-V"]).error === undefined ? false : "dovecot-imapd is not installed";

/** Dovecot refuses to touch mail as root; then both of us are somebody else. */
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

test("Dovecot and we see the same messages, with the same UIDs, flags, times and sizes", {
  skip: missing,
}, async (context) => {
  const { account, imap } = await together(context);
  const receivedAt = Date.UTC(2020, 1, 3, 4, 5, 6);
  await account.append("INBOX", [
    { ...mail("one"), flags: ["\\Seen", "$Work"], receivedAt },
    mail("two"),
    mail("three"),
  ]);
  const folder = await account.open("INBOX");
  const seen = await imap("select INBOX", "fetch 1:* (UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])");
  assert.match(seen, new RegExp(`UIDVALIDITY ${folder.status.uidValidity}\\]`));
  assert.match(
    seen,
    /1 FETCH \(UID 1 FLAGS \(\\Seen \$Work\) RFC822.SIZE 20 INTERNALDATE "03-Feb-2020 04:05:06 \+0000" BODY\[\] \{20\}/,
  );
  assert.match(seen, /3 FETCH \(UID 3 FLAGS \(\\Recent\) RFC822.SIZE 22 .*\r\nSubject: Hi\r\n\r\nthree\r\n\)/);

  await imap("select INBOX", "store 2 +flags (\\Flagged Later)", "store 3 +flags \\Deleted");
  await imap("select INBOX", "expunge");
  await imap("append INBOX (\\Answered Later) {16+}\r\nA: b\r\n\r\nfour\r\n\r\n");
  await folder.poll();
  assert.deepEqual(
    folder.messages.map(({ uid, flags }) => [uid, ...[...flags].sort()]),
    [
      [1, "$Work", "\\Seen"],
      [2, "Later", "\\Flagged"],
      [4, "Later", "\\Answered"],
    ],
  );
  assert.equal(String(await whole(folder, 4)), "A: b\r\n\r\nfour\r\n\r\n");
  assert.deepEqual(folder.expungedSince(1), [3]);
  assert.deepEqual((await account.append("INBOX", [mail("five")])).uids, [5]);
  assert.match(await imap("select INBOX", "fetch 1:* (UID)"), /4 FETCH \(UID 5\)/);
});

test("Dovecot and we see the same folders and subscriptions, and copies are copies", {
  skip: missing,
}, async (context) => {
  const { account, imap } = await together(context);
  await account.create("Entw\u00fcrfe & mehr/\u65e5\u672c");
  await account.subscribe("Entw\u00fcrfe & mehr/\u65e5\u672c", true);
  await account.append("INBOX", [mail("one")]);
  const listed = await imap(
    'list "" *',
    'lsub "" *',
    'create "Dr&APw-ben/x"',
    'subscribe "Dr&APw-ben/x"',
    "select INBOX",
    'copy 1 "Dr&APw-ben/x"',
  );
  assert.match(listed, /\* LIST \([^)]*\) "\/" "Entw&APw-rfe &- mehr\/&ZeVnLA-"/);
  assert.match(listed, /\* LSUB \([^)]*\) "\/" "Entw&APw-rfe &- mehr\/&ZeVnLA-"/);
  const infos = await account.folders();
  assert.ok(infos.some(({ name, subscribed }) => name === "Dr\u00fcben/x" && subscribed));
  assert.ok(infos.some(({ name, subscribed }) => name === "Entw\u00fcrfe & mehr/\u65e5\u672c" && subscribed));
  const [inbox, copy] = [await account.open("INBOX"), await account.open("Dr\u00fcben/x")];
  assert.equal(copy.messages[0]!.id, inbox.messages[0]!.id);
  await account.rename("Dr\u00fcben", "Weg");
  assert.match(
    await imap('status "Weg/x" (messages uidvalidity)'),
    new RegExp(`MESSAGES 1 UIDVALIDITY ${copy.status.uidValidity}`),
  );
});

test("Dovecot and we work on one folder at the same time, and agree in the end", { skip: missing }, async (context) => {
  const { account, imap } = await together(context);
  const random = new SeededRandom(String(defaultSeed()));
  const folder = await account.open("INBOX");
  await account.append(
    "INBOX",
    Array.from({ length: 20 }, (_, i) => mail(`first ${i}`)),
  );
  const rounds = Array.from({ length: 4 }, (_, i) => imap(...dovecotWork(random.fork(`dovecot ${i}`), i)));
  await Promise.all([...rounds, ourWork(account, folder, random.fork("ours"))]);
  const told = await imap("select INBOX", "uid fetch 1:* (FLAGS BODY.PEEK[TEXT])");
  await folder.poll();
  const ours = await Promise.all(
    folder.messages.map(async ({ uid, flags }) => {
      const text = /\r\n\r\n(.*)\r\n/.exec(String(await whole(folder, uid)))![1];
      return `${uid} ${[...flags].sort().join(" ")}: ${text}`;
    }),
  );
  const theirs = [...told.matchAll(/FETCH \(UID (\d+) FLAGS \(([^)]*)\) BODY\[TEXT\] \{\d+\}\r\n(.*)\r\n\)/g)].map(
    ([, uid, flags, text]) =>
      `${uid} ${flags!
        .split(" ")
        .filter((flag) => flag !== "\\Recent")
        .sort()
        .join(" ")}: ${text}`,
  );
  assert.ok(ours.length > 20);
  assert.deepEqual(ours, theirs);
});

/** Commands of one session, all sent at once. */
function dovecotWork(random: SeededRandom, session: number): string[] {
  const commands = ["select INBOX"];
  for (let i = 0; i < 15; i++) {
    const text = `Subject: Hi\r\n\r\ndovecot ${session} ${i}\r\n`;
    const what = random.integer(0, 4);
    if (what < 2)
      commands.push(`append INBOX (${random.number() < 0.5 ? "\\Flagged" : ""}) {${text.length}+}\r\n${text}`);
    else if (what === 2) commands.push(`store 1:3 ${random.number() < 0.5 ? "+" : "-"}flags (\\Answered $Theirs)`);
    else commands.push("store 2 +flags \\Deleted", "expunge");
  }
  return commands;
}

async function ourWork(account: MailAccount, folder: MailFolder, random: SeededRandom): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const { uid } = folder.messages[random.integer(0, folder.messages.length)]!;
    const what = random.integer(0, 4);
    if (what < 2) await account.append("INBOX", [mail(`ours ${i}`)]);
    else if (what === 2) await folder.changeFlags([uid], { operation: "add", flags: ["\\Seen", "$Ours"] });
    else await folder.expunge([uid]);
    await folder.poll();
  }
}

/** An account of ours in a new Maildir, and IMAP sessions of Dovecot's on the same. */
async function together(
  context: TestContext,
): Promise<{ account: MailAccount; imap: (...commands: string[]) => Promise<string> }> {
  const root = mkdtempSync(join(tmpdir(), "hawser-dovecot-"));
  mkdirSync(join(root, "alice"), { mode: 0o700 });
  writeFileSync(join(root, "dovecot.conf"), configuration(root));
  if (isRoot)
    for (const path of [root, join(root, "alice"), join(root, "dovecot.conf")]) chownSync(path, nobody, nobody);
  becomeNobody();
  context.after(() => rmSync(root, { recursive: true }));
  const store = maildirMail(nodeReactor, root);
  const imap = (...commands: string[]): Promise<string> => session(root, commands);
  return { account: await store.account("alice"), imap };
}

function configuration(root: string): string {
  const user = isRoot ? "nobody" : userInfo().username;
  return `
base_dir = ${root}/run
state_dir = ${root}/state
log_path = /dev/stderr
mail_location = maildir:${root}/alice
default_internal_user = ${user}
default_login_user = ${user}
default_internal_group = ${isRoot ? "nogroup" : userInfo().username}
first_valid_gid = 0
mail_uid = ${user}
ssl = no
protocols = imap
passdb {
  driver = static
  args = nopassword=y
}
namespace inbox {
  inbox = yes
  separator = /
}
`;
}

async function session(root: string, commands: readonly string[]): Promise<string> {
  if (isRoot) process.seteuid?.(0);
  const child = spawn("/usr/bin/doveadm", ["-c", join(root, "dovecot.conf"), "exec", "imap"], {
    ...(isRoot && { uid: nobody, gid: nobody }),
    env: { USER: isRoot ? "nobody" : userInfo().username, HOME: root, TZ: "UTC", PATH: "/usr/bin:/bin" },
  });
  becomeNobody();
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("latin1").on("data", (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding("latin1").on("data", (chunk: string) => {
    errors += chunk;
  });
  child.stdin.end([...commands, "logout"].map((command, i) => `x${i} ${command}\r\n`).join(""));
  await new Promise((resolve) => child.on("close", resolve));
  assert.doesNotMatch(errors, /Panic|Error|Warning|Fatal/);
  assert.match(output, new RegExp(`^x${commands.length} OK`, "m"), errors);
  assert.doesNotMatch(output, /^x\d+ (?:NO|BAD)/m);
  return output;
}

function becomeNobody(): void {
  if (!isRoot) return;
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
}
