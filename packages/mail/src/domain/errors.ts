import { HawserError, quote } from "@hawser/core";

/** What is wrong with a file of aliases. */
export type MailAliasErrorCode =
  | "bad-line" // no name, no colon, or a line that goes on with nothing before it
  | "bad-name"
  | "bad-value"
  | "duplicate" // the name has stood on a line before
  | "not-allowed" // a program or file in an included list
  | "too-large"
  | "unreadable"; // the file is not there, or no text; see `cause`

/** Aliases cannot be read. The text says in which file and line. */
export class MailAliasError extends HawserError<MailAliasErrorCode> {
  readonly path: string;
  /** The first has the number 1; `undefined` for the file as a whole. */
  readonly line: number | undefined;

  constructor(
    code: MailAliasErrorCode,
    reason: string,
    place: { readonly path: string; readonly line?: number | undefined },
    options?: ErrorOptions,
  ) {
    const where = place.line === undefined ? "" : `, line ${place.line}`;
    super(code, `Cannot read the aliases in ${quote(place.path)}${where}: ${reason}`, options);
    this.path = place.path;
    this.line = place.line;
  }
}
