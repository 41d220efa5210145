/** Where an alias leads. */
export type MailAliasTarget =
  /** `bob`, or `bob@example.net`. `isFinal`: `\bob`, which is no alias any more. */
  | { readonly type: "address"; readonly address: string; readonly isFinal?: boolean | undefined }
  | { readonly type: "program"; readonly command: string }
  | { readonly type: "file"; readonly path: string }
  /** A file with more targets: `:include:/etc/mail/list`. */
  | { readonly type: "include"; readonly path: string };

/** One alias of a file. */
export interface MailAlias {
  /** As it is compared: `team`, `team@example.org`, or `@example.org` for whoever else is written to there. */
  readonly name: string;
  readonly targets: readonly MailAliasTarget[];
  /** Where it stands; the first line has the number 1. */
  readonly line: number;
}

/** Aliases, wherever they are kept. */
export interface MailAliases {
  /**
   * Where a name leads, with included lists in their place; `undefined`: it is no alias.
   * @param name as in {@link MailAlias.name}
   * @throws {MailAliasError} when a list cannot be read now
   */
  targets(name: string): Promise<readonly MailAliasTarget[] | undefined>;
}
