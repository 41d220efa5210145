import { operand, type Tool, type ToolGroup, tool } from "@hawser/core";
import { runZoneCheck, zoneCheckOptions } from "./check.ts";
import { runZoneKey, zoneKeyOptions } from "./key.ts";

const check: Tool = tool({
  name: "check",
  summary: "Tell what is wrong with a zone's file",
  options: zoneCheckOptions,
  operands: {
    name: operand("NAME", "the zone, such as example.org"),
    file: operand("FILE", "its master file", { completes: "file" }),
  },
  examples: [
    ["hawser zone check example.org example.org.zone", "each fault with its line and column, and OK without one"],
    ["hawser zone check example.org example.org.zone --strict --quiet", "for scripts: the status tells"],
    ["hawser zone check example.org example.org.zone --print --format full", "every record on a line of its own"],
  ],
  run: runZoneCheck,
});

const key: Tool = tool({
  name: "key",
  summary: "Make a TSIG key, for transfers, updates and notices",
  options: zoneKeyOptions,
  operands: { name: operand("NAME", "the key's name, the same on both sides") },
  examples: [["hawser zone key transfer.example.org >transfer.key", "put it into a file that nobody else reads"]],
  run: runZoneKey,
});

/** `hawser zone`: looks after zones and what belongs to them. */
export const zoneTools: ToolGroup = {
  name: "zone",
  summary: "Check zones, and make the keys that they are guarded by",
  tools: { check, key },
};
