import { test } from "node:test";
import { proveDurability } from "./durability.test.kit.ts";

test("messages pass two processes that are killed all the time, and none is lost", (context) =>
  proveDurability(context, {
    messages: 600,
    killMs: [100, 700],
    drainKillMs: [1_000, 5_000],
    killsMax: 15,
    seed: "interop",
    timeoutMs: 120_000,
  }));
