import type { Finding } from "../finding.ts";
import { type Token, tokenize, withoutComments } from "../scan/tokens.ts";
import { isTest, sources, type Tree } from "../tree.ts";

/** Notes to oneself in the sources, and tests that do not run. */
export function unfinishedFindings(tree: Tree): readonly Finding[] {
  return sources(tree).flatMap((path) => {
    const tokens = tokenize(tree.text(path));
    return [...noteFindings(path, tokens), ...(isTest(path) ? testFindings(path, withoutComments(tokens)) : [])];
  });
}

const note = /\b(TODO|FIXME|XXX)\b/;

function noteFindings(path: string, tokens: readonly Token[]): readonly Finding[] {
  return tokens
    .filter(({ kind, text }) => kind === "comment" && note.test(text))
    .map(({ line, text }) => ({
      path,
      line: line + text.slice(0, note.exec(text)!.index).split("\n").length - 1,
      rule: "Nothing is left half done",
      advice: "Do it, or say in the README what is not done and why.",
    }));
}

const runners = new Set(["describe", "it", "suite", "test"]);
const contexts = new Set(["context", "ctx", "t"]);
const switches = new Set(["only", "skip", "todo"]);

function testFindings(path: string, tokens: readonly Token[]): readonly Finding[] {
  return tokens.flatMap(({ text, line }, index) => {
    if (!switches.has(text)) return [];
    const advice = tokens[index - 1]?.text === "." ? memberAdvice(tokens, index) : optionAdvice(tokens, index);
    return advice === undefined ? [] : [{ path, line, rule: "Every test runs", advice }];
  });
}

/** `test.only(…)`, `t.todo()`, `t.skip()` without a reason. */
function memberAdvice(tokens: readonly Token[], index: number): string | undefined {
  const { text } = tokens[index]!;
  const owner = tokens[index - 2]?.text ?? "";
  if (runners.has(owner)) return `Remove .${text}; a test that needs an absent program calls t.skip("why") inside.`;
  if (!contexts.has(owner) || tokens[index + 1]?.text !== "(") return undefined;
  if (text === "todo") return "Write it.";
  return tokens[index + 2]?.text === ")" ? 'Say why: t.skip("curl is not installed").' : undefined;
}

/** `test("…", { todo: … }, …)`, and `skip: true`, which gives no reason. */
function optionAdvice(tokens: readonly Token[], index: number): string | undefined {
  const { text } = tokens[index]!;
  const [runner, , name, comma, brace] = tokens.slice(Math.max(index - 5, 0), index);
  const isOption = brace?.text === "{" && comma?.text === "," && name?.kind === "string";
  if (!isOption || !runners.has(runner?.text ?? "") || tokens[index + 1]?.text !== ":") return undefined;
  if (text === "skip" && tokens[index + 2]?.text !== "true") return undefined;
  return `Remove "${text}" from the options, or give it a reason.`;
}
