import { isWithinDomain } from "../domain.ts";
import type { DmarcOptions } from "./options.ts";
import { type DmarcWalk, dmarcRecordAt, organizationOf, type PublishedDmarc, walkDmarcTree } from "./tree-walk.ts";

/** Finds out which domains belong together, and whose policy counts. */
export interface DmarcOrganizations {
  policyFor(domain: string): Promise<PublishedDmarc | "failed" | undefined>;
  areSame(one: string, other: string): Promise<boolean | "failed">;
}

/** By the tree walk, or by the list that the options have. */
export function dmarcOrganizations(options: DmarcOptions): DmarcOrganizations {
  return options.organizationalDomain === undefined ? new WalkedTree(options) : new SuffixList(options);
}

/** RFC 9989 §4.10. */
class WalkedTree implements DmarcOrganizations {
  readonly #options: DmarcOptions;
  readonly #walks = new Map<string, Promise<DmarcWalk>>();

  constructor(options: DmarcOptions) {
    this.#options = options;
  }

  /** That of the domain, else that of its organization, else that of the suffix above (RFC 9989 §4.10.1). */
  async policyFor(domain: string): Promise<PublishedDmarc | "failed" | undefined> {
    const own = await dmarcRecordAt(domain, this.#options.lookups, this.#options);
    if (own === "failed") return "failed";
    if (own !== undefined) return { domain, record: own };
    const walk = await this.#walk(domain);
    if (walk === "failed") return "failed";
    const organization = organizationOf(domain, walk);
    return (
      walk.find((published) => published.domain === organization) ??
      walk.find(({ record }) => record.isPublicSuffix === true)
    );
  }

  async areSame(one: string, other: string): Promise<boolean | "failed"> {
    if (lastLabel(one) !== lastLabel(other)) return false; // no organization is above a top-level domain
    const [ours, theirs] = [await this.#walk(one), await this.#walk(other)];
    if (ours === "failed" || theirs === "failed") return "failed";
    return organizationOf(one, ours) === organizationOf(other, theirs);
  }

  #walk(domain: string): Promise<DmarcWalk> {
    const known = this.#walks.get(domain);
    if (known !== undefined) return known;
    const walk = walkDmarcTree(domain, this.#options.lookups, this.#options);
    this.#walks.set(domain, walk);
    return walk;
  }
}

/** RFC 7489 §3.2, §6.6.3. */
class SuffixList implements DmarcOrganizations {
  readonly #options: DmarcOptions;

  constructor(options: DmarcOptions) {
    this.#options = options;
  }

  async policyFor(domain: string): Promise<PublishedDmarc | "failed" | undefined> {
    for (const name of new Set([domain, this.#organization(domain)])) {
      const record = await dmarcRecordAt(name, this.#options.lookups, this.#options);
      if (record === "failed") return "failed";
      if (record !== undefined) return { domain: name, record };
    }
    return undefined;
  }

  async areSame(one: string, other: string): Promise<boolean> {
    return this.#organization(one) === this.#organization(other);
  }

  /** A suffix itself, and what the list does not know, stands for itself. */
  #organization(domain: string): string {
    const found = this.#options.organizationalDomain?.(domain)?.toLowerCase();
    return found !== undefined && isWithinDomain(domain, found) ? found : domain;
  }
}

function lastLabel(domain: string): string {
  return domain.slice(domain.lastIndexOf(".") + 1);
}
