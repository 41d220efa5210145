import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatMailDate, parseMailDate } from "./date.ts";

describe("parseMailDate", () => {
  const rows: readonly (readonly [text: string, iso: string, offsetMinutes: number])[] = [
    // RFC 5322 §A.1.1, §A.5, §A.6.2
    ["Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06Z", -360],
    [
      "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
      "1969-02-14T03:02:00Z",
      -210,
    ],
    ["21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z", 0],
    ["Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06Z", -360],
    ["1 jan 49 00:00 EST", "2049-01-01T05:00:00Z", -300],
    ["1 January 150 00:00:00 +0000", "2050-01-01T00:00:00Z", 0],
    ["29 Feb 2024 23:59:60 +1400", "2024-02-29T10:00:00Z", 840],
    ["Mon, 1 Jan 2024 1:02:03 Z", "2024-01-01T01:02:03Z", 0],
    ["1 Jan 2024 01:02:03", "2024-01-01T01:02:03Z", 0],
  ];
  for (const [text, iso, offsetMinutes] of rows)
    test(text, () => assert.deepEqual(parseMailDate(text), { epochMs: Date.parse(iso), offsetMinutes }));

  for (const text of [
    "",
    "yesterday",
    "31 Feb 2024 00:00 +0000",
    "1 Foo 2024 00:00",
    "1 Jan 2024 24:00",
    "1 Jan 2024 00:60",
  ])
    test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseMailDate(text), { code: "bad-date" }));
});

describe("formatMailDate", () => {
  test("writes what reads the same", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_000_000_000, max: 200_000_000_000 }),
        fc.integer({ min: -1439, max: 1439 }),
        (s, o) => {
          const date = { epochMs: s * 1_000, offsetMinutes: o };
          assert.deepEqual({ ...parseMailDate(formatMailDate(date)) }, { ...date, offsetMinutes: o });
        },
      ),
    );
  });
});
