/** One place that breaks one rule of the house. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  /** The rule, as a short sentence. */
  readonly rule: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Fails with every finding at once, one `file:line` each. */
export function assertNone(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new Findings(findings);
}

/** Carries no stack: the places that matter are in the text. */
class Findings extends Error {
  constructor(findings: readonly Finding[]) {
    const count = findings.length === 1 ? "1 place breaks a rule" : `${findings.length} places break rules`;
    super([`${count}:`, ...findings.map(format)].join("\n"));
    this.name = "Findings";
    this.stack = this.message;
  }
}

function format({ path, line, rule, advice }: Finding): string {
  return `  ${path}:${line}\n    ${rule}. ${advice}`;
}
