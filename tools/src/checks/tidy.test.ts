import { describe, test } from "node:test";
import { assertNone } from "../finding.ts";
import { effectFindings } from "../tidy/effects.ts";
import { lockFindings } from "../tidy/lock.ts";
import { manifestFindings } from "../tidy/manifests.ts";
import { pureFindings } from "../tidy/pure.ts";
import { type Ratchet, sizeFindings } from "../tidy/sizes.ts";
import { unfinishedFindings } from "../tidy/unfinished.ts";
import { repository } from "../tree.ts";

describe("tidy", () => {
  const tree = repository();

  test("every effect goes through the reactor", () => {
    assertNone(effectFindings(tree));
  });

  test("machines and wire formats know no promises", () => {
    assertNone(pureFindings(tree));
  });

  test("nothing is left half done, and every test runs", () => {
    assertNone(unfinishedFindings(tree));
  });

  test("files are short", () => {
    assertNone(sizeFindings(tree, JSON.parse(tree.text("tools/tidy-ratchet.json")) as Ratchet));
  });

  test("the lock file is complete and names no host", () => {
    assertNone(lockFindings(tree));
  });

  test("manifests are exact, quiet and complete", () => {
    assertNone(manifestFindings(tree));
  });
});
