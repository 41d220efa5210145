import { type Directives, readDirectives } from "./directives.ts";
import { type Piece, piecesOf } from "./markdown.ts";

/** A program that a page shows: one block, those that continue it, and what it needs and does not show. */
export interface Program {
  readonly page: string;
  /** The first line of its first block, from 1. */
  readonly line: number;
  /** As many lines as the page has, each where the page has it, so that the compiler's errors name lines of the page. */
  readonly code: string;
  /** False for `ts no-run`: compiled only. */
  readonly isRun: boolean;
  readonly directives: Directives;
}

/** The TypeScript programs of a page (CONTRIBUTING.md, "Code in pages"). */
export function programsOf(page: string, text: string): readonly Program[] {
  const drafts: Draft[] = [];
  let preludes: Piece[] = [];
  let directives: string[] = [];
  for (const piece of piecesOf(text)) {
    if (piece.type === "prelude") preludes.push(piece);
    else if (piece.type === "run") directives.push(...piece.directives);
    else if (isTypeScript(piece.info)) {
      const flags = flagsOf(page, piece);
      const draft = flags.includes("continues") ? continued(page, piece, drafts) : begun(piece.first, drafts);
      draft.pieces.push(...preludes, piece);
      draft.directives.push(...directives);
      draft.isRun &&= !flags.includes("no-run");
      preludes = [];
      directives = [];
    }
  }
  return drafts.map((draft) => finished(page, text.split("\n"), draft));
}

/** A program while its blocks are being collected. */
interface Draft {
  readonly first: number;
  readonly pieces: Piece[];
  readonly directives: string[];
  isRun: boolean;
}

type BlockPiece = Extract<Piece, { type: "block" }>;

const flagNames = ["continues", "no-run"];

function isTypeScript(info: string): boolean {
  return /^(ts|typescript)\b/.test(info);
}

function flagsOf(page: string, { info, first }: BlockPiece): readonly string[] {
  const flags = info.split(/\s+/).slice(1);
  const odd = flags.find((flag) => !flagNames.includes(flag));
  if (odd === undefined) return flags;
  throw new Error(`${page}:${first}: no flag "${odd}" for a block; there are: ${flagNames.join(", ")}`);
}

function begun(first: number, drafts: Draft[]): Draft {
  const draft = { first, pieces: [], directives: [], isRun: true };
  drafts.push(draft);
  return draft;
}

function continued(page: string, { first }: BlockPiece, drafts: readonly Draft[]): Draft {
  const before = drafts.at(-1);
  if (before === undefined) throw new Error(`${page}:${first}: there is no block before this one to continue`);
  return before;
}

function finished(page: string, lines: readonly string[], { first, pieces, directives, isRun }: Draft): Program {
  const code: string[] = lines.map(() => "");
  for (const span of pieces.flatMap(spansOf)) {
    for (let at = span.first; at <= span.last; at++) code[at] = lines[at]!;
  }
  return { page, line: first + 1, code: code.join("\n"), isRun, directives: readDirectives(page, directives) };
}

function spansOf(piece: Piece): readonly { readonly first: number; readonly last: number }[] {
  if (piece.type === "block") return [piece];
  return piece.type === "prelude" ? piece.blocks : [];
}
