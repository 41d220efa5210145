import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatSetCookie, type HttpSetCookie, parseCookieDate, parseCookies, parseSetCookie } from "./index.ts";

const expires = Date.UTC(2021, 5, 9, 10, 18, 14);

describe("Set-Cookie (RFC 6265bis)", () => {
  const rows: readonly [text: string, cookie: HttpSetCookie][] = [
    ["SID=31d4d96e407aad42", { name: "SID", value: "31d4d96e407aad42" }],
    ["lang=; Expires=Wed, 09 Jun 2021 10:18:14 GMT", { name: "lang", value: "", expires }],
    [
      "a=b; Max-Age=60; Domain=example.com; Path=/x; Secure; HttpOnly; SameSite=Strict; Partitioned",
      {
        name: "a",
        value: "b",
        maxAgeSeconds: 60,
        domain: "example.com",
        path: "/x",
        secure: true,
        httpOnly: true,
        sameSite: "strict",
        partitioned: true,
      },
    ],
    ['__Host-a="b"; Path=/; Secure', { name: "__Host-a", value: '"b"', path: "/", secure: true }],
    ["__Secure-a=b; Secure; SameSite=None", { name: "__Secure-a", value: "b", secure: true, sameSite: "none" }],
  ];
  for (const [text, cookie] of rows) {
    test(`${text} is read and written`, () => {
      assert.deepEqual(parseSetCookie(text), cookie);
      assert.equal(formatSetCookie(cookie), text);
    });
  }

  const read: readonly [text: string, cookie: HttpSetCookie][] = [
    [
      " a = b c ;secure;PATH=x;domain=.Example.COM;;foo=bar",
      { name: "a", value: "b c", secure: true, domain: "example.com" },
    ],
    ["nameless", { name: "", value: "nameless" }],
    ["a=b=c", { name: "a", value: "b=c" }],
    ["a=1; max-age=5; MAX-AGE=-9; max-age=x", { name: "a", value: "1", maxAgeSeconds: -1 }],
    ["a=1; samesite=odd; expires=never", { name: "a", value: "1" }],
    [`a=1; path=/${"x".repeat(1024)}`, { name: "a", value: "1" }],
  ];
  for (const [text, cookie] of read) {
    test(`${text.slice(0, 40)} is read`, () => assert.deepEqual(parseSetCookie(text), cookie));
  }

  const refused: readonly [why: string, cookie: HttpSetCookie][] = [
    ["a name with =", { name: "a=", value: "" }],
    ["an empty name", { name: "", value: "x" }],
    ["a value with a line end", { name: "a", value: "b\r\nX: y" }],
    ["a value with a semicolon", { name: "a", value: "b; Secure" }],
    ["a path with a semicolon", { name: "a", value: "", path: "/; Secure" }],
    ["a path that is relative", { name: "a", value: "", path: "x" }],
    ["a domain that is no name", { name: "a", value: "", domain: "a b" }],
    ["an age that is not whole", { name: "a", value: "", maxAgeSeconds: 0.5 }],
    ["more than 4,096 octets", { name: "a", value: "x".repeat(4096) }],
    ["__Secure- without Secure", { name: "__Secure-a", value: "" }],
    ["__Host- with a domain", { name: "__Host-a", value: "", secure: true, path: "/", domain: "a" }],
    ["__host- with another path", { name: "__host-a", value: "", secure: true, path: "/x" }],
    ["SameSite=None without Secure", { name: "a", value: "", sameSite: "none" }],
    ["Partitioned without Secure", { name: "a", value: "", partitioned: true }],
  ];
  for (const [why, cookie] of refused) {
    test(`${why} is refused`, () => assert.throws(() => formatSetCookie(cookie), TypeError));
  }
});

describe("parseCookieDate (RFC 6265 §5.1.1)", () => {
  for (const text of [
    "Wed, 09 Jun 2021 10:18:14 GMT",
    "Wednesday, 09-Jun-21 10:18:14 GMT",
    "Wed Jun  9 10:18:14 2021",
    "9 june 2021 10:18:14garbage",
    "10:18:14 2021 9 JUN",
  ]) {
    test(`${text} is read`, () => assert.equal(parseCookieDate(text), expires));
  }
  for (const text of [
    "",
    "Wed, 31 Jun 2021 10:18:14 GMT",
    "9 Jun 2021",
    "9 Jun 1600 10:18:14",
    "9 Jun 2021 24:00:00",
    "9 Jun 2021 10:60:00",
  ]) {
    test(`${text} is malformed`, () => assert.equal(parseCookieDate(text), undefined));
  }
});

test("parseCookies reads within its limits, and the first of two", () => {
  assert.deepEqual(
    [...parseCookies("a=1; a=2; b=3; c=4", { cookiesMax: 2 })],
    [
      ["a", "1"],
      ["b", "3"],
    ],
  );
  assert.deepEqual([...parseCookies(`big=${"x".repeat(5000)}; a=1`)], [["a", "1"]]);
  assert.deepEqual([...parseCookies("__proto__=1")], [["__proto__", "1"]]);
  assert.equal(parseCookies("a=1;".repeat(100_000)).size, 1);
});
