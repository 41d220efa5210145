import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { allParts } from "@hawser/mime";
import { MailStoreError, type MailStoreErrorCode } from "./errors.ts";
import type { MailAccount, MailFolder, MailFolderChange, MailStore, NewMail, ReadManyMailOptions } from "./store.ts";

/** Limits that the suite sets. */
export interface ContractLimits {
  readonly mailOctetsMax?: number;
  readonly quotaOctets?: number;
  readonly quotaMessages?: number;
}

/** Stores to be tried. */
export interface StoreMaker {
  /** A store without mail. */
  make(context: TestContext, limits?: ContractLimits): Promise<MailStore>;
  /** Another store, as in another process, on the mail of the one that was made last. Absent: mail is gone with its store. */
  another?(): Promise<MailStore>;
}

type Body = (given: Given) => Promise<void>;

interface Given {
  readonly account: MailAccount;
  readonly store: MailStore;
  readonly another: () => Promise<MailAccount>;
}

const alice = "alice@example.org";

/** What every {@link MailStore} promises, as a suite of `node:test`. */
export function storeContract(name: string, maker: StoreMaker): void {
  const promise = (title: string, body: Body, limits: ContractLimits = {}): void => {
    test(title, async (context) => {
      const store = await maker.make(context, limits);
      const account = await store.account(alice);
      const another = async (): Promise<MailAccount> => (await maker.another!()).account(alice);
      await body({ account, store, another });
      await account[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    });
  };
  describe(`${name} is a store of mail`, () => {
    for (const [title, body] of Object.entries(promises)) promise(title, body);
    for (const [title, content] of Object.entries(contents))
      promise(`octets come back exactly: ${title}`, (given) => contentComesBack(given, content));
    for (const name of oddNames)
      promise(`a folder may be called ${JSON.stringify(name)}`, (g) => folderIsCalled(g, name));
    promise("a message that is too large is refused while it comes", tooLarge, { mailOctetsMax: 100 });
    promise("a full mailbox takes no more octets", fullOfOctets, { quotaOctets: 250 });
    promise("a full mailbox takes no more messages", fullOfMessages, { quotaMessages: 2 });
    if (maker.another === undefined) return;
    for (const [title, body] of Object.entries(sharedPromises)) promise(title, body);
  });
}

const contents: Readonly<Record<string, Buffer>> = {
  "a plain message": Buffer.from("Subject: Hi\r\n\r\nHello\r\n"),
  "no octets at all": Buffer.alloc(0),
  "no line end at the end": Buffer.from("Subject: Hi\r\n\r\nHello"),
  "bare line feeds among others": Buffer.from("Subject: Hi\r\n\r\none\ntwo\r\n\nthree\n"),
  "a bare line feed at the beginning": Buffer.from("\nHello\r\n"),
  "bare carriage returns": Buffer.from("a\rb\r\r\nc\r\n\r"),
  "every octet": Buffer.concat([Buffer.from("A: b\r\n\r\n"), Buffer.from(Array.from({ length: 256 }, (_, i) => i))]),
  "many lines": Buffer.from("A: b\r\n\r\n".concat("0123456789\r\n".repeat(20_000))),
};

async function contentComesBack({ account }: Given, content: Buffer): Promise<void> {
  for (const pieceOctets of [content.length + 1, 7, 1]) {
    if (pieceOctets === 1 && content.length > 1_000) continue; // the cuts are tried on the others
    const pieces: Buffer[] = [];
    for (let at = 0; at < content.length; at += pieceOctets) pieces.push(content.subarray(at, at + pieceOctets));
    await account.append("INBOX", [{ content: pieces }]);
  }
  const folder = await account.open("INBOX");
  for (const { uid, octets } of folder.messages) {
    assert.equal(octets, content.length);
    assert.ok((await whole(folder, uid)).equals(content));
    for (const [start, end] of [
      [0, 5],
      [3, 9],
      [1, undefined],
      [content.length - 1, undefined],
      [content.length, undefined],
      [4, 4],
      [9, 12],
    ] as const) {
      if (start < 0) continue;
      assert.deepEqual(await whole(folder, uid, { start, end }), content.subarray(start, end));
    }
  }
}

const oddNames = [
  "Entwürfe",
  "日本語/受信箱",
  "🚢 Taue",
  "Sent & Drafts",
  "&",
  "&AC4-",
  "a.b",
  "a.b/c.d",
  ".hidden",
  "...",
  "~peter/mail",
  "a\\b",
  "*%",
  "INBOX/below",
  "cur",
  "new/tmp",
  "constructor",
  "__proto__",
  " space ",
  'quoted "name"',
  "cafe\u0301",
];

async function folderIsCalled({ account }: Given, text: string): Promise<void> {
  const name = text.normalize("NFC");
  await account.create(text);
  const { uids } = await account.append(text, [mail()]);
  assert.deepEqual(uids, [1]);
  assert.equal((await account.open(text)).name, name);
  assert.ok((await account.folders()).some((folder) => folder.name === name && folder.selectable));
  await account.subscribe(text, true);
  assert.ok((await account.folders()).some((folder) => folder.name === name && folder.subscribed));
  await account.rename(text, `${text}2`);
  assert.equal((await account.status(`${text}2`)).messageCount, 1);
  await account.delete(`${text}2`);
  await refuses("no-folder", account.open(`${text}2`));
}

const promises: Readonly<Record<string, Body>> = {
  "everybody has an INBOX, in any case of letters": async ({ account }) => {
    const infos = await account.folders();
    assert.deepEqual(
      infos.map(({ name, selectable }) => [name, selectable]),
      [["INBOX", true]],
    );
    for (const name of ["inbox", "INBOX", "iNbOx"]) assert.equal((await account.open(name)).name, "INBOX");
    assert.equal((await account.status("inbox")).messageCount, 0);
  },

  "whoever opens an account sees the same": async ({ account, store }) => {
    const again = await store.account(alice);
    await again.append("INBOX", [mail()]);
    assert.equal((await account.status("INBOX")).messageCount, 1);
    const other = await store.account("bob@example.org");
    assert.equal((await other.status("INBOX")).messageCount, 0);
  },

  "messages get ascending UIDs, in the order in which they are given": async ({ account }) => {
    const first = await account.append("INBOX", [mail("one"), mail("two"), mail("three")]);
    const second = await account.append("INBOX", [mail("four")]);
    const folder = await account.open("INBOX");
    assert.deepEqual([...first.uids, ...second.uids], [1, 2, 3, 4]);
    assert.equal(first.uidValidity, folder.status.uidValidity);
    assert.equal(folder.status.uidNext, 5);
    for (const [i, text] of ["one", "two", "three", "four"].entries())
      assert.match(String(await whole(folder, i + 1)), new RegExp(text));
    assert.equal(new Set(folder.messages.map(({ id }) => id)).size, 4);
    for (const { id } of folder.messages) assert.match(id, /^[A-Za-z0-9_-]{1,255}$/);
  },

  "a message keeps its flags and its time": async ({ account }) => {
    const receivedAt = Date.UTC(2001, 8, 9, 1, 46, 40);
    await account.append("INBOX", [{ ...mail(), flags: ["\\sEEN", "$Forwarded", "\\Draft"], receivedAt }]);
    const [message] = (await account.open("INBOX")).messages;
    assert.deepEqual([...message!.flags].sort(), ["$Forwarded", "\\Draft", "\\Seen"]);
    assert.equal(message!.receivedAt, receivedAt);
  },

  "nothing is added when one of several fails": async ({ account }) => {
    const folder = await account.open("INBOX");
    const heard = hear(folder);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("Subject: ");
      throw new Error("the line went dead");
    };
    await assert.rejects(account.append("INBOX", [mail(), { content: failing() }]), /the line went dead/);
    await refuses("bad-name", account.append("INBOX", [mail(), { ...mail(), flags: ["\\Nonsense"] }]));
    await refuses("no-folder", account.append("None", [mail()]));
    assert.deepEqual([folder.messages.length, folder.status.uidNext, heard], [0, 1, []]);
    assert.deepEqual((await account.append("INBOX", [mail()])).uids, [1]);
  },

  "each message is read to its end before the next is asked for": async ({ account }) => {
    let isEnded = true;
    const content = async function* (text: string): AsyncGenerator<Uint8Array> {
      yield Buffer.from("Subject: ");
      yield Buffer.from(`${text}\r\n`);
      isEnded = true;
    };
    const messages = async function* (): AsyncGenerator<NewMail> {
      for (const text of ["one", "two"]) {
        assert.ok(isEnded);
        isEnded = false;
        yield { content: content(text) };
      }
    };
    assert.deepEqual((await account.append("INBOX", messages())).uids, [1, 2]);
    const broken = async function* (): AsyncGenerator<NewMail> {
      yield mail();
      throw new Error("the line went dead");
    };
    await assert.rejects(account.append("INBOX", broken()), /the line went dead/);
    assert.equal((await account.status("INBOX")).messageCount, 2);
  },

  "appending nothing does nothing": async ({ account }) => {
    const before = await account.status("INBOX");
    const { uids, uidValidity } = await account.append("INBOX", []);
    assert.deepEqual([uids, uidValidity], [[], before.uidValidity]);
    assert.deepEqual(await account.status("INBOX"), before);
  },

  "an append can be given up": async ({ account }) => {
    const controller = new AbortController();
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("Subject: ");
      controller.abort(new Error("enough"));
      yield Buffer.from("Hi\r\n");
    };
    await assert.rejects(account.append("INBOX", [{ content: content() }], { signal: controller.signal }), /enough/);
    assert.equal((await account.status("INBOX")).messageCount, 0);
  },

  "all who have a folder open hear what happens": async ({ account, store }) => {
    const folders = [await account.open("INBOX"), await (await store.account(alice)).open("INBOX", { readOnly: true })];
    const heard = folders.map(hear);
    await account.append("INBOX", [mail(), mail()]);
    await folders[0]!.changeFlags([1], { operation: "add", flags: ["\\Seen"] });
    await folders[0]!.changeFlags([1], { operation: "add", flags: ["\\Seen"] });
    await folders[0]!.expunge([2]);
    for (const folder of folders) await folder.poll();
    for (const one of heard) {
      assert.deepEqual(
        one.map(({ type }) => type),
        ["added", "flags", "expunged"],
      );
      assert.deepEqual(one.map(uidsOf), [[1, 2], [1], [2]]);
    }
    assert.deepEqual(folders[0]!.messages, folders[1]!.messages);
  },

  "nobody hears anything any more who has ended it, or closed the folder": async ({ account }) => {
    const folder = await account.open("INBOX");
    const stopped: MailFolderChange[] = [];
    folder.onChange((change) => stopped.push(change))();
    const heard = hear(folder);
    await account.append("INBOX", [mail()]);
    await folder[Symbol.asyncDispose]();
    await account.append("INBOX", [mail()]);
    assert.deepEqual([stopped.length, heard.length], [0, 1]);
  },

  "an array of messages that was given does not change": async ({ account }) => {
    await account.append("INBOX", [mail(), mail()]);
    const folder = await account.open("INBOX");
    const before = folder.messages;
    const copy = structuredClone(before);
    await folder.changeFlags([1], { operation: "add", flags: ["\\Seen"] });
    await folder.expunge([2]);
    await account.append("INBOX", [mail()]);
    assert.deepEqual(structuredClone(before), copy);
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [1, 3],
    );
  },

  "flags are added, removed and replaced": async ({ account }) => {
    await account.append("INBOX", [{ ...mail(), flags: ["\\Seen", "$Work"] }]);
    const folder = await account.open("INBOX");
    const change = async (operation: "add" | "remove" | "replace", flags: string[]): Promise<string[]> => {
      const { messages } = await folder.changeFlags([1], { operation, flags });
      assert.deepEqual(messages, folder.messages);
      return [...messages[0]!.flags].sort();
    };
    assert.deepEqual(await change("add", ["\\FLAGGED", "$work", "New"]), ["$Work", "New", "\\Flagged", "\\Seen"]);
    assert.deepEqual(await change("remove", ["\\seen", "NEW", "Other"]), ["$Work", "\\Flagged"]);
    assert.deepEqual(await change("replace", ["\\Answered", "\\Deleted", "\\Draft"]), [
      "\\Answered",
      "\\Deleted",
      "\\Draft",
    ]);
    assert.deepEqual(await change("replace", []), []);
    await refuses("bad-name", folder.changeFlags([1], { operation: "add", flags: ["two words"] }));
  },

  "a message may have many keywords": async ({ account }) => {
    const flags = Array.from({ length: 40 }, (_, i) => `Keyword${i}`);
    await account.append("INBOX", [mail()]);
    const folder = await account.open("INBOX");
    await folder.changeFlags([1], { operation: "add", flags });
    await folder.poll();
    assert.deepEqual([...folder.messages[0]!.flags].sort(), [...flags].sort());
  },

  "mod-sequences grow with every change, and only then (RFC 7162)": async ({ account }) => {
    await account.append("INBOX", [mail(), mail()]);
    const folder = await account.open("INBOX");
    const [first, second] = folder.messages;
    assert.equal(Math.max(first!.modSeq, second!.modSeq), folder.status.highestModSeq);
    const { messages } = await folder.changeFlags([1, 2, 99], { operation: "add", flags: ["\\Seen"] });
    assert.ok(messages[0]!.modSeq > first!.modSeq);
    assert.equal(folder.status.highestModSeq, messages[1]!.modSeq);
    const again = await folder.changeFlags([1], { operation: "add", flags: ["\\Seen"] });
    assert.equal(again.messages[0]!.modSeq, messages[0]!.modSeq);
    await folder.expunge([1]);
    assert.ok(folder.status.highestModSeq > messages[1]!.modSeq);
  },

  "what changed since is left alone when that is asked for (RFC 7162)": async ({ account }) => {
    await account.append("INBOX", [mail(), mail()]);
    const folder = await account.open("INBOX");
    const { highestModSeq } = folder.status;
    await folder.changeFlags([2], { operation: "add", flags: ["\\Seen"] });
    const result = await folder.changeFlags([1, 2], {
      operation: "add",
      flags: ["\\Flagged"],
      unchangedSince: highestModSeq,
    });
    assert.deepEqual(result.modified, [2]);
    assert.deepEqual(
      result.messages.map(({ uid }) => uid),
      [1],
    );
    assert.deepEqual(
      folder.messages.map(({ flags }) => [...flags]),
      [["\\Flagged"], ["\\Seen"]],
    );
  },

  "what is expunged is gone, is remembered, and its UID is never used again": async ({ account }) => {
    await account.append("INBOX", [mail(), mail(), mail()]);
    const folder = await account.open("INBOX");
    const { highestModSeq } = folder.status;
    assert.deepEqual(folder.expungedSince(highestModSeq), []);
    assert.deepEqual(await folder.expunge([3, 2, 99, 3]), [2, 3]);
    assert.deepEqual(await folder.expunge([2]), []);
    assert.deepEqual([...folder.expungedSince(highestModSeq)!].sort(), [2, 3]);
    assert.deepEqual(folder.expungedSince(folder.status.highestModSeq), []);
    assert.equal(folder.expungedSince(-1), undefined);
    await refuses("no-message", whole(folder, 2));
    await refuses("no-message", folder.structure(3));
    await refuses("no-message", whole(folder, 99));
    assert.deepEqual((await account.append("INBOX", [mail()])).uids, [4]);
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [1, 4],
    );
  },

  "a folder that is open to be read only is not changed": async ({ account }) => {
    await account.append("INBOX", [mail()]);
    const folder = await account.open("INBOX", { readOnly: true });
    assert.ok(folder.readOnly);
    await account.create("There");
    await refuses("read-only", folder.changeFlags([1], { operation: "add", flags: ["\\Seen"] }));
    await refuses("read-only", folder.expunge([1]));
    await refuses("read-only", account.move(folder, [1], "There"));
    assert.deepEqual((await account.copy(folder, [1], "There")).uids, [[1, 1]]);
    assert.equal((await whole(folder, 1)).length, folder.messages[0]!.octets);
  },

  "the parts of a message are told by their octets": async ({ account }) => {
    const text = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n';
    await account.append("INBOX", [{ content: [Buffer.from(text)] }]);
    const folder = await account.open("INBOX");
    for (let time = 0; time < 2; time++) {
      const bodies = [...allParts(await folder.structure(1))].map((part) => text.slice(part.bodyStart, part.end));
      assert.deepEqual(bodies.slice(1), ["one", "two"]);
    }
  },

  "copies have the flags, the time and the id of what was copied": async ({ account }) => {
    const receivedAt = Date.UTC(2011, 0, 1);
    await account.append("INBOX", [{ ...mail("one"), flags: ["\\Seen", "$Work"], receivedAt }, mail("two")]);
    await account.create("There");
    const folder = await account.open("INBOX");
    const { uids, uidValidity } = await account.copy(folder, [2, 99, 1], "There");
    const there = await account.open("There");
    assert.deepEqual(uids, [
      [2, 1],
      [1, 2],
    ]);
    assert.equal(uidValidity, there.status.uidValidity);
    const [copy, original] = [there.messages[1]!, folder.messages[0]!];
    assert.deepEqual(
      [[...copy.flags].sort(), copy.receivedAt, copy.id, copy.octets],
      [["$Work", "\\Seen"], receivedAt, original.id, original.octets],
    );
    assert.ok((await whole(there, 2)).equals(await whole(folder, 1)));
    assert.equal(folder.messages.length, 2);
    await refuses("no-folder", account.copy(folder, [1], "None"));
    assert.deepEqual((await account.copy(folder, [99], "There")).uids, []);
    assert.deepEqual((await account.copy(folder, [1], "INBOX")).uids, [[1, 3]]);
  },

  "moved messages are there, and no longer here": async ({ account }) => {
    const receivedAt = Date.UTC(2011, 0, 1);
    await account.append("INBOX", [{ ...mail("one"), flags: ["\\Seen", "$Work"], receivedAt }, mail("two")]);
    await account.create("There");
    const [folder, there] = [await account.open("INBOX"), await account.open("There")];
    const [original] = folder.messages;
    const heard = [hear(folder), hear(there)];
    const { uids } = await account.move(folder, [1, 99], "There");
    await there.poll();
    assert.deepEqual(uids, [[1, 1]]);
    assert.deepEqual(
      heard.map((one) => one.map(({ type }) => type)),
      [["expunged"], ["added"]],
    );
    const { uid: _1, modSeq: _2, ...moved } = there.messages[0]!;
    const { uid: _3, modSeq: _4, ...before } = original!;
    assert.deepEqual(moved, before);
    assert.match(String(await whole(there, 1)), /one/);
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [2],
    );
    await refuses("no-folder", account.move(folder, [2], "None"));
    assert.deepEqual((await account.move(folder, [2], "INBOX")).uids, [[2, 3]]);
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [3],
    );
  },

  "a message may go and come back": async ({ account }) => {
    await account.append("INBOX", [mail("one")]);
    await account.create("There");
    const [folder, there] = [await account.open("INBOX"), await account.open("There")];
    await account.move(folder, [1], "There");
    await account.move(there, [1], "INBOX");
    await folder.poll();
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [2],
    );
    assert.match(String(await whole(folder, 2)), /one/);
    assert.deepEqual([...(folder.expungedSince(1) ?? [1])], [1]);
  },

  "folders are made with those above them": async ({ account }) => {
    let changes = 0;
    const stop = account.onFoldersChange(() => changes++);
    await account.create("a/b/c", { use: "archive" });
    const infos = await account.folders();
    assert.deepEqual(infos.map(({ name }) => name).sort(), ["INBOX", "a", "a/b", "a/b/c"]);
    assert.ok(infos.every(({ selectable }) => selectable));
    assert.deepEqual(
      infos.filter(({ use }) => use !== undefined).map(({ name, use }) => [name, use]),
      [["a/b/c", "archive"]],
    );
    await refuses("folder-exists", account.create("a/b"));
    await refuses("folder-exists", account.create("inbox"));
    assert.equal(changes, 1);
    stop();
    await account.create("d");
    assert.equal(changes, 1);
  },

  "names that cannot be are refused": async ({ account }) => {
    const names = ["", "/", "a//b", "/a", "a/", "..", "a/../b", ".", "a\0b", "a\nb", "x".repeat(256), "a/".repeat(40)];
    for (const name of names) await refuses("bad-name", account.create(name));
    await account.create("a");
    for (const name of names) await refuses("bad-name", account.rename("a", name));
    assert.equal((await account.folders()).length, 2);
  },

  "a deleted folder is gone, and those below it stay": async ({ account }) => {
    await account.create("a/b");
    await account.append("a", [mail()]);
    const folder = await account.open("a");
    const before = await account.status("a");
    const heard = hear(folder);
    await account.delete("a");
    await folder.poll();
    assert.deepEqual(
      heard.map(({ type }) => type),
      ["gone"],
    );
    await refuses("no-folder", account.open("a"));
    await refuses("no-folder", account.delete("a"));
    await refuses("no-folder", folder.changeFlags([1], { operation: "add", flags: ["\\Seen"] }));
    const infos = await account.folders();
    assert.deepEqual(infos.find(({ name }) => name === "a")?.selectable, false);
    assert.equal((await account.status("a/b")).messageCount, 0);
    await account.create("a");
    const after = await account.status("a");
    assert.ok(after.uidValidity > before.uidValidity);
    assert.notEqual(after.id, before.id);
    assert.equal(after.messageCount, 0);
    await refuses("not-allowed", account.delete("INBOX"));
  },

  "a folder is given another name, with those below it": async ({ account }) => {
    await account.create("a/b/c", { use: "sent" });
    await account.append("a/b/c", [mail()]);
    const folder = await account.open("a/b/c");
    const before = folder.status;
    await account.rename("a", "x/y");
    const names = (await account.folders()).map(({ name }) => name).sort();
    assert.deepEqual(names, ["INBOX", "x", "x/y", "x/y/b", "x/y/b/c"]);
    assert.deepEqual(await account.status("x/y/b/c"), before);
    assert.equal((await account.folders()).find(({ name }) => name === "x/y/b/c")?.use, "sent");
    assert.equal(folder.name, "x/y/b/c");
    await folder.changeFlags([1], { operation: "add", flags: ["\\Seen"] });
    assert.equal((await account.status("x/y/b/c")).unseenCount, 0);
    await account.create("a");
    assert.equal((await account.status("a")).messageCount, 0);
  },

  "a name that only has folders below it may be changed too": async ({ account }) => {
    await account.create("a/b");
    await account.delete("a");
    await account.rename("a", "c");
    assert.deepEqual((await account.folders()).map(({ name }) => name).sort(), ["INBOX", "c", "c/b"]);
  },

  "no name is taken from another folder": async ({ account }) => {
    await account.create("a/b");
    await account.create("x/b");
    await account.delete("x");
    await account.append("x/b", [mail()]);
    await refuses("folder-exists", account.rename("a", "x"));
    await refuses("folder-exists", account.rename("a/b", "x/b"));
    await refuses("folder-exists", account.rename("a", "inbox"));
    await refuses("folder-exists", account.rename("a", "a"));
    await refuses("no-folder", account.rename("none", "b"));
    await refuses("bad-name", account.rename("a", "a/c"));
    assert.equal((await account.status("x/b")).messageCount, 1);
    assert.equal((await account.folders()).length, 5);
  },

  "renaming INBOX moves its messages (RFC 9051 §6.3.6)": async ({ account }) => {
    await account.append("INBOX", [{ ...mail("one"), flags: ["\\Flagged"] }, mail("two")]);
    await account.create("INBOX/below");
    const folder = await account.open("INBOX");
    await account.rename("INBOX", "Old/2026");
    await folder.poll();
    assert.deepEqual([folder.messages.length, folder.status.uidNext], [0, 3]);
    const old = await account.open("Old/2026");
    assert.deepEqual(
      old.messages.map(({ uid, flags }) => [uid, ...flags]),
      [[1, "\\Flagged"], [2]],
    );
    assert.ok((await account.folders()).some(({ name }) => name === "INBOX/below"));
  },

  "folders are subscribed to, there or not": async ({ account }) => {
    await account.create("a");
    const subscribed = async (): Promise<string[]> =>
      (await account.folders())
        .filter((folder) => folder.subscribed && folder.name !== "INBOX")
        .map(({ name }) => name);
    await account.subscribe("a", true);
    await account.subscribe("a", true);
    assert.deepEqual(await subscribed(), ["a"]);
    await account.subscribe("later", true);
    const later = async (): Promise<unknown> => (await account.folders()).find(({ name }) => name === "later");
    assert.deepEqual(await later(), { name: "later", selectable: false, subscribed: true, isMissing: true });
    await account.create("later");
    assert.deepEqual(await later(), { name: "later", selectable: true, subscribed: true });
    assert.deepEqual((await subscribed()).sort(), ["a", "later"]);
    await account.subscribe("a", false);
    await account.subscribe("never", false);
    assert.deepEqual(await subscribed(), ["later"]);
    await refuses("bad-name", account.subscribe("a//b", true));
  },

  "messages are new until somebody was told of them": async ({ account }) => {
    await account.append("INBOX", [mail("one"), mail("two")]);
    const folder = await account.open("INBOX");
    await using readOnly = await account.open("INBOX", { readOnly: true });
    readOnly.takeRecent();
    assert.deepEqual([folder.recentFrom, folder.status.recentCount], [1, 2]);
    folder.takeRecent();
    assert.deepEqual([readOnly.recentFrom, (await account.status("INBOX")).recentCount], [3, 0]);
    await account.append("INBOX", [mail("three")]);
    assert.deepEqual([folder.recentFrom, folder.status.recentCount], [3, 1]);
  },

  "many messages are read together, in the order asked for": async ({ account }) => {
    const texts = [
      "A: 1\r\n\r\none\r\n",
      "\r\nonly a body",
      "A: 3\r\n",
      "A: 4\n\nline feeds\n",
      `A: 5\r\n\r\n${"x".repeat(500)}`,
    ];
    await account.append(
      "INBOX",
      texts.map((text, i) => ({ content: [Buffer.from(text)], flags: i % 2 === 0 ? ["\\Seen"] : [] })),
    );
    const folder = await account.open("INBOX");
    const read = async (uids: readonly number[], options: ReadManyMailOptions): Promise<unknown> => {
      const found: unknown[] = [];
      for await (const some of folder.readMany(uids, options))
        for (const { uid, octets, isWhole } of some) found.push([uid, Buffer.from(octets).toString(), isWhole]);
      return found;
    };
    const wanted = [5, 9, 1, 4, 2, 3];
    const [cut, ...others] = (await read(wanted, { octetsMax: 100 })) as [number, string, boolean][];
    const [first, beginning, isWhole] = cut!;
    assert.deepEqual([first, isWhole, texts[4]!.startsWith(beginning)], [5, false, true]);
    assert.ok(beginning.length >= 100 && beginning.length < 110); // of a file of whose lines each is an octet shorter
    assert.deepEqual(
      others,
      [1, 4, 2, 3].map((uid) => [uid, texts[uid - 1], true]),
    );
    assert.deepEqual(await read(wanted, { octetsMax: 1_000, headerOnly: true }), [
      [5, "A: 5\r\n\r\n", false],
      [1, "A: 1\r\n\r\n", false],
      [4, "A: 4\n\n", false],
      [2, "\r\n", false],
      [3, "A: 3\r\n", true],
    ]);
    await folder.expunge([1]);
    assert.deepEqual(await read([1], { octetsMax: 100 }), []);
    const lines = (await read([3, 4], { octetsMax: 100, anyLines: true })) as [number, string, boolean][];
    assert.deepEqual(
      lines.map(([uid, text]) => [uid, text.replaceAll("\r\n", "\n")]),
      [
        [3, "A: 3\n"],
        [4, texts[3]],
      ],
    );
  },

  "a status tells of messages and octets": async ({ account }) => {
    await account.append("INBOX", [{ ...mail(), flags: ["\\Seen"] }, { ...mail(), flags: ["\\Deleted"] }, mail()]);
    const folder = await account.open("INBOX");
    const { messageCount, unseenCount, deletedCount, octets } = await account.status("INBOX");
    const sum = folder.messages.reduce((all, one) => all + one.octets, 0);
    assert.deepEqual([messageCount, unseenCount, deletedCount, octets], [3, 2, 1, sum]);
    assert.deepEqual(folder.status, await account.status("INBOX"));
    await refuses("no-folder", account.status("None"));
  },

  "what happens at once happens one after the other": async ({ account }) => {
    await account.create("There");
    const folder = await account.open("INBOX");
    await Promise.all(Array.from({ length: 10 }, (_, i) => account.append("INBOX", [mail(`number ${i}`)])));
    assert.deepEqual(
      folder.messages.map(({ uid }) => uid),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    const there = await account.open("There");
    await Promise.all([
      ...folder.messages.slice(0, 5).map(({ uid }) => account.move(folder, [uid], "There")),
      ...folder.messages.map(({ uid }) => folder.changeFlags([uid], { operation: "add", flags: ["\\Seen"] })),
      account.append("There", [mail()]).then(() => account.move(there, [there.messages.at(-1)!.uid], "INBOX")),
      folder.expunge([10]),
    ]);
    await Promise.all([folder.poll(), there.poll()]);
    assert.equal(folder.messages.length + there.messages.length, 10);
    assert.equal(there.status.uidNext, 7);
  },
};

/** What stores promise that others can use at the same time. */
const sharedPromises: Readonly<Record<string, Body>> = {
  "another process knows of which messages somebody was told that they are new": async ({ account, another }) => {
    await account.append("INBOX", [mail("one"), mail("two")]);
    await using folder = await account.open("INBOX");
    folder.takeRecent();
    await account.append("INBOX", [mail("three")]);
    assert.equal((await (await another()).open("INBOX")).recentFrom, 3);
  },

  "everything is there again": async ({ account, another }) => {
    await account.create("Sent/2026", { use: "sent" });
    await account.subscribe("Sent", true);
    await account.append("Sent/2026", [
      { ...mail("one"), flags: ["$Work", "\\Seen"], receivedAt: 1_000_000_000_000 },
      mail("two"),
      mail("three"),
    ]);
    const folder = await account.open("Sent/2026");
    const { highestModSeq } = folder.status;
    await folder.changeFlags([2], { operation: "add", flags: ["$work", "\\Answered"] });
    await folder.expunge([3]);
    const again = await another();
    const same = await again.open("Sent/2026");
    assert.deepEqual(same.messages, folder.messages);
    assert.deepEqual(same.status, folder.status);
    assert.deepEqual(same.expungedSince(highestModSeq), [3]);
    assert.deepEqual(await again.folders(), await account.folders());
    assert.match(String(await whole(same, 1)), /one/);
    assert.deepEqual((await again.append("Sent/2026", [mail()])).uids, [4]);
  },

  "one sees what the other does when it looks": async ({ account, another }) => {
    const other = await another();
    await account.append("INBOX", [mail(), mail()]);
    const [here, there] = [await account.open("INBOX"), await other.open("INBOX")];
    const heard = hear(there);
    await here.changeFlags([1], { operation: "add", flags: ["\\Seen", "$New"] });
    await account.append("INBOX", [mail("three")]);
    await here.expunge([2]);
    await there.poll();
    assert.deepEqual(heard.map(({ type }) => type).sort(), ["added", "expunged", "flags"]);
    assert.deepEqual(there.messages, here.messages);
    assert.deepEqual(there.status, here.status);
    await there.changeFlags([3], { operation: "add", flags: ["\\Flagged"] });
    await here.poll();
    assert.deepEqual(here.messages, there.messages);
    assert.match(String(await whole(here, 3)), /three/);
  },

  "two who add at once give no UID twice": async ({ account, another }) => {
    const other = await another();
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? account : other).append("INBOX", [mail(`number ${i}`)])),
    );
    assert.equal(new Set(all.flatMap(({ uids }) => uids)).size, 12);
    const [here, there] = [await account.open("INBOX"), await other.open("INBOX")];
    assert.deepEqual(here.messages, there.messages);
    assert.equal(here.messages.length, 12);
  },

  "a folder that the other deletes is gone": async ({ account, another }) => {
    await account.create("a");
    const folder = await (await another()).open("a");
    const heard = hear(folder);
    await account.delete("a");
    await folder.poll();
    assert.deepEqual(
      heard.map(({ type }) => type),
      ["gone"],
    );
  },
};

async function tooLarge({ account }: Given): Promise<void> {
  let isAsked = false;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 4; i++) yield Buffer.alloc(40, "x");
    isAsked = true;
  };
  await refuses("too-large", account.append("INBOX", [mail(), { content: endless() }]));
  assert.ok(!isAsked);
  assert.equal((await account.status("INBOX")).messageCount, 0);
  await account.append("INBOX", [{ content: [Buffer.alloc(100, "x")] }]);
}

async function fullOfOctets({ account }: Given): Promise<void> {
  const hundred = (): NewMail => ({ content: [Buffer.alloc(100, "x")] });
  await refuses("over-quota", account.append("INBOX", [hundred(), hundred(), hundred()]));
  await account.append("INBOX", [hundred(), hundred()]);
  await account.create("There");
  const folder = await account.open("INBOX");
  await refuses("over-quota", account.append("There", [hundred()]));
  await refuses("over-quota", account.copy(folder, [1], "There"));
  assert.deepEqual(await account.quota!(), { octetsUsed: 200, octetsMax: 250, messagesUsed: 2 });
  await account.move(folder, [1, 2], "There");
  assert.equal((await account.status("There")).messageCount, 2);
  await (await account.open("There")).expunge([1]);
  assert.equal((await account.quota!()).octetsUsed, 100);
  await account.append("INBOX", [hundred()]);
  await account.rename("INBOX", "Old");
  await account.delete("Old");
  assert.deepEqual(await account.quota!(), { octetsUsed: 100, octetsMax: 250, messagesUsed: 1 });
}

async function fullOfMessages({ account }: Given): Promise<void> {
  await account.append("INBOX", [mail(), mail()]);
  await refuses("over-quota", account.append("INBOX", [mail()]));
  const { messagesUsed, messagesMax, octetsMax } = await account.quota!();
  assert.deepEqual([messagesUsed, messagesMax, octetsMax], [2, 2, undefined]);
  assert.equal((await account.status("INBOX")).messageCount, 2);
}

/** A message that says something. */
export function mail(text = "Hello"): NewMail {
  return { content: [Buffer.from(`Subject: Hi\r\n\r\n${text}\r\n`)] };
}

/** All octets of a message, or some. */
export async function whole(
  folder: MailFolder,
  uid: number,
  range?: { readonly start?: number; readonly end?: number | undefined },
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of folder.read(uid, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function hear(folder: MailFolder): MailFolderChange[] {
  const heard: MailFolderChange[] = [];
  folder.onChange((change) => heard.push(change));
  return heard;
}

function uidsOf(change: MailFolderChange): readonly number[] {
  if (change.type === "gone") return [];
  return change.type === "expunged" ? change.uids : change.messages.map(({ uid }) => uid);
}

async function refuses(code: MailStoreErrorCode, action: Promise<unknown>): Promise<void> {
  await assert.rejects(
    action,
    (error) => error instanceof MailStoreError && error.code === code && error.message.startsWith("Cannot "),
  );
}
