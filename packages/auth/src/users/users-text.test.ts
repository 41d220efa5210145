import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatUserLine, parseUserLine, recordOf } from "./user-line.ts";
import { UsersText } from "./users-text.ts";

const hash = `$scrypt$ln=4,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;
const scram = `SCRAM-SHA-256$4096:${"A".repeat(22)}==$${"A".repeat(43)}=:${"A".repeat(43)}=`;
const app = `$sha256$${"A".repeat(12)}$${"A".repeat(43)}`;

test("a line says everything about a user", () => {
  const text = [
    `al%20ice:${hash}`,
    "groups=staff,mail",
    `scram=${scram}`,
    `app=my%20phone:${app}`,
    "totp=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    `cert=${"AB:".repeat(31)}AB`,
    `digest=SHA-256:${"a".repeat(64)}:the%20realm:x`,
    "attr.mail=alice@example.org",
    "attr.__proto__=x",
    "future=what%25ever",
  ].join(" ");
  const line = parseUserLine(text);
  const record = recordOf(line);
  assert.equal(record.name, "al ice");
  assert.deepEqual(record.groups, ["staff", "mail"]);
  assert.equal(record.attributes["mail"], "alice@example.org");
  assert.equal(Object.getPrototypeOf(record.attributes), Object.prototype);
  assert.deepEqual([record.scram?.[0]?.iterations, record.scram?.[0]?.hash], [4096, "sha256"]);
  assert.deepEqual(record.appPasswords, [{ name: "my phone", hash: app }]);
  assert.deepEqual(record.certificates, ["ab".repeat(32)]);
  assert.equal(record.digest?.[0]?.realm, "the realm:x");
  assert.equal(record.locked, false);
  assert.equal(formatUserLine(line), text);
});

test("a user may be locked, or have no password", () => {
  assert.equal(recordOf(parseUserLine(`alice:!${hash}`)).locked, true);
  for (const text of ["alice:", "alice:*"]) assert.equal(recordOf(parseUserLine(text)).password, undefined);
});

test("any line that is written is read again", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((text) => text.normalize("NFKC"));
  const field = fc.tuple(fc.stringMatching(/^[a-z][\w.-]{0,9}$/), fc.string({ unit: "grapheme", maxLength: 20 }));
  fc.assert(
    fc.property(name, fc.array(field), (user, fields) => {
      const line = { name: user, password: hash, fields };
      try {
        assert.deepEqual(parseUserLine(formatUserLine(line)), line);
      } catch (error) {
        assert.match((error as Error).message, /is no user name/);
      }
    }),
  );
});

test("reading never does anything worse than refuse", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const users = new UsersText(text);
      for (const problem of users.problems) assert.ok(problem.line! >= 1);
    }),
  );
});

const file = `# The users of example.org

alice:${hash} groups=staff future=1
bob:${hash}
bro ken
carol:rqXexS6ZhobKA
alice:*
`;

test("what is wrong with a line is told with its number, and concerns nobody else", () => {
  const users = new UsersText(file);
  assert.deepEqual(users.names, ["alice", "bob", "carol"]);
  assert.deepEqual(
    users.problems.map(({ line, code }) => [line, code]),
    [
      [5, "bad-line"],
      [6, "bad-line"],
      [7, "duplicate-user"],
    ],
  );
  assert.match(users.problems[1]!.message, /^Cannot use line 6: cannot verify a password hashed with DES/);
  assert.equal(users.find("carol")?.locked, true, "known, so nobody else is asked about this name");
  assert.equal(users.find("__proto__"), undefined);
});

test("a change keeps everything else as it is", () => {
  const users = new UsersText(file);
  const changed = users.changed("alice", (line) => ({ ...line, password: "*" }));
  assert.equal(changed, file.replace(`alice:${hash} groups`, "alice:* groups"));
  assert.equal(users.added({ name: "dora", password: "*", fields: [] }), `${file}dora:*\n`);
  assert.equal(users.removed("alice"), file.replace(/alice:.*\n/g, ""), "all lines of the user are gone");
  assert.throws(() => users.added({ name: "bob", password: "*", fields: [] }), { code: "user-exists" });
  assert.throws(() => users.removed("eve"), { code: "no-such-user" });
  assert.throws(() => users.added({ name: "eve", password: "secret", fields: [] }), RangeError);
  assert.equal(new UsersText("a:*\r\nb:*").added({ name: "c", password: "*", fields: [] }), "a:*\r\nb:*\nc:*\n");
});

test("ten thousand users are read in a moment", () => {
  const text = Array.from({ length: 10_000 }, (_, at) => `user-${at}:${hash} groups=staff\n`).join("");
  const began = process.cpuUsage();
  assert.equal(new UsersText(text).find("user-9999")?.groups[0], "staff");
  const { user } = process.cpuUsage(began);
  assert.ok(user < 2_000_000, `it took ${user / 1000} ms`);
});
