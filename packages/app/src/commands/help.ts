import type { CommandExample } from "@hawser/core";

/** The end of a command's help. */
export function formatExamples(examples: readonly CommandExample[] | undefined): string {
  if (examples === undefined) return "";
  return `\nExamples:\n${examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`).join("\n")}\n`;
}

/** What a tool tells of its words by itself. */
export function formatDetails(lines: readonly string[] | undefined): string {
  return lines === undefined ? "" : `\n${lines.join("\n")}\n`;
}

/** Two columns: names, and what they are good for. */
export function formatColumns(rows: readonly (readonly [name: string, summary: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.map(([name, summary]) => `  ${name.padEnd(width)}${summary}`).join("\n");
}
