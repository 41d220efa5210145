import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { writeRpm } from "../rpm/write.ts";
import { Chroot, chrootLack, type Outcome } from "./chroot.test-kit.ts";

/** What policy-rc.d says where services may be started, and where not. */
export const policies = { permit: "#!/bin/sh\nexit 0\n", forbid: "#!/bin/sh\nexit 101\n" } as const;

/** A system to install into, or the reason why there is none. */
export function makeSystem(): Chroot | string {
  const lack =
    chrootLack() ??
    (!["x64", "arm64"].includes(process.arch) ? `packages for ${process.arch} are not tested` : undefined);
  if (lack !== undefined) return lack;
  try {
    return new Chroot();
  } catch (error) {
    return (error as Error).message;
  }
}

/** What each test needs: the system, in which commands succeed. */
export function systemOf(t: TestContext, made: Chroot | string): Chroot | undefined {
  if (typeof made !== "string") return made;
  t.skip(made);
  return undefined;
}

/** What a command printed that must have succeeded. */
export function succeeds({ status, output }: Outcome): string {
  assert.equal(status, 0, output);
  return output;
}

/** The page that is served on a port of the loopback interface, or why there is none. */
export async function page(port: number): Promise<string> {
  try {
    // What waits for a command can close no connection meanwhile, and a server that stops would wait for that.
    return await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).text();
  } catch {
    return "no answer";
  }
}

/** What is there and was not before, and what is gone. */
export function remains(system: Chroot, untouched: readonly string[]): readonly string[] {
  const now = system.paths();
  const [before, after] = [new Set(untouched), new Set(now)];
  return [
    ...now.filter((path) => !before.has(path)),
    ...untouched.filter((path) => !after.has(path)).map((path) => `gone: ${path}`),
  ];
}

/** Runs this machine's rpm on the system. */
export function rpm(system: Chroot, ...words: readonly string[]): Outcome {
  // Debian's rpm warns of its own use.
  const { status, output } = system.outside(["rpm", "--root", system.root, "--dbpath", "/var/lib/rpm", ...words]);
  return { status, output: output.replace(/^rpm: (RPM should not|However).*\n/gm, "") };
}

/** A package that gives what the system has by other means, since RPM's database knows nothing of Debian's packages. */
export function systemPackage(): AsyncIterable<Uint8Array> {
  const programs = ["/bin/sh", "/usr/bin/getent", "/usr/sbin/useradd", "/usr/sbin/groupadd"];
  return writeRpm({
    maintainer: "Ada Lovelace <ada@example.org>",
    summary: "What Debian has",
    license: "MIT",
    name: "system",
    version: "1",
    architecture: "noarch",
    entries: [],
    provides: [...programs, "libc.so.6()(64bit)", "libstdc++.so.6()(64bit)"],
    modified: 0,
  });
}
