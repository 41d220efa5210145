import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Credentials, LoginError, userAvatar } from "@hawser/auth";
import { UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { mailAccounts } from "../store/accounts.ts";
import { memoryMail } from "../store/memory/store.ts";
import { type MailUsers, mailUsers } from "./users.ts";

const context = { protocol: "imap", peer: undefined };
const password = (user: string, given = "secret"): Credentials => ({ kind: "password", user, password: given });

function usersOf(databases: readonly string[], offersScram?: boolean): MailUsers {
  const reactor = memoryReactor();
  const store = memoryMail(reactor);
  return mailUsers(databases, {
    reactor,
    domains: ["example.org", "example.net"],
    offersScram,
    account: (user) => store.account(user),
    hasMailbox: async (address) => address === "disk@example.org",
  });
}

async function nameOf(users: MailUsers, credentials: Credentials): Promise<string> {
  const login = await users.portal.login(credentials, userAvatar, context);
  return login.user.name;
}

describe("mailUsers", () => {
  const users = usersOf(["memory:alice@example.org:secret:bob:secret:carol@elsewhere.example:secret"]);

  test("lets people in by whole addresses, in any case", async () => {
    assert.equal(await nameOf(users, password("alice@example.org")), "alice@example.org");
    assert.equal(await nameOf(users, password("Alice@Example.ORG")), "alice@example.org");
    await assert.rejects(nameOf(users, password("alice@example.org", "wrong")), LoginError);
    await assert.rejects(nameOf(users, password("alice@example.net")), LoginError);
    await assert.rejects(nameOf(users, password("alice")), LoginError);
  });

  test("takes names without a domain for users of the first domain", async () => {
    assert.equal(await nameOf(users, password("bob@example.org")), "bob@example.org");
    assert.equal(await nameOf(users, password("BOB@example.org")), "bob@example.org");
    assert.equal(await nameOf(users, password("bob")), "bob@example.org");
    await assert.rejects(nameOf(users, password("bob@example.net")), LoginError);
  });

  test("keeps out who belongs to a domain that is none of ours, and who is nobody", async () => {
    await assert.rejects(nameOf(users, password("carol@elsewhere.example")), LoginError);
    await assert.rejects(nameOf(usersOf(["memory:a:b", "anonymous"]), { kind: "anonymous", trace: "me" }), LoginError);
    assert.throws(() => usersOf(["anonymous"]), UsageError);
    assert.throws(() => usersOf([]), UsageError);
    assert.throws(() => usersOf(["nothing:at:all"]), UsageError);
  });

  test("gives a mechanism the secret of a user, and takes the proof of it", async () => {
    const request = { kind: "plain" } as const;
    for (const user of ["alice@example.org", "bob@example.org"]) {
      const asked = { ...context };
      const found = await users.portal.secret(user, request, asked);
      assert.deepEqual(found?.secret, { kind: "plain", password: "secret" });
      const proof: Credentials = { kind: "proven", user, mechanism: "CRAM-MD5", source: found!.source };
      assert.equal((await users.portal.login(proof, userAvatar, asked)).user.name, user);
    }
  });

  test("offers mechanisms that need a secret only where everybody has one, unless it is told to", async () => {
    const offered = (databases: readonly string[], offersScram?: boolean) => [
      ...usersOf(databases, offersScram).portal.secrets,
    ];
    assert.deepEqual(offered(["file:users"]), []);
    assert.deepEqual(offered(["file:users"], true), ["scram", "digest"]);
    assert.ok(offered(["memory:a:b"]).includes("scram"));
  });

  test("gives IMAP and POP3 the mail of a user", async () => {
    const login = await users.portal.login(password("bob"), mailAccounts, context);
    assert.deepEqual((await login.avatar.folders()).map(({ name }) => name).includes("INBOX"), true);
    await login.logout();
  });

  test("tells who has an address", async () => {
    for (const address of ["alice@example.org", "ALICE@example.org", "bob@example.org"])
      assert.ok(await users.has(address), address);
    for (const address of ["bob@example.net", "mallory@example.org", "alice@example.net", "disk@example.org"])
      assert.ok(!(await users.has(address)), address);
  });

  test("looks for a mailbox where a database cannot tell", async () => {
    const some = usersOf(["memory:alice@example.org:secret", "ldap:ldap.example.org:base=dc=example"]);
    assert.ok(await some.has("alice@example.org"));
    assert.ok(await some.has("disk@example.org"));
    assert.ok(!(await some.has("mallory@example.org")));
  });
});
