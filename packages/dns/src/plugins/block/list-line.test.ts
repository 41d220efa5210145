import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOfWire } from "../../name/domain-name.ts";
import { parseBlockListLine } from "./list-line.ts";

const lines: Readonly<Record<string, string>> = {
  "0.0.0.0 ads.example": "block ads.example.",
  "127.0.0.1\tAds.Example tracker.example # two": "block ads.example. tracker.example.",
  ":: six.example": "block six.example.",
  "127.0.0.1 localhost": "nothing",
  "0.0.0.0 0.0.0.0": "nothing",
  "255.255.255.255 broadcasthost": "nothing",
  "192.0.2.1 real.example": "nothing",
  "ads.example": "block ads.example.",
  "ads.example # why": "block ads.example.",
  "*.ads.example": "block ads.example. and below",
  "bücher.example": "block xn--bcher-kva.example.",
  "||ads.example^": "block ads.example. and below",
  "||ads.example^$important": "block ads.example. and below",
  "@@||good.example^": "allow good.example. and below",
  "||ads.example^$third-party": "unknown",
  "||ads.example/banner": "unknown",
  "example.org##.banner": "unknown",
  "/^ads[0-9]+/": "unknown",
  "<html lang=en>": "unknown",
  "not a list": "unknown",
  "# comment": "nothing",
  "! comment": "nothing",
  "[Adblock Plus 2.0]": "nothing",
  "": "nothing",
};

for (const [line, meaning] of Object.entries(lines))
  test(`${JSON.stringify(line)} is ${meaning}`, () => assert.equal(meaningOf(line), meaning));

function meaningOf(line: string): string {
  const parsed = parseBlockListLine(line);
  if (parsed === undefined || (parsed !== "unknown" && parsed.keys.length === 0)) return "nothing";
  if (parsed === "unknown") return "unknown";
  const names = parsed.keys.map((key) => String(nameOfWire(key))).join(" ");
  return `${parsed.type} ${names}${parsed.below ? " and below" : ""}`;
}
