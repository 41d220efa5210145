import { HawserError } from "../errors.ts";

/** What is wrong with the text of an endpoint. */
export type EndpointErrorCode =
  | "bad-syntax"
  | "bad-value"
  | "missing-parameter"
  | "repeated-parameter"
  | "too-many-values"
  | "unknown-parameter"
  | "unknown-type";

/** A part of a text: where it begins, and how long it is. */
export interface EndpointSpan {
  readonly offset: number;
  readonly length: number;
}

/** An endpoint that cannot be read. The message shows the text with a caret under the part that is wrong. */
export class EndpointError extends HawserError<EndpointErrorCode> {
  /** The whole text that was being read. */
  readonly text: string;
  readonly offset: number;
  readonly length: number;

  constructor(code: EndpointErrorCode, text: string, span: EndpointSpan, reason: string) {
    const shown = printable(text);
    const carets = `${" ".repeat(span.offset)}${"^".repeat(Math.max(1, span.length))}`;
    super(code, `Cannot read endpoint "${shown}": ${reason}\n  ${shown}\n  ${carets}`);
    this.text = text;
    this.offset = span.offset;
    this.length = span.length;
  }
}

/** Keeps every character in its column, so that the caret points at what it means. */
function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
}
