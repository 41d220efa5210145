import { quote, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import { CheckerText } from "./checker-text.ts";
import { type CheckerKind, ownKinds } from "./kinds.ts";

/** What a checker that was chosen by a text is given. */
export interface ParseCheckerOptions {
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
}

/**
 * Makes a checker from a text, as Twisted's `--auth` does: `file:users`, `memory:alice:secret`, `anonymous`,
 * `htpasswd:/etc/htpasswd`, `keys:/etc/keys/%u`, `ldap:ldap.example.org:base=dc=example,dc=org`. `:` separates, `\` makes the
 * next character ordinary. {@link checkerHelp} lists all kinds.
 * @throws {CheckerError} that points at the wrong part
 */
export function parseChecker(text: string, { reactor = nodeReactor }: ParseCheckerOptions = {}): Checker {
  const source: CheckerText = new CheckerText(text, reactor);
  const kind = kinds.get(source.kind);
  if (kind === undefined)
    source.refuse(
      "unknown-kind",
      source.kindSpan,
      `there is no kind ${quote(source.kind)}, only ${[...kinds.keys()].sort().join(", ")}`,
    );
  return kind.make(source);
}

/**
 * Adds a kind of user database for {@link parseChecker}, as a package does that brings one.
 * @throws {TypeError} for a name that is taken or no word
 */
export function registerChecker(kind: CheckerKind): void {
  if (!/^[a-z][a-z0-9-]*$/.test(kind.name)) throw new TypeError(`Cannot register ${quote(kind.name)}: it is no word`);
  if (kinds.has(kind.name)) throw new TypeError(`Cannot register ${quote(kind.name)}: there is such a kind`);
  kinds.set(kind.name, kind);
}

/** All kinds of user databases with their parameters, one a line: the text for `--help-auth`. */
export function checkerHelp(): string {
  return [...kinds.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, argument, summary, parameters = [] }) => [
      `${argument === "" ? name : `${name}:${argument}`}\n    ${summary}`,
      ...parameters.map(([parameter, meaning]) => `    :${parameter}  ${meaning}`),
    ])
    .join("\n");
}

const kinds = new Map<string, CheckerKind>(ownKinds.map((kind) => [kind.name, kind]));
