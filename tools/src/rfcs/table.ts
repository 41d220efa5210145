import type { Tree } from "../tree.ts";

/** A row of docs/rfcs.json. */
export interface Rfc {
  readonly number: number;
  readonly title: string;
  /** `yes`: all that its reader would expect. `partial`: the package's README says what is missing. `no`: named only. */
  readonly status: "no" | "partial" | "yes";
  /** The package that speaks it. */
  readonly package: string;
}

export const rfcsPath = "docs/rfcs.json";
export const rfcPagePath = "docs/rfc.md";

/** Reads the list, in the order it is written. */
export function rfcsOf(tree: Tree): readonly Rfc[] {
  return JSON.parse(tree.text(rfcsPath)) as readonly Rfc[];
}

/** Writes docs/rfc.md. */
export function rfcPage(rfcs: readonly Rfc[]): string {
  return [
    "# RFCs",
    "",
    "Every RFC that the sources name, and how much of it is spoken. `partial` means that the README of the package says",
    "what is missing; `no` means that it is only named: Node or the system may speak it, or nobody does. Made by",
    "`npm run docs` from `docs/rfcs.json`.",
    "",
    "| RFC | title | status | package |",
    "|---|---|---|---|",
    ...rfcs.map(row),
    "",
  ].join("\n");
}

function row({ number, title, status, package: name }: Rfc): string {
  return `| [${number}](https://www.rfc-editor.org/rfc/rfc${number}) | ${title} | ${status} | \`${name}\` |`;
}
