import assert from "node:assert/strict";
import type { Random } from "@hawser/core";
import type { ImapClient } from "../client/client.ts";
import type { ImapMailboxChange } from "../client/mailbox.ts";
import type { ImapResponse } from "../client/responses.ts";
import { ImapReplyError } from "../errors.ts";

/** What a client believes of a message. */
interface Believed {
  uid: number | undefined;
  flags: ReadonlySet<string> | undefined;
}

/** What all clients together have heard: whoever hears of one state of one message hears the same. */
export class SharedTruth {
  /** Flags by UID and mod-sequence. */
  readonly #states = new Map<string, string>();
  /** What was appended, by its UID. */
  readonly bodies: Map<number, string> = new Map();
  #count = 0;

  agree(uid: number, modSeq: number, flags: ReadonlySet<string>): void {
    const state = keptFlags(flags);
    const known = this.#states.get(`${uid} ${modSeq}`);
    assert.equal(known ?? state, state, `flags of UID ${uid} at ${modSeq}`);
    this.#states.set(`${uid} ${modSeq}`, state);
  }

  newBody(): string {
    return `Subject: message ${++this.#count}\r\n\r\nbody ${this.#count}\r\n`;
  }
}

/** Flags that are the same for all: who was told first that a message is new is not (RFC 3501 §2.3.2). */
function keptFlags(flags: ReadonlySet<string>): string {
  return [...flags]
    .filter((flag) => flag !== "\\Recent")
    .sort()
    .join(" ");
}

const someFlags = ["\\Seen", "\\Flagged", "\\Deleted", "\\Answered", "$One", "$Two"];

/** A client that acts at random, and keeps an own model of its mailbox, by nothing but what RFC 9051 lets it conclude. */
export class ShadowClient {
  readonly #mail: ImapClient;
  readonly #random: Random;
  readonly #truth: SharedTruth;
  readonly #resyncs: boolean;
  #view: Believed[] = [];
  #modSeqs = new Map<number, number>();
  /** While it runs, no message may be told gone. */
  #keepsSequence = false;
  #vanishedEarlier: number[] = [];
  #isResyncing = false;
  #resynced = new Map<number, ReadonlySet<string>>();

  constructor(mail: ImapClient, random: Random, truth: SharedTruth, resyncs: boolean) {
    this.#mail = mail;
    this.#random = random;
    this.#truth = truth;
    this.#resyncs = resyncs;
  }

  async begin(): Promise<void> {
    await this.#mail.select("INBOX", { onChange: (change) => this.#heard(change) });
    await this.#learn();
  }

  /** One thing, by chance. */
  async act(): Promise<void> {
    const acts = [
      () => this.#append(),
      () => this.#append(),
      () => this.#store(),
      () => this.#store(),
      () => this.#store(),
      () => this.#fetch(),
      () => this.#search(),
      () => this.#mail.noop(),
      () => this.#expunge(),
      () => this.#move(),
      () => this.#idle(),
      () => this.#read(),
      () => (this.#resyncs ? this.#resync() : this.#mail.noop()),
    ];
    await this.#pick(acts)();
    await this.#learn();
  }

  /** UID and flags of all messages, as this client believes. */
  async belief(): Promise<readonly (readonly [uid: number, flags: string])[]> {
    await this.#mail.noop();
    await this.#learn();
    return this.#view.map(({ uid, flags }) => [uid!, keptFlags(flags!)]);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#random.integer(0, values.length)]!;
  }

  #heard(change: ImapMailboxChange): void {
    switch (change.type) {
      case "exists":
        if (this.#isResyncing) return;
        assert.ok(change.count >= this.#view.length, "EXISTS must not take messages away");
        while (this.#view.length < change.count) this.#view.push({ uid: undefined, flags: undefined });
        return;
      case "expunge":
        assert.ok(!this.#keepsSequence, "EXPUNGE came while sequence numbers were in use (RFC 9051 §7.5.1)");
        assert.ok(change.sequence >= 1 && change.sequence <= this.#view.length, "EXPUNGE of what is not there");
        this.#view.splice(change.sequence - 1, 1);
        return;
      case "vanished": {
        const uids = change.uids
          .ranges(0)
          .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
        if (this.#isResyncing) return void this.#vanishedEarlier.push(...uids);
        assert.ok(!this.#keepsSequence, "VANISHED came while sequence numbers were in use");
        for (const uid of uids) {
          // One of which only EXISTS was told is any of those without a UID, behind all that have a smaller one.
          const known = this.#view.findIndex((one) => one.uid === uid);
          const smaller = this.#view.findLastIndex((one) => one.uid !== undefined && one.uid < uid);
          const place = known >= 0 ? known : this.#view.findIndex((one, at) => at > smaller && one.uid === undefined);
          assert.ok(place >= 0, `VANISHED of UID ${uid}, which is not there`);
          this.#view.splice(place, 1);
        }
        return;
      }
      case "flags":
        return this.#flags(change);
      default:
        change satisfies never;
    }
  }

  #flags({ sequence, uid, flags, modSeq }: Extract<ImapMailboxChange, { readonly type: "flags" }>): void {
    if (uid !== undefined && modSeq !== undefined) {
      assert.ok(modSeq >= (this.#modSeqs.get(uid) ?? 0), "mod-sequences go up");
      this.#modSeqs.set(uid, modSeq);
      this.#truth.agree(uid, modSeq, flags);
    }
    if (this.#isResyncing) return void this.#resynced.set(uid!, flags);
    const message = this.#view[sequence - 1];
    assert.ok(message !== undefined, "FETCH of a message that is not there");
    if (uid !== undefined) {
      assert.equal(message.uid ?? uid, uid, `message ${sequence} is another than before`);
      message.uid = uid;
    }
    message.flags = flags;
  }

  /** Asks for what EXISTS has announced and nothing more was told of. */
  async #learn(): Promise<void> {
    while (this.#view.some(({ uid, flags }) => uid === undefined || flags === undefined)) {
      const before = this.#view.length;
      await this.#inSequence(`FETCH 1:* (UID FLAGS MODSEQ)`).catch(goneOnly);
      // What went in between is told by the next command that may tell it.
      if (this.#view.some(({ uid }) => uid === undefined) || this.#view.length !== before) await this.#mail.noop();
    }
    const uids = this.#view.map(({ uid }) => uid!);
    assert.deepEqual(
      uids,
      [...new Set(uids)].sort((a, b) => a - b),
      "UIDs go up with sequence numbers",
    );
  }

  /** A command with sequence numbers. */
  async #inSequence(text: string, take?: (response: ImapResponse) => boolean): Promise<void> {
    this.#keepsSequence = true;
    const ended = (): void => {
      this.#keepsSequence = false;
    };
    // The answer ends it: what comes behind it belongs to nobody, or to the next.
    await this.#mail.run(text.split(" ")[0]!, [text], take).then(ended, (error: unknown) => {
      ended();
      throw error;
    });
  }

  async #append(): Promise<void> {
    const body = this.#truth.newBody();
    const flags = someFlags.filter(() => this.#random.number() < 0.3);
    const appended = await this.#mail.append("INBOX", { content: Buffer.from(body), flags });
    const [[uid = 0] = []] = appended!.uids.ranges(0);
    assert.ok(!this.#truth.bodies.has(uid), "a UID is never used twice");
    this.#truth.bodies.set(uid, body);
  }

  async #store(): Promise<void> {
    if (this.#view.length === 0) return;
    const sequence = this.#random.integer(1, this.#view.length + 1);
    const flags = someFlags.filter(() => this.#random.number() < 0.4);
    const sign = this.#pick(["+", "-", ""] as const);
    const silent = this.#random.number() < 0.5;
    const believed = this.#view[sequence - 1]!;
    const byUid = this.#random.number() < 0.5;
    if (silent) believed.flags = changed(believed.flags!, sign, flags);
    const text = `STORE ${byUid ? believed.uid : sequence} ${sign}FLAGS${silent ? ".SILENT" : ""} (${flags.join(" ")})`;
    if (byUid) await this.#mail.run("UID STORE", [`UID ${text}`]);
    else await this.#inSequence(text).catch(goneOnly);
  }

  async #fetch(): Promise<void> {
    if (this.#view.length > 0) await this.#inSequence("FETCH 1:* (FLAGS)").catch(goneOnly);
  }

  async #search(): Promise<void> {
    const count = this.#view.length;
    await this.#inSequence("SEARCH FLAGGED", (response) => {
      if (response.type !== "numbers") return false;
      for (const number of response.numbers)
        assert.ok(number <= Math.max(count, this.#view.length), "SEARCH knows more than EXISTS");
      return true;
    });
  }

  async #expunge(): Promise<void> {
    await this.#mail.run("EXPUNGE", ["EXPUNGE"]);
  }

  async #move(): Promise<void> {
    const { uid } = this.#view.length === 0 ? { uid: undefined } : this.#pick(this.#view);
    if (uid !== undefined) await this.#mail.mailbox!.move(uid, "Other");
  }

  /** What is read is what was appended under this UID. */
  async #read(): Promise<void> {
    const { uid } = this.#view.length === 0 ? { uid: undefined } : this.#pick(this.#view);
    if (uid === undefined) return;
    for await (const message of this.#mail.mailbox!.fetch(uid, [{ section: "" }])) {
      const body = Buffer.from(message.sections.get("")!).toString();
      assert.equal(body, this.#truth.bodies.get(uid) ?? body);
    }
  }

  async #idle(): Promise<void> {
    const { clock } = this.#mail.reactor;
    const stop = new AbortController();
    clock.after(this.#random.integer(1, 500), () => stop.abort());
    for await (const _ of this.#mail.mailbox!.changes({ signal: stop.signal }));
  }

  /** Leaves, comes back, and is told what happened in between (RFC 7162 §3.2.5). */
  async #resync(): Promise<void> {
    const { uidValidity } = this.#mail.mailbox!;
    const modSeq = Math.max(1, ...this.#modSeqs.values());
    // A client may claim only what it was told: states that came without a mod-sequence lie below the highest one.
    await this.#learn();
    await this.#mail.noop();
    await this.#learn();
    const before = new Map(this.#view.map(({ uid, flags }) => [uid!, flags!]));
    await this.#mail.mailbox!.close();
    await this.#mail.reactor.clock.sleep(this.#random.integer(1, 300));
    this.#isResyncing = true;
    this.#vanishedEarlier = [];
    this.#resynced = new Map();
    await this.#mail.select("INBOX", {
      known: { uidValidity: uidValidity!, modSeq },
      onChange: (change) => this.#heard(change),
    });
    this.#isResyncing = false;
    for (const uid of this.#vanishedEarlier) before.delete(uid);
    for (const [uid, flags] of this.#resynced) before.set(uid, flags);
    this.#view = [...before].sort(([a], [b]) => a - b).map(([uid, flags]) => ({ uid, flags }));
    assert.ok(this.#view.length >= this.#mail.mailbox!.exists, "all that is there is known");
    while (this.#view.length < this.#mail.mailbox!.exists) this.#view.push({ uid: undefined, flags: undefined });
    await this.#inSequence("FETCH 1:* (UID FLAGS MODSEQ)").catch(goneOnly); // each must be the message that we take it for
  }
}

function changed(flags: ReadonlySet<string>, sign: "+" | "-" | "", some: readonly string[]): ReadonlySet<string> {
  if (sign === "") return new Set(some);
  if (sign === "+") return new Set([...flags, ...some]);
  return new Set([...flags].filter((flag) => !some.includes(flag)));
}

/** `NO [EXPUNGEISSUED]`, and `BAD` for a mailbox that is empty: what was asked for is not there any more. */
function goneOnly(error: unknown): void {
  if (error instanceof ImapReplyError && (error.responseCode === "EXPUNGEISSUED" || error.code === "bad")) return;
  throw error;
}
