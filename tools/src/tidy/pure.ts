import type { Finding } from "../finding.ts";
import { tokenize } from "../scan/tokens.ts";
import { isTestCode, sources, type Tree } from "../tree.ts";

const pureFile = /^packages\/.*\/(machine|mechanisms|wire)(\.ts$|\/)/;
const asynchronous = new Set(["async", "await", "Promise", "PromiseLike"]);

/** Promises in a machine or a wire format, where bytes and time are arguments (DESIGN §3.4). */
export function pureFindings(tree: Tree): readonly Finding[] {
  return sources(tree)
    .filter((path) => pureFile.test(path) && !isTestCode(path))
    .flatMap((path) =>
      tokenize(tree.text(path))
        .filter(({ kind, text }) => kind === "word" && asynchronous.has(text))
        .map(({ line, text }) => ({
          path,
          line,
          rule: `A machine and a wire format have no ${text}`,
          advice: "Give out an event and let the driver wait.",
        })),
    );
}
