import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import { seeds } from "../testing/index.ts";
import type { Receiver, Transport } from "../transport.ts";
import { type SimulatedHost, simulate, type World } from "./index.ts";

// A bank with one rule: however bad the network, a payment is made exactly once. The client repeats its request until
// it is answered; the server knows each request by its number, and answers a repeated one without paying again.

/** The server: one line a request, `PAY number amount`, answered by `PAID number`. */
class Bank {
  readonly paid = new Map<string, number>();

  serve(transport: Transport): void {
    const idle = transport.reactor.clock.after(30_000, () => transport.abort());
    transport.start(
      new Lines(
        (line) => {
          const [, number = "", amount = ""] = line.split(" ");
          if (!this.paid.has(number)) this.paid.set(number, Number(amount));
          transport.write(`PAID ${number}\n`);
          transport.end();
        },
        () => idle.cancel(),
      ),
    );
  }
}

/** The client: tries again, after a pause that grows, until the bank has answered. */
async function pay(host: SimulatedHost, number: string, amount: number): Promise<void> {
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      assert.equal(await ask(host, `PAY ${number} ${amount}\n`), `PAID ${number}`);
      return;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      await host.clock.sleep(pauseMs * (0.5 + host.random.number()));
    }
  }
}

/** One attempt: one connection, one line each way, ten seconds. */
async function ask(host: SimulatedHost, line: string): Promise<string> {
  const signal = host.clock.deadline(10_000);
  const [address] = await host.names.lookup("bank", { signal });
  const transport = await host.network.connect({ ...address!, port: 99 }, { signal });
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => transport.abort(signal.reason), { once: true });
    transport.start(
      new Lines(
        (answer) => {
          resolve(answer);
          transport.end();
        },
        (error) => reject(error ?? new ConnectionError("reset", "No answer before the end")),
      ),
    );
    transport.write(line);
  });
}

/** A receiver of lines. */
class Lines implements Receiver {
  readonly #line: (line: string) => void;
  readonly #closed: (error?: ConnectionError) => void;
  #text = "";

  constructor(line: (line: string) => void, closed: (error?: ConnectionError) => void) {
    this.#line = line;
    this.#closed = closed;
  }

  data(chunk: Uint8Array): void {
    const lines = (this.#text + Buffer.from(chunk).toString()).split("\n");
    this.#text = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  end(): void {}

  closed(error?: ConnectionError): void {
    this.#closed(error);
  }
}

/** Partitions the world now and then, for a minute at most, while something runs. */
async function partitionNowAndThen(world: World, running: AbortSignal): Promise<void> {
  while (!running.aborted) {
    await world.clock.sleep(world.random.integer(1_000, 20_000));
    world.partition("customer", "bank", { oneWay: world.random.number() < 0.5 });
    await world.clock.sleep(world.random.integer(1_000, 60_000));
    world.heal();
  }
}

const worstNetwork = {
  latencyMs: [5, 300],
  cuts: true,
  resets: 0.1,
  refusals: 0.1,
  blackHoles: 0.05,
  lookupFailures: 0.1,
  giveUpMs: 20_000,
} as const;

test("a payment is made exactly once on the worst of networks, with 200 seeds", async (context) => {
  let attempts = 0;
  for (const seed of seeds({ count: 200, soakCount: 5_000 }))
    await simulate({ ...worstNetwork, seed }, async (world) => {
      const bank = new Bank();
      const { network } = world.host("bank", { clockDriftPpm: 50 });
      const port = await network.listen(ipAddress("0.0.0.0", 99), {}, (transport) => bank.serve(transport));
      const done = new AbortController();
      const weather = partitionNowAndThen(world, done.signal);
      const payments = Array.from({ length: 5 }, (_, n) => pay(world.host("customer"), `${n}`, 100 + n));
      await Promise.all(payments);
      done.abort();
      await weather;
      await port.close();
      await world.clock.sleep(60_000);
      assert.deepEqual([...bank.paid].sort(), [
        ["0", 100],
        ["1", 101],
        ["2", 102],
        ["3", 103],
        ["4", 104],
      ]);
      attempts += world.trace.events.filter(({ type }) => type === "connect").length;
    });
  context.diagnostic(`${attempts} attempts for 5 payments with each seed`);
});

test("the same world without the bank's rule pays twice sooner or later: the simulation finds it", async () => {
  const paidTwice = async (seed: number) =>
    simulate({ ...worstNetwork, seed, leaks: false }, async (world) => {
      let payments = 0;
      const careless = (transport: Transport) =>
        transport.start(
          new Lines(
            (line) => {
              payments += 1;
              transport.write(`PAID ${line.split(" ")[1]}\n`);
              transport.end();
            },
            () => {},
          ),
        );
      await world.host("bank").network.listen(ipAddress("0.0.0.0", 99), {}, careless);
      await pay(world.host("customer"), "1", 100);
      return payments > 1;
    });
  const seedsThatFind = [];
  for (let seed = 1; seed <= 50; seed += 1) if (await paidTwice(seed)) seedsThatFind.push(seed);
  assert.ok(seedsThatFind.length > 0, "no seed of 50 found the bug");
});
