import type { CommandExample, CommandOption, ToolOperand } from "@hawser/core";
import type { CommandLineSyntax } from "./command-line.ts";
import { formatOption } from "./spelling.ts";

/** What every terminal shows in one line. */
const columnsMax = 80;
/** Text in narrower columns is harder to read than lines that are too long. */
const columnsMin = 40;

/** What `--help` prints: how a command line looks, what is in it, and examples. */
export function formatHelp({
  name,
  summary,
  options,
  shared,
  operands = {},
  details,
  examples,
  commands,
}: CommandLineSyntax): string {
  const words = Object.values(operands);
  // Its own come first, and win where both have one.
  const all = Object.entries({ ...options, ...shared, ...options });
  const rows = all.map(([option, one]) => [formatOption(option, one), describeOption(one)] as const);
  const explained = words.map(({ placeholder, summary }) => [placeholder, summary] as const);
  const width = Math.max(...[...explained, ...rows, helpRow].map(([term]) => term.length));
  const lines = (list: readonly Row[]) => list.map((row) => formatRow(row, width)).join("");
  return [
    `Usage: ${[name, "[options]", ...words.map(usageOf)].join(" ")}\n\n${summary}\n`,
    words.length === 0 ? "" : `\nArguments:\n${lines(explained)}`,
    `\nOptions:\n${lines([...rows, helpRow])}`,
    formatDetails(details),
    formatCommands(name, commands),
    formatExamples(examples),
  ].join("");
}

/** What a tool tells of its words by itself. */
function formatDetails(lines: readonly string[] | undefined): string {
  return lines === undefined ? "" : `\n${lines.join("\n")}\n`;
}

/** What stands below a command. */
function formatCommands(name: string, commands: CommandLineSyntax["commands"]): string {
  if (commands === undefined) return "";
  const rows = Object.entries(commands).map(([below, { summary }]) => [`${name} ${below}`, summary] as const);
  return `\nCommands:\n${formatColumns(rows)}\n`;
}

/** Two columns: names, and what they are good for. */
export function formatColumns(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.map(([name, summary]) => `  ${name.padEnd(width)}${summary}`).join("\n");
}

type Row = readonly [term: string, meaning: string];

const helpRow: Row = ["-h, --help", "show this help"];

function describeOption({ summary, defaultText }: CommandOption): string {
  return defaultText === undefined ? summary : `${summary} (default: ${defaultText})`;
}

function usageOf({ placeholder, optional, rest }: ToolOperand): string {
  const word = rest === undefined || placeholder.endsWith("…") ? placeholder : `${placeholder}...`;
  return optional ? `[${word}]` : `<${word}>`;
}

function formatRow([term, meaning]: Row, width: number): string {
  const indent = " ".repeat(2 + width + 2);
  const columns = columnsMax - indent.length;
  const [first = "", ...rest] = columns < columnsMin ? [meaning] : wrap(meaning, columns);
  return [`  ${term.padEnd(width)}  ${first}\n`, ...rest.map((line) => `${indent}${line}\n`)].join("");
}

/** Lines of whole words; a word that is longer than a line has one for itself. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function formatExamples(examples: readonly CommandExample[] | undefined): string {
  if (examples === undefined) return "";
  return `\nExamples:\n${examples.map(([line, meaning]) => `  ${line}\n      ${meaning}\n`).join("")}`;
}
