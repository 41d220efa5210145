import { describe, test } from "node:test";
import { assertNone } from "../finding.ts";
import { listFindings, spellingFindings } from "../rfcs/references.ts";
import { rfcPage, rfcPagePath, rfcsOf } from "../rfcs/table.ts";
import { repository } from "../tree.ts";

describe("RFCs", () => {
  const tree = repository();

  test("are named in one spelling", () => {
    assertNone(spellingFindings(tree));
  });

  test("are all listed in docs/rfcs.json", () => {
    assertNone(listFindings(tree));
  });

  test("are shown by docs/rfc.md as they are listed", () => {
    if (tree.paths.includes(rfcPagePath) && tree.text(rfcPagePath) === rfcPage(rfcsOf(tree))) return;
    assertNone([
      { path: rfcPagePath, line: 1, rule: "This page is made from docs/rfcs.json", advice: "Run `npm run docs`." },
    ]);
  });
});
