import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import type { LoginContext } from "../credentials.ts";
import { cheapHasher, from, password } from "../testing/login.test-kit.ts";
import { anonymousUsers } from "./anonymous.ts";
import { authorizedKeys } from "./authorized-keys.ts";
import { htpasswdUsers } from "./htpasswd.ts";
import { memoryUsers } from "./memory.ts";
import { type SqlUserRow, sqlUsers } from "./sql.ts";
import { twistedUsers } from "./twisted-file.ts";

const here = from("192.0.2.1");

test("anonymousUsers lets nobody in particular in, and judges nothing else", async () => {
  const users = anonymousUsers();
  const verdict = await users.check({ kind: "anonymous", trace: "me@example.org" }, here);
  assert.deepEqual(verdict, { type: "accepted", user: { name: "", groups: [], attributes: {} } });
  assert.equal((await users.check(password("a", "b"), here)).type, "unknown");
});

test("memoryUsers gives every kind of secret, the same each time", async () => {
  const users = memoryUsers({ alice: "secret", bob: { password: "hidden", groups: ["staff"] } });
  assert.equal((await users.check(password("alice", "secret"), here)).type, "accepted");
  assert.equal((await users.check(password("alice", "secre"), here)).type, "rejected");
  assert.equal((await users.check(password("__proto__", "x"), here)).type, "unknown");
  const scram = () => users.secret!("alice", { kind: "scram", hash: "sha256" }, here);
  assert.deepEqual(await scram(), await scram());
  assert.deepEqual(await users.secret!("alice", { kind: "digest", algorithm: "MD5", realm: "r" }, here), {
    kind: "digest",
    algorithm: "MD5",
    realm: "r",
    hash: createHash("md5").update("alice:r:secret").digest("hex"),
  });
  assert.throws(() => memoryUsers({ "": "x" }), RangeError);
  assert.throws(() => memoryUsers({ alice: "" }), RangeError);
});

test("a htpasswd file is read again when it has changed, and its unsafe lines lock their users out", () =>
  simulate({ files: { "etc/htpasswd": "" }, faultsFail: false }, async ({ reactor }) => {
    const users = htpasswdUsers("/etc/htpasswd", { reactor });
    assert.equal((await users.check(password("alice", "test"), here)).type, "unknown");
    const lines = [
      "# comment",
      "alice:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=",
      "old:rqXexS6ZhobKA",
      "clear:secret",
      "b ad",
      "alice:x",
    ];
    await reactor.files("/etc").writeFile("htpasswd", lines.join("\r\n"));
    assert.equal((await users.check(password("alice", "test"), here)).type, "accepted");
    assert.equal((await users.check(password("alice", "Test"), here)).type, "rejected");
    assert.equal((await users.check(password("eve", "test"), here)).type, "unknown");
    for (const name of ["alice", "old", "clear"]) assert.ok(await users.knows!(name), "locked out, and known");
    for (const name of ["eve", "", "b\0"]) assert.ok(!(await users.knows!(name)), name);
    for (const name of ["old", "clear"])
      assert.equal((await users.check(password(name, "secret"), here)).type, "rejected");
    assert.deepEqual(
      (await users.problems!()).map(({ message }) => /line (\d)/.exec(message)?.[1]),
      ["3", "4", "5", "6", "6"],
    );
  }));

test("Twisted's options of a password file mean what they mean there", () =>
  simulate(
    { files: { "etc/a": "alice:secret:x  \nshort\n:empty\nalice:second\nBob:Hidden\n", "etc/b": "secret;x;ALICE\n" } },
    async ({ reactor }) => {
      const plain = twistedUsers("/etc/a", { reactor });
      assert.equal((await plain.check(password("alice", "secret"), here)).type, "accepted");
      assert.equal((await plain.check(password("alice", "second"), here)).type, "rejected", "the first line counts");
      assert.equal((await plain.check(password("bob", "Hidden"), here)).type, "unknown");
      assert.equal((await plain.check(password("short", ""), here)).type, "unknown");
      const other = twistedUsers("/etc/b", {
        reactor,
        delimiter: ";",
        userField: 2,
        passwordField: 0,
        caseSensitive: false,
      });
      assert.equal((await other.check(password("Alice", "secret"), here)).type, "accepted");
      assert.deepEqual(await other.secret!("alice", { kind: "plain" }, here), { kind: "plain", password: "secret" });
    },
  ));

test("a row of a table is a user, one that cannot be read is nobody's fault", () =>
  simulate({}, async ({ reactor }) => {
    const hasher = cheapHasher(reactor);
    const rows: Record<string, SqlUserRow> = {
      alice: { name: "alice", password: await hasher.hash("secret"), groups: ["staff"], totp: null },
      bob: { name: "bob", password: "clear" },
      carol: { name: "carol", locked: true, password: await hasher.hash("secret") },
      dora: { name: "dora", scram: ["nonsense"] },
      ALICE: { name: "alice" },
    };
    const users = sqlUsers(
      { findUser: async (name) => (Object.hasOwn(rows, name) ? rows[name] : undefined) },
      { reactor, hasher },
    );
    const verdict = async (name: string) => (await users.check(password(name, "secret"), here)).type;
    assert.equal(await verdict("alice"), "accepted");
    assert.equal(await verdict("eve"), "unknown");
    assert.equal(await verdict("carol"), "rejected");
    assert.equal(await verdict("ALICE"), "unknown", "the database took another name for this one");
    await assert.rejects(verdict("bob"), { code: "unsupported-hash" });
    await assert.rejects(verdict("dora"), RangeError);
  }));

const key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

function shown(user: string, proven = true, base64 = key) {
  return { kind: "public-key", user, algorithm: "ssh-ed25519", key: Buffer.from(base64, "base64"), proven } as const;
}

test("a public key opens what its line allows", () =>
  simulate(
    { faultsFail: false, files: { "keys/alice": `# mine\n\nssh-ed25519 ${key} alice@home\n`, "keys/bob": "" } },
    async ({ reactor }) => {
      const keys = authorizedKeys("/keys/%u", { reactor });
      const check = (user: string, context: LoginContext = here, proven = true) =>
        keys.check(shown(user, proven), context);
      assert.deepEqual(await check("alice"), {
        type: "accepted",
        user: { name: "alice", groups: [], attributes: { keyComment: "alice@home" } },
      });
      assert.equal((await check("alice", here, false)).type, "partial", "a key that is not proved is half a login");
      assert.equal((await check("bob")).type, "rejected");
      for (const name of ["eve", "../alice", "..", "x/../alice", "a\0"])
        assert.equal((await check(name)).type, "unknown", name);

      const line = (options: string) => reactor.files("/keys").writeFile("bob", `${options} ssh-ed25519 ${key}\n`);
      await line('from="10.0.0.0/8,!10.6.6.6,fd00::/8,203.0.113.*"');
      const froms = {
        "10.1.2.3": "accepted",
        "10.6.6.6": "rejected",
        "fd00::1": "accepted",
        "203.0.113.9": "accepted",
        "192.0.2.1": "rejected",
      };
      for (const [host, type] of Object.entries(froms)) assert.equal((await check("bob", from(host))).type, type, host);
      assert.equal((await check("bob", { protocol: "ssh", peer: undefined })).type, "rejected");
      await line('from="*.example.org"');
      assert.equal((await check("bob")).type, "rejected", "names of hosts are not known");
      await line('expiry-time="20260101000001Z"');
      assert.equal((await check("bob")).type, "accepted");
      await reactor.clock.sleep(1_000);
      assert.equal((await check("bob")).type, "rejected");
      await line('restrict,command="say \\"hi\\", please",environment="A=1",environment="B=2"');
      const verdict = await check("bob");
      assert.equal(
        verdict.type === "accepted" && verdict.user.attributes["authorizedKeyOptions"],
        'restrict,command="say \\"hi\\", please",environment="A=1",environment="B=2"',
      );
      for (const bad of [
        "no-such-option",
        "cert-authority",
        "command",
        'restrict="x"',
        'expiry-time="2026"',
        "restrict,",
      ]) {
        await line(bad);
        assert.equal((await check("bob")).type, "rejected", bad);
      }
    },
  ));

test("a file of keys is somebody's", () =>
  simulate({ files: { keys: `ssh-ed25519 ${key}\nssh-rsa ${key}\n` }, faultsFail: false }, async ({ reactor }) => {
    assert.throws(() => authorizedKeys("keys", { reactor }), RangeError);
    assert.throws(() => authorizedKeys("%u", { reactor, user: "alice" }), RangeError);
    const keys = authorizedKeys("keys", { reactor, user: "alice" });
    assert.equal((await keys.check(shown("alice"), here)).type, "accepted");
    assert.equal((await keys.check(shown("bob"), here)).type, "unknown");
    assert.match((await keys.problems!())[0]!.message, /line 2: the key is not of the kind "ssh-rsa"/);
  }));
