import assert from "node:assert/strict";
import { test } from "node:test";
import { ldapUsers } from "../checkers/ldap.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { escapeLdapDn, escapeLdapFilter, fillLdapTemplate } from "./escape.ts";

test("a name in a filter is escaped as RFC 4515 §4 shows", () => {
  assert.equal(
    escapeLdapFilter("Parens R Us (for all your parenthetical needs)"),
    "Parens R Us \\28for all your parenthetical needs\\29",
  );
  assert.equal(escapeLdapFilter("*"), "\\2a");
  assert.equal(escapeLdapFilter("C:\\MyFile"), "C:\\5cMyFile");
  assert.equal(escapeLdapFilter("\0\u0000\u0000\u0004".slice(0, 1)), "\\00");
  assert.equal(escapeLdapFilter("Lučić"), "Lu\\c4\\8di\\c4\\87");
  assert.equal(escapeLdapFilter("😀"), "\\f0\\9f\\98\\80");
  assert.equal(
    fillLdapTemplate("(&(uid={user})(mail={user}))", "$&)(", escapeLdapFilter),
    "(&(uid=$&\\29\\28)(mail=$&\\29\\28))",
  );
});

test("a name in a distinguished name is escaped as RFC 4514 §4 shows", () => {
  assert.equal(escapeLdapDn('James "Jim" Smith, III'), 'James \\"Jim\\" Smith\\, III');
  assert.equal(escapeLdapDn(" #x,ou=admins+cn=a;<b>=\\"), "\\ \\#x\\,ou\\=admins\\+cn\\=a\\;\\<b\\>\\=\\\\");
  assert.equal(escapeLdapDn("a\0 "), "a\\00\\ ");
  assert.equal(escapeLdapDn("Lučić"), "Lučić");
});

test("a directory without a way to find users is a mistake, one that is not there is temporary", async () => {
  assert.throws(() => ldapUsers({ url: "ldap://127.0.0.1:1" }), RangeError);
  assert.throws(() => ldapUsers({ url: "http://127.0.0.1:1", base: "x" }), RangeError);
  assert.throws(() => ldapUsers({ url: "ldap://127.0.0.1:1", dn: "uid=alice" }), RangeError);
  const users = ldapUsers({ url: "ldap://127.0.0.1:1", tls: "none", base: "dc=example", timeoutMs: 2_000 });
  assert.deepEqual(await users.problems!(), []);
  await assert.rejects(users.check(password("alice", "secret"), from("192.0.2.1")), /ECONNREFUSED|refused/i);
  for (const [user, text] of [
    ["alice", ""],
    ["", "x"],
    ["a\0", "x"],
  ] as const)
    assert.equal((await users.check(password(user, text), from("192.0.2.1"))).type, "unknown", "nothing is asked");
});
