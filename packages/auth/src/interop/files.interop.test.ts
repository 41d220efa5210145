import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { authorizedKeys } from "../checkers/authorized-keys.ts";
import { htpasswdUsers } from "../checkers/htpasswd.ts";
import { twistedUsers } from "../checkers/twisted-file.ts";
import { usersFile } from "../checkers/users-file.ts";
import type { Checker } from "../credentials.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { parseTotpSecret, totpCode, totpStep } from "../totp/totp.ts";
import { addUser } from "../users/edit.ts";
import { needs, run, temporaryFolder } from "./programs.test-kit.ts";

const passwords = ["secret", "a", "grüße & mehr", "x".repeat(64), "with:colon"];

async function verdict(users: Checker, user: string, text: string): Promise<string> {
  return (await users.check(password(user, text), from("192.0.2.1"))).type;
}

test("what Apache's htpasswd writes is verified", async (context) => {
  if (!needs(context, "htpasswd")) return;
  const path = join(temporaryFolder(context), "htpasswd");
  for (const [kind, ways] of Object.entries({
    bcrypt: ["-B", "-C", "5"],
    sha256: ["-2"],
    sha512: ["-5"],
    apr1: ["-m"],
    sha: ["-s"],
  })) {
    for (const [at, text] of passwords.entries()) {
      run("htpasswd", ["-c", "-i", ...ways, path, "alice"], text);
      const users = htpasswdUsers(path);
      assert.equal(await verdict(users, "alice", text), "accepted", `${kind} ${at}`);
      assert.equal(await verdict(users, "alice", `${text}!`.slice(1)), "rejected", `${kind} ${at}`);
    }
  }
  run("htpasswd", ["-c", "-i", "-d", path, "old"], "secret");
  assert.match((await htpasswdUsers(path).problems!())[0]!.message, /DES/);
  assert.equal(await verdict(htpasswdUsers(path), "old", "secret"), "rejected");
});

test("what `openssl passwd` prints is verified, in a users file too", async (context) => {
  if (!needs(context, "openssl")) return;
  const path = join(temporaryFolder(context), "users");
  for (const way of ["-5", "-6", "-apr1", "-1"])
    for (const text of passwords) {
      writeFileSync(path, `alice:${run("openssl", ["passwd", way, "-stdin"], text).trim()} groups=staff\n`);
      const users = usersFile(path);
      assert.equal(await verdict(users, "alice", text), "accepted", `${way} ${text}`);
      assert.equal(await verdict(users, "alice", `${text}!`), "rejected", `${way} ${text}`);
    }
});

test("our scrypt hashes are those of Python's hashlib", async (context) => {
  if (!needs(context, "python3")) return;
  const path = join(temporaryFolder(context), "users");
  await addUser(path, "alice", "grüße");
  const program = `
import base64, hashlib, sys
_, kind, cost, salt, kept = sys.stdin.read().split(":")[1].strip().split("$")
cost = dict(part.split("=") for part in cost.split(","))
decode = lambda text: base64.b64decode(text + "=" * (-len(text) % 4))
made = hashlib.scrypt("grüße".encode(), salt=decode(salt), n=2**int(cost["ln"]), r=int(cost["r"]), p=int(cost["p"]), maxmem=2**28, dklen=32)
print(made == decode(kept))`;
  assert.equal(run("python3", ["-c", program], readFileSync(path, "utf8")).trim(), "True");
});

test("a file of Twisted's FilePasswordDB means here what it means there", async (context) => {
  if (!needs(context, "/usr/bin/python3")) return;
  const path = join(temporaryFolder(context), "cred");
  const lines = "alice:secret\nbob:hid den  \nshort\n:none\nalice:second\nCarol:Grüße:more\r\nempty:\n";
  writeFileSync(path, lines);
  const attempts = [
    ["alice", "secret"],
    ["alice", "second"],
    ["bob", "hid den"],
    ["bob", "hid den  "],
    ["Carol", "Grüße"],
    ["carol", "Grüße"],
    ["short", ""],
    ["eve", "x"],
  ] as const;
  for (const sensitive of [true, false]) {
    const program = `
import sys
from twisted.cred.checkers import FilePasswordDB
from twisted.cred.credentials import UsernamePassword
db = FilePasswordDB(${JSON.stringify(path)}, caseSensitive=${sensitive ? "True" : "False"})
for line in sys.stdin.read().split("\\n"):
    user, _, password = line.partition("/")
    said = []
    db.requestAvatarId(UsernamePassword(user.encode(), password.encode())).addCallbacks(lambda name: said.append("in"), lambda error: said.append("out"))
    print(said[0])`;
    const theirs = pythonOrSkip(() =>
      run("/usr/bin/python3", ["-c", program], attempts.map((one) => one.join("/")).join("\n")),
    );
    if (theirs === undefined) return context.skip("python3-twisted is not installed");
    const users = twistedUsers(path, { caseSensitive: sensitive });
    const ours = await Promise.all(
      attempts.map(async ([user, text]) => ((await verdict(users, user, text)) === "accepted" ? "in" : "out")),
    );
    assert.deepEqual(ours, theirs.trim().split("\n"), `case sensitive: ${sensitive}`);
  }
});

test("keys that ssh-keygen makes open what their line allows", async (context) => {
  if (!needs(context, "ssh-keygen")) return;
  const folder = temporaryFolder(context);
  const kinds = { ed25519: [], rsa: ["-b", "2048"], ecdsa: ["-b", "384"] };
  const lines = Object.entries(kinds).map(([kind, more]) => {
    run("ssh-keygen", ["-q", "-t", kind, ...more, "-N", "", "-C", `${kind} key`, "-f", join(folder, kind)]);
    return readFileSync(join(folder, `${kind}.pub`), "utf8");
  });
  writeFileSync(
    join(folder, "authorized_keys"),
    `# all\nrestrict,from="192.0.2.0/24" ${lines[0]}${lines[1]}no-pty ${lines[2]}`,
  );
  const keys = authorizedKeys(join(folder, "authorized_keys"), { user: "alice" });
  assert.deepEqual(await keys.problems!(), []);
  for (const line of lines) {
    const [algorithm = "", base64 = ""] = line.split(" ");
    const shown = {
      kind: "public-key",
      user: "alice",
      algorithm,
      key: Buffer.from(base64, "base64"),
      proven: true,
    } as const;
    assert.equal((await keys.check(shown, from("192.0.2.1"))).type, "accepted", algorithm);
    const elsewhere = algorithm === "ssh-ed25519" ? "rejected" : "accepted";
    assert.equal((await keys.check(shown, from("203.0.113.1"))).type, elsewhere, algorithm);
  }
});

test("codes are those of oathtool", (context) => {
  if (!needs(context, "oathtool")) return;
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const seconds of [59, 1_234_567_890, Math.floor(nodeReactor.clock.wall() / 1000), 20_000_000_000])
    for (const [algorithm, digits] of [
      ["sha1", 6],
      ["sha256", 6],
      ["sha512", 8],
    ] as const) {
      const words = ["-b", `--totp=${algorithm}`, "-d", `${digits}`, "-N", `@${seconds}`, secret];
      const ours = totpCode(parseTotpSecret(secret)!, totpStep(seconds * 1000), { algorithm, digits });
      assert.equal(ours, run("oathtool", words).trim());
    }
});

function pythonOrSkip(call: () => string): string | undefined {
  try {
    return call();
  } catch (error) {
    if (/No module named/.test((error as Error).message)) return undefined;
    throw error;
  }
}
