import { quote } from "./errors.ts";

/** Who speaks: the client or the server. */
export type TranscriptSpeaker = "C" | "S";

/** One line of a written conversation. */
export type TranscriptStep =
  /** Octets, as text of one octet per character; in what a server says, `wild` marks the places of `…`. */
  | { readonly type: "says"; readonly by: TranscriptSpeaker; readonly parts: readonly string[] }
  | { readonly type: "closes"; readonly by: TranscriptSpeaker }
  | { readonly type: "waits"; readonly ms: number };

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

/**
 * Reads a conversation as RFCs write it, one step a line:
 *
 * - `C: NOOP` and `S: 250 OK`: a line of the client's or the server's; CR LF ends it.
 * - `C| abc`: octets without CR LF.
 * - `…` in a line of the server's: any octets but CR and LF.
 * - `\r`, `\n`, `\t`, `\\` and `\x00`: octets by name. Other text is UTF-8.
 * - `S: (closes)`: this side sends no more. `(after 10 s)`: time passes (`ms`, `s`, `min`, `h`).
 * - `# …` and empty lines: for people.
 */
export function parseTranscript(text: string): TranscriptStep[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseStep);
}

/** Spells octets as lines of a transcript, which {@link parseTranscript} reads back. */
export function formatTranscript(by: TranscriptSpeaker, octets: Uint8Array): string[] {
  const text = Buffer.from(octets).toString("latin1");
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.map((line) =>
    line.endsWith("\r\n") ? `${by}: ${escapeOctets(line.slice(0, -2))}` : `${by}| ${escapeOctets(line)}`,
  );
}

function parseStep(line: string): TranscriptStep {
  const [, amount, unit = ""] = /^\(after (\d+(?:\.\d+)?) (\w+)\)$/.exec(line) ?? [];
  if (amount !== undefined && unit in units) return { type: "waits", ms: Number(amount) * units[unit]! };
  const [, by, kind, said = ""] = /^([CS])([:|]) ?(.*)$/.exec(line) ?? [];
  if (by === undefined) throw new SyntaxError(`Cannot read transcript line ${quote(line)}`);
  if (said === "(closes)") return { type: "closes", by: by as TranscriptSpeaker };
  const wild = by === "S" ? said.split("…") : [said];
  const parts = wild.map(unescapeOctets);
  if (kind === ":") parts[parts.length - 1] += "\r\n";
  return { type: "says", by: by as TranscriptSpeaker, parts };
}

const escapes: Readonly<Record<string, string>> = { "\\r": "\r", "\\n": "\n", "\\t": "\t", "\\\\": "\\" };

/** Text to octets, one per character. */
function unescapeOctets(text: string): string {
  return text
    .split(/(\\(?:[rnt\\]|x[0-9a-fA-F]{2}))/)
    .map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece).toString("latin1");
      return escapes[piece] ?? String.fromCharCode(Number.parseInt(piece.slice(2), 16));
    })
    .join("");
}

/** Octets that would be read otherwise: controls, those beyond ASCII, the backslash, and spaces and brackets at the edges. */
function escapeOctets(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\xff\\]|^[ (]| $/g, (c) => {
    const name = Object.keys(escapes).find((key) => escapes[key] === c);
    return name ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
