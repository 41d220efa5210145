import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { HttpHeaders } from "./headers.ts";

/** A parsed head, as a scanner hands it over. */
function parsed(...lines: readonly string[]): HttpHeaders {
  const marks: number[] = [];
  let head = "GET / HTTP/1.1\r\n";
  for (const line of lines) {
    marks.push(head.length, head.length + line.indexOf(":"));
    head += `${line}\r\n`;
  }
  marks.push(head.length);
  return HttpHeaders.overHead(`${head}\r\n`, marks);
}

const made = (): HttpHeaders =>
  new HttpHeaders([
    ["Host", "a"],
    ["Accept", "b"],
    ["ACCEPT", "c"],
    ["X-Empty", ""],
  ]);
const read = (): HttpHeaders => parsed("Host: a", "Accept:b \t", "ACCEPT: \t c", "X-Empty:");

for (const [kind, make] of Object.entries({ "a list": made, "a parsed head": read })) {
  test(`fields of ${kind} are found whatever the case of their names (RFC 9110 §5.1)`, () => {
    const headers = make();
    assert.equal(headers.get("HOST"), "a");
    assert.equal(headers.get("x-empty"), "");
    assert.equal(headers.get("x-none"), undefined);
    assert.equal(headers.has("aCCept"), true);
    assert.equal(headers.has("accep"), false);
    assert.equal(headers.size, 4);
  });

  test(`repeated fields of ${kind} are joined, or given one by one (RFC 9110 §5.3)`, () => {
    assert.equal(make().get("accept"), "b, c");
    assert.deepEqual(make().getAll("Accept"), ["b", "c"]);
    assert.deepEqual(make().getAll("x-none"), []);
  });

  test(`${kind} is iterated in order, with names in lower case`, () => {
    assert.deepEqual(
      [...make()],
      [
        ["host", "a"],
        ["accept", "b"],
        ["accept", "c"],
        ["x-empty", ""],
      ],
    );
    assert.deepEqual(make().flat(), ["host", "a", "accept", "b", "accept", "c", "x-empty", ""]);
  });

  test(`${kind} can be changed`, () => {
    const headers = make();
    headers.set("ACCEPT", "d");
    headers.append("Via", "1.1 x");
    assert.equal(headers.delete("HOST"), true);
    assert.equal(headers.delete("host"), false);
    headers.set("Age", "1");
    assert.deepEqual(
      [...headers],
      [
        ["accept", "d"],
        ["x-empty", ""],
        ["via", "1.1 x"],
        ["age", "1"],
      ],
    );
  });
}

test("Set-Cookie is never joined (RFC 9110 §5.3)", () => {
  const headers = new HttpHeaders({ "Set-Cookie": ["a=1", "b=2"] });
  assert.equal(headers.get("set-cookie"), "a=1");
  assert.deepEqual(headers.getAll("set-cookie"), ["a=1", "b=2"]);
});

test("headers are made from records, pairs and other headers", () => {
  const record = new HttpHeaders({ Host: "a", Accept: ["b", "c"] });
  assert.deepEqual(
    [...new HttpHeaders(record)],
    [
      ["host", "a"],
      ["accept", "b"],
      ["accept", "c"],
    ],
  );
  assert.deepEqual([...new HttpHeaders()], []);
});

test("one of several names is found in whatever case it came, before and after the fields were changed", () => {
  const headers = HttpHeaders.overHead("If-Range: a\r\nHost: b\r\n\r\n", [0, 8, 13, 17, 22]);
  const found = () => [headers.hasAny(["range", "if-range"]), headers.hasAny(["range", "ranges"]), headers.hasAny([])];
  assert.deepEqual(found(), [true, false, false]);
  headers.append("x-a", "1");
  assert.deepEqual(found(), [true, false, false]);
  headers.delete("if-range");
  assert.deepEqual(found(), [false, false, false]);
});

test("a copy does not follow its original", () => {
  const original = read();
  const copy = new HttpHeaders(original);
  copy.set("host", "b");
  assert.equal(original.get("host"), "a");
});

test("copies hold one list until either changes it, whichever does, and whatever it does", () => {
  const changes: readonly ((headers: HttpHeaders) => unknown)[] = [
    (headers) => headers.set("host", "b"),
    (headers) => headers.append("accept", "d"),
    (headers) => headers.delete("host"),
  ];
  for (const change of changes) {
    for (const changed of [0, 1, 2]) {
      const original = read();
      const copies = [original, original.copy(), original.copy()];
      const fields = [...original];
      change(copies[changed]!);
      for (const [at, copy] of copies.entries()) assert.equal(`${[...copy]}` === `${fields}`, at !== changed);
      assert.deepEqual(
        copies.map(({ isShared }) => isShared),
        [0, 1, 2].map((at) => at !== changed),
      );
    }
  }
});

test("what could end a field early is refused (RFC 9110 §5.5)", () => {
  for (const value of ["a\r\nb: c", "a\nb", "a\rb", "a\0b", "a\x7fb", "a\x01", "Ā", " a", "a ", "\ta", "a\t", "☃"]) {
    assert.throws(() => new HttpHeaders({ x: value }), TypeError, JSON.stringify(value));
    assert.throws(() => new HttpHeaders().set("x", value), TypeError, JSON.stringify(value));
  }
  for (const name of ["", "a b", "a:", "a\r\n", "é", "(a)", "a\0"]) {
    assert.throws(() => new HttpHeaders().append(name, "a"), TypeError, JSON.stringify(name));
    assert.throws(() => new HttpHeaders().set(name, "a"), TypeError, JSON.stringify(name));
  }
});

test("a refused value changes nothing", () => {
  const headers = made();
  assert.throws(() => headers.set("accept", "a\nb"), TypeError);
  assert.deepEqual([...headers], [...made()]);
});

test("a parsed head and a list of the same fields are the same", () => {
  const name = fc.constantFrom("A", "a", "b-C", "B-c", "content-length", "Content-Length", "set-cookie", "D".repeat(9));
  const value = fc.constantFrom("", "1", "x y", "é", "a,b");
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.array(name), (fields, names) => {
      const list = new HttpHeaders(fields);
      const head = parsed(...fields.map(([n, v]) => `${n}: ${v}`));
      for (const n of names) {
        assert.equal(head.get(n), list.get(n));
        assert.deepEqual(head.getAll(n), list.getAll(n));
      }
      assert.deepEqual([...head], [...list]);
    }),
  );
});
