#!/usr/bin/env node
/**
 * Completes package-lock.json: `node tools/lock.mjs`.
 *
 * npm leaves optional packages of other platforms out of the lock file when its registry does not carry them, and then
 * `npm ci` refuses the file everywhere. This adds them, with the version that their parent asks for, and for the system
 * that their name tells.
 */
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const systems = /(?<![a-z])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)(?![a-z\d])/;
const processors = /(?<![a-z])(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?![a-z\d])/;

const lock = JSON.parse(readFileSync(path, "utf8"));
const missing = Object.entries(lock.packages).flatMap(([parent, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isLocked(parent, name))
    .map(([name, version]) => [`node_modules/${name}`, entry(name, version, dev)]),
);
lock.packages = Object.fromEntries(
  [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
for (const [name] of missing) process.stdout.write(`added ${name}\n`);

function isLocked(parent, name) {
  return [`${parent}/node_modules/${name}`, `node_modules/${name}`].some((key) => lock.packages[key] !== undefined);
}

function entry(name, version, dev) {
  const os = systems.exec(name)?.[1];
  const cpu = processors.exec(name)?.[1];
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(`Cannot lock "${name}": neither a platform's package nor an exact version (${version})`);
  }
  const libc = os !== "linux" ? {} : { libc: [/musl/.test(name) ? "musl" : "glibc"] };
  return { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] };
}
