import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  evaluatePreconditions,
  type HttpCurrentVersion,
  type HttpRangeAnswer,
  rangeField,
  readPreconditions,
  resolveHttpRange,
} from "./index.ts";

const BEFORE = "Sat, 05 Nov 1994 08:49:37 GMT";
const THEN = "Sun, 06 Nov 1994 08:49:37 GMT";
const changed = Date.UTC(1994, 10, 6, 8, 49, 37, 250);
const file: HttpCurrentVersion = { etag: { weak: false, opaque: "v2" }, lastModified: changed };
const weak: HttpCurrentVersion = { etag: { weak: true, opaque: "v2" }, lastModified: changed };
const strongDate: HttpCurrentVersion = { lastModified: changed, lastModifiedIsStrong: true };

type Fields = Readonly<Record<string, string | string[]>>;
type Case = readonly [method: string, fields: Fields, current: HttpCurrentVersion | undefined, outcome: string];

describe("evaluatePreconditions (RFC 9110 §13.2.2)", () => {
  const cases: readonly Case[] = [
    ["GET", {}, file, "proceed with range"],
    ["HEAD", {}, file, "proceed"],
    // Step 1
    ["PUT", { "If-Match": '"v1", "v2"' }, file, "proceed"],
    ["PUT", { "If-Match": '"v1"' }, file, "failed"],
    ["PUT", { "If-Match": ['"v1"', '"v2"'] }, file, "proceed"],
    ["PUT", { "If-Match": 'W/"v2"' }, weak, "failed"],
    ["PUT", { "If-Match": "*" }, weak, "proceed"],
    ["PUT", { "If-Match": "*" }, undefined, "failed"],
    ["GET", { "If-Match": '"v1"' }, file, "failed"],
    ["PUT", { "If-Match": '"v2"', "If-Unmodified-Since": BEFORE }, file, "proceed"],
    ["PUT", { "If-Match": "v2" }, file, "failed"],
    ["GET", { "If-Match": "v2" }, file, "proceed with range"],
    // Step 2
    ["PUT", { "If-Unmodified-Since": THEN }, file, "proceed"],
    ["PUT", { "If-Unmodified-Since": BEFORE }, file, "failed"],
    ["PUT", { "If-Unmodified-Since": "yesterday" }, file, "proceed"],
    ["PUT", { "If-Unmodified-Since": BEFORE }, { etag: file.etag }, "proceed"],
    // Step 3
    ["GET", { "If-None-Match": '"v2"' }, file, "not-modified"],
    ["GET", { "If-None-Match": 'W/"v2"' }, file, "not-modified"],
    ["HEAD", { "If-None-Match": '"v2"' }, weak, "not-modified"],
    ["GET", { "If-None-Match": '"v1"' }, file, "proceed with range"],
    ["GET", { "If-None-Match": '"v1"', "If-Modified-Since": THEN }, file, "proceed with range"],
    ["PUT", { "If-None-Match": "*" }, file, "failed"],
    ["PUT", { "If-None-Match": "*" }, undefined, "proceed"],
    ["PUT", { "If-None-Match": "bad" }, undefined, "failed"],
    ["GET", { "If-None-Match": "bad", "If-Modified-Since": THEN }, file, "proceed with range"],
    // Step 4
    ["GET", { "If-Modified-Since": THEN }, file, "not-modified"],
    ["GET", { "If-Modified-Since": BEFORE }, file, "proceed with range"],
    ["GET", { "If-Modified-Since": "0" }, file, "proceed with range"],
    ["GET", { "If-Modified-Since": THEN }, undefined, "proceed with range"],
    ["POST", { "If-Modified-Since": THEN }, file, "proceed"],
    // Step 5
    ["GET", { "If-Range": '"v2"' }, file, "proceed with range"],
    ["GET", { "If-Range": '"v1"' }, file, "proceed"],
    ["GET", { "If-Range": 'W/"v2"' }, weak, "proceed"],
    ["GET", { "If-Range": THEN }, file, "proceed"],
    ["GET", { "If-Range": THEN }, strongDate, "proceed with range"],
    ["GET", { "If-Range": BEFORE }, strongDate, "proceed"],
    ["GET", { "If-Range": "bad" }, strongDate, "proceed"],
  ];
  for (const [method, fields, current, expected] of cases) {
    test(`${method} ${JSON.stringify(fields)} of ${current?.etag?.weak ? "weak " : ""}${current ? "v2" : "nothing"}: ${expected}`, () => {
      const source = { getAll: (name: string) => [fields[name] ?? []].flat() };
      const { outcome, rangeAllowed } = evaluatePreconditions(method, readPreconditions(source), current);
      assert.equal(rangeAllowed ? `${outcome} with range` : outcome, expected);
    });
  }
});

describe("resolveHttpRange of 10,000 octets (RFC 9110 §14.1.2)", () => {
  const rows: readonly [text: string, answer: HttpRangeAnswer | string][] = [
    ["bytes=0-499", "0-499"],
    ["bytes=500-999", "500-999"],
    ["bytes=-500", "9500-9999"],
    ["bytes=9500-", "9500-9999"],
    ["bytes=0-0,-1", "0-0 9999-9999"],
    ["bytes=0-99999", "0-9999"],
    ["bytes=-20000", "0-9999"],
    ["bytes=9999-9999,0-0", "9999-9999 0-0"],
    ["bytes=10000-", { type: "unsatisfiable" }],
    ["bytes=-0", { type: "unsatisfiable" }],
    ["bytes=10000-,0-1", "0-1"],
    ["bytes=0-5,1-6,2-7", "0-5 1-6 2-7"],
    ["bytes=0-5,1-6,2-7,3-8", { type: "whole" }],
    ["bytes=0-,0-", { type: "whole" }],
    [`bytes=${Array.from({ length: 17 }, (_, i) => `${i * 10}-${i * 10}`)}`, { type: "whole" }],
  ];
  for (const [text, answer] of rows) {
    test(text.slice(0, 40), () => {
      const resolved = resolveHttpRange(rangeField.parse(text)!, 10_000);
      const shown =
        resolved.type === "partial" ? resolved.ranges.map(({ first, last }) => `${first}-${last}`).join(" ") : resolved;
      assert.deepEqual(shown, answer);
    });
  }

  test("nothing of nothing can be satisfied", () => {
    assert.deepEqual(resolveHttpRange(rangeField.parse("bytes=0-")!, 0), { type: "unsatisfiable" });
    assert.deepEqual(resolveHttpRange(rangeField.parse("bytes=-1")!, 0), { type: "unsatisfiable" });
  });
});
