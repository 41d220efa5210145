import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Child } from "./child.ts";
import { builtName } from "./compile.ts";
import type { Directives, Expectation } from "./directives.ts";
import { problemWith } from "./expectations.ts";
import type { Program } from "./programs.ts";

/**
 * Runs a program that was compiled into a folder, in a process and a directory of its own. Without expectations it must
 * end by itself with status 0; with some it is ended as soon as all are met.
 */
export async function run(program: Program, folder: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "hawser-docs-"));
  try {
    await runIn(home, program, join(folder, builtName(program)));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

type Replace = (text: string) => string;

async function runIn(home: string, { directives }: Program, module: string): Promise<void> {
  const replace = await replacements(directives, home);
  writeFixtures(directives, home, replace);
  const script = module.replace(/\.js$/, ".run.js");
  writeFileSync(script, replace(readFileSync(module, "utf8")) + (directives.stops ? "\nprocess.exit();\n" : ""));
  const child = new Child(script, home, directives.environment);
  try {
    for (const expectation of directives.expectations) {
      const moved = replaceIn(expectation, replace);
      await child.meets((output) => problemWith(moved, output));
    }
    if (directives.expectations.length === 0) await child.endsWell();
  } finally {
    await child.stop();
  }
}

/** Puts free ports and the temporary directory in the place of those that the page names. */
async function replacements({ ports, folders }: Directives, home: string): Promise<Replace> {
  const free = await Promise.all(ports.map(freePort));
  return (text) => {
    const moved = folders.reduce((all, folder) => all.replaceAll(folder, `${home}${folder}`), text);
    return ports.reduce((all, port, index) => all.replace(new RegExp(`\\b${port}\\b`, "g"), `${free[index]}`), moved);
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function writeFixtures({ files }: Directives, home: string, replace: Replace): void {
  for (const { path, mode, content } of files) {
    const moved = replace(path);
    const file = isAbsolute(moved) ? moved : join(home, moved);
    if (!file.startsWith(home)) throw new Error(`Cannot write "${path}": no "folder" directive holds it`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }
}

function replaceIn(expectation: Expectation, replace: Replace): Expectation {
  if (expectation.type === "http") return { ...expectation, url: replace(expectation.url) };
  if (expectation.type === "tcp") return { ...expectation, port: Number(replace(`${expectation.port}`)) };
  return expectation;
}
