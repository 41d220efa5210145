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

function testFindings(path: string, tokens: readonly Token[]): readonly Finding[] {
  return tokens.flatMap(({ kind, text, line }, index) => {
    const found = (advice: string): Finding[] => [{ path, line, rule: "Every test runs", advice }];
    const next = tokens[index + 1]?.text;
    const isMember = tokens[index - 1]?.text === ".";
    const owner = tokens[index - 2]?.text ?? "";
    if (kind !== "word") return [];
    if (isMember && runners.has(owner) && ["only", "skip", "todo"].includes(text)) {
      return found(`Remove .${text}; a test that needs an absent program calls t.skip("why") inside.`);
    }
    if (isMember && next === "(" && isContext(owner) && text === "todo") return found("Write it.");
    if (isMember && next === "(" && isContext(owner) && text === "skip" && tokens[index + 2]?.text === ")") {
      return found('Say why: t.skip("curl is not installed").');
    }
    if (!isMember && next === ":" && ["only", "skip", "todo"].includes(text) && isTestOption(tokens, index)) {
      if (text === "skip" && tokens[index + 2]?.text !== "true") return [];
      return found(`Remove "${text}" from the options, or give it a reason.`);
    }
    return [];
  });
}

function isContext(name: string): boolean {
  return ["t", "context", "ctx"].includes(name);
}

/** In `test("name", { skip: true }, …)` the brace before the key follows a string and a comma in a call of a runner. */
function isTestOption(tokens: readonly Token[], index: number): boolean {
  const [runner, , name, comma, brace] = tokens.slice(index - 5, index);
  return brace?.text === "{" && comma?.text === "," && name?.kind === "string" && runners.has(runner?.text ?? "");
}
