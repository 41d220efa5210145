import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository, root } from "../tree.ts";
import { batches, batchModule } from "./batches.ts";
import { builtPath, testFiles } from "./files.ts";
import { type Selection, selections } from "./selections.ts";

/**
 * Runs a selection of the tests that were built, in one call of Node's own runner:
 *
 *     node tools/dist/test/main.js SELECTION [WORD...]
 *
 * With words, only the files whose path has one of them.
 */
const [name = "", ...words] = process.argv.slice(2);
const selection = selections[name];
const tree = repository();
if (selection === undefined) stop(`which tests? One of: ${Object.keys(selections).join(", ")}`);
else run(selection, pick(selection));

function pick({ takes }: Selection): readonly string[] {
  return testFiles(tree)
    .filter((path) => takes(path, tree.text(path)))
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
}

function run(selection: Selection, files: readonly string[]): void {
  // Without a list the runner would go and look for tests itself.
  if (files.length === 0) return none();
  const child = spawn(process.execPath, [...runnerArguments(selection), ...runnable(selection, files)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...selection.environment },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (status, signal) => {
    process.exitCode = status ?? 128 + constants.signals[signal!];
  });
}

/** What the runner is to start: built files, and modules that import several of them. */
function runnable({ batched = false }: Selection, files: readonly string[]): readonly string[] {
  if (!batched) return files.map(builtPath);
  return batches(files, (path) => tree.text(path)).map((batch, i) => {
    const [only] = batch;
    return batch.length === 1 ? builtPath(only!) : writeBatch(i, batch);
  });
}

/** Among what was built, for Node runs no tests below node_modules. */
function writeBatch(number: number, batch: readonly string[]): string {
  const folder = "tools/dist/batches";
  const path = join(folder, `batch-${number}.test.mjs`);
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, path), batchModule(batch.map((file) => pathToFileURL(join(root, builtPath(file))).href)));
  return path;
}

function runnerArguments({ concurrency = availableParallelism(), timeoutMs }: Selection): readonly string[] {
  return [
    "--test",
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
    `--test-reporter=${new URL("./reporter.js", import.meta.url)}`,
    "--test-reporter-destination=stdout",
  ];
}

/** A selection may be empty; words that select nothing are a mistake. */
function none(): void {
  if (words.length > 0) stop(`no test file is selected by "${[name, ...words].join(" ")}"`);
  else process.stdout.write("ℹ tests 0\n");
}

function stop(reason: string): void {
  process.stderr.write(`test: ${reason}\n`);
  process.exitCode = 2;
}
