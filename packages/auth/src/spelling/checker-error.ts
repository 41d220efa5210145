import { HawserError } from "@hawser/core";

/** What is wrong with the text of a checker. */
export type CheckerErrorCode =
  | "bad-syntax"
  | "bad-value"
  | "missing-value"
  | "too-many-values"
  | "unknown-kind"
  | "unknown-parameter";

/** A user database that cannot be read from its text. The message shows the text with a caret under the part that is wrong. */
export class CheckerError extends HawserError<CheckerErrorCode> {
  /** Where the wrong part begins, and how long it is. */
  readonly offset: number;
  readonly length: number;

  constructor(code: CheckerErrorCode, text: string, part: CheckerSpan, reason: string) {
    const shown = hideSecrets(text).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
    const carets = `${" ".repeat(part.offset)}${"^".repeat(Math.max(1, part.length))}`;
    super(code, `Cannot read the users "${shown}": ${reason}\n  ${shown}\n  ${carets}`);
    this.offset = part.offset;
    this.length = part.length;
  }
}

/** A part of a text. */
export interface CheckerSpan {
  readonly offset: number;
  readonly length: number;
}

/** `memory:` has passwords in its text: they keep their length, so that carets point at what they mean. */
function hideSecrets(text: string): string {
  if (!text.startsWith("memory:")) return text;
  let field = 0;
  return text.replace(/\\.|[^:\\]|:/gs, (part) => {
    if (part === ":") field++;
    return part !== ":" && field >= 2 && field % 2 === 0 ? "*".repeat(part.length) : part;
  });
}
