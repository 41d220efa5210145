import { test } from "node:test";
import { nameFindings } from "../api/names.ts";
import { assertNone } from "../finding.ts";
import { repository } from "../tree.ts";

test("every public name means one thing, and is explained", () => {
  assertNone(nameFindings(repository()));
});
