/** A run of lines of a page that belongs together; the numbers are of its first and last line, from 0. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** A fenced block. */
interface Block extends Span {
  /** What follows the opening fence: `ts no-run`. */
  readonly info: string;
}

/** What a page says to the compiler and the runner, in its order. */
export type Piece =
  | (Block & { readonly type: "block" })
  /** `<!-- prelude … -->`: blocks that the reader does not see. */
  | { readonly type: "prelude"; readonly blocks: readonly Block[] }
  /** `<!-- run … -->`: one directive a line. */
  | { readonly type: "run"; readonly directives: readonly string[] };

const fence = /^\s*(`{3,})(.*)$/;
const commentStart = /^\s*<!--\s*(prelude|run)\b(.*)$/;

/** Finds the fenced blocks of a page and the comments that tell how they are run. */
export function piecesOf(page: string): readonly Piece[] {
  const lines = page.split("\n");
  const pieces: Piece[] = [];
  for (let at = 0; at < lines.length; at++) {
    const comment = commentStart.exec(lines[at]!);
    if (comment !== null) {
      const last = findFrom(lines, at, (line) => line.includes("-->"));
      pieces.push(comment[1] === "run" ? readRun(lines, at, last) : readPrelude(lines, at, last));
      at = last;
    } else if (fence.test(lines[at]!)) {
      const block = readBlock(lines, at);
      pieces.push({ type: "block", ...block });
      at = block.last + 1;
    }
  }
  return pieces;
}

/** The text between the fences that open on a line. */
function readBlock(lines: readonly string[], at: number): Block {
  const [, ticks, info] = fence.exec(lines[at]!)!;
  const close = findFrom(lines, at + 1, (line) => line.trim() === ticks);
  return { first: at + 1, last: close - 1, info: info!.trim() };
}

function readRun(lines: readonly string[], first: number, last: number): Piece {
  const text = lines.slice(first, last + 1).join("\n");
  const inside = text.replace(/^\s*<!--\s*run:?/, "").replace(/-->[\s\S]*$/, "");
  const directives = inside.split("\n").map((line) => line.trim());
  return { type: "run", directives: directives.filter((line) => line !== "") };
}

function readPrelude(lines: readonly string[], first: number, last: number): Piece {
  const blocks: Block[] = [];
  for (let at = first + 1; at < last; at++) {
    if (!fence.test(lines[at]!)) continue;
    const block = readBlock(lines, at);
    blocks.push(block);
    at = block.last + 1;
  }
  return { type: "prelude", blocks };
}

function findFrom(lines: readonly string[], at: number, matches: (line: string) => boolean): number {
  const found = lines.findIndex((line, index) => index >= at && matches(line));
  if (found < 0) throw new Error(`Cannot find the end of what begins on line ${at}`);
  return found;
}
