import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outcome } from "../command.ts";
import { root } from "../tree.ts";
import type { Program } from "./programs.ts";

/** A place where the compiler found something wrong, by page. */
export interface Diagnostic {
  readonly page: string;
  readonly text: string;
}

/** Programs are examples: they may leave a name unused, and export without annotation. */
const compilerOptions = {
  composite: false,
  declarationMap: false,
  incremental: false,
  isolatedDeclarations: false,
  noEmitOnError: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  outDir: "built",
  rootDir: ".",
  tsBuildInfoFile: null,
  typeRoots: [join(root, "node_modules/@types")],
};

/**
 * Writes programs into a folder, compiles them in one run, and gives what the compiler says of each page. The folder must
 * see the packages that the programs import in a `node_modules` above it.
 */
export async function compile(programs: readonly Program[], folder: string): Promise<readonly Diagnostic[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const settings = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: programs.map(sourceName) };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings, null, 2));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const program of programs) writeFileSync(join(folder, sourceName(program)), program.code);
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status, output } = await outcome(process.execPath, [compiler, "-p", folder, "--pretty", "false"], folder);
  const diagnostics = diagnosticsOf(programs, output);
  if (status !== 0 && diagnostics.length === 0) throw new Error(`Cannot compile the pages:\n${output}`);
  return diagnostics;
}

/** The module that a program became, in the folder. */
export function builtName(program: Pick<Program, "line" | "page">): string {
  return join("built", sourceName(program).replace(/\.ts$/, ".js"));
}

function sourceName({ page, line }: Pick<Program, "line" | "page">): string {
  return `${page.replaceAll("/", "+")}+${line}.ts`;
}

/** `README.md+12.ts(14,5): error …` is on line 14 of README.md, because programs keep the lines of their page. */
function diagnosticsOf(programs: readonly Program[], output: string): readonly Diagnostic[] {
  const pages = new Map(programs.map((program) => [sourceName(program), program.page]));
  return output.split("\n").flatMap((text) => {
    const [, file, line, rest] = /^(.*?)\((\d+),\d+\): (.*)$/.exec(text) ?? [];
    const page = pages.get(file ?? "");
    return page === undefined ? [] : [{ page, text: `${page}:${line}: ${rest}` }];
  });
}
