import type { FileTree, Reactor } from "@hawser/core";
import { MailStoreError } from "../store/errors.ts";
import { maildirMail } from "../store/maildir/store.ts";
import type { MailAccount, MailStore } from "../store/store.ts";

/** The mailboxes of several domains, each domain's in a folder of its own: `alice@example.org` in `alice` of that folder. */
export interface DomainMailboxes extends MailStore {
  /** Whether somebody has one. */
  has(address: string): Promise<boolean>;
}

/** How mailboxes are kept. */
export interface DomainMailboxesOptions {
  readonly reactor: Pick<Reactor, "clock" | "files" | "random">;
  /** Domains, in lower case, and their folders, which are made when somebody gets mail. */
  readonly domains: readonly (readonly [name: string, folder: string])[];
  readonly quotaOctets?: number | undefined;
  readonly mailOctetsMax?: number | undefined;
}

/** Opens the folders of domains as one store. */
export function domainMailboxes({ reactor, domains, ...options }: DomainMailboxesOptions): DomainMailboxes {
  return new MaildirsOfDomains(new Map(domains.map(([name, folder]) => [name, openDomain(reactor, folder, options)])));
}

interface OpenDomain {
  readonly store: MailStore;
  readonly tree: FileTree;
}

class MaildirsOfDomains implements DomainMailboxes {
  readonly #domains: ReadonlyMap<string, OpenDomain>;

  constructor(domains: ReadonlyMap<string, OpenDomain>) {
    this.#domains = domains;
  }

  async account(user: string): Promise<MailAccount> {
    const [local, domain] = this.#parts(user);
    if (domain === undefined) throw new MailStoreError("no-account", "Cannot find a mailbox: its domain is elsewhere");
    return domain.store.account(local);
  }

  async has(address: string): Promise<boolean> {
    const [local, domain] = this.#parts(address);
    if (domain === undefined || !/^[^./\0][^/\0]*$/.test(local)) return false;
    const stat = await domain.tree.stat([local, "cur"]).catch(() => undefined);
    return stat?.kind === "directory";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { store } of this.#domains.values()) await store[Symbol.asyncDispose]();
  }

  #parts(address: string): readonly [local: string, domain: OpenDomain | undefined] {
    const at = address.lastIndexOf("@");
    return [address.slice(0, at).toLowerCase(), this.#domains.get(address.slice(at + 1).toLowerCase())];
  }
}

function openDomain(
  reactor: DomainMailboxesOptions["reactor"],
  folder: string,
  options: Pick<DomainMailboxesOptions, "mailOctetsMax" | "quotaOctets">,
): OpenDomain {
  return { store: maildirMail(reactor, folder, options), tree: reactor.files(folder) };
}
