import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import * as all from "./index.ts";
import { type HttpField, httpFieldMembersMax, httpFields } from "./index.ts";

const record = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) => fc.record(model, { noNullPrototype: true });
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,8}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/).filter((s) => s !== "q");
const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((c) => c < 0x7f || c > 0x9f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 12,
});
const anyText = fc.string({ unit: "grapheme", maxLength: 12 }).filter((s) => !/\p{Cc}|\p{Surrogate}/u.test(s));
const parameters = fc.array(fc.tuple(name, latin1), { maxLength: 3 }).map((pairs) => new Map(pairs));
const texts = fc.array(fc.tuple(name, anyText), { maxLength: 3 }).map((pairs) => new Map(pairs));
const weight = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
const whole = fc.nat();
const list = <T>(member: fc.Arbitrary<T>) => fc.array(member, { maxLength: 4 });
const flag = fc.constant(true as const);
const names = fc.oneof(flag, fc.array(name, { minLength: 1, maxLength: 3 }));
const date = fc
  .date({ min: new Date("1600-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((d) => Math.floor(d.getTime() / 1000) * 1000);
const tag = record({ weak: fc.boolean(), opaque: fc.stringMatching(/^[!#-~\xa1-\xff]{0,8}$/) });
const host = fc.oneof(
  fc.domain().map((d) => d.toLowerCase()),
  fc.ipV4(),
  fc.constantFrom("::1", "2001:db8::17"),
);
const partial = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true });

/** For each field, any value that it can have. */
const VALUES: readonly [HttpField<unknown>, fc.Arbitrary<unknown>][] = [
  [all.acceptField, list(record({ type: token.filter((t) => t !== "*"), subtype: token, parameters, weight }))],
  [all.acceptEncodingField, list(record({ value: token, weight }))],
  [all.allowField, list(token)],
  [all.ageField, whole],
  [all.authorizationField, record({ scheme: name, parameters })],
  [all.wwwAuthenticateField, list(record({ scheme: name, parameters }))],
  [
    all.cacheControlField,
    partial<Record<string, unknown>>({
      maxAgeSeconds: whole,
      maxStaleSeconds: fc.oneof(flag, whole),
      noCache: names,
      private: names,
      noStore: flag,
      public: flag,
      extensions: fc
        .array(
          fc.tuple(
            name.map((n) => `x-${n}`),
            fc.oneof(flag, latin1),
          ),
          { minLength: 1, maxLength: 2 },
        )
        .map((e) => new Map(e)),
    }),
  ],
  [all.contentTypeField, record({ type: token, subtype: token, parameters })],
  [
    all.contentDispositionField,
    record({
      type: name,
      filename: anyText,
      parameters: texts.map((t) => new Map([...t].filter(([key]) => key !== "filename"))),
    }),
  ],
  [
    all.cookieField,
    fc.array(fc.tuple(token, fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,9}$/))).map((pairs) => new Map(pairs)),
  ],
  [all.dateField, date],
  [all.etagField, tag],
  [all.ifNoneMatchField, fc.oneof(fc.constant("*"), list(tag))],
  [
    all.forwardedField,
    list(
      partial<Record<string, unknown>>({
        for: record({ name: fc.oneof(fc.ipV4(), fc.constantFrom("::1", "unknown", "_Hidden")) }),
        by: record({ name: fc.constant("192.0.2.1"), port: fc.constantFrom("80", "_p") }),
        host: record({ host }),
        proto: fc.constantFrom("http", "https"),
      }).filter((element) => Object.keys(element).length > 0),
    ),
  ],
  [all.hostField, record({ host, port: fc.integer({ min: 0, max: 65535 }) })],
  [
    all.linkField,
    list(
      record({
        target: fc.webUrl(),
        relations: list(name),
        parameters: texts.map((t) => new Map([...t].filter(([key]) => key !== "rel"))),
      }),
    ),
  ],
  [all.locationField, fc.webUrl()],
  [all.preferField, list(record({ name: token, value: latin1, parameters }))],
  [all.priorityField, record({ urgency: fc.integer({ min: 0, max: 7 }), incremental: fc.boolean() })],
  [
    all.rangeField,
    record({
      unit: fc.constant("bytes"),
      ranges: fc.array(fc.oneof(record({ first: whole }), record({ suffixLength: whole })), {
        minLength: 1,
        maxLength: 5,
      }),
    }),
  ],
  [all.teField, list(record({ token, parameters, weight }))],
  [
    all.userAgentField,
    fc
      .array(
        fc.oneof(
          record({ type: fc.constant("product"), name: token, version: token }),
          record({ type: fc.constant("comment"), text: latin1 }),
        ),
      )
      .map((products) => [{ type: "product", name: "hawser" }, ...products]),
  ],
  [
    all.viaField,
    list(record({ version: token, by: host.map((h) => (h.includes(":") ? `[${h}]` : h)), comment: latin1 })),
  ],
];

describe("what a field writes it reads back", () => {
  for (const [field, values] of VALUES) {
    test(field.name, () => {
      fc.assert(fc.property(values, (value) => assert.deepEqual(field.parse(field.format(value)), value)));
    });
  }
});

describe("a field reads or refuses any text, and writes again what it read", () => {
  const unit = fc.constantFrom(
    "a",
    "B",
    "1",
    "0",
    "=",
    ",",
    ";",
    '"',
    "\\",
    "/",
    "*",
    " ",
    "\t",
    "(",
    ")",
    "<",
    ">",
    ":",
    "-",
    "%",
    "'",
    "é",
    "\0",
    "\r",
    "q",
  );
  for (const field of httpFields.values()) {
    test(field.name, () => {
      fc.assert(
        fc.property(fc.string({ unit, maxLength: 24 }), (text) => {
          const value = field.parse(text);
          if (value === undefined || READ_MORE_THAN_WRITTEN.has(field.name)) return;
          const written = field.format(value);
          assert.doesNotMatch(written, /[\0\r\n]/);
          assert.deepEqual(field.parse(written), value);
        }),
      );
    });
  }
});

describe("the worst that a peer can send is read with linear work and bounded results", () => {
  // Eight times the largest header block: with quadratic work each of these would take minutes.
  const octets = 128 << 10;
  const nasty = [
    '"',
    '"\\',
    ",",
    ";",
    ";a",
    ";a=",
    '"a"',
    "(",
    "((",
    "=",
    "a=",
    "a ",
    "%",
    "<",
    "<>;",
    "\t",
    ",\t",
    "a,",
    "W/",
    "@1",
    ":",
    "'",
  ];
  for (const field of httpFields.values()) {
    test(field.name, { timeout: 30_000 }, () => {
      for (const piece of nasty) {
        const value = field.parse(piece.repeat(octets / piece.length));
        if (Array.isArray(value)) assert.ok(value.length <= httpFieldMembersMax, piece);
        if (value instanceof Map) assert.ok(value.size <= httpFieldMembersMax, piece);
      }
    });
  }
});

// Peers may send what we must not: cookies with spaces, addresses that are not URIs.
const READ_MORE_THAN_WRITTEN = new Set(["Cookie", "Set-Cookie", "Location", "Content-Location", "Referer", "Link"]);
