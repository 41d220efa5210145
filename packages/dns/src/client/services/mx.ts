import type { DomainName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";
import type { DnsResolver } from "../resolver/dns-resolver.ts";
import { DnsLookupError } from "../resolver/errors.ts";
import { type DnsServiceOptions, randomOf } from "./options.ts";
import { orderByPreference } from "./order.ts";

/** A host that takes mail for a domain. */
export interface DnsMailExchanger {
  readonly host: DomainName;
  readonly preference: number;
  /** The domain says nothing of mail: the host of its own name is meant (RFC 5321 §5.1). */
  readonly isImplicit: boolean;
}

/**
 * Who takes mail for a domain, in the order in which to try them (RFC 5321 §5.1).
 *
 * @throws {DnsLookupError} `not-offered` when the domain takes none (a null MX, RFC 7505); `name-not-found`
 */
export async function resolveMailExchangers(
  resolver: DnsResolver,
  domain: DomainName | string,
  options: DnsServiceOptions = {},
): Promise<readonly DnsMailExchanger[]> {
  const name = typeof domain === "string" ? domainNameFromUnicode(domain) : domain;
  try {
    const records = await resolver.resolve(name, "MX", options);
    const taking = records.filter(({ exchange }) => !exchange.isRoot); // a null MX stands alone, or is a mistake (RFC 7505 §3)
    if (taking.length === 0) throw new DnsLookupError("not-offered", { name, type: "MX" });
    const ordered = orderByPreference(taking, ({ preference }) => preference, await randomOf(options));
    return ordered.map(({ exchange, preference }) => ({ host: exchange, preference, isImplicit: false }));
  } catch (error) {
    if (!(error instanceof DnsLookupError) || error.code !== "no-data") throw error;
    return [{ host: name, preference: 0, isImplicit: true }];
  }
}
