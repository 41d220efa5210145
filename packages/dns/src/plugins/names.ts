import { type DomainName, parseDomainName } from "../name/domain-name.ts";

/** A name, as such or as text. @throws {DnsTextError} */
export function nameOf(name: DomainName | string): DomainName {
  return typeof name === "string" ? parseDomainName(name) : name;
}

/** One name or several. @throws {DnsTextError} */
export function namesOf(names: DomainName | string | readonly (DomainName | string)[]): readonly DomainName[] {
  return ([names].flat() as readonly (DomainName | string)[]).map(nameOf);
}

/** Whether a name is one of these or lies below. */
export function isWithinAny(name: DomainName, zones: readonly DomainName[]): boolean {
  for (const zone of zones) if (name.isWithin(zone)) return true;
  return false;
}

/** A name as patterns see it: in lower case, without its last dot. */
export function lowerText(name: DomainName): string {
  return name.toString().toLowerCase().slice(0, -1);
}
