import type { Finding } from "../finding.ts";
import { isTestCode, sources, type Tree } from "../tree.ts";

/** Lines a source file may have, tests left out; Biome holds functions to 70 (biome.json). */
const linesMax = 400;

/** Files that were longer when the rule came, and how long they are. Entries only shrink and go. */
export type Ratchet = Readonly<Record<string, number>>;

/** Source files that are too long, and entries of the ratchet that can be tightened. */
export function sizeFindings(tree: Tree, ratchet: Ratchet): readonly Finding[] {
  const paths = sources(tree).filter((path) => !isTestCode(path));
  const lengths = new Map(paths.map((path) => [path, tree.text(path).trimEnd().split("\n").length]));
  const long = [...lengths].flatMap(([path, lines]) => longFindings(path, lines, ratchet[path] ?? linesMax));
  const slack = Object.entries(ratchet).flatMap(([path, most]) => slackFindings(path, lengths.get(path) ?? 0, most));
  return [...long, ...slack];
}

function longFindings(path: string, lines: number, most: number): readonly Finding[] {
  if (lines <= most) return [];
  const rule = `A source file has at most ${most} lines, this one has ${lines}`;
  return [{ path, line: most + 1, rule, advice: "Give its second story a file of its own." }];
}

function slackFindings(path: string, lines: number, most: number): readonly Finding[] {
  if (lines === most && lines > linesMax) return [];
  const advice = lines > linesMax ? `Write ${lines} for "${path}".` : `Remove "${path}".`;
  if (lines > most) return [];
  return [{ path: "tools/tidy-ratchet.json", line: 1, rule: "The ratchet only shrinks", advice }];
}
