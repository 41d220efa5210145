#!/usr/bin/env node
/**
 * Every npm script of the repository starts here: it installs what is missing, builds what has changed, and goes on
 * with the program that was asked for. Plain JavaScript on Node alone, because it runs before anything is installed.
 *
 *     node tools/run.mjs TASK [ARGUMENTS]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What runs after the build: a module, and the arguments that come before the caller's own. */
const tasks = {
  build: [],
  start: ["tools/dist/start/main.js"],
  bench: ["bench/dist/main.js"],
  test: ["tools/dist/test/main.js", "all"],
  tests: ["tools/dist/test/main.js", "tests"],
  interop: ["tools/dist/test/main.js", "interop"],
  soak: ["tools/dist/test/main.js", "soak"],
  layers: ["tools/dist/layers/main.js"],
  docs: ["tools/dist/rfcs/main.js"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "node_modules/.hawser-installed");

const [name, ...words] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) stop(`tools/run.mjs: which task? One of: ${Object.keys(tasks).join(", ")}`, 2);
process.chdir(root);
await install();
await build();
await run(task, words);

/** Installs exactly what the lock file names, unless that was done before. */
async function install() {
  const wanted = manifestsHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await timed("Installed", () =>
    call("npm", ["ci", "--include=dev", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    }),
  );
  writeFileSync(stamp, wanted);
}

/** Changes whenever an installation could come out differently. */
function manifestsHash() {
  const packages = readdirSync(join(root, "packages")).map((folder) => `packages/${folder}`);
  const folders = [".", "bench", "examples", ...packages.sort()];
  const manifests = ["package-lock.json", ...folders.map((folder) => `${folder}/package.json`)];
  const hash = createHash("sha256");
  for (const path of manifests.filter((path) => existsSync(join(root, path)))) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest("hex");
}

/** Compiles and bundles every project whose sources changed; the compiler prints its errors itself. */
async function build() {
  await timed("Built", async () => {
    call(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "--stopBuildOnErrors"], { stdio: "inherit" });
    const { bundlePackages } = await import("./dist/bundler/bundler.js");
    await bundlePackages();
  });
}

/** Goes on inside this process, so that signals and the exit status are the program's own. */
async function run([module, ...first], rest) {
  if (module === undefined) return;
  if (!existsSync(join(root, module))) stop(`tools/run.mjs: cannot ${name}: nothing was built at ${module}`, 1);
  const path = join(root, module);
  process.argv = [process.execPath, path, ...first, ...rest];
  await import(pathToFileURL(path).href);
}

function call(command, parameters, options) {
  const { status, error } = spawnSync(command, parameters, { cwd: root, ...options });
  if (error !== undefined) stop(`tools/run.mjs: cannot run ${command}: ${error.message}`, 1);
  if (status === 0) return;
  if (command === "npm") rmSync(stamp, { force: true });
  process.exit(status ?? 1);
}

async function timed(what, work) {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 1) process.stdout.write(`${what} in ${seconds.toFixed(1)} s\n`);
}

function stop(text, status) {
  process.stderr.write(`${text}\n`);
  process.exit(status);
}
