import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { type DriveHandlers, drive } from "./drive.ts";
import { ConnectionError, ProtocolError, StateError } from "./errors.ts";
import { FakeTransport, fakeReactor, settled } from "./fakes.test.kit.ts";
import type { Fault } from "./faults.ts";
import { LineReader } from "./framing/lines.ts";
import type { Machine, Output } from "./machine.ts";
import { simulate } from "./simulation/index.ts";
import { type Deferred, deferred } from "./tasks/deferred.ts";

/** Lines in, lines out; `BAD` breaks the protocol, and a line is waited for no longer than a minute. */
class TalkMachine implements Machine<string, string> {
  deadline: number | undefined;
  readonly #lines = new LineReader();
  #output = "";
  #said = 0;

  constructor(now: number) {
    this.deadline = now + 60_000;
  }

  receive(chunk: Uint8Array): void {
    this.#lines.receive(chunk);
  }

  end(): void {
    this.#lines.end();
    this.deadline = undefined;
  }

  next(): string | undefined {
    const line = this.#lines.next();
    if (line === undefined) return undefined;
    const text = Buffer.from(line).toString("latin1");
    if (text !== "BAD") return text;
    this.#output += "what?\r\n";
    throw new ProtocolError("bad-line", "Cannot understand BAD");
  }

  send(line: string): void {
    if (line === "") throw new StateError("Cannot say nothing: it has no words");
    this.#said++;
    this.#output += `${line}\r\n`;
  }

  takeOutput(): Output | undefined {
    const output = this.#output;
    this.#output = "";
    return output === "" ? undefined : output;
  }

  expire(now: number): void {
    this.#output += `bye after ${this.#said}\r\n`;
    this.deadline = now + 60_000;
  }
}

/** A transport that keeps what the peer does not read, as real ones do. */
class FullTransport extends FakeTransport {
  override writeLatin1(text: string): boolean {
    if (!this.isEnded) this.pendingOctets += text.length;
    return super.writeLatin1(text);
  }

  override drain(): void {
    this.pendingOctets = 0;
    super.drain();
  }
}

function begin(handlers: Partial<DriveHandlers<string>> = {}) {
  const reactor = fakeReactor();
  const transport = new FullTransport(reactor);
  const heard: string[] = [];
  const driver = drive(new TalkMachine(reactor.clock.now()), transport, {
    event: (line) => void heard.push(line),
    ...handlers,
  });
  transport.start(driver);
  return { transport, driver, heard, clock: reactor.clock };
}

test("what a machine says first is said before the peer has spoken", () => {
  const transport = new FakeTransport();
  const machine = new TalkMachine(0);
  machine.send("welcome");
  drive(machine, transport, { event: () => {} });
  assert.equal(transport.written, "welcome\r\n");
});

test("events are told as they come, and what is sent is written", () => {
  const { transport, driver, heard } = begin();
  transport.deliver("one\r\ntw");
  transport.deliver("o\r\n");
  assert.deepEqual(heard, ["one", "two"]);
  driver.send("three");
  assert.equal(transport.written, "three\r\n");
  assert.throws(() => driver.send(""), StateError);
});

test("while a handler is at work no further event is told, and the peer is held back", async () => {
  const steps: Deferred<void>[] = [];
  const heard: string[] = [];
  const { transport } = begin({
    event: (line) => {
      heard.push(line);
      steps.push(deferred());
      return steps.at(-1)!.promise;
    },
  });
  transport.deliver("one\r\ntwo\r\n");
  assert.deepEqual([heard, transport.isPaused], [["one"], true]);
  steps[0]!.resolve();
  await settled();
  assert.deepEqual([heard, transport.isPaused], [["one", "two"], true]);
  steps[1]!.resolve();
  await settled();
  assert.equal(transport.isPaused, false);
});

test("a peer that reads no answers is asked for no more questions, until it has read", () => {
  const heard: string[] = [];
  let drained = 0;
  const { transport, driver } = begin({
    event: (line) => {
      heard.push(line);
      driver.send("answer");
    },
    drained: () => drained++,
  });
  transport.isFull = true;
  transport.deliver("one\r\n");
  assert.deepEqual([driver.isFull, transport.isPaused], [true, true]);
  transport.deliver("two\r\n"); // was under way
  assert.deepEqual(heard, ["one"]);
  transport.drain();
  assert.deepEqual(heard, ["one", "two"]);
  assert.deepEqual([driver.isFull, transport.isPaused, drained], [false, false, 1]);
});

test("a side that has ended is not full: the peer's end is still read", () => {
  const { transport, driver } = begin();
  transport.end();
  driver.send("too late");
  assert.deepEqual([driver.isFull, transport.isPaused], [false, false]);
});

test("a peer that breaks the protocol is answered, and closed in order", async () => {
  const errors: unknown[] = [];
  const { transport, heard, clock } = begin({ failed: (error) => errors.push(error.code) });
  transport.deliver("one\r\nBAD\r\nnever\r\n");
  assert.deepEqual([heard, errors], [["one"], ["bad-line"]]);
  assert.equal(transport.written, "what?\r\n");
  assert.equal(transport.isEnded, true);
  await clock.elapse(2_000);
  assert.equal(transport.abortReason?.message, "The other side did not close");
});

test("a handler that throws or rejects ends its connection and no other", async () => {
  const bug = new Error("a bug");
  const faults: unknown[] = [];
  const note = (fault: unknown) => faults.push((fault as Fault).error);
  subscribe("hawser:fault", note);
  const handlers: DriveHandlers<string>["event"][] = [
    () => {
      throw bug;
    },
    () => Promise.reject(bug),
  ];
  for (const event of handlers) {
    const { transport } = begin({ event });
    transport.deliver("one\r\n");
    await settled();
    assert.equal(transport.abortReason, bug);
  }
  unsubscribe("hawser:fault", note);
  assert.deepEqual(faults, [bug, bug]);
});

test("the machine's deadline is kept, and its last words are written", async () => {
  const { transport, driver, clock } = begin();
  await clock.elapse(59_999);
  assert.equal(transport.written, "");
  await clock.elapse(1);
  assert.equal(transport.written, "bye after 0\r\n");
  driver.closed(new ConnectionError("reset", "Connection lost"));
  assert.equal(clock.pending, 0);
});

test("an echo that is read slowly neither loses nor hoards anything", () =>
  simulate({ seed: 1, latencyMs: [1, 20], cuts: true }, async (world) => {
    let pendingMax = 0;
    await world.listen("tcp:7", {
      accept: (transport) => {
        const driver = drive(new TalkMachine(transport.reactor.clock.now()), transport, {
          event: (line) => {
            driver.send(line);
            pendingMax = Math.max(pendingMax, transport.pendingOctets);
          },
        });
        return driver;
      },
    });
    const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${"x".repeat(40)}\r\n`).join("");
    let echoed = "";
    const done = deferred<void>();
    const client = await world.connect("tcp:home:7", {
      data: (chunk) => {
        echoed += Buffer.from(chunk).toString("latin1");
        if (echoed.length === lines.length) done.resolve();
      },
      end: () => {},
      closed: () => done.resolve(),
    });
    client.pause();
    client.write(lines);
    await world.clock.sleep(5_000);
    client.resume();
    await done.promise;
    client.abort();
    assert.equal(echoed, lines);
    assert.ok(pendingMax < 262_144, `${pendingMax} octets waited`);
  }));
