import { quote } from "@hawser/core";
import { MailStoreError } from "./errors.ts";
import { flagSetsSharedMax, folderKeywordsMax, keywordOctetsMax } from "./limits.ts";
import type { FlagChange, MailFlag } from "./store.ts";

/** The flags that every message may have (RFC 9051 §2.3.2). */
export const systemFlags = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"] as const;

const systemSpelling = new Map<string, string>(systemFlags.map((flag) => [flag.toLowerCase(), flag]));

/** The keywords of a folder, each spelled as it first came: flags are the same whatever the case of their letters. */
export class FlagSpelling {
  readonly #keywords = new Map<string, string>();
  /** Most messages have one of a few sets: they share it, which spares memory and time. */
  readonly #shared = new Map<string, ReadonlySet<MailFlag>>();
  readonly #known = new WeakSet<Iterable<MailFlag>>();

  /** The keywords that messages here had or have. */
  get keywords(): readonly string[] {
    return [...this.#keywords.values()];
  }

  /** A set of flags in the spelling of this folder. @throws {MailStoreError} `bad-name`, `too-many` */
  setOf(flags: Iterable<MailFlag>): ReadonlySet<MailFlag> {
    if (this.#known.has(flags)) return flags as ReadonlySet<MailFlag>;
    const spelled = [...flags].map((flag) => this.#spelled(flag));
    const key = spelled.join(" ");
    const shared = this.#shared.get(key);
    if (shared !== undefined) return shared;
    const set: ReadonlySet<MailFlag> = new Set(spelled);
    if (this.#shared.size >= flagSetsSharedMax) return set;
    this.#shared.set(key, set);
    this.#known.add(set);
    return set;
  }

  #spelled(flag: MailFlag): MailFlag {
    const lower = flag.toLowerCase();
    const known = systemSpelling.get(lower) ?? this.#keywords.get(lower);
    if (known !== undefined) return known;
    if (!isKeyword(flag)) throw new MailStoreError("bad-name", `Cannot call a flag ${quote(flag)}`);
    if (this.#keywords.size >= folderKeywordsMax)
      throw new MailStoreError(
        "too-many",
        `Cannot use the keyword ${quote(flag)}: the folder has ${folderKeywordsMax} others`,
      );
    this.#keywords.set(lower, flag);
    return flag;
  }
}

/** Whether a keyword can be called so: an atom of IMAP (RFC 9051 §9). */
export function isKeyword(text: string): boolean {
  return /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/.test(text) && text.length <= keywordOctetsMax;
}

/** The flags after a change. */
export function changedFlags(
  before: ReadonlySet<MailFlag>,
  operation: FlagChange["operation"],
  flags: ReadonlySet<MailFlag>,
): ReadonlySet<MailFlag> {
  if (operation === "replace") return flags;
  if (operation === "add") return new Set([...before, ...flags]);
  return new Set([...before].filter((flag) => !flags.has(flag)));
}

/** Whether two sets hold the same flags. */
export function sameFlags(one: ReadonlySet<MailFlag>, other: ReadonlySet<MailFlag>): boolean {
  return one.size === other.size && [...one].every((flag) => other.has(flag));
}
