import type { DomainName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";
import type { DigGlobals } from "./settings.ts";
import type { DigSystem } from "./system.ts";

/**
 * The names that are asked for, one after the other until one is there: the name itself, and with `+search`, when it has
 * fewer dots than `ndots`, before it those below the domains of resolv.conf.
 * @throws {DnsTextError}
 */
export function digNames(name: string, globals: DigGlobals, system: DigSystem): readonly DomainName[] {
  const whole = domainNameFromUnicode(name);
  if (!globals.search || name.endsWith(".")) return [whole];
  const domains = globals.domain === undefined ? system.search : [domainNameFromUnicode(globals.domain)];
  const below = domains.map((domain) => domainNameFromUnicode(name, domain));
  const dots = whole.labelCount - 1;
  return dots >= (globals.ndots ?? system.ndots) ? [whole] : [...below, whole];
}
