import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock, replayCommand, type Seed, seeds } from "@hawser/core/testing";
import type { MailAccount, MailFolder } from "../store.ts";
import { whole } from "../store-contract.test.kit.ts";
import { during, SimulatedDisk } from "./simulated-disk.test.kit.ts";
import { maildirMail } from "./store.ts";

for (const seed of seeds({ count: 12, soakCount: 3_000 }))
  test(`a process that is killed at any step loses nothing it has told, with seed ${seed}`, async () => {
    try {
      const world = new World(seed);
      for (let round = 0; round < 12; round++) await world.round();
    } catch (error) {
      throw new Error(`${String(error)}, with seed ${seed}: ${replayCommand(seed)}`, { cause: error });
    }
  });

/** How often a text may be there, and what it looks like whole. */
interface Mail {
  readonly content: Buffer;
  min: number;
  max: number;
}

/** What a client with QRESYNC remembers of a folder. */
interface Cache {
  uidValidity: number;
  modSeq: number;
  readonly flags: Map<number, string>;
}

class World {
  readonly #random: SeededRandom;
  readonly #clock = new ManualClock();
  readonly #tree: FileTree;
  readonly #mails = new Map<string, Mail>();
  /** What was told of a message, by folder and UID: it must be so for ever, or be gone. */
  readonly #told = new Map<string, string>();
  /** Of those, which must be there, and with which flags (`undefined`: they were just being changed). */
  readonly #present = new Map<string, string | undefined>();
  readonly #caches = new Map<string, Cache>();
  /** Texts that must be there together, or not at all. */
  #groups: string[][] = [];
  #texts = 0;

  constructor(seed: Seed) {
    this.#random = new SeededRandom(String(seed));
    this.#tree = memoryTree({ "mail/": "" }, { now: () => this.#clock.wall() });
  }

  /** A process works until it is killed; another one looks whether all is as it was told. */
  async round(): Promise<void> {
    const disk = new SimulatedDisk(this.#tree, {
      clock: this.#clock,
      random: this.#random.fork(`disk ${this.#texts}`),
      changesMax: this.#random.integer(1, 120),
    });
    await during(this.#clock, Promise.race([disk.death, this.#work(disk.tree)]));
    await this.#clock.elapse(1_000);
    if (this.#random.number() < 0.4) await this.#interfere();
    await during(this.#clock, this.#check(await during(this.#clock, this.#open(this.#tree))));
  }

  #open(tree: FileTree): Promise<MailAccount> {
    const reactor = { clock: this.#clock, random: this.#random, files: (root: string) => tree.at(root) };
    return maildirMail(reactor, "mail").account("alice");
  }

  async #work(tree: FileTree): Promise<never> {
    const account = await this.#open(tree);
    for (;;) {
      const names = (await account.folders()).filter(({ selectable }) => selectable).map(({ name }) => name);
      const folder = await account.open(this.#one(names));
      await this.#learn(folder);
      const uids = folder.messages.map(({ uid }) => uid).filter(() => this.#random.number() < 0.4);
      const what = this.#random.integer(0, 12);
      if (what < 4) await this.#append(account, folder, what === 3 ? 3 : 1);
      else if (what < 6) await this.#flag(folder, uids);
      else if (what === 6) await this.#expunge(folder, uids);
      else if (what === 7) await this.#copy(account, folder, uids, this.#one(names));
      else if (what < 10) await this.#move(account, folder, uids, this.#one(names));
      else if (what === 10) await account.create(`f${this.#random.integer(0, 4)}/g`).catch(() => {});
      else if (this.#random.number() < 0.5) await this.#rename(account, folder);
      else await this.#delete(account, folder);
      await folder[Symbol.asyncDispose]();
    }
  }

  /** What INBOX was renamed to holds messages whose UIDs nobody was told. */
  async #learn(folder: MailFolder): Promise<void> {
    for (const { uid } of folder.messages)
      if (!this.#told.has(keyOf(folder, uid))) this.#told.set(keyOf(folder, uid), textIn(await whole(folder, uid)));
  }

  async #append(account: MailAccount, folder: MailFolder, count: number): Promise<void> {
    const texts = Array.from({ length: count }, () => `text-${++this.#texts}`);
    for (const text of texts) this.#mails.set(text, { content: contentOf(text, this.#random), min: 0, max: 1 });
    this.#groups.push(texts);
    const flags = this.#flags();
    const mails = texts.map((text) => ({ content: [this.#mails.get(text)!.content], flags }));
    const { uids } = await account.append(folder.name, mails);
    this.#groups.pop();
    for (const [i, text] of texts.entries()) {
      this.#mails.get(text)!.min = 1;
      this.#tell(folder, uids[i]!, text, flags);
    }
  }

  async #flag(folder: MailFolder, uids: readonly number[]): Promise<void> {
    for (const uid of uids) if (this.#present.has(keyOf(folder, uid))) this.#present.set(keyOf(folder, uid), undefined);
    const operation = this.#one(["add", "remove", "replace"] as const);
    const { messages } = await folder.changeFlags(uids, { operation, flags: this.#flags() });
    for (const { uid, flags } of messages) this.#present.set(keyOf(folder, uid), flagText(flags));
  }

  async #expunge(folder: MailFolder, uids: readonly number[]): Promise<void> {
    const texts = uids.map((uid) => this.#textAt(folder, uid));
    this.#leave(folder, uids);
    for (const text of texts) this.#mails.get(text)!.min--;
    await folder.expunge(uids);
    for (const text of texts) this.#mails.get(text)!.max--;
  }

  async #copy(account: MailAccount, folder: MailFolder, uids: readonly number[], to: string): Promise<void> {
    for (const uid of uids) this.#mails.get(this.#textAt(folder, uid))!.max++;
    const flags = new Map(folder.messages.map((message) => [message.uid, message.flags]));
    const { uids: pairs } = await account.copy(folder, uids, to);
    await using target = await account.open(to);
    for (const [from, uid] of pairs) {
      this.#mails.get(this.#textAt(folder, from))!.min++;
      this.#tell(target, uid, this.#textAt(folder, from), flags.get(from)!);
    }
  }

  async #move(account: MailAccount, folder: MailFolder, uids: readonly number[], to: string): Promise<void> {
    const flags = new Map(folder.messages.map((message) => [message.uid, message.flags]));
    this.#leave(folder, uids);
    const { uids: pairs } = await account.move(folder, uids, to);
    await using target = await account.open(to);
    for (const [from, uid] of pairs) this.#tell(target, uid, this.#textAt(folder, from), flags.get(from)!);
  }

  /** Of INBOX the messages go. */
  async #rename(account: MailAccount, folder: MailFolder): Promise<void> {
    if (folder.name === "INBOX")
      this.#leave(
        folder,
        folder.messages.map(({ uid }) => uid),
      );
    await account.rename(folder.name, `f${this.#random.integer(0, 6)}`).catch(() => {}); // the name may be taken
  }

  async #delete(account: MailAccount, folder: MailFolder): Promise<void> {
    if (folder.name === "INBOX" || folder.messages.length > 4) return;
    const uids = folder.messages.map(({ uid }) => uid);
    const texts = uids.map((uid) => this.#textAt(folder, uid));
    this.#leave(folder, uids);
    for (const text of texts) this.#mails.get(text)!.min--;
    await account.delete(folder.name);
    for (const text of texts) this.#mails.get(text)!.max--;
  }

  /** Another program brings a message, and removes one. */
  async #interfere(): Promise<void> {
    const mailbox = this.#tree.at("mail/alice");
    if (!(await isThere(mailbox, "new"))) return;
    const text = `text-${++this.#texts}`;
    const content = contentOf(text, this.#random);
    await mailbox.writeFile(`new/${this.#texts}.foreign`, content.toString("latin1").replaceAll("\r\n", "\n"));
    this.#mails.set(text, { content, min: 1, max: 1 });
    const names = await mailbox.names!("cur");
    if (names.length === 0) return;
    const name = this.#one([...names].sort());
    const removed = textIn(Buffer.from(await mailbox.readFile(`cur/${name}`)));
    await mailbox.remove(`cur/${name}`);
    this.#mails.get(removed)!.min--;
    this.#mails.get(removed)!.max--;
    this.#groups = this.#groups.filter((group) => !group.includes(removed));
    for (const [key, told] of this.#told) if (told === removed) this.#present.delete(key);
  }

  async #check(account: MailAccount): Promise<void> {
    const counts = new Map<string, number>();
    const there = new Map<string, string>();
    for (const { name, selectable } of await account.folders()) {
      if (!selectable) continue;
      await using folder = await account.open(name);
      await folder.poll();
      for (const { uid, flags, octets } of folder.messages) {
        const content = await whole(folder, uid);
        const text = textIn(content);
        assert.ok(content.equals(this.#mails.get(text)?.content ?? Buffer.alloc(0)), `${text} is not what it was`);
        assert.equal(octets, content.length);
        counts.set(text, (counts.get(text) ?? 0) + 1);
        assert.equal(this.#told.get(keyOf(folder, uid)) ?? text, text, `UID ${uid} of ${name} was given twice`);
        this.#told.set(keyOf(folder, uid), text);
        there.set(keyOf(folder, uid), flagText(flags));
      }
      this.#resynchronize(folder);
    }
    for (const [key, flags] of this.#present) {
      assert.ok(there.has(key), `${key} ${this.#told.get(key)} is lost`);
      assert.equal(there.get(key), flags ?? there.get(key), `the flags of ${key} are lost`);
    }
    for (const [text, mail] of this.#mails) this.#checkCount(text, mail, counts.get(text) ?? 0);
    for (const group of this.#groups) assert.equal(new Set(group.map((text) => counts.has(text))).size, 1);
    this.#groups = [];
    this.#present.clear();
    for (const [key, flags] of there) this.#present.set(key, flags);
  }

  #checkCount(text: string, mail: Mail, count: number): void {
    assert.ok(
      count >= mail.min && count <= mail.max,
      `${text} is there ${count} times, not ${mail.min} to ${mail.max}`,
    );
    mail.min = count;
    mail.max = count;
  }

  /** What a client does that was here before (RFC 7162 §3.2.5). */
  #resynchronize(folder: MailFolder): void {
    const { id, uidValidity, highestModSeq } = folder.status;
    const known = this.#caches.get(id) ?? { uidValidity, modSeq: 0, flags: new Map<number, string>() };
    assert.equal(known.uidValidity, uidValidity);
    assert.ok(known.modSeq <= highestModSeq, `the mod-sequence of ${folder.name} has gone back`);
    const gone = folder.expungedSince(known.modSeq);
    if (gone === undefined) known.flags.clear();
    for (const uid of gone ?? []) known.flags.delete(uid);
    for (const { uid, modSeq, flags } of folder.messages)
      if (gone === undefined || modSeq > known.modSeq) known.flags.set(uid, flagText(flags));
    const actual = folder.messages.map(({ uid, flags }) => [uid, flagText(flags)] as const);
    assert.deepEqual(
      [...known.flags].sort(([a], [b]) => a - b),
      actual,
    );
    known.modSeq = highestModSeq;
    this.#caches.set(id, known);
  }

  #tell(folder: MailFolder, uid: number, text: string, flags: Iterable<string>): void {
    const key = keyOf(folder, uid);
    assert.equal(this.#told.get(key), undefined, `UID ${uid} of ${folder.name} was told twice`);
    this.#told.set(key, text);
    this.#present.set(key, flagText(flags));
  }

  #leave(folder: MailFolder, uids: readonly number[]): void {
    for (const uid of uids) this.#present.delete(keyOf(folder, uid));
  }

  #textAt(folder: MailFolder, uid: number): string {
    return this.#told.get(keyOf(folder, uid))!;
  }

  #flags(): string[] {
    return ["\\Seen", "\\Flagged", "\\Deleted", "$Work", "Later"].filter(() => this.#random.number() < 0.3);
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#random.integer(0, items.length)]!;
  }
}

function contentOf(text: string, random: SeededRandom): Buffer {
  return Buffer.from(`Subject: ${text}\r\n\r\n${"Hello\r\n".repeat(random.integer(0, 5))}`);
}

function isThere(tree: FileTree, path: string): Promise<boolean> {
  return tree.stat(path).then(
    () => true,
    () => false,
  );
}

function textIn(content: Buffer): string {
  return /^Subject: (\S+)/.exec(content.toString("latin1"))?.[1] ?? "";
}

function flagText(flags: Iterable<string>): string {
  return [...flags].sort().join(" ");
}

function keyOf(folder: MailFolder, uid: number): string {
  const { id, uidValidity } = folder.status;
  return `${id} ${uidValidity} ${uid}`;
}
