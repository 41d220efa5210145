import { test } from "node:test";
import { proveDurability } from "./durability.test.kit.ts";

const isSoak = process.env["HAWSER_SOAK"] === "1";
const title = "10,000 messages pass two processes that are killed all the time, and none is lost";

test(title, { skip: isSoak ? false : "it takes minutes: npm run test:soak -- durability" }, (context) =>
  proveDurability(context, {
    messages: 10_000,
    killMs: [200, 2_000],
    drainKillMs: [2_000, 25_000],
    killsMax: 200,
    seed: "soak",
    timeoutMs: 1_800_000,
  }),
);
