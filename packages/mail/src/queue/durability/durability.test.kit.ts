import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nodeReactor } from "@hawser/core/node";
import { SeededRandom } from "@hawser/core/simulation";
import { connectSmtp, type SmtpClient } from "../../smtp/client.ts";
import { diskMailQueueStore } from "../disk/store.ts";
import { visitMailQueue } from "../visit.ts";

/** How much is tried. */
export interface DurabilityOptions {
  readonly messages: number;
  /** Waits between two kills while messages are sent, at least and at most. */
  readonly killMs: readonly [number, number];
  /** And then, while the queue gets empty: a Maildir takes the lock of a process that died away after 20 s. */
  readonly drainKillMs: readonly [number, number];
  /** After so many nobody is killed any more, so that it ends. */
  readonly killsMax: number;
  readonly seed: string;
  /** After that the test fails. */
  readonly timeoutMs: number;
}

/**
 * Sends messages through two processes, which are killed at random moments and started again: one takes them into a queue on the
 * disk and sends them on, one takes them into a Maildir. Every message that got its 250 must be in the mailbox at the end, or in
 * the queue, and whole.
 */
export async function proveDurability(context: TestContext, options: DurabilityOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hawser-durability-"));
  const trial = new Trial(folder, options, new SeededRandom(options.seed));
  context.after(async () => {
    await trial.end();
    rmSync(folder, { recursive: true, force: true });
  });
  context.diagnostic(await trial.run());
}

class Trial {
  readonly #folder: string;
  readonly #options: DurabilityOptions;
  readonly #random: SeededRandom;
  readonly #acknowledged = new Set<string>();
  #relay!: Process;
  #mailbox!: Process;
  #attempts = 0;
  #isDraining = false;
  #isOver = false;

  constructor(folder: string, options: DurabilityOptions, random: SeededRandom) {
    this.#folder = folder;
    this.#options = options;
    this.#random = random;
  }

  async run(): Promise<string> {
    const [first, second] = [await freePort(), await freePort()];
    for (const name of ["queue", "mail"]) mkdirSync(join(this.#folder, name));
    this.#mailbox = new Process(mailbox, [String(second), join(this.#folder, "mail")]);
    this.#relay = new Process(relay, [String(first), join(this.#folder, "queue"), String(second)]);
    await Promise.all([this.#mailbox.start(), this.#relay.start()]);
    const began = performance.now();
    const killing = this.#killSome();
    await Promise.all(Array.from({ length: senders }, (_, i) => this.#send(i, first)));
    const sentMs = performance.now() - began;
    this.#isDraining = true;
    const left = await this.#drain(began + this.#options.timeoutMs);
    await killing;
    return this.#verdict(left, sentMs, performance.now() - began);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#relay?.kill(), this.#mailbox?.kill()]);
  }

  /** Sends its part of the messages, each under another name when it is tried again. */
  async #send(number: number, port: number): Promise<void> {
    let client: SmtpClient | undefined;
    const deadline = performance.now() + this.#options.timeoutMs;
    for (let i = number; i < this.#options.messages; i += senders) {
      for (let attempt = 0; ; attempt++) {
        if (performance.now() > deadline) throw new Error("It takes too long");
        const name = `m${i}.${attempt}`;
        this.#attempts++;
        try {
          if (client === undefined || client.isClosed)
            client = await connectSmtp(`tcp:127.0.0.1:${port}`, { timeoutMs: 5_000, startTls: "never" });
          await client.send({ from: "alice@example.org", to: "bob@example.net", content: contentOf(name) });
          this.#acknowledged.add(name);
          break;
        } catch {
          client?.abort();
          client = undefined;
          await sleep(50);
        }
      }
    }
    await client?.quit();
  }

  async #killSome(): Promise<void> {
    while (!this.#isOver && this.#relay.kills + this.#mailbox.kills < this.#options.killsMax) {
      const { killMs, drainKillMs } = this.#options;
      await sleep(this.#random.integer(...(this.#isDraining ? drainKillMs : killMs)));
      if (this.#isOver) return;
      const dice = this.#random.number();
      const victims = dice < 0.6 ? [this.#relay] : dice < 0.9 ? [this.#mailbox] : [this.#relay, this.#mailbox];
      await Promise.all(victims.map((one) => one.kill()));
      await Promise.all(victims.map((one) => one.start()));
    }
  }

  /** Waits until the queue is empty; the killing ends when little is left. Gives what is left when it takes too long. */
  async #drain(deadline: number): Promise<readonly string[]> {
    await using queue = visitMailQueue({
      reactor: nodeReactor,
      store: await diskMailQueueStore(nodeReactor, join(this.#folder, "queue")),
    });
    for (;;) {
      const mails = await queue.list();
      if (mails.length <= this.#options.messages / 50) this.#isOver = true;
      if (mails.length === 0) return [];
      if (performance.now() > deadline)
        return Promise.all(mails.map(async ({ id }) => nameIn(await textOf(queue.read(id)))));
      await sleep(500);
    }
  }

  #verdict(left: readonly string[], sentMs: number, allMs: number): string {
    const counts = new Map<string, number>();
    for (const text of this.#delivered()) {
      const name = nameIn(text);
      assert.ok(text.endsWith(contentOf(name).replaceAll("\r\n", "\n")), `${name} is torn`);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const waiting = new Set(left);
    const lost = [...this.#acknowledged].filter((name) => !counts.has(name) && !waiting.has(name));
    assert.deepEqual(lost, [], "every message that got its 250 is there");
    assert.equal(this.#acknowledged.size, this.#options.messages);
    const aside = readdirSync(join(this.#folder, "queue", "aside"));
    assert.deepEqual(aside, [], "nothing in the queue was torn");
    const doubles = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    const unsaid = [...counts.keys()].filter((name) => !this.#acknowledged.has(name)).length;
    return [
      `${this.#acknowledged.size} messages got their 250 (of ${this.#attempts} attempts)`,
      `${this.#relay.kills} kills of the queue, ${this.#mailbox.kills} of the mailbox`,
      `${counts.size} messages in the mailbox (${unsaid} whose 250 was lost), ${left.length} left in the queue, 0 lost, 0 torn`,
      `${doubles} doubles`,
      `${(sentMs / 1000).toFixed(1)} s to send, ${(allMs / 1000).toFixed(1)} s in all`,
    ].join("; ");
  }

  *#delivered(): Generator<string> {
    for (const place of ["new", "cur"]) {
      const folder = join(this.#folder, "mail/example.net/bob", place);
      for (const name of readdirSync(folder)) yield readFileSync(join(folder, name), "latin1");
    }
  }
}

/** A process that is killed and started again. */
class Process {
  readonly #words: readonly string[];
  #child: ChildProcess | undefined;
  kills = 0;

  constructor(script: URL, words: readonly string[]) {
    this.#words = [fileURLToPath(script), ...words];
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    await Promise.race([
      once(child.stdout!, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(`${this.#words[0]} has ended by itself`))),
    ]);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    this.kills++;
  }
}

/** Of a few octets, or of many. */
function contentOf(name: string): string {
  const lines = Number(/\d+/.exec(name)![0]) % 10 === 0 ? 2_000 : 10;
  return `Message-ID: <${name}>\r\n\r\n${`A line of ${name}\r\n`.repeat(lines)}The end of ${name}\r\n`;
}

function nameIn(text: string): string {
  return /^Message-ID: <(m\d+\.\d+)>/m.exec(text)![1]!;
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

const relay = new URL("./relay.test.fixture.js", import.meta.url);
const mailbox = new URL("./mailbox.test.fixture.js", import.meta.url);
const senders = 10;
