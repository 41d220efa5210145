import assert from "node:assert/strict";
import { test } from "node:test";

import { hear, octets } from "../testing/conversation.test.ts";
import { type HttpTarget, isAuthority, parseTarget } from "./target.ts";

const none = { scheme: undefined, query: undefined };

/** Method, target, Host, and what they mean together (RFC 9112 §3.2). */
const targets: readonly (readonly [method: string, raw: string, host: string, target: HttpTarget])[] = [
  ["GET", "/", "a", { ...none, form: "origin", authority: "a", path: "/" }],
  ["GET", "/a%2Fb/?c=d?e", "a:81", { ...none, form: "origin", authority: "a:81", path: "/a%2Fb/", query: "c=d?e" }],
  ["GET", "/?", "a", { ...none, form: "origin", authority: "a", path: "/", query: "" }],
  ["GET", "//b/c", "a", { ...none, form: "origin", authority: "a", path: "//b/c" }],
  ["GET", "http://b:82/c?d", "a", { scheme: "http", form: "absolute", authority: "b:82", path: "/c", query: "d" }],
  ["GET", "HTTPS://b", "a", { ...none, scheme: "https", form: "absolute", authority: "b", path: "/" }],
  ["GET", "http://b?c", "a", { scheme: "http", form: "absolute", authority: "b", path: "/", query: "c" }],
  ["GET", "http://[::1]:80/", "a", { ...none, scheme: "http", form: "absolute", authority: "[::1]:80", path: "/" }],
  ["OPTIONS", "*", "a", { ...none, form: "asterisk", authority: "a", path: "*" }],
  ["OPTIONS", "http://b", "a", { ...none, scheme: "http", form: "absolute", authority: "b", path: "*" }],
  ["CONNECT", "b:443", "a", { ...none, form: "authority", authority: "b:443", path: "" }],
  ["CONNECT", "[2001:db8::1]:443", "a", { ...none, form: "authority", authority: "[2001:db8::1]:443", path: "" }],
];

for (const [method, raw, host, target] of targets) {
  test(`${method} ${raw} at ${host}`, () => assert.deepEqual(parseTarget(method, raw, host), target));
}

test("the host of an absolute target takes the place of Host (RFC 9112 §3.2.2)", () => {
  let host: string | undefined;
  hear([octets("GET http://b:81/ HTTP/1.1\r\nhost: a\r\n\r\n")], (event) => {
    if (event.type === "request") host = event.head.headers.get("Host");
    return event.type === "request" ? [{ type: "response", status: 204 }] : [];
  });
  assert.equal(host, "b:81");
});

test("valid hosts (RFC 3986 §3.2.2)", () => {
  const ipv6 = [
    "[::]",
    "[::1]",
    "[1::]",
    "[1:2:3:4:5:6:7:8]",
    "[1:2:3:4:5:6:7::]",
    "[::ffff:1.2.3.4]",
    "[1:2:3:4:5:6:1.2.3.4]",
  ];
  for (const text of [
    "",
    "a",
    "a.b-c",
    "a:80",
    "a:",
    "127.0.0.1:65535",
    "a_b",
    "%41",
    "!$&'()*+,;=",
    ...ipv6,
    "[::1]:80",
  ]) {
    assert.equal(isAuthority(text), true, text);
  }
});

test("invalid hosts", () => {
  const ipv6 = [
    "[",
    "[]",
    "[1]",
    "[:::]",
    "[1::2::3]",
    "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:7:8::]",
    "[12345::]",
    "[::g]",
  ];
  const mixed = [
    "[::1",
    "[::1]a",
    "[::1.2.3]",
    "[::1.2.3.256]",
    "[::01.2.3.4]",
    "[1.2.3.4::]",
    "[v1.a]",
    "[::1%25eth0]",
  ];
  for (const text of [
    "a b",
    "a/b",
    "a@b",
    "a:b",
    "a:80:80",
    "a:65536",
    "é",
    "%4",
    "%zz",
    "a,b c",
    "a#b",
    ...ipv6,
    ...mixed,
  ]) {
    assert.equal(isAuthority(text), false, text);
  }
});
