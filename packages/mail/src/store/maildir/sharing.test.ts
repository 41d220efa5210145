import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock, replayCommand, type Seed, seeds } from "@hawser/core/testing";
import { MailStoreError } from "../errors.ts";
import type { MailAccount, MailFolder, StoredMail } from "../store.ts";
import { whole } from "../store-contract.test.kit.ts";
import { flagsOfLetters, parseFileName } from "./file-name.ts";
import { during, SimulatedDisk } from "./simulated-disk.test.kit.ts";
import { maildirMail } from "./store.ts";

for (const seed of seeds({ count: 12, soakCount: 3_000 }))
  test(`two processes and a program that knows nothing of them share a Maildir, with seed ${seed}`, async () => {
    try {
      await new World(seed).run();
    } catch (error) {
      throw new Error(`${String(error)}, with seed ${seed}: ${replayCommand(seed)}`, { cause: error });
    }
  });

/** One who has a folder open, and what it believes by what it was told. */
interface Shadow {
  readonly folder: MailFolder;
  readonly believed: Map<number, StoredMail>;
}

class World {
  readonly #random: SeededRandom;
  readonly #clock = new ManualClock();
  readonly #tree: FileTree;
  readonly #texts = { count: 0, added: new Set<string>(), removed: new Set<string>() };
  /** Which message a UID is, as anybody ever saw it. */
  readonly #seen = new Map<string, string>();
  readonly #shadows: Shadow[] = [];

  constructor(seed: Seed) {
    this.#random = new SeededRandom(String(seed));
    this.#tree = memoryTree({}, { now: () => this.#clock.wall() });
  }

  async run(): Promise<void> {
    const accounts = await during(this.#clock, Promise.all([this.#process("one"), this.#process("two")]));
    const names = ["INBOX", "There"];
    await during(this.#clock, accounts[0]!.create("There"));
    for (const account of accounts)
      for (const name of names) this.#shadows.push(shadowOf(await during(this.#clock, account.open(name))));
    const work = [
      ...accounts.map((account, i) =>
        this.#work(account, this.#shadows.slice(2 * i, 2 * i + 2), this.#random.fork(`w${i}`)),
      ),
      this.#interfere(this.#random.fork("foreign")),
    ];
    await during(this.#clock, Promise.all(work));
    for (let time = 0; time < 2; time++) {
      await this.#clock.elapse(1_000);
      for (const { folder } of this.#shadows) await during(this.#clock, folder.poll());
    }
    await during(this.#clock, this.#compare());
  }

  #process(name: string): Promise<MailAccount> {
    const random = this.#random.fork(name);
    const { tree } = new SimulatedDisk(this.#tree, { clock: this.#clock, random: random.fork("disk"), delayMaxMs: 2 });
    return maildirMail({ clock: this.#clock, random, files: () => tree }, "mail").account("alice");
  }

  async #work(account: MailAccount, shadows: readonly Shadow[], random: SeededRandom): Promise<void> {
    for (let step = 0; step < 25; step++) {
      await this.#clock.sleep(random.integer(0, 40));
      const [{ folder }, { folder: other }] =
        random.number() < 0.5 ? [shadows[0]!, shadows[1]!] : [shadows[1]!, shadows[0]!];
      const uids = folder.messages.map(({ uid }) => uid).filter(() => random.number() < 0.3);
      const what = random.integer(0, 10);
      if (what < 3) await this.#append(account, folder, random);
      else if (what < 5)
        await folder.changeFlags(uids, { operation: oneOf(random, ["add", "remove"]), flags: flagsFrom(random) });
      else if (what === 5) await this.#expunge(folder, uids.slice(0, 1));
      else if (what < 8) await account.move(folder, uids.slice(0, 2), other.name);
      else if (what === 8) await folder.poll();
      else await this.#readOne(folder, random);
    }
  }

  async #append(account: MailAccount, folder: MailFolder, random: SeededRandom): Promise<void> {
    const texts = Array.from({ length: random.integer(1, 3) }, () => `text-${++this.#texts.count}`);
    for (const text of texts) this.#texts.added.add(text);
    const { uids } = await account.append(
      folder.name,
      texts.map((text) => ({ content: [Buffer.from(`Subject: ${text}\r\n\r\n`)], flags: flagsFrom(random) })),
    );
    for (const [i, text] of texts.entries()) this.#sees(folder, uids[i]!, text);
  }

  async #expunge(folder: MailFolder, uids: readonly number[]): Promise<void> {
    for (const uid of uids) {
      const text = await this.#read(folder, uid);
      if (text !== undefined && (await folder.expunge([uid])).length > 0) this.#texts.removed.add(text);
    }
  }

  async #readOne(folder: MailFolder, random: SeededRandom): Promise<void> {
    if (folder.messages.length > 0) await this.#read(folder, oneOf(random, folder.messages).uid);
  }

  async #read(folder: MailFolder, uid: number): Promise<string | undefined> {
    try {
      const text = textIn(await whole(folder, uid));
      this.#sees(folder, uid, text);
      return text;
    } catch (error) {
      if (error instanceof MailStoreError && error.code === "no-message") return undefined;
      throw error;
    }
  }

  #sees(folder: MailFolder, uid: number, text: string): void {
    const key = `${folder.status.id} ${folder.status.uidValidity} ${uid}`;
    assert.equal(this.#seen.get(key) ?? text, text, `UID ${uid} of ${folder.name} means two messages`);
    this.#seen.set(key, text);
  }

  /** What a program does that knows of files and nothing else: it takes no lock. */
  async #interfere(random: SeededRandom): Promise<void> {
    const mailbox = this.#tree.at("alice");
    for (let step = 0; step < 25; step++) {
      await this.#clock.sleep(random.integer(0, 40));
      const folder = random.number() < 0.6 ? "" : ".There/";
      const what = random.integer(0, 3);
      if (what === 0) {
        const text = `text-${++this.#texts.count}`;
        this.#texts.added.add(text);
        await mailbox.writeFile(`${folder}tmp/${this.#texts.count}.other`, `Subject: ${text}\n\n`);
        await mailbox.rename(`${folder}tmp/${this.#texts.count}.other`, `${folder}new/${this.#texts.count}.other`);
        continue;
      }
      const directory = oneOf(random, ["new", "cur"]);
      const names = [...(await mailbox.names!(`${folder}${directory}`))].filter((name) => !name.startsWith(".")).sort();
      if (names.length === 0) continue;
      const name = oneOf(random, names);
      const path = `${folder}${directory}/${name}`;
      if (what === 1) await this.#removeFile(mailbox, path);
      else
        await mailbox.rename(path, `${folder}cur/${parseFileName(name).base}:2,${oneOf(random, ["", "S", "FS", "T"])}`);
    }
  }

  async #removeFile(mailbox: FileTree, path: string): Promise<void> {
    const text = textIn(Buffer.from(await mailbox.readFile(path)));
    await mailbox.remove(path);
    this.#texts.removed.add(text);
  }

  /** Everybody agrees, with each other and with the disk; and nothing is lost, doubled, or back. */
  async #compare(): Promise<void> {
    const texts: string[] = [];
    for (const [i, { folder, believed }] of this.#shadows.entries()) {
      assert.deepEqual(
        [...believed.values()].sort((a, b) => a.uid - b.uid),
        folder.messages,
        "what was told is not what is",
      );
      const other = this.#shadows[(i + 2) % 4]!.folder;
      assert.deepEqual(folder.messages, other.messages);
      assert.deepEqual(folder.status, other.status);
      if (i >= 2) continue;
      for (const { uid } of folder.messages) texts.push((await this.#read(folder, uid))!);
      await this.#compareFiles(folder);
    }
    const expected = [...this.#texts.added].filter((text) => !this.#texts.removed.has(text));
    assert.deepEqual(texts.sort(), expected.sort());
  }

  async #compareFiles(folder: MailFolder): Promise<void> {
    const mailbox = this.#tree.at(folder.name === "INBOX" ? "alice" : "alice/.There");
    const names = await mailbox.names!("cur");
    const onDisk = names.map((name) => flagsOfLetters(parseFileName(name).letters, []).join());
    for (const _ of await mailbox.names!("new")) onDisk.push("");
    const systemOf = ({ flags }: StoredMail): string => systemOrder.filter((flag) => flags.has(flag)).join();
    assert.deepEqual(folder.messages.map(systemOf).sort(), onDisk.sort());
  }
}

const systemOrder = ["\\Draft", "\\Flagged", "\\Answered", "\\Seen", "\\Deleted"];

function shadowOf(folder: MailFolder): Shadow {
  const believed = new Map(folder.messages.map((message) => [message.uid, message]));
  let modSeq = folder.status.highestModSeq;
  folder.onChange((change) => {
    if (change.type === "gone") return believed.clear();
    if (change.type === "expunged") for (const uid of change.uids) believed.delete(uid);
    else for (const message of change.messages) believed.set(message.uid, message);
    const reached = change.type === "expunged" ? change.modSeq : change.messages[0]!.modSeq;
    assert.ok(reached >= modSeq, "a mod-sequence went back");
    modSeq = reached;
  });
  return { folder, believed };
}

function textIn(content: Buffer): string {
  return /^Subject: (\S+)/.exec(content.toString("latin1"))?.[1] ?? "";
}

function oneOf<Item>(random: SeededRandom, items: readonly Item[]): Item {
  return items[random.integer(0, items.length)]!;
}

function flagsFrom(random: SeededRandom): string[] {
  return ["\\Seen", "\\Flagged", "$Work"].filter(() => random.number() < 0.4);
}
