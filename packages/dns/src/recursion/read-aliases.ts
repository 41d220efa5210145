import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { CnameData } from "../records/cname.ts";
import { encodeDnsData } from "../records/data-octets.ts";
import type { DnameData } from "../records/dname.ts";
import { DnsType } from "../records/types.ts";
import type { ReplyContext } from "./reply-context.ts";
import type { Section, SentSet } from "./section.ts";

/** A step from an alias to the name that it stands for. */
export interface AliasLink {
  /** The CNAME set of the alias. */
  readonly found: SentSet;
  readonly target: DomainName;
  /** The DNAME that the CNAME was made of, and its signatures. */
  readonly moved: readonly DnsEncodedSet[];
}

/** What the aliases of an answer lead to. */
export interface AliasChain {
  readonly links: readonly AliasLink[];
  readonly target: DomainName;
}

/**
 * Follows the aliases of an answer from the name that was asked for, as long as they are the server's to say. What does not
 * belong to that chain is left where it is. Chains that come round, or are too long, end there: whoever asked sees that.
 */
export function readAliases(answers: Section, { name, type, zone, aliasesMax }: ReplyContext): AliasChain {
  const links: AliasLink[] = [];
  const seen = new Set<string>();
  let target = name;
  while (target.isWithin(zone) && type !== DnsType.CNAME && !seen.has(target.key) && links.length <= aliasesMax) {
    const link = answers.set(target, type) === undefined ? linkAt(answers, target, zone) : undefined;
    if (link === undefined) break;
    seen.add(target.key);
    links.push(link);
    target = link.target;
  }
  return { links, target };
}

function linkAt(answers: Section, name: DomainName, zone: DomainName): AliasLink | undefined {
  const dname = dnameAbove(answers, name, zone);
  if (dname !== undefined) return movedBy(dname, name);
  const found = answers.set(name, DnsType.CNAME);
  if (found?.records.length !== 1) return undefined; // an alias stands for one name (RFC 2181 §10.1)
  return { found, target: (found.records[0]!.data as CnameData).target, moved: [] };
}

function dnameAbove(answers: Section, name: DomainName, zone: DomainName): SentSet | undefined {
  for (let at = name.parent(); at?.isWithin(zone); at = at.parent()) {
    const found = answers.set(at, DnsType.DNAME);
    if (found?.records.length === 1) return found;
  }
  return undefined;
}

/** The CNAME is made here: that which the server sent along is no longer needed (RFC 6672 §3.1, §5.3.1). */
function movedBy({ set, signatures, records }: SentSet, name: DomainName): AliasLink | undefined {
  const target = name.moved(set.name, (records[0]!.data as DnameData).target);
  if (target === undefined) return undefined;
  const cname = {
    name,
    type: DnsType.CNAME,
    class: set.class,
    ttl: set.ttl,
    data: [encodeDnsData("CNAME", { target })],
  };
  const moved = signatures === undefined ? [set] : [set, signatures];
  return { found: { set: cname, signatures: undefined, records: [] }, target, moved };
}
