import assert from "node:assert/strict";
import { test } from "node:test";
import { findAccount, findAccountLine } from "./accounts.ts";
import { librariesIn } from "./chroot.ts";
import { dropPrivileges, type Identity } from "./privileges.ts";

/** A process of root's, as a kernel would keep it; `flaw` is what the kernel does wrong. */
function rootProcess(flaw: Partial<Identity> = {}): { identity: Identity; calls: string[] } {
  const state = { uid: 0, gid: 0, groups: [0] };
  const calls: string[] = [];
  const only = (what: string, change: Partial<typeof state>) => {
    if (state.uid !== 0) throw new Error("EPERM");
    calls.push(what);
    Object.assign(state, change);
  };
  const identity: Identity = {
    getuid: () => state.uid,
    geteuid: () => state.uid,
    getgid: () => state.gid,
    getegid: () => state.gid,
    getgroups: () => state.groups,
    setuid: (uid) => only(`setuid ${uid}`, { uid }),
    setgid: (gid) => only(`setgid ${gid}`, { gid }),
    setgroups: (groups) => only(`setgroups ${groups}`, { groups: [...groups] }),
    initgroups: (user, gid) => only(`initgroups ${user} ${gid}`, { groups: [gid, 44] }),
    ...flaw,
  };
  return { identity, calls };
}

test("groups, then the group, then the user: each needs what the next gives away", () => {
  const named = rootProcess();
  dropPrivileges({ uid: 33, gid: 34, name: "www-data" }, named.identity);
  assert.deepEqual(named.calls, ["initgroups www-data 34", "setgid 34", "setuid 33"]);
  const number = rootProcess();
  dropPrivileges({ uid: 5_000, gid: 5_001, name: undefined }, number.identity);
  assert.deepEqual(number.calls, ["setgroups 5001", "setgid 5001", "setuid 5000"]);
});

test("who is that account already does nothing", () => {
  const { identity, calls } = rootProcess();
  dropPrivileges({ uid: 33, gid: 33, name: "www-data" }, identity);
  calls.length = 0;
  dropPrivileges({ uid: 33, gid: 33, name: "www-data" }, identity);
  assert.deepEqual(calls, []);
});

const account = { uid: 33, gid: 33, name: "www-data" };

test("it is an error when root is still there, could be had back, or was never there", () => {
  const flaws: readonly Partial<Identity>[] = [
    { setuid: () => {} }, // does nothing, also when asked for 0
    { setgid: () => {} },
    { geteuid: () => 0 },
    { initgroups: () => {} }, // leaves root's group
    {
      setuid: () => {
        throw new Error("EPERM");
      },
    },
  ];
  for (const flaw of flaws)
    assert.throws(() => dropPrivileges(account, rootProcess(flaw).identity), {
      name: "DaemonError",
      code: "not-permitted",
    });
});

test("accounts by name or number, with the user's own group (passwd(5))", () => {
  const passwd =
    "root:x:0:0:root:/root:/bin/bash\n\n# a comment\nwww:x:33:34::/var/www:/bin/false\nbad:x:y:z\n+::::::\n";
  assert.deepEqual(findAccountLine(passwd, "www"), { name: "www", id: 33, gid: 34 });
  assert.deepEqual(findAccountLine(passwd, "33"), { name: "www", id: 33, gid: 34 });
  assert.equal(findAccountLine(passwd, "bad"), undefined);
  assert.equal(findAccountLine(passwd, ""), undefined);
  assert.equal(findAccount(undefined, undefined), undefined);
  assert.deepEqual(findAccount("root", undefined), { uid: 0, gid: 0, name: "root" });
  assert.deepEqual(findAccount("0", "54321"), { uid: 0, gid: 54_321, name: "root" });
});

test("no such user, group, or number without a group is the person's mistake", () => {
  for (const [user, group] of [
    ["no-such-user-here", undefined],
    ["--help", undefined],
    ["4294967295", "0"],
    ["3999999999", undefined],
    [undefined, "no-such-group-here"],
  ] as const)
    assert.throws(() => findAccount(user, group), { name: "UsageError" }, `${user} ${group}`);
});

test("the libraries that node needs below another root (proc(5))", () => {
  const maps = [
    "7f00-7f01 r-xp 00000000 fe:00 1  /usr/lib/x86_64-linux-gnu/libc.so.6",
    "7f01-7f02 r--p 00000000 fe:00 1  /usr/lib/x86_64-linux-gnu/libc.so.6",
    "7f02-7f03 r-xp 00000000 fe:00 2  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    "7f03-7f04 r-xp 00000000 fe:00 3  /usr/bin/node",
    "7f04-7f05 rw-p 00000000 00:00 0  [heap]",
    "7f05-7f06 rw-p 00000000 00:00 0",
  ].join("\n");
  const folder = "/usr/lib/x86_64-linux-gnu";
  assert.deepEqual(librariesIn(maps), [`${folder}/libc.so.6`, `${folder}/ld-linux-x86-64.so.2`]);
});
