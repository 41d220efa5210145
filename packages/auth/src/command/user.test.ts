import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reactor } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { usersFile } from "../checkers/users-file.ts";
import type { PasswordHasher } from "../hashing/password-hasher.ts";
import { cheapHasher, from, password } from "../testing/login.test-kit.ts";
import {
  runUserAdd,
  runUserAppPassword,
  runUserList,
  runUserLock,
  runUserPassword,
  runUserRemove,
  runUserTotp,
  type UserToolContext,
  userAddOptions,
} from "./user.ts";

/** A person who types these answers, or sends this input, and the lines that were printed. */
function person(
  ...answers: readonly string[]
): UserToolContext["terminal"] & { readonly printed: string[]; readonly asked: string[] } {
  const left = [...answers];
  const [printed, asked]: [string[], string[]] = [[], []];
  return {
    printed,
    asked,
    print: (line) => void printed.push(line),
    complain: (line) => void printed.push(`! ${line}`),
    readSecret: async (prompt) => {
      asked.push(prompt);
      return left.shift() ?? "";
    },
    readAllInput: async () => Buffer.from(left.shift() ?? ""),
  };
}

const none = { file: "/etc/users", passwordStdin: false, group: [], scram: [], digestRealm: undefined } as const;

function withUsers(
  body: (
    context: { readonly reactor: Reactor; readonly hasher: PasswordHasher },
    verdict: (user: string, text: string) => Promise<string>,
  ) => Promise<void>,
) {
  return simulate({ files: { "etc/": "" } }, async ({ reactor }) => {
    const users = usersFile("/etc/users", { reactor });
    await body(
      { reactor, hasher: cheapHasher(reactor) },
      async (user, text) => (await users.check(password(user, text), from("192.0.2.1"))).type,
    );
  });
}

test("a user is added, changed, locked, listed and removed by words", () =>
  withUsers(async ({ reactor, hasher }, verdict) => {
    const terminal = person("secret", "secret");
    assert.equal(
      await runUserAdd({ ...none, name: "alice", group: ["staff", "web"] }, { reactor, hasher, terminal }),
      0,
    );
    assert.deepEqual(terminal.asked, ["Password: ", "The same again: "]);
    assert.deepEqual(terminal.printed, ["added alice"]);
    assert.equal(await verdict("alice", "secret"), "accepted");

    const input = person("hidden\n");
    await runUserAdd(
      { ...none, name: "bob", passwordStdin: true, scram: ["sha256"] },
      { reactor, hasher, terminal: input },
    );
    assert.deepEqual([input.asked, await verdict("bob", "hidden")], [[], "accepted"]);

    await runUserPassword(
      { ...none, name: "alice", passwordStdin: true },
      { reactor, hasher, terminal: person("new\r\n") },
    );
    assert.deepEqual([await verdict("alice", "secret"), await verdict("alice", "new")], ["rejected", "accepted"]);
    await runUserLock({ file: none.file, name: "bob", undo: false }, { reactor, hasher, terminal });
    assert.equal(await verdict("bob", "hidden"), "rejected");

    const list = person();
    await runUserList({ file: none.file }, { reactor, hasher, terminal: list });
    assert.deepEqual(list.printed, ["alice  groups staff,web", "bob  locked  scram sha256"]);
    await runUserLock({ file: none.file, name: "bob", undo: true }, { reactor, hasher, terminal });
    assert.equal(await verdict("bob", "hidden"), "accepted");
    await runUserRemove({ file: none.file, name: "bob" }, { reactor, hasher, terminal });
    assert.equal(await verdict("bob", "hidden"), "unknown");
    assert.equal(terminal.printed.at(-1), "removed bob");
  }));

test("a second step and app passwords are printed once", () =>
  withUsers(async ({ reactor, hasher }, verdict) => {
    const context = { reactor, hasher, terminal: person("secret", "secret") };
    await runUserAdd({ ...none, name: "alice" }, context);
    const totp = person();
    await runUserTotp(
      { file: none.file, name: "alice", issuer: undefined, remove: false },
      { reactor, hasher, terminal: totp },
    );
    assert.match(totp.printed[0]!, /^[A-Z2-7]{32}$/);
    assert.match(totp.printed[1]!, /^otpauth:\/\/totp\/Hawser:alice\?secret=/);
    assert.equal(await verdict("alice", "secret"), "partial");
    const app = person();
    const words = { file: none.file, name: "alice", program: "phone", remove: false };
    await runUserAppPassword(words, { reactor, hasher, terminal: app });
    assert.equal(await verdict("alice", app.printed[0]!), "accepted");
    const list = person();
    await runUserList({ file: none.file }, { reactor, hasher, terminal: list });
    assert.deepEqual(list.printed, ["alice  code  app phone"]);
    await runUserAppPassword({ ...words, remove: true }, context);
    await runUserTotp({ file: none.file, name: "alice", issuer: undefined, remove: true }, context);
    assert.deepEqual(
      [await verdict("alice", app.printed[0]!), await verdict("alice", "secret")],
      ["rejected", "accepted"],
    );
  }));

test("what cannot be done is told in one line, before anything is asked or written", () =>
  withUsers(async ({ reactor, hasher }) => {
    await runUserAdd({ ...none, name: "alice" }, { reactor, hasher, terminal: person("secret", "secret") });
    const refuses = async (work: Promise<number>, message: RegExp) =>
      assert.rejects(work, (error: Error & { code?: string }) => error.code === "usage" && message.test(error.message));
    const nobody = person();
    await refuses(
      runUserAdd({ ...none, name: "alice" }, { reactor, hasher, terminal: nobody }),
      /there is such a user$/,
    );
    assert.deepEqual(nobody.asked, []);
    await refuses(
      runUserAdd({ ...none, name: "bob" }, { reactor, hasher, terminal: person("a", "b") }),
      /not the same/,
    );
    await refuses(runUserAdd({ ...none, name: "bob" }, { reactor, hasher, terminal: person("") }), /is empty/);
    await refuses(
      runUserAdd({ ...none, name: "b\tb" }, { reactor, hasher, terminal: person("a", "a") }),
      /no|controls/,
    );
    await refuses(
      runUserRemove({ file: none.file, name: "bob" }, { reactor, hasher, terminal: nobody }),
      /no such user$/,
    );
    const binary = { ...nobody, readAllInput: async () => Uint8Array.of(0xff) };
    await refuses(
      runUserPassword({ ...none, name: "alice", passwordStdin: true }, { reactor, hasher, terminal: binary }),
      /UTF-8/,
    );
    assert.throws(() => userAddOptions.scram.parse("md5"), /"md5" is not one of/);
  }));
