import { quote } from "@hawser/core";
import { mailDomainKey } from "../names.ts";
import type { MailRouterDomain, MailRouterOptions } from "./options.ts";

/** A domain as the router knows it. */
export interface RoutedDomain {
  /** As domains are compared. */
  readonly key: string;
  /** As users of it are called. */
  readonly name: string;
  readonly given: MailRouterDomain;
}

/** The domains of a router by their names. */
export class RoutedDomains {
  readonly first: RoutedDomain;
  readonly #byKey = new Map<string, RoutedDomain>();

  /** @throws {RangeError} for no domain, for names that are none, and for domains that stand for each other in a circle */
  constructor(given: MailRouterOptions["domains"]) {
    for (const one of given) this.#add(typeof one === "string" ? { name: one } : one);
    const [first] = this.#byKey.values();
    if (first === undefined) throw new RangeError("Cannot route mail: there is no domain");
    this.first = first;
    for (const domain of this.#byKey.values()) this.#checkAlias(domain);
  }

  get(name: string): RoutedDomain | undefined {
    const key = mailDomainKey(name);
    return key === undefined ? undefined : this.#byKey.get(key);
  }

  /** The domain whose users are meant. */
  meant(domain: RoutedDomain): RoutedDomain {
    let meant = domain;
    while (meant.given.aliasOf !== undefined) meant = this.get(meant.given.aliasOf)!;
    return meant;
  }

  #add(given: MailRouterDomain): void {
    const key = mailDomainKey(given.name);
    if (key === undefined) throw new RangeError(`Cannot route mail for ${quote(given.name)}: it is no domain`);
    if (this.#byKey.has(key)) throw new RangeError(`Cannot route mail for ${quote(given.name)} in two ways`);
    this.#byKey.set(key, { key, name: given.name.normalize("NFC").toLowerCase().replace(/\.$/, ""), given });
  }

  #checkAlias(domain: RoutedDomain): void {
    const seen = new Set<RoutedDomain>();
    for (let at: RoutedDomain | undefined = domain; at?.given.aliasOf !== undefined; at = this.get(at.given.aliasOf)) {
      const { name, aliasOf } = at.given;
      if (seen.has(at)) throw new RangeError(`Cannot route mail for ${quote(name)}: its domains stand for each other`);
      if (this.get(aliasOf) === undefined)
        throw new RangeError(`Cannot route mail for ${quote(name)}: ${quote(aliasOf)} is not one of the domains`);
      seen.add(at);
    }
  }
}
