import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock } from "@hawser/core/testing";
import { deliverMail } from "../deliver.ts";
import type { MailAccount, MailFolderChange, MailStore } from "../store.ts";
import { mail, whole } from "../store-contract.test.kit.ts";
import { flagsOfLetters, lettersOfFlags, parseFileName, sizesInName } from "./file-name.ts";
import { folderDirectory, folderOfDirectory } from "./folder-names.ts";
import { parseKeywords } from "./keywords-file.ts";
import { during } from "./simulated-disk.test.kit.ts";
import { type MaildirMailOptions, maildirMail } from "./store.ts";
import { formatUidList, parseUidList } from "./uid-list.ts";

class Place {
  readonly clock = new ManualClock();
  readonly tree: FileTree = memoryTree({ "mail/": "" }, { now: () => this.clock.wall() });
  readonly #random = new SeededRandom("place");

  /** A store, as in a process of its own. */
  store(options?: MaildirMailOptions): MailStore {
    const reactor = { clock: this.clock, random: this.#random, files: (root: string) => this.tree.at(root) };
    return maildirMail(reactor, "mail", options);
  }

  account(options?: MaildirMailOptions): Promise<MailAccount> {
    return this.store(options).account("alice");
  }

  get mailbox(): FileTree {
    return this.tree.at("mail/alice");
  }
}

describe("the names of a Maildir", () => {
  for (const [name, directory] of [
    ["INBOX", ""],
    ["Sent", ".Sent"],
    ["a/b/c", ".a.b.c"],
    ["INBOX/a", ".INBOX.a"],
    ["Entw\u00fcrfe & mehr", ".Entw&APw-rfe &- mehr"],
    ["\u65e5\u672c\u8a9e", ".&ZeVnLIqe-"],
    ["\ud83d\udea2", ".&2D3eog-"],
    ["a.b\\c", ".a&AC4-b&AFw-c"],
  ] as const)
    test(`${name} is ${directory === "" ? "the mailbox itself" : directory}`, () => {
      assert.equal(folderDirectory(name, "utf-7"), directory);
      if (directory !== "") assert.equal(folderOfDirectory(directory, "utf-7"), name);
    });

  test("in UTF-8 letters are letters, and a full stop is no part of a name", () => {
    assert.equal(folderDirectory("Entw\u00fcrfe/x", "utf-8"), ".Entw\u00fcrfe.x");
    assert.equal(folderOfDirectory(".Entw\u00fcrfe.x", "utf-8"), "Entw\u00fcrfe/x");
    assert.throws(() => folderDirectory("a.b", "utf-8"), { code: "bad-name" });
    assert.throws(() => folderDirectory("a\u00e9".repeat(80), "utf-7"), { code: "bad-name" });
  });

  test("directories that are no folders, or spelled in another way, are none", () => {
    for (const directory of [
      "cur",
      ".",
      "..",
      "..a",
      ".a.",
      ".a..b",
      ".INBOX",
      ".inbox",
      ".&AGE-",
      ".&",
      ".a&ZeV",
      ".cafe\u0301",
    ])
      assert.equal(folderOfDirectory(directory, "utf-7"), undefined, directory);
  });

  test("a file's name tells flags and sizes", () => {
    const { base, letters, rest } = parseFileName("1.M2.h,S=12,W=14:2,FSab,x");
    assert.deepEqual([base, letters, rest], ["1.M2.h,S=12,W=14", "FSab", ",x"]);
    assert.deepEqual(sizesInName(base), { file: 12, mail: 14 });
    assert.deepEqual(flagsOfLetters(letters, ["$Work", undefined]), ["\\Flagged", "\\Seen", "$Work"]);
    assert.equal(lettersOfFlags(new Set(["\\Seen", "\\Draft", "$Work"]), ["x", "$Work"], "PSq"), "DPSb");
    assert.deepEqual(parseFileName("1.h:1,x"), { base: "1.h", letters: "", rest: "" });
    assert.deepEqual(parseKeywords("0 $Work\n2 b c\n3 ok\n99 no\nrubbish\n"), ["$Work", undefined, undefined, "ok"]);
  });
});

describe("the list of UIDs", () => {
  const guid = "0123456789abcdef0123456789abcdef";

  test("is Dovecot's, whatever else is told there", () => {
    const text = `3 V7 N9 G${guid} Xkept\n3 W14 Gother :1.h:2,S\n9 :2.h\n`;
    const list = parseUidList(text)!;
    assert.deepEqual([list.uidValidity, list.uidNext, list.guid, list.isWhole], [7, 10, guid, true]);
    assert.deepEqual(list.records, [
      { uid: 3, base: "1.h", extensions: ["W14", "Gother"] },
      { uid: 9, base: "2.h", extensions: [] },
    ]);
    assert.deepEqual(parseUidList(formatUidList(list)), list);
  });

  test("of version 1, which Courier writes, is read and written anew", () => {
    const list = parseUidList("1 7 4\n2 1.h\n3 2.h:2,S\n")!;
    assert.deepEqual([list.uidValidity, list.uidNext, list.isWhole, list.records.length], [7, 4, false, 2]);
  });

  test("is believed up to where it makes sense", () => {
    for (const [tail, count] of [
      ["4 :2.h", 1],
      ["2 :2.h\n", 1],
      ["x\n", 1],
      ["99999999999 :2.h\n", 1],
      ["4 2.h\n", 1],
      ["", 1],
    ] as const) {
      const list = parseUidList(`3 V7 N4\n3 :1.h\n${tail}`)!;
      assert.deepEqual([list.records.length, list.isWhole], [count, tail === ""], JSON.stringify(tail));
    }
    for (const text of ["", "3 V7 N4", "4 V7 N4\n", "3 N4\n", "3 V0 N4\n", "3 V4294967295 N1\n"])
      assert.equal(parseUidList(text), undefined, text);
  });
});

test("mail that another program delivers is told to who listens", async () => {
  const place = new Place();
  const account = await place.account();
  const folder = await account.open("INBOX");
  const heard: MailFolderChange[] = [];
  const stop = folder.onChange((change) => heard.push(change));
  await place.mailbox.writeFile("new/1.other", "Subject: Hi\n\nHello\n");
  await place.clock.elapse(5_100);
  assert.deepEqual(
    heard.map(({ type }) => type),
    ["added"],
  );
  assert.equal(String(await whole(folder, 1)), "Subject: Hi\r\n\r\nHello\r\n");
  await place.mailbox.rename("new/1.other", "cur/1.other:2,FS");
  await place.clock.elapse(5_100);
  assert.deepEqual([...folder.messages[0]!.flags].sort(), ["\\Flagged", "\\Seen"]);
  stop();
  assert.equal(place.clock.pending, 0);
});

test("folders that another program makes are told to who listens", async () => {
  const place = new Place();
  const account = await place.account();
  let changes = 0;
  const stop = account.onFoldersChange(() => changes++);
  await place.clock.elapse(5_100);
  await place.mailbox.makeDirectory(".Other");
  await place.clock.elapse(5_100);
  assert.equal(changes, 1);
  assert.equal((await account.status("Other")).messageCount, 0);
  stop();
  assert.equal(place.clock.pending, 0);
});

test("a lock that a dead process left is taken away, and one that is touched is not", async () => {
  const place = new Place();
  const account = await place.account();
  await account.open("INBOX");
  for (const [owner, staleMs] of [
    ["hawser:0123", 20_000],
    ["1:elsewhere", 120_000],
  ] as const) {
    await place.mailbox.writeFile("dovecot-uidlist.lock", owner);
    const begun = place.clock.now();
    if (staleMs > 50_000)
      await assert.rejects(during(place.clock, account.append("INBOX", [mail()])), { code: "unavailable" });
    await place.clock.elapse(staleMs > 50_000 ? 60_000 : 0);
    await during(place.clock, account.append("INBOX", [mail()]));
    assert.ok(place.clock.now() - begun >= staleMs);
  }
  await place.mailbox.writeFile("dovecot-uidlist.lock", "2:elsewhere");
  const touch = (): void => {
    void place.mailbox.setAttributes("dovecot-uidlist.lock", { modified: place.clock.wall() });
    place.clock.after(5_000, touch);
  };
  touch();
  await assert.rejects(during(place.clock, account.append("INBOX", [mail()])), { code: "unavailable" });
});

test("without the journal mod-sequences go on above what they were", async () => {
  const place = new Place();
  const before = await place.account();
  await before.append("INBOX", [{ ...mail(), flags: ["\\Seen"] }, mail()]);
  const { highestModSeq, uidValidity, id } = await before.status("INBOX");
  for (const damage of ["hawser-journal 1\tx\t1\t1\t1\t1\nrubbish\n", "\0\0\0"]) {
    await place.mailbox.writeFile("hawser-journal", damage);
    const folder = await (await place.account()).open("INBOX");
    assert.deepEqual([folder.status.uidValidity, folder.status.id], [uidValidity, id]);
    assert.deepEqual(
      folder.messages.map(({ uid, flags }) => [uid, ...flags]),
      [[1, "\\Seen"], [2]],
    );
    assert.ok(folder.status.highestModSeq > highestModSeq);
    assert.equal(folder.expungedSince(highestModSeq), undefined);
  }
});

test("without the list of UIDs they mean something else, and whoever has the folder open is told", async () => {
  const place = new Place();
  const account = await place.account();
  await account.append("INBOX", [mail()]);
  const folder = await account.open("INBOX");
  const heard: string[] = [];
  folder.onChange(({ type }) => heard.push(type));
  const { uidValidity } = folder.status;
  await place.mailbox.remove("dovecot-uidlist");
  await folder.poll();
  assert.deepEqual(heard, ["gone"]);
  const again = await account.open("INBOX");
  assert.ok(again.status.uidValidity > uidValidity);
  assert.equal(again.messages.length, 1);
  await folder[Symbol.asyncDispose]();
});

test("a file that comes back under a name that was expunged gets a new UID", async () => {
  const place = new Place();
  const account = await place.account();
  await account.append("INBOX", [mail("one")]);
  const [name] = await place.mailbox.names!("new");
  const content = await place.mailbox.readFile(`new/${name}`);
  const folder = await account.open("INBOX");
  await folder.expunge([1]);
  await place.mailbox.writeFile(`cur/${name}:2,S`, content);
  await folder.poll();
  assert.deepEqual(
    folder.messages.map(({ uid, flags }) => [uid, ...flags]),
    [[2, "\\Seen"]],
  );
});

test("sizes in names that cannot be are not believed", async () => {
  const place = new Place();
  const account = await place.account();
  const folder = await account.open("INBOX");
  await place.mailbox.writeFile("new/1.h,S=5,W=9999", "Hi\nHo\n");
  await place.mailbox.writeFile("new/2.h,S=6,W=1", "Hi\nHo\n");
  await folder.poll();
  assert.deepEqual(
    folder.messages.map(({ octets }) => octets),
    [8, 8],
  );
});

test("drafts that were given up are cleared away, and young ones are not", async () => {
  const place = new Place();
  const now = Math.floor(place.clock.wall() / 1_000);
  await (await place.account()).status("INBOX");
  await place.mailbox.writeFile(`tmp/${now - 200_000}.old`, "");
  await place.mailbox.setAttributes(`tmp/${now - 200_000}.old`, { modified: place.clock.wall() - 200_000_000 });
  await place.mailbox.writeFile(`tmp/${now}.young`, "");
  await place.mailbox.setAttributes(`tmp/${now}.young`, { modified: 0 });
  await (await place.account()).status("INBOX");
  assert.deepEqual(await place.mailbox.names!("tmp"), [`${now}.young`]);
});

test("a quota is counted in maildirsize, and anew when others have put mail there", async () => {
  const place = new Place();
  const account = await place.account({ quotaOctets: 100 });
  const hundred = { content: [Buffer.alloc(60, "x")] };
  await account.append("INBOX", [hundred]);
  assert.equal(String(Buffer.from(await place.mailbox.readFile("maildirsize"))), "100S\n0 0\n60 1\n");
  await place.mailbox.writeFile("maildirsize", "5000S\n7 7\n");
  assert.deepEqual(await account.quota!(), { octetsUsed: 60, octetsMax: 100, messagesUsed: 1 });
  await place.mailbox.remove(`new/${(await place.mailbox.names!("new"))[0]}`);
  await assert.rejects(account.append("INBOX", [hundred]), { code: "over-quota" });
  await place.clock.elapse(900_000);
  await account.append("INBOX", [hundred]);
});

test("what is delivered goes to the folder, to INBOX when there is none, or to one that is made", async () => {
  const account = await new Place().account();
  const content = mail().content;
  assert.deepEqual((await deliverMail(account, content)).folder, "INBOX");
  assert.deepEqual((await deliverMail(account, content, { folder: "lists" })).folder, "INBOX");
  const { folder, uids } = await deliverMail(account, content, {
    folder: "lists",
    createFolder: true,
    flags: ["\\Seen"],
  });
  assert.deepEqual([folder, uids, (await account.status("lists")).unseenCount], ["lists", [1], 0]);
});

test("users are directories, and nothing else is", async () => {
  const place = new Place();
  const store = place.store();
  await store.account("Alice@Example.ORG");
  await place.tree.stat("mail/example.org/alice/cur");
  for (const user of ["", "a/b", "../a", "a@..", ".a", "a@b@c", "a\0", "a\\b", "@b", "a@"])
    await assert.rejects(store.account(user), { code: "no-account" }, user);
  const own = place.store({ directoryOf: (user) => (user === "bob" ? "people/bob/Maildir" : undefined) });
  await own.account("bob");
  await place.tree.stat("mail/people/bob/Maildir/new");
  await assert.rejects(own.account("eve"), { code: "no-account" });
});
