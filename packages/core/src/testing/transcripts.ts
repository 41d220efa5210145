import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipAddress } from "../address.ts";
import type { Factory } from "../factory.ts";
import type { SimulatedHost } from "../simulation/host.ts";
import { seeds } from "../simulation/seeds.ts";
import { type SimulationOptions, simulate, type World } from "../simulation/world.ts";
import { parseTranscript, type TranscriptSpeaker, type TranscriptStep } from "../transcript-notation.ts";
import type { Transport } from "../transport.ts";
import { RecordingReceiver } from "./recording-receiver.ts";

/** Who is tested: a server, which the transcript's client talks to, or a client, which its server answers. */
export type TranscriptSubject =
  | { readonly server: (host: SimulatedHost) => Factory }
  /** Connects with `host` to port 1 of host `server`, and ends when it is done. */
  | { readonly client: (host: SimulatedHost, endpoint: string) => Promise<void> };

/** How long, in virtual time, an answer may take. */
const answerMsMax = 60_000;

/** How long silence is listened to after the last line. */
const silenceMs = 1_000;

const port = 1;

/**
 * Tests of conversations, each written as RFCs write them (see {@link parseTranscript}) and run whole, octet by octet,
 * and cut at random: `transcripts("POP3", { server: () => pop3Server(…) }, { "PASS before USER is refused": "S: …" })`.
 */
export function transcripts(
  name: string,
  subject: TranscriptSubject,
  conversations: Readonly<Record<string, string>>,
): void {
  describe(name, () => {
    for (const [title, text] of Object.entries(conversations)) {
      test(title, () => playTranscript(subject, text));
    }
  });
}

/** Runs one conversation in all manners, outside of `node:test`; rejects with what differed. */
export async function playTranscript(subject: TranscriptSubject, text: string): Promise<void> {
  const steps = parseTranscript(text);
  for (const options of manners()) await simulate(options, (world) => converse(world, subject, steps));
}

/** Whole, octet by octet, and in random pieces. */
function manners(): SimulationOptions[] {
  const random = seeds({ count: 3, soakCount: 100 }).map((seed) => ({ seed, cuts: true, latencyMs: [1, 20] as const }));
  return [{ seed: 1 }, { seed: 1, cuts: "each-octet" }, ...random];
}

async function converse(world: World, subject: TranscriptSubject, steps: readonly TranscriptStep[]): Promise<void> {
  if ("server" in subject) return await talkToServer(world, subject.server, steps);
  await answerClient(world, subject.client, steps);
}

async function talkToServer(
  world: World,
  server: (host: SimulatedHost) => Factory,
  steps: readonly TranscriptStep[],
): Promise<void> {
  const host = world.host("server");
  await using _listener = await world.listen(`tcp:${port}`, server(host), { reactor: host });
  const transport = await world.connect(`tcp:server:${port}`, undefined, { reactor: world.host("client") });
  await new Player(world, transport, "C").play(steps);
}

async function answerClient(
  world: World,
  client: (host: SimulatedHost, endpoint: string) => Promise<void>,
  steps: readonly TranscriptStep[],
): Promise<void> {
  let accepted: (player: Player) => void = () => {};
  const player = new Promise<Player>((resolve) => {
    accepted = resolve;
  });
  const listening = await world
    .host("server")
    .network.listen(ipAddress("0.0.0.0", port), {}, (transport) => accepted(new Player(world, transport, "S")));
  const played = player.then((server) => server.play(steps));
  await Promise.all([client(world.host("client"), `tcp:server:${port}`), played]);
  await listening.close();
}

/** One side of a transcript: says its lines, and compares what it hears with the other's. */
class Player {
  readonly #world: World;
  readonly #transport: Transport;
  readonly #by: TranscriptSpeaker;
  readonly #side = new RecordingReceiver();
  #heard = 0;

  constructor(world: World, transport: Transport, by: TranscriptSpeaker) {
    this.#world = world;
    this.#transport = transport;
    this.#by = by;
    transport.start(this.#side);
  }

  async play(steps: readonly TranscriptStep[]): Promise<void> {
    for (const step of steps) await this.#playStep(step);
    await this.#world.clock.sleep(silenceMs);
    assert.equal(this.#unheard, "", "more was said than the transcript has");
    this.#transport.abort();
  }

  async #playStep(step: TranscriptStep): Promise<void> {
    if (step.type === "waits") return this.#world.clock.sleep(step.ms);
    if (step.by !== this.#by) return this.#hear(step);
    if (step.type === "closes") this.#transport.end();
    else this.#transport.writeLatin1(step.parts.join(""));
  }
  /** What the other side says next must be this. */
  async #hear(step: Exclude<TranscriptStep, { readonly type: "waits" }>): Promise<void> {
    if (step.type === "closes") {
      await this.#until(() => this.#closed);
      assert.ok(this.#closed, "the other side did not close");
      return;
    }
    const said = new RegExp(`^${step.parts.map(literal).join("[^\\r\\n]*")}`);
    await this.#until(() => said.test(this.#unheard) || differs(this.#unheard, step.parts[0]!) || this.#closed);
    const heard = said.exec(this.#unheard)?.[0];
    if (heard === undefined) assert.equal(this.#unheard, step.parts.join("…"));
    else this.#heard += heard.length;
  }

  get #unheard(): string {
    return this.#side.text.slice(this.#heard);
  }

  get #closed(): boolean {
    return this.#side.calls.includes("end") || this.#side.calls.includes("closed");
  }

  /** Waits until a condition holds, or long enough. */
  async #until(ready: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#world.clock.after(answerMsMax, resolve);
      void this.#side.until(ready).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** True when a text can no longer begin as expected. */
function differs(text: string, beginning: string): boolean {
  const length = Math.min(text.length, beginning.length);
  return text.slice(0, length) !== beginning.slice(0, length);
}
