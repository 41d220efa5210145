import { MailAliasError, type MailAliasErrorCode } from "../errors.ts";
import { mailAliasProblemsMax, mailAliasTargetsMax } from "../limits.ts";
import { mailDomainKey, mailLocalKey } from "../names.ts";
import type { MailAlias, MailAliasTarget } from "./alias.ts";
import { MailAliasScanner } from "./scanner.ts";

/** What was read of a file of aliases. */
export interface ReadMailAliases {
  readonly aliases: ReadonlyMap<string, MailAlias>;
  /** What could not be read, in the order of lines; 100 at most. */
  readonly problems: readonly MailAliasError[];
}

/**
 * Reads aliases(5), as Sendmail and Postfix have it: `name: target, target`, lines that begin with space go on, lines that begin
 * with `#` mean nothing. Names may have a domain (`alice@example.org`), or be one (`@example.org`).
 *
 * ```ts
 * const { aliases } = parseMailAliases("team: alice, bob@example.net\nsupport: \"|/usr/bin/tickets --new\"\n");
 * console.log(aliases.get("team")?.targets.length); // 2
 * ```
 * @param path for the texts of problems
 */
export function parseMailAliases(text: string, path = "aliases"): ReadMailAliases {
  const aliases = new Map<string, MailAlias>();
  const problems: MailAliasError[] = [];
  for (const entry of logicalLines(text))
    try {
      const alias = readAlias(entry, path);
      const other = aliases.get(alias.name);
      if (other !== undefined)
        throw problem("duplicate", `it has stood on line ${other.line} already`, path, alias.line);
      aliases.set(alias.name, alias);
    } catch (error) {
      if (!(error instanceof MailAliasError)) throw error;
      if (problems.push(error) >= mailAliasProblemsMax) break;
    }
  return { aliases, problems };
}

/** Reads the targets of an included list: as behind a colon, or one a line. @throws {MailAliasError} */
export function parseMailAliasList(text: string, path: string): readonly MailAliasTarget[] {
  const lines = text.split("\n").map((line) => (/^\s*#/.test(line) ? "" : `${line.replace(/,?\s*$/, "")},`));
  return new MailAliasScanner(lines.join("\n"), { path, line: 1 }, Number.POSITIVE_INFINITY).targets();
}

/** A line with those that go on with it; line ends are kept, so that the place of an error can be told. */
interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

function* logicalLines(text: string): Generator<LogicalLine> {
  let begun: { line: number; texts: string[] } | undefined;
  for (const [i, given] of text.split("\n").entries()) {
    const line = given.replace(/\r$/, "");
    const isNothing = /^\s*(?:#|$)/.test(line);
    if (isNothing || (/^\s/.test(line) && begun !== undefined)) begun?.texts.push(isNothing ? "" : line);
    else {
      if (begun !== undefined) yield { line: begun.line, text: begun.texts.join("\n") };
      begun = { line: i + 1, texts: [line] };
    }
  }
  if (begun !== undefined) yield { line: begun.line, text: begun.texts.join("\n") };
}

function readAlias({ line, text }: LogicalLine, path: string): MailAlias {
  if (/^\s/.test(text)) throw problem("bad-line", "it goes on, and nothing stands before it", path, line);
  const scanner = new MailAliasScanner(text, { path, line }, mailAliasTargetsMax);
  const name = aliasName(scanner.name());
  if (name === undefined) throw problem("bad-name", "what stands before the colon is no name", path, line);
  const targets = scanner.targets();
  if (targets.length === 0) throw problem("bad-value", "nothing stands behind the colon", path, line);
  return { name, targets, line };
}

/** `undefined` for what is none. */
function aliasName(text: string): string | undefined {
  const at = text.lastIndexOf("@");
  if (text === "" || /[\0-\x1f\x7f]/.test(text)) return undefined;
  if (at === -1) return mailLocalKey(text);
  const domain = mailDomainKey(text.slice(at + 1));
  return domain === undefined ? undefined : `${mailLocalKey(text.slice(0, at))}@${domain}`;
}

function problem(code: MailAliasErrorCode, reason: string, path: string, line: number): MailAliasError {
  return new MailAliasError(code, reason, { path, line });
}
