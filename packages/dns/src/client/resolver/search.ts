import { type DomainName, rootName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";

/** In which domains short names are tried. */
export interface SearchRules {
  readonly search: readonly DomainName[];
  readonly ndots: number;
}

/**
 * The names that a text may mean, in the order in which they are tried (resolv.conf(5), RFC 1535 §6): one with a last dot is
 * itself; one with enough dots itself first; a short one itself at last.
 *
 * @throws {DnsTextError} when the text is no name
 */
export function searchNames(text: string, { search, ndots }: SearchRules): readonly DomainName[] {
  const name = domainNameFromUnicode(text);
  if (search.length === 0 || isWhole(text)) return [name];
  const below = search.flatMap((domain) => joined(text, domain));
  return name.labelCount - 1 >= ndots ? [name, ...below] : [...below, name];
}

/** Ends with a dot that is not escaped. */
function isWhole(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[.\u3002\uff0e\uff61]$/.test(text) || text === "";
}

/** What becomes too long is no name. */
function joined(text: string, domain: DomainName): readonly DomainName[] {
  if (domain.equals(rootName)) return [];
  try {
    return [domainNameFromUnicode(text, domain)];
  } catch {
    return [];
  }
}
