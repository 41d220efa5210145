import type { Finding } from "../finding.ts";
import { tokenize } from "../scan/tokens.ts";
import { sources, type Tree } from "../tree.ts";
import { type Rfc, rfcsOf, rfcsPath } from "./table.ts";

/** A piece of prose: a comment or a string of a source, or a line of a page. */
interface Prose {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** References in another spelling than `RFC 9112 §3.2`. */
export function spellingFindings(tree: Tree): readonly Finding[] {
  return [...sourceProse(tree), ...pageProse(tree)].flatMap((prose) =>
    [...prose.text.matchAll(odd)]
      .filter(([match]) => !isName(match))
      .map((match) => ({
        ...placeOf(prose, match.index),
        rule: `RFCs are named in one spelling, not ${JSON.stringify(match[0])}`,
        advice: `Write "${fixed(match[0])}", so that it can be found.`,
      })),
  );
}

/** RFCs that the sources name and docs/rfcs.json does not, or that it claims to speak whole and no source names. */
export function listFindings(tree: Tree): readonly Finding[] {
  const rfcs = rfcsOf(tree);
  const named = firstReferences(tree);
  return [...unlisted(rfcs, named), ...unfounded(rfcs, named), ...unordered(rfcs)];
}

const sectionWord = String.raw`(?:[Ss]ections?|[Ss]ecs?\.?|[Aa]ppendix|ch\.)`;
const oddNumber = String.raw`(?!RFC \d)[Rr][Ff][Cc][\s-]*\d+`;
const oddSection = String.raw`RFC \d+(?:§|,? ?${sectionWord} ?[\dA-Z]|, ?§| § )`;

/**
 * Finds what comes near to a reference and is none. Not preceded by what makes it part of a path, a media type or a name:
 * `message/rfc822`, `x-rfc1`, `formatRfc1123`.
 */
const odd = new RegExp(String.raw`(?<![\w/.-])(?:${oddNumber}|${oddSection})[\d.]*`, "g");

/** IMAP, MIME and reports on deliveries have words of their own that look like one. */
function isName(match: string): boolean {
  return /^(RFC822|rfc822)\b/.test(match);
}

/** The number comes first, the section last, whatever stands between. */
function fixed(match: string): string {
  const [, number, section] = /(\d+)(?:.*?([\dA-Z][.\d]*))?$/.exec(
    match.replace(/\.$/, "").replace(/[A-Za-z]{2,}/g, ""),
  )!;
  return section === undefined ? `RFC ${number}` : `RFC ${number} §${section}`;
}

function placeOf({ path, line, text }: Prose, index: number): { readonly path: string; readonly line: number } {
  return { path, line: line + text.slice(0, index).split("\n").length - 1 };
}

function sourceProse(tree: Tree): readonly Prose[] {
  return sources(tree)
    .filter((path) => !path.startsWith("tools/"))
    .flatMap((path) =>
      tokenize(tree.text(path))
        .filter(({ kind }) => kind === "comment" || kind === "string" || kind === "template")
        .map(({ line, text }) => ({ path, line, text })),
    );
}

function pageProse(tree: Tree): readonly Prose[] {
  return tree.paths
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      tree
        .text(path)
        .split("\n")
        .map((text, index) => ({ path, line: index + 1, text })),
    );
}

/** Where each RFC is named first. */
function firstReferences(tree: Tree): ReadonlyMap<number, Finding> {
  const first = new Map<number, Finding>();
  for (const prose of sourceProse(tree)) {
    for (const match of prose.text.matchAll(/\bRFC (\d+)/g)) {
      const number = Number(match[1]);
      if (!first.has(number)) first.set(number, { ...placeOf(prose, match.index), rule: "", advice: "" });
    }
  }
  return first;
}

function unlisted(rfcs: readonly Rfc[], named: ReadonlyMap<number, Finding>): readonly Finding[] {
  const listed = new Set(rfcs.map(({ number }) => number));
  return [...named]
    .filter(([number]) => !listed.has(number))
    .sort(([a], [b]) => a - b)
    .map(([number, { path, line }]) => ({
      path,
      line,
      rule: `RFC ${number} is not in ${rfcsPath}`,
      advice: `Add this line, with its title and "yes", "partial" or "no", then run \`npm run docs\`:\n    ${exampleRow(number, path)}`,
    }));
}

function exampleRow(number: number, path: string): string {
  const folder = path.split("/")[1]!;
  const name = path.startsWith("packages/") && folder !== "hawser" ? `@hawser/${folder}` : "hawser";
  return `{ "number": ${number}, "title": "…", "status": "partial", "package": "${name}" },`;
}

function unfounded(rfcs: readonly Rfc[], named: ReadonlyMap<number, Finding>): readonly Finding[] {
  return rfcs
    .filter(({ number, status }) => status === "yes" && !named.has(number))
    .map(({ number, status }) => ({
      path: rfcsPath,
      line: 1,
      rule: `RFC ${number} is listed with "${status}", and no source names it`,
      advice: "Name it where it is implemented, or remove the line.",
    }));
}

function unordered(rfcs: readonly Rfc[]): readonly Finding[] {
  return rfcs
    .filter(({ number }, index) => number <= (rfcs[index - 1]?.number ?? 0))
    .map(({ number }) => ({
      path: rfcsPath,
      line: 1,
      rule: "RFCs are listed once, by number",
      advice: `Move or remove RFC ${number}.`,
    }));
}
