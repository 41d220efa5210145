import { type Reactor, reportFault } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { MailAliasError } from "../errors.ts";
import { mailAliasFileOctetsMax, mailAliasIncludeOctetsMax } from "../limits.ts";
import type { MailAliases, MailAliasTarget } from "./alias.ts";
import { parseMailAliases, parseMailAliasList, type ReadMailAliases } from "./parse.ts";
import { WatchedText } from "./watched-text.ts";

/** How a file of aliases is read. */
export interface MailAliasesFileOptions {
  /** Whose files. Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** Whether an included list may name programs and files: whoever may write the list then runs programs as we do. Default false. */
  readonly includesRunPrograms?: boolean | undefined;
  /** How often the file is looked at, at most, when somebody asks. Default 1,000 ms. */
  readonly lookMs?: number | undefined;
}

/** Aliases in a file, as they are now. */
export interface MailAliasesFile extends MailAliases {
  /** Looks at once. @throws {MailAliasError} for what cannot be read; the aliases of before stay */
  reload(): Promise<void>;
  /** What is wrong with the file as it is, which has not been taken for that. */
  readonly problems: readonly MailAliasError[];
}

/**
 * Reads a file of aliases(5), and reads it again when it has changed. A file that cannot be read changes nothing: the aliases of
 * before stay, and the fault is reported once. Included lists are read when they are asked for.
 *
 * ```ts no-run
 * const aliases = await mailAliasesFile("/etc/aliases");
 * ```
 * @throws {MailAliasError} when it cannot be read at first: the first of its problems
 */
export async function mailAliasesFile(path: string, options: MailAliasesFileOptions = {}): Promise<MailAliasesFile> {
  const file = new AliasesFile(path, options);
  await file.reload();
  return file;
}

class AliasesFile implements MailAliasesFile {
  readonly #path: string;
  readonly #options: MailAliasesFileOptions;
  readonly #file: WatchedText;
  readonly #lists = new Map<string, WatchedText>();
  #aliases: ReadMailAliases["aliases"] = new Map();
  problems: readonly MailAliasError[] = [];

  constructor(path: string, options: MailAliasesFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#file = this.#watched(path, mailAliasFileOctetsMax);
  }

  async reload(): Promise<void> {
    await this.#refresh(true);
    if (this.problems.length > 0) throw this.problems[0];
  }

  async targets(name: string): Promise<readonly MailAliasTarget[] | undefined> {
    await this.#refresh(false);
    const alias = this.#aliases.get(name);
    if (alias === undefined || alias.targets.every(({ type }) => type !== "include")) return alias?.targets;
    const all: MailAliasTarget[] = [];
    for (const target of alias.targets)
      for (const one of target.type === "include" ? await this.#included(target.path) : [target]) all.push(one);
    return all;
  }

  async #refresh(isAsked: boolean): Promise<void> {
    try {
      const text = await this.#file.changed(isAsked);
      if (text === undefined) return;
      const { aliases, problems } = parseMailAliases(text, this.#path);
      if (problems.length === 0) this.#aliases = aliases;
      this.#found(problems, isAsked);
    } catch (error) {
      if (!(error instanceof MailAliasError)) throw error;
      this.#found([error], isAsked);
    }
  }

  /** Each is told once. */
  #found(problems: readonly MailAliasError[], isAsked: boolean): void {
    const told = new Set(this.problems.map(({ message }) => message));
    this.problems = problems;
    if (!isAsked) for (const one of problems) if (!told.has(one.message)) reportFault(one, "mail aliases");
  }

  async #included(path: string): Promise<readonly MailAliasTarget[]> {
    const list = this.#lists.get(path) ?? this.#watched(path, mailAliasIncludeOctetsMax);
    this.#lists.set(path, list);
    const targets = parseMailAliasList(await list.text(), path);
    const isPlain = targets.every(({ type }) => type === "address");
    if (isPlain || (this.#options.includesRunPrograms && targets.every(({ type }) => type !== "include")))
      return targets;
    throw new MailAliasError("not-allowed", "a list has addresses alone", { path });
  }

  #watched(path: string, octetsMax: number): WatchedText {
    const { reactor = nodeReactor, lookMs = 1_000 } = this.#options;
    return new WatchedText(reactor, path, { octetsMax, lookMs });
  }
}
