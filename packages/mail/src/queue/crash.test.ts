import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, type Listener, memoryTree, type Reactor } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { smtpReject } from "../smtp/errors.ts";
import { smtpServer } from "../smtp/server.ts";
import { SimulatedDisk } from "../store/maildir/simulated-disk.test.kit.ts";
import { diskMailQueueStore } from "./disk/store.ts";
import { mailQueue } from "./mail-queue.ts";
import type { MailQueue, MailTransport } from "./queue.ts";
import type { MailQueueStore } from "./store.ts";
import { type DnsTable, tableResolver } from "./testing/table-resolver.test.kit.ts";
import { mxTransport } from "./transport/mx.ts";

const minute = 60_000;
const times = { retryMs: [minute, 5 * minute], pollMs: 5_000, expireMs: 1_440 * minute, delayReportMs: 100 * minute };
const faults = { latencyMs: [1, 80] as const, cuts: true, resets: 0.002, refusals: 0.01 };
const limits = { timeLimitMs: 20 * 1_440 * minute, stepsMax: 20_000_000, leaks: false };

for (const seed of seeds({ count: 6, soakCount: 1_000 }))
  test(`a queue whose process and whose peers die at any step loses nothing that it took, with seed ${seed}`, async (context) =>
    context.diagnostic(await simulate({ seed, ...faults, ...limits }, (world) => new CrashWorld(world).run())));

/** What was promised of a message, and what has become of it. */
interface Message {
  readonly recipients: readonly string[];
  readonly content: string;
  /** Its `submit` has resolved. */
  isPromised: boolean;
  /** Somebody took it out. */
  isRemoved: boolean;
}

/** One life of a process that runs the queue. */
interface Life {
  readonly queue: MailQueue;
  readonly death: Promise<"died">;
}

class CrashWorld {
  readonly #world: World;
  readonly #tree: FileTree;
  readonly #dns: DnsTable = {};
  readonly #messages = new Map<string, Message>();
  /** How often a message has come to a recipient. */
  readonly #came = new Map<string, number>();
  /** Recipients, with their message, of which the queue has written that they are served. */
  readonly #settled = new Set<string>();
  /** What the disk has been told of each report. */
  readonly #reports = new Map<string, Set<string>>();
  #listener: Listener | undefined;
  /** What goes on beside the process that runs the queue. */
  readonly #others: Promise<void>[] = [];
  #isReceiverDown = false;
  #number = 0;
  #kills = 0;

  constructor(world: World) {
    this.#world = world;
    this.#tree = memoryTree({}, { now: () => world.clock.wall() });
  }

  async run(): Promise<string> {
    await this.#listen();
    const { random, clock } = this.#world;
    for (let life = 0; life < 14; life++) {
      const { queue, death } = await this.#live(random.integer(2, 45));
      this.#others.push(this.#visit(), this.#breakReceiver());
      const work = Promise.all([
        this.#submitSome(queue, 3),
        ...this.#others,
        clock.sleep(random.integer(1, 12) * minute),
      ]);
      await Promise.race([death, work.then(() => clock.sleep(minute))]);
      this.#kills++;
      await clock.sleep(random.integer(0, 3_000));
    }
    await Promise.all(this.#others);
    await this.#end();
    const doubles = [...this.#came.values()].reduce((sum, count) => sum + count - 1, 0);
    return `${this.#kills} kills, ${this.#messages.size} messages, ${this.#came.size} deliveries and ${doubles} doubles`;
  }

  /** A last process, to which nothing happens, brings everything to its end. */
  async #end(): Promise<void> {
    const { queue } = await this.#live(Number.POSITIVE_INFINITY);
    await this.#world.clock.sleep(minute);
    for (const { id, held } of await queue.list()) if (held) await queue.release(id);
    for (let tens = 0; tens < 60 && (await queue.list()).length > 0; tens++) await this.#world.clock.sleep(10 * minute);
    assert.deepEqual(await queue.list(), [], "nothing is left");
    this.#check();
    await queue.stop();
    const left = (await this.#tree.list("queue/mail"))
      .map(({ name }) => name)
      .filter((name) => !/\.(part|hold|flush)$/.test(name));
    assert.deepEqual(left, [], "no file is left behind");
    assert.deepEqual(await this.#tree.list("queue/aside"), [], "nothing was torn");
  }

  #check(): void {
    for (const [name, { recipients, isPromised, isRemoved }] of this.#messages) {
      if (!isPromised || isRemoved) continue;
      for (const recipient of recipients) {
        const count = this.#came.get(`${name} ${recipient}`) ?? 0;
        const reports = this.#reports.get(`${name} ${recipient}`)?.size ?? 0;
        const isRefused = recipient.startsWith("no");
        assert.equal(count > 0, !isRefused, `${name} to ${recipient} came ${count} times`);
        assert.equal(reports, isRefused ? 1 : 0, `${reports} reports on ${name} to ${recipient}`);
      }
    }
  }

  /** A process that dies at its so-manieth change of the disk. */
  async #live(changesMax: number): Promise<Life> {
    const { reactor, death, signal } = this.#process(changesMax);
    const opening = (async () => {
      const store = watched(await diskMailQueueStore(reactor, "/queue"), (id, numbers) => this.#settle(id, numbers));
      const transport = this.#transport(reactor, signal);
      return mailQueue({ reactor, store, transport, times, name: "queue.example" });
    })();
    const queue = await Promise.race([opening, death]);
    return queue === "died" ? this.#live(changesMax * 2) : { queue, death };
  }

  #process(changesMax: number): { reactor: Reactor; death: Promise<"died">; signal: AbortSignal } {
    const host = this.#world.host("queue");
    const { kind, clock, random, network, names, processes, threads } = host;
    const disk = new SimulatedDisk(this.#tree, {
      clock,
      random,
      changesMax,
      delayMaxMs: random.number() < 0.5 ? 0 : 20,
    });
    const controller = new AbortController();
    void disk.death.then(() => controller.abort(new Error("The process is dead")));
    const files = (root: string): FileTree => (root === "/queue" ? disk.tree.at("queue") : disk.tree);
    return {
      reactor: { kind, clock, random, network, names, processes, threads, files },
      death: disk.death,
      signal: controller.signal,
    };
  }

  /** Nothing that was settled is sent again, and nothing is sent twice by one process that was told that it had come. */
  #transport(reactor: Reactor, death: AbortSignal): MailTransport {
    const mx = mxTransport({
      reactor,
      resolver: tableResolver(this.#dns),
      name: "queue.example",
      connectTimeoutMs: 20_000,
    });
    const told = new Set<string>();
    return {
      destination: (address) => mx.destination(address),
      deliver: async (consignment) => {
        const { mail, recipients } = consignment;
        const keys = recipients.map(({ number }) => `${mail.id} ${number}`);
        for (const key of keys) assert.ok(!this.#settled.has(key) && !told.has(key), `${key} is sent again`);
        const results = await mx.deliver({ ...consignment, signal: AbortSignal.any([consignment.signal, death]) });
        for (const [i, { outcome }] of results.entries()) if (outcome !== "deferred") told.add(keys[i]!);
        return results;
      },
    };
  }

  #settle(id: string, numbers: readonly number[]): void {
    for (const number of numbers) this.#settled.add(`${id} ${number}`);
  }

  async #submitSome(queue: MailQueue, count: number): Promise<void> {
    const { random, clock } = this.#world;
    for (let i = 0; i < count; i++) {
      await this.#submit(queue);
      await clock.sleep(random.integer(0, 30_000));
    }
  }

  async #submit(queue: MailQueue): Promise<string> {
    const { random } = this.#world;
    const name = `m${++this.#number}`;
    const kinds = [
      "a@one.example",
      "b@one.example",
      "no@one.example",
      "later@two.example",
      "c@two.example",
      "no@two.example",
    ];
    const recipients = kinds.filter(() => random.number() < 0.5);
    if (recipients.length === 0) recipients.push("a@one.example");
    const content = `Message-ID: <${name}>\r\n\r\n${"line\r\n".repeat(random.integer(0, 20_000))}end ${name}\r\n`;
    const message: Message = { recipients, content, isPromised: false, isRemoved: false };
    this.#messages.set(name, message);
    const to = recipients.map((address) => ({ address }));
    const { id } = await queue.submit({ from: "alice@home.example", to, content: Buffer.from(content) });
    message.isPromised = true;
    return id;
  }

  /** Other processes bring mail, hold, release, flush and remove; some of them die, too. */
  async #visit(): Promise<void> {
    const { random, clock } = this.#world;
    for (let visit = 0; visit < 2; visit++) {
      await clock.sleep(random.integer(0, minute));
      const { reactor, death } = this.#process(random.integer(3, 60));
      const work = (async () => {
        await using queue = await mailQueue({ reactor, store: await diskMailQueueStore(reactor, "/queue") });
        await this.#submit(queue);
        const mails = await queue.list();
        const mail = mails[random.integer(0, Math.max(1, mails.length))];
        if (mail === undefined) return;
        const act = random.integer(0, 8);
        if (act < 3) await queue.flush();
        else if (act < 5) await queue.hold(mail.id);
        else if (act < 7) await queue.release(mail.id);
        else await this.#remove(queue, mail.id);
      })();
      if ((await Promise.race([death, work.catch(unlessGone)])) === "died") this.#kills++;
    }
  }

  async #remove(queue: MailQueue, id: string): Promise<void> {
    let head = "";
    for await (const piece of queue.read(id)) head += Buffer.from(piece).toString();
    for (const name of head.match(/Message-ID: <(m\d+)>/g) ?? [])
      this.#messages.get(name.slice(13, -1))!.isRemoved = true;
    await queue.remove(id);
  }

  /** The receiving server ends in the middle of everything, and comes back. */
  async #breakReceiver(): Promise<void> {
    const { random, clock } = this.#world;
    await clock.sleep(random.integer(0, 2 * minute));
    if (random.number() < 0.5 || this.#isReceiverDown) return;
    this.#isReceiverDown = true;
    await this.#listener!.stop({ graceMs: 0 });
    await clock.sleep(random.integer(0, minute));
    await this.#listen();
    this.#isReceiverDown = false;
  }

  async #listen(): Promise<void> {
    const reactor = this.#world.host("receiver");
    const later = new Map<string, number>();
    const server = smtpServer(
      {
        recipient: ({ local, address: text }) => {
          if (local === "no") return smtpReject("550 5.1.1 No such user");
          if (local !== "later") return undefined;
          const before = later.get(text) ?? 0;
          later.set(text, before + 1);
          return before % 3 < 2 ? smtpReject("450 4.2.0 Later") : undefined;
        },
        message: async (envelope, content) => {
          const pieces: Uint8Array[] = [];
          for await (const piece of content) pieces.push(piece);
          this.#arrive(
            envelope.to.map(({ address }) => address),
            Buffer.concat(pieces).toString(),
          );
          await this.#world.clock.sleep(this.#world.random.integer(0, 300));
        },
      },
      { name: "receiver.example" },
    );
    this.#listener = await this.#world.listen("tcp:25", server, { reactor });
    for (const domain of ["one.example", "two.example", "home.example"]) this.#dns[domain] = { A: [reactor.address] };
  }

  #arrive(recipients: readonly string[], text: string): void {
    if (text.includes("multipart/report")) return this.#reportArrives(text);
    const name = /Message-ID: <(m\d+)>/.exec(text)![1]!;
    const { content } = this.#messages.get(name)!;
    assert.ok(text.endsWith(content), `${name} is torn`);
    for (const recipient of recipients) {
      const key = `${name} ${recipient}`;
      this.#came.set(key, (this.#came.get(key) ?? 0) + 1);
    }
  }

  /** The same report may come twice, as every message may; two different ones may not. */
  #reportArrives(text: string): void {
    const id = /Message-ID: <([^>]+)>/.exec(text)![1]!;
    const name = [...text.matchAll(/Message-ID: <(m\d+)>/g)].at(-1)![1]!;
    for (const [, recipient] of text.matchAll(/Final-Recipient: rfc822; (\S+)\r\nAction: failed/g)) {
      const key = `${name} ${recipient}`;
      this.#reports.set(key, (this.#reports.get(key) ?? new Set()).add(id));
    }
  }
}

/** Tells which recipients are written down as served, as soon as they are. */
function watched(store: MailQueueStore, settle: (id: string, numbers: readonly number[]) => void): MailQueueStore {
  const step = store.step.bind(store);
  store.step = async (id, given) => {
    const stepped = await step(id, given);
    settle(
      id,
      given.progress.filter(({ isDone }) => isDone).map(({ number }) => number),
    );
    return stepped;
  };
  return store;
}

function unlessGone(error: unknown): void {
  if ((error as { code?: unknown }).code !== "no-message") throw error;
}
