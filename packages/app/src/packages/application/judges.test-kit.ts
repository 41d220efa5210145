import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { TestContext } from "node:test";
import { lacks, type Outcome } from "./chroot.test-kit.ts";

/** Skips a test, saying why, unless all programs are installed. */
export function has(t: TestContext, ...programs: readonly string[]): boolean {
  const lack = lacks(...programs);
  if (lack !== undefined) t.skip(lack);
  return lack === undefined;
}

/** Runs a program of this machine to its end. */
export function run(program: string, ...words: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
  });
  return { status, output: stdout + stderr };
}

/** What a program prints that must succeed. */
export function output(program: string, ...words: readonly string[]): string {
  const { status, output } = run(program, ...words);
  assert.equal(status, 0, `${program} ${words.join(" ")}: ${output}`);
  return output;
}

/** A deb in which lintian finds neither errors nor warnings. */
export function pleasesLintian(deb: string): void {
  const { output: found } = run("lintian", "--profile", "debian", "--allow-root", "--fail-on", "error,warning", deb);
  assert.doesNotMatch(found, /^[EW]:/m);
}

/** An RPM of which rpm finds every digest right, and rpmlint says nothing but what has a reason. */
export function pleasesRpmlint(rpm: string): void {
  assert.match(output("rpm", "-K", rpm), /: digests OK$/m);
  const { output: found } = run("rpmlint", rpm);
  const tags = [...found.matchAll(/^\S+: [EW]: (\S+)/gm)].map(([, tag]) => tag!);
  assert.ok(found.includes("1 packages and 0 specfiles checked"), found);
  assert.deepEqual(
    [...new Set(tags)].filter((tag) => reasons[tag] === undefined),
    [],
    found,
  );
}

/** What rpmlint says of every such package, and why it stays. */
const reasons: Readonly<Record<string, string>> = {
  "non-readable": "the tap file may hold secrets",
  "non-standard-dir-perm": "state and logs are the service's own affair",
  "non-standard-uid": "it runs as a user of its own",
  "non-standard-gid": "it runs as a user of its own",
  "no-signature": "whoever publishes it signs it, with rpmsign and a key of theirs",
  "env-script-interpreter": "npm's packages are installed as they were published",
  "non-executable-script": "npm's packages are installed as they were published",
  "files-duplicate": "npm's packages are installed as they were published",
  "only-non-binary-in-usr-lib": "the application lies in one folder, wherever it was compiled",
  "no-manual-page-for-binary": "it has no command",
  "invalid-license": "Debian's rpmlint comes without a list of licenses",
  "postin-without-ghost-file-creation": "the service makes its log",
  "log-files-without-logrotate": "the service rotates its log itself",
  "dangerous-command-in-%postun": "it removes the folder of its pid file in /run",
  "non-conffile-in-etc": "init scripts are no conffiles on RPM's distributions",
  "unstripped-binary-or-object": "a Node binary that comes along is the one that was published",
  "position-independent-executable-suggested": "a Node binary that comes along is the one that was published",
  "binary-or-shlib-calls-gethostbyname": "a Node binary that comes along is the one that was published",
};
