import { type FileTree, quote, type Reactor } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { mailOctetsMaxDefault, memoOctetsMax } from "../limits.ts";
import { MailMemoRoom } from "../memo.ts";
import type { MailAccount, MailStore } from "../store.ts";
import { MaildirAccount } from "./account.ts";
import type { MaildirSpelling } from "./folder-names.ts";
import { maildirPollMsDefault } from "./limits.ts";

/** How Maildirs are kept. */
export interface MaildirMailOptions {
  /**
   * Where the mailbox of a user is, below the root; `undefined`: there is no such user. Default: `example.org/alice` for
   * `alice@example.org`, both in lower case, and `alice` for a name without a domain.
   */
  readonly directoryOf?: ((user: string) => string | undefined) | undefined;
  /** How folders are spelled on the disk. Default `utf-7`: what Courier, and Dovecot before 2.4, expect. */
  readonly spelling?: MaildirSpelling | undefined;
  /** Octets of one message. Default 52,428,800. */
  readonly mailOctetsMax?: number | undefined;
  /** Octets of all files of an account. Default: no limit. */
  readonly quotaOctets?: number | undefined;
  /** Number of all messages of an account. Default: no limit. */
  readonly quotaMessages?: number | undefined;
  /** How often folders are looked at, that somebody listens to: other programs tell nobody. Default 5,000. */
  readonly pollMs?: number | undefined;
}

/**
 * Mail in Maildirs with Maildir++ folders: one file for each message, which other programs may read, bring and change at the same
 * time. UIDs and keywords are shared with Dovecot, in its own files and under its lock.
 *
 * ```ts no-run
 * const store = maildirMail(reactor, "/var/mail");
 * const account = await store.account("alice@example.org"); // in /var/mail/example.org/alice
 * ```
 */
export function maildirMail(
  reactor: Pick<Reactor, "clock" | "files" | "random">,
  root: string,
  options: MaildirMailOptions = {},
): MailStore {
  return new MaildirStore(reactor, reactor.files(root), options);
}

class MaildirStore implements MailStore {
  readonly #reactor: Pick<Reactor, "clock" | "random">;
  readonly #tree: FileTree;
  readonly #options: MaildirMailOptions;
  readonly #memo = new MailMemoRoom(memoOctetsMax);
  readonly #accounts = new Map<string, Promise<MaildirAccount>>();

  constructor(reactor: Pick<Reactor, "clock" | "random">, tree: FileTree, options: MaildirMailOptions) {
    this.#reactor = reactor;
    this.#tree = tree;
    this.#options = options;
  }

  async account(user: string): Promise<MailAccount> {
    const directory = (this.#options.directoryOf ?? directoryOfUser)(user);
    if (directory === undefined) throw new MailStoreError("no-account", `Cannot find the mailbox of ${quote(user)}`);
    const known = this.#accounts.get(directory);
    if (known !== undefined) return known;
    const opening = this.#open(directory);
    this.#accounts.set(directory, opening);
    opening.catch(() => this.#accounts.delete(directory)); // the next one tries again
    return opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const account of await Promise.allSettled(this.#accounts.values()))
      if (account.status === "fulfilled") account.value.end();
    this.#accounts.clear();
  }

  async #open(directory: string): Promise<MaildirAccount> {
    const { spelling = "utf-7", mailOctetsMax = mailOctetsMaxDefault, pollMs = maildirPollMsDefault } = this.#options;
    const { quotaOctets, quotaMessages } = this.#options;
    try {
      const levels = directory.split("/");
      for (const [i] of levels.entries()) await makeDirectory(this.#tree, levels.slice(0, i + 1).join("/"));
      for (const name of ["tmp", "new", "cur"]) await makeDirectory(this.#tree, `${directory}/${name}`);
      const tree = this.#tree.at(directory);
      const parts = {
        reactor: this.#reactor,
        memo: this.#memo,
        tree,
        spelling,
        mailOctetsMax,
        quotaOctets,
        quotaMessages,
        pollMs,
      };
      const account = new MaildirAccount(parts);
      await account.begin();
      return account;
    } catch (cause) {
      if (cause instanceof MailStoreError) throw cause;
      throw new MailStoreError("unavailable", "Cannot open the mailbox", { cause });
    }
  }
}

/** `undefined` for what cannot be a directory: a user's name comes from a peer. */
function directoryOfUser(user: string): string | undefined {
  const [, local, domain] = /^([^/@]+)(?:@([^/@]+))?$/.exec(user.toLowerCase()) ?? [];
  if (local === undefined) return undefined;
  const levels = domain === undefined ? [local] : [domain, local];
  return levels.every((level) => /^[^.\s\0-\x1f\\/][^\0-\x1f\\/]*$/.test(level)) ? levels.join("/") : undefined;
}

async function makeDirectory(tree: FileTree, path: string): Promise<void> {
  try {
    await tree.makeDirectory(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "exists") throw error;
  }
}
