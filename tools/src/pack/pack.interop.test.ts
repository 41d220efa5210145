import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { entriesOf } from "../bundler/entries.ts";
import { outcome } from "../command.ts";
import { compile, type Diagnostic } from "../docs/compile.ts";
import { type Program, programsOf } from "../docs/programs.ts";
import { run } from "../docs/run.ts";
import { manifestOf } from "../layers/manifest.ts";
import { packageFolders } from "../layers/packages.ts";
import { repository } from "../tree.ts";
import { installInto, pack, type Tarball } from "./tarballs.ts";

const tree = repository();
const packages = packageFolders(tree).filter((folder) => !manifestOf(tree, `packages/${folder}/package.json`).private);
const home = mkdtempSync(join(tmpdir(), "hawser-pack-"));
const project = join(home, "project");
const programs = new Map(packages.map((folder) => [folder, [everyEntry(folder), ...firstExample(folder)]]));
let tarballs: readonly Tarball[] = [];
let diagnostics: readonly Diagnostic[] = [];

describe("packed and installed into an empty project", () => {
  before(async () => {
    mkdirSync(project);
    tarballs = await pack(packages, home);
    await installInto(project, tarballs);
    diagnostics = await compile([...programs.values()].flat(), join(project, "programs"));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  for (const [index, folder] of packages.entries()) {
    test(`${folder} holds what it should, and no tests`, () => {
      const { paths } = tarballs[index]!;
      const wanted = ["LICENSE", "README.md", "dist/index.d.ts", "src/index.ts", ...bundledOf(folder)];
      const missing = wanted.filter((path) => !paths.includes(path));
      assert.deepEqual(missing, [], `packages/${folder} lacks something; LICENSE is a copy of the root's`);
      const left = paths.filter((path) => /\.test[.-]|\.tsbuildinfo$|node_modules|(^|\/)\./.test(path));
      assert.deepEqual(left, [], `the "files" of packages/${folder}/package.json let too much in`);
      assert.equal(tree.text(`packages/${folder}/LICENSE`), tree.text("LICENSE"));
    });

    test(`${folder} can be imported, and the first example of its README runs`, async () => {
      for (const program of programs.get(folder)!) {
        const mistakes = diagnostics.filter(({ page }) => page === program.page).map(({ text }) => text);
        assert.equal(mistakes.length, 0, mistakes.join("\n"));
        await run(program, join(project, "programs"));
      }
    });
  }

  test("hawser is a command there", async () => {
    const { status, output } = await outcome(join(project, "node_modules/.bin/hawser"), ["--version"], project);
    assert.equal(status, 0, output);
  });
});

function bundledOf(folder: string): readonly string[] {
  return entriesOf(manifestOf(tree, `packages/${folder}/package.json`)).map(({ bundled }) => bundled);
}

/** A program that imports every public entry of a package, and ends. */
function everyEntry(folder: string): Program {
  const { name, exports = {} } = manifestOf(tree, `packages/${folder}/package.json`);
  const entries = Object.keys(exports).filter((entry) => !entry.includes("*") && !entry.endsWith(".json"));
  const imports = entries.map((entry) => `import "${name}${entry.slice(1)}";`);
  return programsOf(`packages/${folder}/package.json`, ["```ts", ...imports, "```"].join("\n"))[0]!;
}

function firstExample(folder: string): readonly Program[] {
  const page = `packages/${folder}/README.md`;
  const shown = tree.paths.includes(page) ? programsOf(page, tree.text(page)) : [];
  return shown.filter(({ isRun }) => isRun).slice(0, 1);
}
