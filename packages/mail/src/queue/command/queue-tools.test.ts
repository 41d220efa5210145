import assert from "node:assert/strict";
import { test } from "node:test";
import { type Tool, type ToolContext, UsageError } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { diskMailQueueStore } from "../disk/store.ts";
import { mailQueue } from "../mail-queue.ts";
import type { MailQueue } from "../queue.ts";
import { busy, delivered, ScriptedTransport } from "../testing/scripted-transport.test.kit.ts";
import { mailQueueTools } from "./queue-tools.ts";

/** A queue with two messages, one of them tried, and somebody in front of the tools. */
class Desk {
  readonly printed: string[] = [];
  readonly world: World;
  readonly transport: ScriptedTransport = new ScriptedTransport(() => busy);
  queue!: MailQueue;

  constructor(world: World) {
    this.world = world;
  }

  async open(): Promise<readonly string[]> {
    const { reactor } = this.world;
    const store = await diskMailQueueStore(reactor, "/spool/mail");
    this.queue = await mailQueue({ reactor, store, transport: this.transport });
    const content = "Subject: Hi\r\n\r\nHello\r\n";
    const to = [{ address: "bob@example.net", notify: [] }, { address: "c\u001b[2J@example.net" }];
    const first = await this.queue.submit({ from: "alice@example.org", to, content });
    await this.queue.settled();
    await this.world.clock.sleep(90_000);
    const second = await this.queue.submit({ from: "", to: [{ address: "x@example.com" }], content, held: true });
    return [first.id, second.id];
  }

  async run(name: string, values: Record<string, unknown> = {}): Promise<number> {
    this.printed.length = 0;
    const terminal = {
      print: (line: string) => void this.printed.push(line),
      complain: (line: string) => void this.printed.push(`! ${line}`),
      write: async (chunk: Uint8Array) => void this.printed.push(Buffer.from(chunk).toString()),
    } as unknown as ToolContext["terminal"];
    const { signal } = new AbortController();
    const tool = mailQueueTools.tools[name] as Tool;
    const given = {
      queue: "/spool/mail",
      ids: [],
      all: false,
      json: false,
      content: false,
      domain: undefined,
      ...values,
    };
    return tool.run(given as never, { reactor: this.world.reactor, terminal, signal });
  }
}

function deskTest(title: string, body: (desk: Desk, ids: readonly string[]) => Promise<void>): void {
  test(title, () =>
    simulate({ seed: title }, async (world) => {
      const desk = new Desk(world);
      const ids = await desk.open();
      await body(desk, ids);
      await desk.queue.stop();
    }),
  );
}

deskTest("list shows what waits, and nothing that steers a terminal", async (desk, [first, second]) => {
  assert.equal(await desk.run("list"), 0);
  assert.deepEqual(desk.printed, [
    "ID                     SIZE    AGE  STATE     SENDER",
    `${first}    22 B    1 m  in ${/in (\d m)/.exec(desk.printed[1]!)![1]}    alice@example.org`,
    "  bob@example.net",
    "    Busy",
    "  c?[2J@example.net",
    `${second}    22 B    0 s  held      <>`,
    "  x@example.com",
    "2 messages, 44 B",
  ]);
  await desk.run("list", { json: true });
  assert.deepEqual(
    desk.printed.map((line) => JSON.parse(line).id),
    [first, second],
  );
});

deskTest("show tells all of a message, or prints it", async (desk, [first]) => {
  assert.equal(await desk.run("show", { id: first }), 0);
  const text = desk.printed.join("\n");
  assert.match(
    text,
    /^Message: {2}\S{19}\nSender: {3}alice@example\.org\nState: {4}in \d m\nCame: {5}2026-01-01 00:00:00 \(1 m ago\)\n/,
  );
  assert.match(
    text,
    /To: {7}bob@example\.net\n {10}tried once, again at 2026-01-01 00:0\d:\d\d\n {10}Busy\n {10}reports: never/,
  );
  await desk.run("show", { id: first, content: true });
  assert.equal(desk.printed.join(""), "Subject: Hi\r\n\r\nHello\r\n");
  assert.equal(await desk.run("show", { id: "nothing0" }), 1);
  assert.match(desk.printed[0]!, /^! Cannot find the message "nothing0"/);
});

deskTest("what is said is heard by whoever runs the queue", async (desk, [first, second]) => {
  const { transport, world, queue } = desk;
  const asked = async () => {
    await world.clock.sleep(2_500);
    return transport.asked.splice(0).map(({ id }) => id);
  };
  await asked();
  assert.equal(await desk.run("flush"), 0);
  assert.deepEqual(desk.printed, ["1 message is tried now"]);
  assert.deepEqual(await asked(), [first]);
  await desk.run("hold", { ids: [first] });
  await desk.run("release", { ids: [second, "nothing0"] });
  assert.match(desk.printed[0]!, /^! Cannot find/);
  assert.deepEqual(await asked(), [second]);
  await desk.run("flush", { domain: "example.com" });
  assert.deepEqual(await asked(), [second]);
  transport.answer = () => delivered;
  await desk.run("flush", { ids: [second] });
  assert.deepEqual(await asked(), [second]);
  assert.equal(await desk.run("remove", { all: true }), 0);
  assert.deepEqual(await queue.list(), []);
  await desk.run("list");
  assert.deepEqual(desk.printed, ["The queue is empty"]);
});

deskTest("nonsense is refused", async (desk, [first]) => {
  const refused = (name: string, values: Record<string, unknown>) =>
    assert.rejects(async () => desk.run(name, values), UsageError);
  await refused("hold", {});
  await refused("remove", { ids: [first], all: true });
  await refused("flush", { ids: [first], domain: "example.org" });
  await refused("list", { queue: "/nowhere" });
});
