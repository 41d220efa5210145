import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { usersFile } from "../checkers/users-file.ts";
import { loginWith } from "../login/make-portal.ts";
import { userAvatar } from "../portal.ts";
import { cheapHasher, from, password } from "../testing/login.test-kit.ts";
import { parseTotpSecret, totpCode, totpStep } from "../totp/totp.ts";
import {
  addAppPassword,
  addUser,
  listUsers,
  lockUser,
  removeAppPassword,
  removeTotp,
  removeUser,
  setPassword,
  setTotp,
} from "./edit.ts";

const here = from("192.0.2.1");

test("a user of a file logs in, and every change of the file counts at once", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    const users = usersFile("/etc/users", options);
    const verdict = async (name: string, text: string) => (await users.check(password(name, text), here)).type;
    await assert.rejects(verdict("alice", "secret"), { code: "not-found" }, "no file is no wrong password");
    assert.equal((await users.problems!()).length, 1);
    await addUser("/etc/users", "alice", "secret", {
      ...options,
      groups: ["staff"],
      attributes: { mail: "a@example.org" },
    });
    assert.deepEqual(await users.check(password("alice", "secret"), here), {
      type: "accepted",
      user: { name: "alice", groups: ["staff"], attributes: { mail: "a@example.org" } },
    });
    assert.equal(await verdict("alice", "Secret"), "rejected");
    assert.equal(await verdict("bob", "secret"), "unknown");
    await setPassword("/etc/users", "alice", "hidden", options);
    assert.deepEqual([await verdict("alice", "secret"), await verdict("alice", "hidden")], ["rejected", "accepted"]);
    await lockUser("/etc/users", "alice", true, options);
    assert.equal(await verdict("alice", "hidden"), "rejected");
    await lockUser("/etc/users", "alice", false, options);
    assert.equal(await verdict("alice", "hidden"), "accepted");
    await removeUser("/etc/users", "alice", options);
    assert.equal(await verdict("alice", "hidden"), "unknown");
    assert.deepEqual(await users.problems!(), []);
  }));

test("an edit in place is seen, even one that keeps the length and the time", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    await addUser("/etc/users", "alice", "secret", options);
    const users = usersFile("/etc/users", options);
    assert.equal((await users.check(password("alice", "secret"), here)).type, "accepted");
    const file = await reactor.files("/etc").open("users", { write: true });
    await file.write(0, Buffer.from("alicf"));
    await file.close();
    assert.equal((await users.check(password("alicf", "secret"), here)).type, "accepted");
    await reactor.clock.sleep(60_000);
    assert.equal((await users.check(password("alice", "secret"), here)).type, "unknown");
  }));

test("a second step is half of a login, a code behind the password all of it, an app password needs none", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    await addUser("/etc/users", "alice", "secret", options);
    const totp = await setTotp("/etc/users", "alice", options);
    const phone = await addAppPassword("/etc/users", "alice", "phone", options);
    const code = (steps = 0) => totpCode(parseTotpSecret(totp)!, totpStep(reactor.clock.wall()) + steps);
    const users = usersFile("/etc/users", options);
    const verdict = async (text: string) => (await users.check(password("alice", text), here)).type;
    assert.equal(await verdict("secret"), "partial");
    assert.equal(await verdict(`secret${code()}`), "accepted");
    assert.equal(await verdict(`secret${code()}`), "rejected", "a code is good once");
    assert.equal(await verdict(`wrong${code(1)}`), "rejected");
    assert.equal(await verdict(`secret${code(1)}`), "accepted", "a wrong password did not use the code up");
    assert.match(phone, /^([a-z2-7]{5}-){4}[a-z2-7]{5}$/);
    assert.equal(await verdict(phone), "accepted");
    assert.equal(await verdict(phone.replaceAll("-", " ").toUpperCase()), "accepted");
    const again = await addAppPassword("/etc/users", "alice", "phone", options);
    assert.deepEqual([await verdict(phone), await verdict(again)], ["rejected", "accepted"], "the new one replaces it");
    await removeAppPassword("/etc/users", "alice", "phone", options);
    assert.equal(await verdict(again), "rejected");
    await removeTotp("/etc/users", "alice", options);
    assert.equal(await verdict("secret"), "accepted");
  }));

test("secrets for SCRAM and Digest are kept for who asks, and follow the password", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    await addUser("/etc/users", "alice", "secret", { ...options, scram: ["sha1", "sha256"], digestRealm: "x y" });
    const users = usersFile("/etc/users", options);
    const request = { kind: "scram", hash: "sha256" } as const;
    const before = await users.secret!("alice", request, here);
    assert.equal(before?.kind === "scram" && before.iterations, 65_536);
    const digest = await users.secret!("alice", { kind: "digest", algorithm: "SHA-256", realm: "x y" }, here);
    const expected = createHash("sha256").update("alice:x y:secret").digest("hex");
    assert.equal(digest?.kind === "digest" && digest.hash, expected);
    assert.equal(await users.secret!("alice", { kind: "digest", algorithm: "MD5", realm: "x y" }, here), undefined);
    assert.equal(await users.secret!("alice", { kind: "scram", hash: "sha512" }, here), undefined);
    assert.equal(await users.secret!("alice", { kind: "plain" }, here), undefined);
    assert.equal(await users.secret!("bob", request, here), undefined);
    await setPassword("/etc/users", "alice", "hidden", options);
    const after = await users.secret!("alice", request, here);
    assert.notDeepEqual(after, before, "the old password cannot be proved any more");
    assert.equal((await listUsers("/etc/users", options))[0]?.scram?.length, 2);
    const proof = { kind: "proven", user: "alice", mechanism: "SCRAM-SHA-256", source: users } as const;
    assert.equal((await users.check(proof, here)).type, "accepted");
    await lockUser("/etc/users", "alice", true, options);
    assert.equal(await users.secret!("alice", request, here), undefined);
    assert.equal((await users.check(proof, here)).type, "rejected");
  }));

test("a certificate stands for its user, and for no other", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const certificate = Buffer.from("a certificate in DER");
    const fingerprint = createHash("sha256").update(certificate).digest("hex");
    await reactor.files("/etc").writeFile("users", `alice:* cert=${fingerprint}\n`);
    const users = usersFile("/etc/users", { reactor });
    const check = async (user: string | undefined, octets = certificate) =>
      (await users.check({ kind: "certificate", certificate: octets, user }, here)).type;
    assert.equal(await check(undefined), "accepted");
    assert.equal(await check("alice"), "accepted");
    assert.equal(await check("bob"), "rejected");
    assert.equal(await check(undefined, Buffer.from("another")), "unknown");
  }));

test("a right password that is shown again costs no hash, until it changes", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const hasher = cheapHasher(reactor);
    const options = { reactor, hasher };
    await addUser("/etc/users", "alice", "secret", options);
    let hashes = 0;
    const counting = Object.assign(Object.create(hasher) as typeof hasher, {
      verify: (...given: Parameters<typeof hasher.verify>) => {
        hashes++;
        return hasher.verify(...given);
      },
    });
    const users = usersFile("/etc/users", { reactor, hasher: counting });
    for (let login = 0; login < 5; login++) await users.check(password("alice", "secret"), here);
    assert.equal(hashes, 1);
    await users.check(password("alice", "wrong"), here);
    await users.check(password("nobody", "secret"), here);
    assert.equal(hashes, 3, "an unknown name costs what a wrong password does");
    await reactor.clock.sleep(5 * 60_000);
    await users.check(password("alice", "secret"), here);
    assert.equal(hashes, 4);
    await setPassword("/etc/users", "alice", "hidden", options);
    assert.equal((await users.check(password("alice", "secret"), here)).type, "rejected");
  }));

test("names and passwords that cannot be are refused before anything is written", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    const refused = [
      addUser("/etc/users", "", "x", options),
      addUser("/etc/users", "a\nb", "x", options),
      addUser("/etc/users", "alice", "", options),
      addUser("/etc/users", "alice", "x", { ...options, groups: ["a,b"] }),
      addUser("/etc/users", "alice", "x", { ...options, attributes: { "a=b": "c" } }),
    ];
    for (const one of refused) await assert.rejects(one, RangeError);
    await assert.rejects(addAppPassword("/etc/users", "alice", "a:b", options), RangeError);
    await assert.rejects(removeUser("/etc/users", "alice", options), { code: "no-such-user" });
    assert.deepEqual(await listUsers("/etc/users", options), []);
    assert.deepEqual(await reactor.files("/etc").list(""), []);
  }));

test("a portal with a users file needs no more than a line", () =>
  simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const options = { reactor, hasher: cheapHasher(reactor) };
    await addUser("/etc/users", "Ade\u0301le", "caf\u0065\u0301", options);
    const door = loginWith({ checkers: [usersFile("/etc/users", options)], reactor });
    assert.equal((await door.login(password("Adéle", "café"), userAvatar, here)).user.name, "Adéle");
  }));
