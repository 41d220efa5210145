import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { connectSmtp, type SmtpClient } from "./client.ts";
import { SmtpOutcomeError, SmtpProtocolError, SmtpReplyError } from "./errors.ts";
import { memorySmtpBackend, type SmtpMemoryBackend } from "./memory.ts";
import { lmtpServer, smtpServer } from "./server.ts";

const faults: SimulationOptions = {
  latencyMs: [1, 300],
  cuts: true,
  resets: 0.004,
  refusals: 0.02,
  octetsPerSecond: 200_000,
};

type Outcome = "accepted" | "refused" | "unknown";

/** What a client knows of each message that it has sent, by its Message-ID. */
type Ledger = Map<string, Outcome>;

/** A backend that thinks for a while, and fails now and then. */
function moody(world: World): SmtpMemoryBackend {
  const backend = memorySmtpBackend({ messagesMax: 10_000 });
  return {
    ...backend,
    async message(envelope, content, session) {
      const [to] = envelope.to;
      if (to!.local === "never") throw new SmtpReplyError({ code: 554, text: "No" });
      const given = await backend.message(envelope, content, session);
      await world.clock.sleep(world.random.integer(0, 200));
      return given;
    },
  };
}

async function sendSome(world: World, name: string, ledger: Ledger): Promise<void> {
  const { random } = world;
  let client: SmtpClient | undefined;
  for (let number = 0; number < 4; number++) {
    const id = `${name}.${number}`;
    try {
      const options = { reactor: world.host(name), chunking: random.number() < 0.4, timeoutMs: 20_000 };
      if (client === undefined || client.isClosed) client = await connectSmtp("tcp:server:25", options);
      const to = random.number() < 0.1 ? "never@foo.com" : "jones@foo.com";
      const content = `Message-ID: ${id}\r\n\r\n${"line\r\n.\r\n".repeat(random.integer(0, 3_000))}`;
      await client.send({ from: "a@example.org", to, content });
      ledger.set(id, "accepted");
    } catch (error) {
      ledger.set(id, outcomeOf(error));
    }
  }
  if (random.number() < 0.5) await client?.quit();
  else client?.abort();
}

/** Every failure is one of those that are promised. */
function outcomeOf(error: unknown): Outcome {
  if (error instanceof SmtpOutcomeError) return "unknown";
  if (error instanceof ConnectionError || error instanceof SmtpReplyError || error instanceof SmtpProtocolError)
    return "refused";
  throw error;
}

/** Four clients at a time; gives what they know and what came. */
async function badDay(world: World): Promise<Record<Outcome, number>> {
  const backend = moody(world);
  await world.listen("tcp:25", smtpServer(backend), { reactor: world.host("server") });
  const ledger: Ledger = new Map();
  await Promise.all(["one", "two", "three", "four"].map((name) => sendSome(world, name, ledger)));
  await world.clock.sleep(400_000); // what is under way comes to its end
  const came = backend.messages.map(({ content }) => /Message-ID: (\S+)/.exec(Buffer.from(content).toString())![1]!);
  assert.equal(new Set(came).size, came.length, "nothing came twice");
  const counts = { accepted: 0, refused: 0, unknown: 0 };
  for (const [id, outcome] of ledger) {
    counts[outcome]++;
    if (outcome !== "unknown") assert.equal(came.includes(id), outcome === "accepted", `${id} is ${outcome}`);
  }
  return counts;
}

test("a message was accepted exactly when its client knows so, or its client knows that it does not know", async (context) => {
  const days = seeds({ count: 40, soakCount: 2_000 });
  const sum = { accepted: 0, refused: 0, unknown: 0 };
  for (const seed of days) {
    const day = await simulate({ seed, ...faults }, badDay);
    for (const outcome of Object.keys(sum) as Outcome[]) sum[outcome] += day[outcome];
  }
  context.diagnostic(`${days.length} seeds: ${JSON.stringify(sum)}`);
  assert.ok(sum.accepted > sum.refused + sum.unknown, "the network is bad, not dead");
  assert.ok(sum.refused > 0);
});

test("a server that stops finishes the message that is under way, and says 421 to the rest", async () => {
  for (const seed of seeds({ count: 20, soakCount: 500 }))
    await simulate({ seed, latencyMs: [1, 50], cuts: true }, async (world) => {
      const backend = moody(world);
      const listener = await world.listen("tcp:25", smtpServer(backend), { reactor: world.host("server") });
      const client = await connectSmtp("tcp:server:25", { reactor: world.host("client") });
      let known = 0;
      const sending = (async () => {
        for (;;) {
          await client.send({ from: "", to: "jones@foo.com", content: "x\r\n".repeat(1_000) });
          known++;
        }
      })().catch((error: unknown) => error);
      await world.clock.sleep(world.random.integer(0, 2_000));
      await listener.stop({ graceMs: 60_000 });
      const error = await sending;
      assert.ok(error instanceof SmtpReplyError && error.code === 421, String(error));
      assert.equal(backend.messages.length, known);
      await client.quit();
    });
});

test("an LMTP delivery that is cut is known to be cut, or not to be known", async () => {
  for (const seed of seeds({ count: 30, soakCount: 500 }))
    await simulate({ seed, ...faults, resets: 0.02 }, async (world) => {
      const ended: string[] = [];
      const backend = {
        recipient: () => undefined,
        async message(_: unknown, content: AsyncIterable<Uint8Array>) {
          try {
            for await (const _chunk of content);
            ended.push("whole");
          } catch (error) {
            ended.push((error as Error).name);
            throw error;
          }
        },
      };
      await world.listen("tcp:24", lmtpServer(backend), { reactor: world.host("server") });
      let outcome = "accepted";
      try {
        const client = await connectSmtp("tcp:server:24", {
          reactor: world.host("client"),
          kind: "lmtp",
          timeoutMs: 20_000,
        });
        await client
          .send({ from: "", to: ["a@x.example", "b@x.example"], content: "x\r\n".repeat(5_000) })
          .finally(() => client.abort());
      } catch (error) {
        outcome = outcomeOf(error);
      }
      await world.clock.sleep(400_000);
      if (outcome === "accepted") assert.deepEqual(ended, ["whole"]);
      if (outcome === "refused") assert.ok(!ended.includes("whole"), `${ended}`);
    });
});
