import { systemFlags } from "../../store/flags.ts";

/** `(\Seen $Forwarded)`. Messages share their sets of flags. */
export function formatFlags(flags: Iterable<string>): string {
  const known = formatted.get(flags);
  if (known !== undefined) return known;
  const text = `(${[...flags].join(" ")})`;
  formatted.set(flags, text);
  return text;
}

const formatted = new WeakMap<Iterable<string>, string>();

/** Flags of a mailbox: the system's and the keywords that were ever in use. */
export function flagsInUse({ keywords }: { readonly keywords: readonly string[] }): readonly string[] {
  return [...systemFlags, ...keywords];
}
