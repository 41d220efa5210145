import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { exportMbox } from "../mbox/write.ts";
import type { MailAccount } from "../store.ts";
import { mail, whole } from "../store-contract.test.kit.ts";
import { importMbox } from "../transfer.ts";
import { maildirMail } from "./store.ts";

/** Debian's Python. */
const python = "/usr/bin/python3";
const withoutPython = spawnSync(python, ["--version"]).status === 0 ? false : "python3 is not installed";
const withoutMutt = ["/usr/bin/mutt", "/usr/bin/script"].every((path) => spawnSync(path, ["-h"]).error === undefined)
  ? false
  : "mutt or script is not installed";

test("Python's mailbox reads our Maildir, and we see what it does there", { skip: withoutPython }, async (context) => {
  const { root, account } = await mailbox(context);
  await account.append("INBOX", [{ ...mail("one"), flags: ["\\Seen", "\\Answered"] }, mail("two"), mail("three")]);
  await account.create("Sub/below");
  const folder = await account.open("INBOX");
  const seen = run(
    `
import json, mailbox, sys
box = mailbox.Maildir(sys.argv[1], create=False)
out = {"folders": sorted(box.list_folders()), "mails": sorted([m.get_payload(), m.get_flags(), m.get_subdir()] for m in box)}
for key, m in list(box.items()):
    if m.get_payload() == "two\\n":
        m.set_flags("FS"); m.set_subdir("cur"); box[key] = m
    if m.get_payload() == "three\\n":
        box.remove(key)
m = mailbox.MaildirMessage("Subject: four\\n\\nfour\\n")
box.add(m)
box.add_folder("Other").add("Subject: five\\n\\nfive\\n")
print(json.dumps(out))
`,
    join(root, "alice"),
  );
  assert.deepEqual(JSON.parse(seen), {
    folders: ["Sub", "Sub.below"],
    mails: [
      ["one\n", "RS", "cur"],
      ["three\n", "", "new"],
      ["two\n", "", "new"],
    ],
  });
  await folder.poll();
  const texts = await Promise.all(
    folder.messages.map(
      async ({ uid, flags }) =>
        `${String(await whole(folder, uid))
          .split("\r\n\r\n")[1]!
          .trim()} ${[...flags].sort().join(" ")}`,
    ),
  );
  assert.deepEqual(texts.sort(), ["four ", "one \\Answered \\Seen", "two \\Flagged \\Seen"]);
  assert.equal((await account.status("Other")).messageCount, 1);
});

test("Python's mailbox and we read each other's mbox", { skip: withoutPython }, async (context) => {
  const { root, account } = await mailbox(context);
  const receivedAt = Date.UTC(2020, 1, 3, 4, 5, 6);
  await account.append("INBOX", [
    { ...mail("From here\r\n\r\nHi"), flags: ["\\Seen", "\\Flagged"], receivedAt },
    mail("two"),
  ]);
  const path = join(root, "mbox");
  const pieces: Uint8Array[] = [];
  for await (const piece of exportMbox(await account.open("INBOX"))) pieces.push(piece);
  writeFileSync(path, Buffer.concat(pieces));
  const seen = run(
    `
import json, mailbox, sys
box = mailbox.mbox(sys.argv[1], create=False)
print(json.dumps([[m.get_payload(), m.get_flags(), m.get_from()] for m in box]))
m = mailbox.mboxMessage("Subject: three\\n\\nFrom there\\n")
m.set_flags("RA"); m.set_from("bob@example.org", (2020, 2, 3, 4, 5, 6, 0, 34, 0))
box.add(m); box.flush()
`,
    path,
  );
  const [first, second] = JSON.parse(seen) as [string, string, string][];
  assert.deepEqual(first, [">From here\n\nHi\n", "ROF", "MAILER-DAEMON Mon Feb  3 04:05:06 2020"]);
  assert.deepEqual(second!.slice(0, 2), ["two\n", "O"]);
  await account.create("Back");
  assert.equal(await importMbox(account, "Back", createReadStream(path)), 3);
  const back = await account.open("Back");
  assert.equal(String(await whole(back, 1)), "Subject: Hi\r\n\r\nFrom here\r\n\r\nHi\r\n");
  assert.equal(back.messages[0]!.receivedAt, receivedAt);
  assert.match(String(await whole(back, 3)), /\r\n\r\nFrom there\r\n/);
  assert.deepEqual([...back.messages[2]!.flags].sort(), ["\\Answered", "\\Seen"]);
});

test("mutt flags and deletes in our Maildir", { skip: withoutMutt }, async (context) => {
  const { root, account } = await mailbox(context);
  await account.append(
    "INBOX",
    ["one", "two", "three"].map((subject) => ({
      content: [Buffer.from(`From: a@b\r\nSubject: ${subject}\r\n\r\nHi\r\n`)],
    })),
  );
  const folder = await account.open("INBOX");
  const keys =
    "<limit>~s two<enter><flag-message><limit>~s three<enter><delete-message><limit>~A<enter><sync-mailbox><exit>";
  const command = `/usr/bin/mutt -n -F /dev/null -f ${join(root, "alice")} -e 'set delete=yes mark_old=no folder=${root}' -e 'push "${keys}"'`;
  execFileSync("/usr/bin/script", ["-qec", command, "/dev/null"], {
    env: { TERM: "xterm", HOME: root },
    timeout: 20_000,
    stdio: ["pipe", "ignore", "ignore"],
  });
  await folder.poll();
  assert.deepEqual(
    folder.messages.map(({ uid, flags }) => [uid, flags.has("\\Flagged")]),
    [
      [1, false],
      [2, true],
    ],
  );
});

async function mailbox(context: TestContext): Promise<{ root: string; account: MailAccount }> {
  const root = mkdtempSync(join(tmpdir(), "hawser-mailbox-"));
  context.after(() => rmSync(root, { recursive: true }));
  return { root, account: await maildirMail(nodeReactor, root).account("alice") };
}

function run(script: string, path: string): string {
  return execFileSync(python, ["-c", script, path], { encoding: "utf8" });
}
