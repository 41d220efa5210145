import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository, root } from "../tree.ts";
import { compile, type Diagnostic } from "./compile.ts";
import { pagesOf } from "./pages.ts";
import { type Program, programsOf } from "./programs.ts";
import { run } from "./run.ts";

const tree = repository();
const folder = join(root, "tools/dist/pages");
const pages = new Map(pagesOf(tree).map((page) => [page, programsOrError(page)]));
const diagnostics = await compileAll([...pages.values()].flatMap((found) => (found instanceof Error ? [] : found)));

for (const [page, found] of pages) {
  if (found instanceof Error) test(`${page} can be read`, () => Promise.reject(found));
  else if (found.length > 0) describe(page, { concurrency: 2 }, () => testPage(page, found));
}

function testPage(page: string, programs: readonly Program[]): void {
  test("shows code that compiles", () => {
    const mistakes = diagnostics.filter((one) => one.page === page).map(({ text }) => text);
    assert.equal(mistakes.length, 0, mistakes.join("\n"));
  });

  for (const program of programs.filter(({ isRun }) => isRun)) {
    test(`line ${program.line} shows a program that runs`, () => run(program, folder));
  }
}

function programsOrError(page: string): readonly Program[] | Error {
  try {
    return programsOf(page, tree.text(page));
  } catch (error) {
    return error as Error;
  }
}

async function compileAll(programs: readonly Program[]): Promise<readonly Diagnostic[]> {
  return programs.length === 0 ? [] : compile(programs, folder);
}
