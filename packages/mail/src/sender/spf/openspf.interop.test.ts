import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { checkSpf } from "../index.ts";
import { type SuiteCase, type SuiteScenario, suiteLookups, suiteScenarios } from "./suite.test.kit.ts";

describe("SPF: the suite of openspf.org for RFC 7208", () => {
  const scenarios = suiteScenarios();
  if (scenarios === undefined) test("the suite", (t) => t.skip("python3-spf is not installed"));
  for (const scenario of scenarios ?? [])
    for (const [name, one] of Object.entries(scenario.tests))
      test(`${scenario.description}: ${name}`, () => checkCase(scenario, one));
});

async function checkCase(scenario: SuiteScenario, one: SuiteCase): Promise<void> {
  const options = { lookups: suiteLookups(scenario), clock: new ManualClock(), receiver: one.receiver ?? "unknown" };
  const found = await checkSpf({ peer: one.host, helo: one.helo, mailFrom: one.mailfrom }, options);
  assert.ok([one.result].flat().includes(found.result), `${found.result}, not ${one.result}: ${found.problem}`);
  if (one.explanation === undefined) return;
  const wanted = one.explanation === "DEFAULT" ? undefined : one.explanation;
  assert.equal(found.explanation?.toLowerCase(), wanted?.toLowerCase()); // digits of IPv6 are in upper case there
}
