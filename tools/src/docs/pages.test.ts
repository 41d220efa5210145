import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository, root } from "../tree.ts";
import { compile } from "./compile.ts";
import { allPrograms } from "./pages.ts";
import { run } from "./run.ts";

const programs = allPrograms(repository());
const pages = [...new Set(programs.map(({ page }) => page))];
const folder = join(root, "tools/dist/pages");
const diagnostics = programs.length === 0 ? [] : await compile(programs, folder);

for (const page of pages) {
  describe(page, { concurrency: 2 }, () => {
    test("shows code that compiles", () => {
      const mistakes = diagnostics.filter((one) => one.page === page).map(({ text }) => text);
      assert.equal(mistakes.length, 0, mistakes.join("\n"));
    });

    for (const program of programs.filter((one) => one.page === page && one.isRun)) {
      test(`line ${program.line} shows a program that runs`, () => run(program, folder));
    }
  });
}
