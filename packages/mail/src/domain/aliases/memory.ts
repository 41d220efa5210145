import type { MailAliases, MailAliasTarget } from "./alias.ts";
import { parseMailAliases } from "./parse.ts";

/**
 * Aliases that stand in the program: `memoryMailAliases("team: alice, bob\n")`. Lists cannot be included.
 * @throws {MailAliasError} the first of what cannot be read
 */
export function memoryMailAliases(text: string): MailAliases {
  const { aliases, problems } = parseMailAliases(text, "memory");
  if (problems.length > 0) throw problems[0];
  const known = new Map<string, readonly MailAliasTarget[]>();
  for (const [name, { targets }] of aliases)
    known.set(
      name,
      targets.filter(({ type }) => type !== "include"),
    );
  return { targets: async (name) => known.get(name) };
}
