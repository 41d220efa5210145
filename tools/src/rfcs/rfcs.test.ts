import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeTree } from "../tree.ts";
import { listFindings, spellingFindings } from "./references.ts";
import { rfcPage } from "./table.ts";

const source = "packages/ftp/src/a.ts";

describe("spellingFindings", () => {
  const cases: readonly (readonly [written: string, wanted: string | undefined])[] = [
    ["RFC 9112", undefined],
    ["RFC 9112 §3.2", undefined],
    ["RFC 9112 §A.1, and RFC 9110", undefined],
    ["RFC 9112, which", undefined],
    ["message/rfc822", undefined],
    ["RFC822.SIZE", undefined],
    ["https://example.org/rfc9112.txt", undefined],
    ["rfc9112", "RFC 9112"],
    ["RFC9112", "RFC 9112"],
    ["RFC-9112", "RFC 9112"],
    ["Rfc 9112", "RFC 9112"],
    ["RFC 9112 section 3.2", "RFC 9112 §3.2"],
    ["RFC 9112, Section 3.2", "RFC 9112 §3.2"],
    ["RFC 9112§3", "RFC 9112 §3"],
    ["RFC 9112 § 3", "RFC 9112 §3"],
    ["RFC 9112 Appendix A", "RFC 9112 §A"],
  ];
  for (const [written, wanted] of cases) {
    test(`${wanted === undefined ? "accepts" : "corrects"} ${written}`, () => {
      const findings = spellingFindings(fakeTree({ [source]: `// ${written}\nconst ${"rfc9112"} = 1;` }));
      assert.deepEqual(
        findings.map(({ advice }) => /"(.*)"/.exec(advice)?.[1]),
        wanted === undefined ? [] : [wanted],
      );
    });
  }

  test("reads pages too", () => {
    const [finding] = spellingFindings(fakeTree({ "docs/a.md": "one\nrfc1 two" }));
    assert.equal(finding?.line, 2);
  });
});

describe("listFindings", () => {
  const row = (number: number, status: string) => ({ number, title: "T", status, package: "@hawser/ftp" });
  const findings = (text: string, ...rows: readonly object[]) =>
    listFindings(fakeTree({ [source]: text, "docs/rfcs.json": JSON.stringify(rows) }));

  test("prints the line to add for an RFC that is not listed", () => {
    const [finding] = findings("\n\n/** RFC 959 §3 */");
    assert.equal(`${finding?.path}:${finding?.line}`, `${source}:3`);
    assert.match(
      finding?.advice ?? "",
      /\{ "number": 959, "title": "…", "status": "partial", "package": "@hawser\/ftp" \},/,
    );
  });

  test("refuses claims without a source, and lists that are out of order", () => {
    assert.match(findings("", row(1, "yes"))[0]?.rule ?? "", /no source names it/);
    assert.deepEqual(findings("", row(1, "partial")), []);
    assert.match(findings("// RFC 1, RFC 2", row(2, "yes"), row(1, "yes"))[0]?.rule ?? "", /by number/);
  });
});

describe("rfcPage", () => {
  test("is a table", () => {
    const page = rfcPage([{ number: 959, title: "FTP", status: "yes", package: "@hawser/ftp" }]);
    assert.ok(page.endsWith("| [959](https://www.rfc-editor.org/rfc/rfc959) | FTP | yes | `@hawser/ftp` |\n"));
  });
});
