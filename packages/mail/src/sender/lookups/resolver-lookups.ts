import type { Cancellable } from "@hawser/core";
import { DnsLookupError, type DnsResolver, type DomainName, rootName } from "@hawser/dns";
import type { DnsLookups, DnsLookupsAnswer, DnsLookupsType } from "./lookups.ts";

/**
 * Asks a resolver.
 *
 * ```ts no-run
 * const lookups = resolverLookups(dnsResolver());
 * await lookups.lookUp("_dmarc.example.org", "TXT");
 * ```
 */
export function resolverLookups(resolver: DnsResolver): DnsLookups {
  return {
    async lookUp(name, type, options = {}) {
      const asked = domainNameOf(name);
      if (asked === undefined) return { type: "none", nameExists: false };
      try {
        return { type: "found", values: await valuesOf(resolver, asked, type, options) };
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof DnsLookupError) return failureOf(error);
        throw error;
      }
    },
  };
}

async function valuesOf(
  resolver: DnsResolver,
  name: DomainName,
  type: DnsLookupsType,
  { signal }: Cancellable,
): Promise<readonly string[]> {
  const options = { signal, hosts: false };
  switch (type) {
    case "A":
    case "AAAA":
      return (await resolver.resolve(name, type, options)).map(({ address }) => address);
    case "MX":
      return [...(await resolver.resolve(name, type, options))]
        .sort((a, b) => a.preference - b.preference)
        .map(({ exchange }) => textOf(exchange));
    case "CAA":
      return (await resolver.resolve(name, type, options)).map(({ flags, tag, value }) => `${flags} ${tag} "${value}"`);
    case "CNAME":
      return (await resolver.resolve(name, type, options)).map(({ target }) => textOf(target));
    case "SRV":
      return (await resolver.resolve(name, type, options)).map(
        ({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${textOf(target)}`,
      );
    case "PTR":
      return (await resolver.resolve(name, type, options)).map(({ target }) => textOf(target));
    case "TXT":
      return (await resolver.resolve(name, type, options)).map(({ strings }) => strings.join(""));
    default:
      return type satisfies never;
  }
}

function failureOf(error: DnsLookupError): DnsLookupsAnswer {
  if (error.temporary) return { type: "failed", reason: error.message };
  return { type: "none", nameExists: error.code !== "name-not-found" };
}

/** Nothing is escaped here: what macros of SPF put into a name are octets. `undefined` for what the DNS cannot hold. */
function domainNameOf(text: string): DomainName | undefined {
  const labels = Buffer.from(text.replace(/\.$/, "")).toString("latin1").split(".");
  if (labels.length > 127 || labels.some((label) => label === "" || label.length > 63)) return undefined;
  const octets = labels.reduce((sum, label) => sum + label.length + 1, 1);
  return octets > 255 ? undefined : labels.reduceRight((name, label) => name.child(label), rootName);
}

/** Names of hosts have no characters that need an escape; those that do are nobody's. */
function textOf(name: DomainName): string {
  return name.isRoot ? "." : name.toString().slice(0, -1);
}
