import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { encodeDnsMessage } from "../../message/encode.ts";
import { decodeDnsQuery } from "../../message/query.ts";
import { rootName } from "../../name/domain-name.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { refuseAll } from "../../serving/plugin.ts";
import { bareResponse } from "../../serving/reply.ts";
import type { DnsRequest } from "../../serving/request.ts";
import { ServingGate } from "./serving-gate.ts";

const question = encodeDnsMessage({ id: 1, questions: [{ name: rootName, type: "A", class: 1 }] });
const request = {
  query: decodeDnsQuery(question),
  peer: ipAddress("192.0.2.1", 53),
  transport: "udp",
} as unknown as DnsRequest;

function recorded(told: string[], fault?: Error): DnsPlugin {
  return {
    name: "recorded",
    wrap: () => () => bareResponse(0),
    started: () => {
      told.push("started");
      if (fault !== undefined) throw fault;
    },
    stopped: () => void told.push("stopped"),
    reload: () => void told.push("reloaded"),
  };
}

test("a plugin that is held back starts when the gate opens; who asks before waits", async () => {
  const told: string[] = [];
  const gate = new ServingGate();
  const plugin = gate.hold(recorded(told));
  const answer = plugin.wrap(refuseAll);
  await plugin.started!(memoryReactor());
  const early = answer(request);
  assert.ok(early instanceof Promise);
  await plugin.reload!();
  assert.deepEqual(told, []);
  await gate.open();
  assert.deepEqual(
    [(await early).type, (answer(request) as { type: string }).type, told],
    ["response", "response", ["started"]],
  );
  await plugin.reload!();
  await plugin.stopped!();
  assert.deepEqual(told, ["started", "reloaded", "stopped"]);
});

test("a plugin that cannot start breaks the opening, and who waits is told", async () => {
  const gate = new ServingGate();
  const plugin = gate.hold(recorded([], new Error("no")));
  const answer = plugin.wrap(refuseAll);
  await plugin.started!(memoryReactor());
  const early = answer(request);
  await assert.rejects(gate.open(), /no/);
  await assert.rejects(async () => early, /no/);
});

test("a server that stops before it served starts nothing", async () => {
  const told: string[] = [];
  const gate = new ServingGate();
  const plugin = gate.hold(recorded(told));
  await plugin.started!(memoryReactor());
  await plugin.stopped!();
  await gate.open();
  assert.deepEqual(told, []);
});
