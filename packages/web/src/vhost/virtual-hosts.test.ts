import assert from "node:assert/strict";
import { test } from "node:test";
import { text } from "../http/response.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { virtualHosts } from "./virtual-hosts.ts";

const site = virtualHosts({
  "example.org": () => text("exact"),
  "*.example.org": () => text("wild"),
  "*.dev.example.org": () => text("wilder"),
  "Other.Example.": () => text("other"),
  "[2001:db8::1]": () => text("address"),
});

const rows: readonly (readonly [authority: string, answer: string])[] = [
  ["example.org", "exact"],
  ["EXAMPLE.org:8080", "exact"],
  ["example.org.", "exact"],
  ["www.example.org", "wild"],
  ["a.b.example.org", "wild"],
  ["a.dev.example.org", "wilder"],
  ["dev.example.org", "wild"],
  ["other.example", "other"],
  ["[2001:DB8::1]:80", "address"],
];

for (const [authority, answer] of rows) {
  test(`${authority} is answered by the ${answer} site`, async () => {
    assert.equal((await ask(site, `GET http://${authority}/`)).body, answer);
  });
}

test("a name that is not served is 421 (RFC 9110 §15.5.20)", async () => {
  for (const authority of ["elsewhere.example", "notexample.org", "[2001:db8::2]", "127.0.0.1"]) {
    const { status, body } = await ask(site, `GET http://${authority}/`);
    assert.deepEqual([status, body], [421, `421 Misdirected Request: This server has no site "${authority}"\n`]);
  }
});

test("or goes to the default", async () => {
  const open = virtualHosts({ "example.org": () => text("one") }, { default: () => text("any") });
  assert.equal((await ask(open, "GET http://elsewhere.example/")).body, "any");
});

test("a key that can be no name of a host is refused at once", () => {
  for (const name of ["", "http://example.org", "example.org:80", "a b", "*", "www.*.org", "[::1"]) {
    assert.throws(() => virtualHosts({ [name]: () => text("x") }), TypeError, name);
  }
});
