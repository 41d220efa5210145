import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  encodeMultipartForm,
  HttpFormError,
  type HttpFormLimits,
  type MultipartFormPart,
  MultipartFormReader,
  multipartBoundary,
} from "./index.ts";

const FORM = [
  "preamble to be ignored\r\n",
  "--AaB03x\r\n",
  'content-disposition: form-data; name="field1"\r\n',
  "\r\n",
  "Joe Blow\r\n",
  "--AaB03x \t\r\n",
  'content-disposition: form-data; name="pics"; filename="file1.txt"\r\n',
  "Content-Type: image/png\r\n",
  "\r\n",
  "\r\n--AaB03\r\n--AaB03y\r\r\n\r\n",
  "--AaB03x\r\n",
  'Content-Disposition: form-data; name="empty"\r\n',
  "\r\n",
  "\r\n",
  "--AaB03x--\r\n",
  "epilogue\r\n--AaB03x\r\n",
].join("");

const PARTS = [
  ["field1", undefined, "text/plain", "Joe Blow"],
  ["pics", "file1.txt", "image/png", "\r\n--AaB03\r\n--AaB03y\r\r\n"],
  ["empty", undefined, "text/plain", ""],
];

describe("MultipartFormReader", () => {
  test("reads a form whole, byte by byte, and cut at every place (RFC 7578)", () => {
    const octets = Buffer.from(FORM);
    assert.deepEqual(read([octets]), PARTS);
    assert.deepEqual(read(Array.from(octets, (octet) => Buffer.of(octet))), PARTS);
    for (let cut = 0; cut <= octets.length; cut++) {
      assert.deepEqual(read([octets.subarray(0, cut), octets.subarray(cut)]), PARTS, `cut at ${cut}`);
    }
  });

  test("passes content on as it comes, and holds back only what may be a boundary", () => {
    const reader = new MultipartFormReader("b");
    reader.receive(Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc\r\n-'));
    assert.equal(reader.next()?.type, "part-begin");
    assert.deepEqual(reader.next(), { type: "part-data", chunk: Buffer.from("abc") });
    assert.equal(reader.next(), undefined);
    reader.receive(Buffer.from("x"));
    assert.deepEqual(reader.next(), { type: "part-data", chunk: Buffer.from("\r\n-x") });
  });

  test("makes no more events than there are octets, when content imitates boundaries and comes byte by byte", () => {
    // "\r\n--b" again and again is the worst that content can do to the search.
    const content = "\r\n--".repeat(5000);
    const form = Buffer.from(`--bb\r\nContent-Disposition: form-data; name="a"\r\n\r\n${content}\r\n--bb--`);
    const reader = new MultipartFormReader("bb");
    let events = 0;
    let octets = 0;
    for (const octet of form) {
      reader.receive(Buffer.of(octet));
      for (let event = reader.next(); event !== undefined; event = reader.next(), events++) {
        if (event.type === "part-data") octets += event.chunk.length;
      }
    }
    assert.equal(octets, content.length);
    assert.ok(events <= content.length + 3);
  });

  const heads: readonly [head: string, name: string, filename: string | undefined][] = [
    ['form-data; name="a%22b%0d%0Ac%20"', 'a"b\r\nc%20', undefined],
    ['form-data; name="a\\"b\\\\c\\d"', 'a"b\\c\\d', undefined],
    ["form-data;name=plain ; filename=x.txt", "plain", "x.txt"],
    ['form-data; name="ü"; filename="C:\\dir\\naïve €.txt"', "ü", "C:\\dir\\naïve €.txt"],
    ["form-data; name=a; filename*=UTF-8''%E2%82%AC", "a", "€"],
    ["form-data; name=a; filename=b; filename*=UTF-8''c", "a", "b"],
    ['form-data; name=""; filename=""', "", ""],
  ];
  for (const [head, name, filename] of heads) {
    test(`reads ${head}`, () => {
      assert.deepEqual(read([part(head)]), [[name, filename, "text/plain", "x"]]);
    });
  }

  const malformed: readonly [why: string, form: Buffer | string][] = [
    ["no name", part("form-data")],
    ["another disposition", part("attachment; name=a")],
    ["a name twice", part("form-data; name=a; name=b")],
    ["a header twice", part('form-data; name=a\r\nContent-Disposition: form-data; name="b"')],
    ["a folded header", part("form-data;\r\n name=a")],
    ["a bare LF in a header", part("form-data; name=a\nX: y")],
    ["a NUL in a header", part('form-data; name="a\0"')],
    ["text after a boundary", "--AaB03x\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--AaB03xc\r\n"],
  ];
  for (const [why, form] of malformed) {
    test(`${why} is malformed`, () => assert.throws(() => read([Buffer.from(form)]), { code: "malformed" }));
  }

  test("a bad boundary is malformed (RFC 2046 §5.1.1)", () => {
    for (const boundary of ["", "a ", "a\r\n", "ü", "x".repeat(71)]) {
      assert.throws(() => new MultipartFormReader(boundary), { code: "malformed" });
    }
  });

  test("an end before the last boundary is truncated, wherever it is", () => {
    const last = FORM.indexOf("--AaB03x--") + "--AaB03x--".length;
    for (let cut = 0; cut < last; cut++) {
      assert.throws(() => read([Buffer.from(FORM.slice(0, cut))]), { code: "truncated" }, `cut at ${cut}`);
    }
  });

  const limits: readonly [keyof HttpFormLimits, number][] = [
    ["partsMax", 2],
    ["filesMax", 0],
    ["nameOctetsMax", 5],
    ["fieldOctetsMax", 7],
    ["fileOctetsMax", 21],
    ["partHeaderOctetsMax", 90],
    ["bodyOctetsMax", FORM.length - 1],
  ];
  for (const [limit, max] of limits) {
    test(`more than ${limit} is too large, so much is not`, () => {
      const exact = {
        nameOctetsMax: 6,
        filesMax: 1,
        partsMax: 3,
        fieldOctetsMax: 8,
        fileOctetsMax: 22,
        partHeaderOctetsMax: 92,
      };
      assert.throws(() => read([Buffer.from(FORM)], "AaB03x", { [limit]: max }), { code: "too-large" });
      assert.deepEqual(read([Buffer.from(FORM)], "AaB03x", { ...exact, bodyOctetsMax: FORM.length }), PARTS);
    });
  }

  test("whatever comes, only HttpFormError goes", () => {
    const pieces = [
      "--b",
      "\r\n",
      "--",
      "\r",
      "\n",
      "Content-Disposition: form-data; name=a",
      "x",
      ":",
      '"',
      "\0",
      "\r\n\r\n",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (form) => {
        try {
          read(
            form.map((piece) => Buffer.from(piece)),
            "b",
          );
        } catch (error) {
          assert.ok(error instanceof HttpFormError);
        }
      }),
    );
  });

  test("what encodeMultipartForm writes is read back, cut anywhere", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 }).filter((s) => !/\0|%22|%0[ad]|\p{Surrogate}/iu.test(s));
    const anyPart = fc.record({
      name: text,
      filename: fc.option(text, { nil: undefined }),
      content: fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom("\r\n--b", "\r\n--bound", "\r", "\r\r\n--")),
    });
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (parts, size) => {
        const form = Buffer.concat([...encodeMultipartForm(parts as MultipartFormPart[], "boundary")]);
        const chunks: Buffer[] = [];
        for (let at = 0; at < form.length; at += size) chunks.push(form.subarray(at, at + size));
        const back = read(chunks, "boundary", {}, "latin1");
        assert.deepEqual(
          back.map(([name, filename, , content]) => [name, filename, content]),
          parts.map(({ name, filename, content }) => [name, filename, Buffer.from(content).toString("latin1")]),
        );
      }),
    );
  });
});

test("the writer refuses what would break the form", () => {
  const write =
    (part: MultipartFormPart, boundary = "b") =>
    () => [...encodeMultipartForm([part], boundary)];
  assert.throws(write({ name: "a", content: "" }, "a\r\n"), TypeError);
  assert.throws(write({ name: "a\0", content: "" }), TypeError);
  assert.throws(write({ name: "a", contentType: "a\r\nX: y", content: "" }), TypeError);
  assert.throws(() => multipartBoundary(new Uint8Array(8)), TypeError);
  assert.equal(multipartBoundary(new Uint8Array(16)), `hawser-${"0".repeat(32)}`);
});

function part(disposition: string): Buffer {
  return Buffer.from(`--AaB03x\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--AaB03x--`);
}

function read(
  chunks: readonly Uint8Array[],
  boundary = "AaB03x",
  limits: HttpFormLimits = {},
  encoding: BufferEncoding = "utf8",
) {
  const reader = new MultipartFormReader(boundary, limits);
  const parts: (string | undefined)[][] = [];
  const pull = () => {
    for (let event = reader.next(); event !== undefined; event = reader.next()) {
      if (event.type === "part-begin") parts.push([event.head.name, event.head.filename, event.head.contentType, ""]);
      if (event.type === "part-data") parts.at(-1)![3] += Buffer.from(event.chunk).toString(encoding);
    }
  };
  for (const chunk of chunks) {
    reader.receive(chunk);
    pull();
  }
  reader.end();
  pull();
  return parts;
}
