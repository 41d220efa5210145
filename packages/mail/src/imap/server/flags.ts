import { systemFlags } from "../../store/flags.ts";

/** `(\Seen $Forwarded)`. */
export function formatFlags(flags: Iterable<string>): string {
  return `(${[...flags].join(" ")})`;
}

/** Flags of a mailbox: the system's and the keywords that are in use. */
export function flagsInUse(messages: Iterable<{ readonly flags: ReadonlySet<string> }>): readonly string[] {
  const keywords = new Set<string>();
  for (const { flags } of messages) for (const flag of flags) if (!flag.startsWith("\\")) keywords.add(flag);
  return [...systemFlags, ...keywords];
}
